package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.Skip;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Recorded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs that are tried again later, and runs that are given back. */
abstract class RetryRules extends StoreRules {

    RetryRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- retries

    @Test
    void aRetryIsClaimedAtItsTimeAsTheNextAttemptOfTheSameExecution() {
        Claim first = start(repeating("a").input("1"));
        long at = inMillis(100);

        Recorded recorded = get(store.complete(List.of(new Completion(
                        first, Outcome.retryAt(at, ERROR), 3, now(), now(), Position.UNCHANGED, List.of()))))
                .get(0);

        assertThat(recorded.isStale()).isFalse();
        assertThat(recorded.state()).isEqualTo(TaskState.RETRYING);
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.RETRYING);
        assertThat(info.dueTime()).isEqualTo(instant(at));
        assertThat(info.attempt()).isEqualTo(4);
        assertThat(info.running()).isZero();
        pass(120);
        Claim again = claimOne();
        assertThat(again.number()).isEqualTo(first.number());
        assertThat(again.executionId()).isEqualTo(first.executionId());
        assertThat(again.attempt()).isEqualTo(4);
        assertThat(again.fireMicros()).isEqualTo(first.fireMicros());
        assertThat(again.fired()).isEqualTo(first.fired());
        assertThat(again.fence()).isGreaterThan(first.fence());
        assertThat(again.input()).isEqualTo("1");
        assertThat(succeed(again, Draft.at(future())).state()).isEqualTo(TaskState.PENDING);
        assertThat(onlyExecution("a").attempt()).isEqualTo(4);
        assertThat(info("a").attempt()).isEqualTo(1);
        assertThat(info("a").executions()).isEqualTo(1);
    }

    @Test
    void nothingElseOfATaskIsClaimedWhileItWaitsForARetry() {
        Claim claim = start(repeating("a"));
        enqueue("a", null);
        retryAt(claim, inMillis(100_000));

        assertNothingToClaim();
        assertThat(state("a")).isEqualTo(TaskState.RETRYING);
    }

    @Test
    void aRetryIsNoFinishedExecution() {
        retryAt(start(once("a")), future());

        assertThat(executions("a")).allMatch(each -> !each.state().isFinal());
        assertThat(executions("a")).allMatch(each -> each.endedAt() == null);
    }

    @Test
    void aRetryThatFailsForGoodFailsTheTask() {
        retryAt(start(once("a")), past());

        assertThat(fail(claimOne()).state()).isEqualTo(TaskState.FAILED);
        assertThat(onlyExecution("a").attempt()).isEqualTo(2);
    }

    @Test
    void aRetryIsForTheFireTimeThatItsRunWasFor() {
        Claim claim = start(repeating("a"));
        Claim later = firingAt(claim, claim.fireMicros() + 50);
        Skip skip = new Skip(claim.fireMicros(), claim.fireMicros() + 40, 5, "misfired");
        end(later, Outcome.retryAt(past(), ERROR), Position.UNCHANGED, skip);

        Claim again = claimOne();
        assertThat(again.fireMicros()).isEqualTo(later.fireMicros());
        assertThat(again.bufferedUntilMicros()).isEqualTo(later.bufferedUntilMicros());
        succeed(again, Draft.at(future()));
        assertThat(executions(ExecutionQuery.of("a").state(TaskState.SKIPPED))).hasSize(1);
    }

    @Test
    void aReleasedRunIsForTheFireTimeItWouldHaveBeenFor() {
        Claim claim = start(repeating("a"));
        Claim later = firingAt(claim, claim.fireMicros() + 50);
        Skip skip = new Skip(claim.fireMicros(), claim.fireMicros() + 40, 5, "misfired");
        end(later, Outcome.released(), Position.UNCHANGED, skip);

        Claim again = claimOne();
        assertThat(again.fireMicros()).as("its skipped fire times are recorded").isEqualTo(later.fireMicros());
        assertThat(again.dueMicros()).isEqualTo(claim.dueMicros());
    }

    /** The claim as a node hands it back that ran a later one of several missed fire times. */
    private static Claim firingAt(Claim claim, long fireMicros) {
        return new Claim(
                claim.task(),
                claim.number(),
                fireMicros,
                claim.dueMicros(),
                claim.attempt(),
                claim.fence(),
                claim.leaseMicros(),
                claim.active(),
                claim.fired(),
                fireMicros + 10,
                claim.extra(),
                claim.input());
    }

    // ---- released

    @Test
    void aReleasedRunIsClaimedAgainAtOnceAsIfItHadNotBeen() {
        Claim first = start(repeating("a").head(new Position(past(), past(), past() + 5)));

        Recorded recorded = release(first);

        assertThat(recorded.isStale()).isFalse();
        assertThat(recorded.state()).isEqualTo(TaskState.PENDING);
        assertThat(info("a").running()).isZero();
        assertThat(info("a").dueTime()).isEqualTo(instant(first.dueMicros()));
        assertThat(executions("a")).noneMatch(each -> each.state().isFinal());
        Claim again = claimOne(OTHER_NODE);
        assertThat(again.number()).isEqualTo(first.number());
        assertThat(again.attempt()).isEqualTo(first.attempt());
        assertThat(again.fireMicros()).isEqualTo(first.fireMicros());
        assertThat(again.dueMicros()).isEqualTo(first.dueMicros());
        assertThat(again.fired()).isEqualTo(first.fired());
        assertThat(again.bufferedUntilMicros()).isEqualTo(first.bufferedUntilMicros());
        assertThat(again.fence()).isGreaterThan(first.fence());
        succeed(again);
        assertThat(onlyExecution("a").node()).isEqualTo(OTHER_NODE.name());
    }

    @Test
    void aReleasedRunKeepsItsPlaceInTheLine() {
        long due = past();
        save(once("a").due(due));
        save(once("b").due(due + 10));
        List<Claim> claims = claims(1);
        release(claims.get(0));

        assertThat(ids(claims(2))).containsExactly("a", "b");
    }

    @Test
    void aReleasedRunThatNeverStartedKeepsItsAttempt() {
        Claim first = start(once("a"));

        get(store.complete(List.of(
                new Completion(first, Outcome.released(), 0, Position.NO_TIME, now(), Position.UNCHANGED, List.of()))));

        assertThat(claimOne().attempt()).isEqualTo(1);
    }

    @Test
    void aReleasedRetryKeepsItsAttempt() {
        retryAt(start(once("a")), past());
        release(claimOne());

        assertThat(claimOne().attempt()).isEqualTo(2);
    }
}
