package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.Skip;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Recorded;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** How ends are recorded: each kind of outcome, once, and only for whoever holds the claim. */
abstract class CompletionRules extends StoreRules {

    CompletionRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- kinds of ends

    @Test
    void aCompletedRunIsRecordedWithItsResult() {
        Claim claim = start(once("a").input("1"));
        long started = now();
        pass(5);
        long ended = now();

        Recorded recorded = get(store.complete(List.of(new Completion(
                        claim, Outcome.completed("\"ok\"", "ok"), 3, started, ended, Position.ENDED, List.of()))))
                .get(0);

        assertThat(recorded.isStale()).isFalse();
        assertThat(recorded.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(recorded.dropped()).isEmpty();
        Execution execution = onlyExecution("a");
        assertThat(execution.id()).isEqualTo("a#1");
        assertThat(execution.taskId()).isEqualTo("a");
        assertThat(execution.handler()).isEqualTo(Draft.HANDLER);
        assertThat(execution.queue()).isEqualTo(QUEUE);
        assertThat(execution.input()).isEqualTo("1");
        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(execution.fireTime()).isEqualTo(claim.fireTime());
        assertThat(execution.startedAt()).isEqualTo(instant(started));
        assertThat(execution.endedAt()).isEqualTo(instant(ended));
        assertThat(execution.attempt()).isEqualTo(3);
        assertThat(execution.node()).isEqualTo(NODE.name());
        assertThat(execution.fence()).isEqualTo(claim.fence());
        assertThat(execution.result()).isEqualTo("\"ok\"");
        assertThat(execution.error()).isNull();
        assertThat(execution.reason()).isNull();
        assertThat(execution.fireTimes()).isEqualTo(1);
        assertThat(info("a").state()).isEqualTo(TaskState.COMPLETED);
        assertThat(info("a").running()).isZero();
        assertNothingToClaim();
    }

    @Test
    void aRunningExecutionHasStartedWhenItWasClaimedAlsoAfterARetry() {
        long before = now();
        Claim first = start(once("a"));
        Execution running = onlyExecution("a");
        assertThat(running.state()).isEqualTo(TaskState.RUNNING);
        assertThat(running.attempt()).isEqualTo(1);
        assertStartedSince(before, running);
        long started = now();
        pass(300);
        get(store.complete(List.of(new Completion(
                first, Outcome.retryAt(past(), ERROR), 1, started, now(), Position.UNCHANGED, List.of()))));
        assertThat(onlyExecution("a").startedAt()).as("of the last attempt").isEqualTo(instant(started));

        long beforeSecond = now();
        claimOne();

        assertThat(onlyExecution("a").attempt()).isEqualTo(2);
        assertStartedSince(beforeSecond, onlyExecution("a"));
    }

    private void assertStartedSince(long micros, Execution execution) {
        assertThat(execution.startedAt())
                .isBetween(instant(micros - CLOCKS_APART_MICROS), instant(now() + CLOCKS_APART_MICROS));
    }

    @Test
    void aRunMayHaveNoResult() {
        end(start(once("a")), Outcome.completed(null, null), Position.ENDED);

        assertThat(onlyExecution("a").result()).isNull();
        assertThat(onlyExecution("a").isSuccess()).isTrue();
    }

    @Test
    void aFailedRunIsRecordedWithItsError() {
        assertThat(fail(start(once("a"))).state()).isEqualTo(TaskState.FAILED);

        Execution execution = onlyExecution("a");
        assertThat(execution.state()).isEqualTo(TaskState.FAILED);
        assertThat(Objects.requireNonNull(execution.error()).type()).isEqualTo(ERROR.type());
        assertThat(execution.error().message()).isEqualTo(ERROR.message());
        assertThat(execution.error().stackTrace()).isEqualTo(ERROR.stackTrace());
        assertThat(execution.result()).isNull();
        assertThat(state("a")).isEqualTo(TaskState.FAILED);
        assertNothingToClaim();
    }

    @Test
    void aCancelledRunIsRecordedWithItsReason() {
        Claim claim = start(once("a"));

        assertThat(end(claim, Outcome.cancelled("enough"), Position.ENDED).state())
                .isEqualTo(TaskState.CANCELLED);

        assertThat(onlyExecution("a").state()).isEqualTo(TaskState.CANCELLED);
        assertThat(onlyExecution("a").reason()).isEqualTo("enough");
        assertThat(state("a")).isEqualTo(TaskState.CANCELLED);
        assertNothingToClaim();
    }

    @Test
    void aCancelledRunOfARepeatingTaskLetsItGoOn() {
        Claim claim = start(repeating("a"));

        assertThat(end(claim, Outcome.cancelled("enough"), Draft.at(past())).state())
                .isEqualTo(TaskState.PENDING);
        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void aFireTimeThatWasClaimedAndSkippedIsRecordedWithItsReason() {
        Claim claim = start(repeating("a"));

        Recorded recorded = get(store.complete(List.of(new Completion(
                        claim, Outcome.skipped("misfired"), 0, Position.NO_TIME, now(), Draft.at(past()), List.of()))))
                .get(0);

        assertThat(recorded.state()).isEqualTo(TaskState.PENDING);
        Execution execution = onlyExecution("a");
        assertThat(execution.state()).isEqualTo(TaskState.SKIPPED);
        assertThat(execution.reason()).isEqualTo("misfired");
        assertThat(execution.startedAt()).isNull();
        assertThat(execution.endedAt()).isNotNull();
        assertThat(execution.fireTime()).isEqualTo(claim.fireTime());
        assertThat(claimOne().fired()).isEqualTo(2);
    }

    @Test
    void rowsOfSkippedFireTimesAreListedWithReasonAndCount() {
        Claim claim = start(repeating("a"));
        long from = claim.fireMicros() + 10;
        long other = from + 100;

        end(
                claim,
                SUCCESS,
                Draft.at(future()),
                new Skip(from, from + 30, 4, "overlapped"),
                new Skip(other, other, 1, "misfired"));

        List<Execution> skipped = executions(ExecutionQuery.of("a").state(TaskState.SKIPPED));
        assertThat(skipped).extracting(Execution::reason).containsExactlyInAnyOrder("overlapped", "misfired");
        assertThat(skipped).extracting(Execution::fireTimes).containsExactlyInAnyOrder(4L, 1L);
        assertThat(skipped).extracting(Execution::fireTime).containsExactlyInAnyOrder(instant(from), instant(other));
        assertThat(executions("a"))
                .extracting(Execution::id)
                .doesNotHaveDuplicates()
                .hasSize(3);
        assertThat(executions(ExecutionQuery.of("a").state(TaskState.COMPLETED)))
                .hasSize(1);
    }

    // ---- once, and only for whoever holds the claim

    @Test
    void aStaleFenceChangesNothingAndIsTold() {
        Claim lost = start(NODE.lease(SHORT_LEASE), repeating("a"));
        expire();
        Claim valid = claimOne(OTHER_NODE);

        for (Outcome outcome : List.of(
                SUCCESS,
                Outcome.failed(ERROR),
                Outcome.retryAt(past(), ERROR),
                Outcome.cancelled("c"),
                Outcome.skipped("s"),
                Outcome.released())) {
            Recorded recorded = end(lost, outcome, Draft.at(past()), new Skip(1, 2, 2, "none"));
            assertThat(recorded.isStale()).as("%s", outcome.kind()).isTrue();
            assertThat(state("a")).isEqualTo(TaskState.RUNNING);
            assertNothingToClaim();
        }
        assertThat(onlyExecution("a").state()).isEqualTo(TaskState.RUNNING);
        assertThat(onlyExecution("a").node()).isEqualTo(OTHER_NODE.name());
        assertThat(succeed(valid).isStale()).isFalse();
    }

    @Test
    void aCompletionWhoseReplyWasLostIsRecordedOnce() {
        Claim claim = start(once("a"));
        List<Completion> end = List.of(completion(claim, SUCCESS, Position.ENDED));
        Recorded first = get(store.complete(end)).get(0);

        Recorded again = get(store.complete(end)).get(0);

        assertThat(again.isStale())
                .as("whoever asks again learns that it is recorded")
                .isFalse();
        assertThat(again.state()).isEqualTo(first.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(executions("a")).hasSize(1);
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
        assertNothingToClaim();
    }

    @Test
    void anyEndWhoseReplyWasLostIsAnsweredAsRecorded() {
        for (Outcome outcome : List.of(
                SUCCESS,
                Outcome.failed(ERROR),
                Outcome.retryAt(past(), ERROR),
                Outcome.cancelled("enough"),
                Outcome.skipped("misfired"),
                Outcome.released())) {
            String id = outcome.kind().name();
            Claim claim = start(repeating(id));
            Position next = outcome.isFinal() ? Draft.at(past()) : Position.UNCHANGED;
            List<Completion> end = List.of(completion(claim, outcome, next));
            get(store.complete(end));

            Recorded again = get(store.complete(end)).get(0);

            assertThat(again.isStale()).as(id).isFalse();
            assertThat(again.state()).as(id).isEqualTo(state(id));
            claimOne();
            if (outcome.isFinal()) {
                assertThat(get(store.complete(end)).get(0).isStale())
                        .as("%s, its task runs again", id)
                        .isFalse();
            }
            await(store.remove(id));
        }
    }

    @Test
    void anEndThatASweepWroteIsNotWhatTheNodeReports() {
        Claim lost = start(NODE.lease(SHORT_LEASE), once("a"));
        await(store.cancel("a"));
        expire();
        assertThat(state("a")).isEqualTo(TaskState.CANCELLED);

        assertThat(succeed(lost).isStale()).isTrue();
    }

    @Test
    void aCompletionWhoseReplyWasLostDoesNotDisturbTheNextRun() {
        Claim first = start(repeating("a"));
        Position head = Draft.at(past());
        succeed(first, head);
        Claim second = claimOne();

        succeed(first, head);

        assertNothingToClaim();
        assertThat(state("a")).isEqualTo(TaskState.RUNNING);
        assertThat(succeed(second, Draft.at(future())).isStale()).isFalse();
        assertThat(executions("a")).hasSize(2);
    }

    @Test
    void aRetryWhoseReplyWasLostIsClaimedOnce() {
        Claim claim = start(once("a"));
        long at = past();
        retryAt(claim, at);
        Claim again = claimOne();

        retryAt(claim, at);

        assertNothingToClaim();
        assertThat(succeed(again).isStale()).isFalse();
        assertThat(executions("a")).hasSize(1);
    }

    @Test
    void aReleaseWhoseReplyWasLostIsClaimedOnce() {
        Claim claim = start(once("a"));
        release(claim);
        release(claim);
        Claim again = claimOne();

        release(claim);

        assertNothingToClaim();
        assertThat(succeed(again).isStale()).isFalse();
    }

    @Test
    void oneClaimTwiceInABatchIsRecordedOnce() {
        Claim claim = start(repeating("a"));
        Completion completion = completion(claim, SUCCESS, Draft.at(past()));

        assertThat(get(store.complete(List.of(completion, completion))))
                .hasSize(2)
                .noneMatch(Recorded::isStale);

        assertThat(executions("a")).hasSize(1);
        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void aBatchIsAnsweredInItsOrderWithStaleOnesInBetween() {
        Claim lost = start(NODE.lease(SHORT_LEASE), once("lost"));
        expire();
        claimOne();
        Claim gone = start(once("gone"));
        await(store.remove("gone"));
        Claim a = start(once("a"));
        Claim b = start(repeating("b"));

        List<Recorded> recorded = get(store.complete(List.of(
                completion(a, SUCCESS, Position.ENDED),
                completion(lost, SUCCESS, Position.ENDED),
                completion(b, Outcome.failed(ERROR), Draft.at(future())),
                completion(gone, SUCCESS, Position.ENDED))));

        assertThat(recorded).extracting(Recorded::isStale).containsExactly(false, true, false, true);
        assertThat(recorded.get(0).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(recorded.get(2).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aLargeBatchIsRecordedInOneCall() {
        List<Completion> batch = new ArrayList<>();
        for (String id : numbered("t", 1_000)) {
            save(once(id));
        }
        claims(1_000).forEach(claim -> batch.add(completion(claim, SUCCESS, Position.ENDED)));

        List<Recorded> recorded = get(store.complete(batch));

        assertThat(recorded).hasSize(1_000).noneMatch(Recorded::isStale);
        assertThat(executions(ExecutionQuery.all().limit(2_000))).hasSize(1_000);
    }

    @Test
    void anEmptyBatchIsAnsweredWithNothing() {
        assertThat(get(store.complete(List.of()))).isEmpty();
        assertThat(get(store.renew(List.of(), LEASE))).isEmpty();
        await(store.advance(List.of()));
        await(store.append(List.of()));
    }
}
