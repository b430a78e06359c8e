package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionEvent.Level;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.TaskStore.Said;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What runs said, and how long what is over is kept. */
abstract class HistoryRules extends StoreRules {

    private static final int SWEEPS = 20;

    HistoryRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- events

    @Test
    void eventsOfARunAreListedInTheirOrder() {
        Claim claim = start(once("a"));
        Said first = said(claim, Level.DEBUG, "first", null);
        Said second = said(claim, Level.INFO, "second \u00e9\n", 0.25);
        Said third = said(claim, Level.WARNING, "", 1.0);
        Said fourth = said(claim, Level.ERROR, "fourth", null);

        append(first, second);
        append(third);
        append(fourth);

        assertThat(events(claim)).containsExactly(first.event(), second.event(), third.event(), fourth.event());
    }

    @Test
    void eventsBelongToOneExecution() {
        Claim a = start(once("a"));
        Claim b = start(once("b"));
        Said ofA = said(a, Level.INFO, "a", null);
        Said ofB = said(b, Level.INFO, "b", null);

        append(ofA, ofB);

        assertThat(events(a)).containsExactly(ofA.event());
        assertThat(events(b)).containsExactly(ofB.event());
    }

    @Test
    void eventsStayWhenTheRunHasEndedAndMayComeLate() {
        Claim claim = start(once("a"));
        Said early = said(claim, Level.INFO, "early", null);
        Said late = said(claim, Level.INFO, "late", null);
        append(early);
        succeed(claim);
        append(late);

        assertThat(events(claim)).containsExactly(early.event(), late.event());
    }

    @Test
    void eventsStayOverTheAttemptsOfAnExecution() {
        Claim first = start(once("a"));
        Said before = said(first, Level.INFO, "before", null);
        append(before);
        retryAt(first, past());
        Claim second = claimOne();
        Said after = said(second, Level.INFO, "after", null);
        append(after);

        assertThat(events(second)).containsExactly(before.event(), after.event());
    }

    @Test
    void eventsOfUnknownExecutionsAreDroppedAndTheOthersKept() {
        Claim claim = start(once("a"));
        Said known = said(claim, Level.INFO, "known", null);
        Claim gone = start(once("gone"));
        get(store.remove("gone"));
        Said unknown = said(gone, Level.INFO, "unknown", null);

        append(unknown, known, unknown);

        assertThat(events(claim)).containsExactly(known.event());
        assertThat(events(gone)).isEmpty();
    }

    @Test
    void anExecutionThatSaidNothingHasNoEvents() {
        assertThat(events(start(once("a")))).isEmpty();
    }

    @Test
    void eventsGoWithTheirTask() {
        Claim claim = start(once("a"));
        append(said(claim, Level.INFO, "gone", null));
        get(store.remove("a"));

        assertThat(events(claim)).isEmpty();
        append(said(claim, Level.INFO, "late", null));
        assertThat(events(claim)).isEmpty();
        assertThat(events(start(once("a")))).as("of the next task of this id").isEmpty();
    }

    @Test
    void whatIsSaidUnderAnotherThanTheLastClaimIsRefused() {
        Claim first = start(once("a"));
        release(first);
        Claim second = claimOne();
        Said stale = said(first, Level.INFO, "stale", null);
        Said said = said(second, Level.INFO, "said", null);

        assertThat(get(store.append(List.of(stale, said)))).containsExactly(stale);
        assertThat(events(second)).containsExactly(said.event());

        succeed(second);
        Said late = said(second, Level.INFO, "late", null);
        assertThat(get(store.append(List.of(late, stale)))).containsExactly(stale);
        assertThat(events(second)).containsExactly(said.event(), late.event());
    }

    private void append(Said... said) {
        assertThat(get(store.append(List.of(said)))).as("refused").isEmpty();
    }

    private List<ExecutionEvent> events(Claim claim) {
        return list(store.events(claim.executionId()));
    }

    private Said said(Claim claim, Level level, String message, @Nullable Double progress) {
        return new Said(claim, new ExecutionEvent(claim.executionId(), instant(now()), level, message, progress));
    }

    // ---- retention

    @Test
    void onlyTheNewestExecutionsOfATaskAreKept() {
        int kept = contract.keptExecutions();
        List<String> dropped = new ArrayList<>();
        Claim claim = start(repeating("a"));
        Claim first = claim;
        append(said(first, Level.INFO, "old", null));
        for (int run = 1; run <= kept + 3; run++) {
            String result = "\"" + run + "\"";
            Recorded recorded = end(claim, Outcome.completed(result, result), Draft.at(past()));
            dropped.addAll(recorded.dropped());
            claim = claimOne();
        }

        dropped.addAll(sweepUntil(kept + 1));

        List<Execution> executions = executions(ExecutionQuery.of("a").limit(10 * kept));
        assertThat(executions).as("kept, and the running one").hasSize(kept + 1);
        assertThat(executions.get(0).state()).isEqualTo(TaskState.RUNNING);
        assertThat(executions.get(kept).id()).isEqualTo("a#4");
        assertThat(events(first)).isEmpty();
        assertThat(dropped).as("results to delete").containsExactlyInAnyOrder("\"1\"", "\"2\"", "\"3\"");
        assertThat(succeed(claim).isStale()).isFalse();
    }

    @Test
    void theHistoryOfOneTaskDoesNotPushOutThatOfAnother() {
        succeed(start(once("quiet")));
        Claim claim = start(repeating("busy"));
        for (int run = 0; run < contract.keptExecutions() + 1; run++) {
            succeed(claim, Draft.at(past()));
            claim = claimOne();
        }
        sweep();

        assertThat(executions("quiet")).hasSize(1);
    }

    @Test
    void retentionLeavesTheTaskAndItsCount() {
        int runs = contract.keptExecutions() + 2;
        Claim claim = start(repeating("a"));
        for (int run = 1; run < runs; run++) {
            succeed(claim, Draft.at(past()));
            claim = claimOne();
        }
        succeed(claim, Position.ENDED);
        sweepUntil(contract.keptExecutions());

        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
        assertThat(info("a").executions()).isEqualTo(runs);
        enqueue("a", null);
        assertThat(claimOne().number()).isEqualTo(runs + 1);
    }

    @Test
    void resultsOfARemovedTaskAreToBeDeleted() {
        Claim claim = start(repeating("a"));
        end(claim, Outcome.completed("\"1\"", 1), Draft.at(past()));
        end(claimOne(), Outcome.completed("\"2\"", 2), Position.ENDED);
        get(store.remove("a"));

        List<String> dropped = new ArrayList<>();
        for (int i = 0; i < SWEEPS && dropped.size() < 2; i++) {
            dropped.addAll(sweep().dropped());
        }
        assertThat(dropped).containsExactlyInAnyOrder("\"1\"", "\"2\"");
    }

    private List<String> sweepUntil(int executions) {
        List<String> dropped = new ArrayList<>();
        for (int i = 0;
                i < SWEEPS && executions(ExecutionQuery.of("a").limit(10_000)).size() > executions;
                i++) {
            dropped.addAll(sweep().dropped());
        }
        return dropped;
    }
}
