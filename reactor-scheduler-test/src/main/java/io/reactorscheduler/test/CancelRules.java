package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Hint;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.UnknownTaskException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Ending tasks and runs from outside, and taking that back. */
abstract class CancelRules extends StoreRules {

    CancelRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void aCancelledTaskThatWaitsLeavesTheLineAndSaysWhenItWouldHaveFired() {
        long due = past();
        save(once("a").due(due));

        TaskInfo info = get(store.cancel("a"));

        assertThat(info.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(info.nextFireTime()).isEqualTo(instant(due));
        assertThat(info.dueTime()).isNull();
        assertThat(state("a")).isEqualTo(TaskState.CANCELLED);
        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 5));
        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()).containsExactly(Position.NO_TIME);
    }

    @Test
    void cancellingTwiceIsCancellingOnce() {
        save(repeating("a"));

        get(store.cancel("a"));

        assertThat(get(store.cancel("a")).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void aTaskThatIsOverStaysAsItIsWhenCancelled() {
        succeed(start(once("completed")));
        fail(start(once("failed")));

        assertThat(get(store.cancel("completed")).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(get(store.cancel("failed")).state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void theOwnerOfACancelledRunIsHintedAndTheTaskStaysCancelledWhateverTheRunReports() {
        for (Outcome outcome : List.of(
                SUCCESS,
                Outcome.failed(ERROR),
                Outcome.cancelled("cancelled"),
                Outcome.retryAt(past(), ERROR),
                Outcome.released())) {
            String id = "a" + outcome.kind();
            try (HintLog hints = HintLog.open(contract, store)) {
                Claim claim = start(repeating(id));

                assertThat(get(store.cancel(id)).state()).isEqualTo(TaskState.CANCELLED);

                hints.await(Hint.Kind.CANCEL_TASK, id, hint -> hint.number() >= claim.fence());
                boolean isFinal = outcome.isFinal();
                Recorded recorded = end(claim, outcome, isFinal ? Draft.at(past()) : Position.UNCHANGED);
                assertThat(recorded.isStale()).as(id).isFalse();
                assertThat(recorded.state()).as(id).isEqualTo(TaskState.CANCELLED);
                assertThat(state(id)).isEqualTo(TaskState.CANCELLED);
                assertThat(info(id).running()).isZero();
                assertThat(info(id).dueTime()).isNull();
                if (isFinal) {
                    assertThat(onlyExecution(id).state())
                            .isEqualTo(completion(claim, outcome, Position.ENDED)
                                    .execution("")
                                    .state());
                }
                assertNothingToClaim();
            }
        }
    }

    @Test
    void aCancelledRunIsStillRunningUntilItEnds() {
        Claim claim = start(once("a"));

        assertThat(get(store.cancel("a")).running()).isEqualTo(1);

        assertThat(get(store.renew(List.of(claim), LEASE))).isEmpty();
        assertThat(executions(ExecutionQuery.of("a").state(TaskState.RUNNING))).hasSize(1);
    }

    @Test
    void aCancelledRunWhoseLeaseExpiresIsNotClaimedAgain() {
        start(NODE.lease(SHORT_LEASE), once("a"));
        get(store.cancel("a"));

        expire();

        assertThat(info("a").running()).isZero();
        assertThat(state("a")).isEqualTo(TaskState.CANCELLED);
        assertNothingToClaim();
    }

    @Test
    void aCancelledRetryIsNotTriedAgain() {
        retryAt(start(once("a")), inMillis(50));

        assertThat(get(store.cancel("a")).state()).isEqualTo(TaskState.CANCELLED);

        pass(80);
        assertNothingToClaim();
    }

    @Test
    void aCancelledOverlappingTaskStartsNothingMore() {
        Claim claim = start(overlapping("a"));
        get(store.cancel("a"));

        advance(claim, Draft.at(past()));

        assertNothingToClaim();
        assertThat(succeed(claim).state()).isEqualTo(TaskState.CANCELLED);
        assertNothingToClaim();
    }

    @Test
    void aRunClaimedAfterACancelIsNotMeantByItsHint() {
        try (HintLog hints = HintLog.open(contract, store)) {
            Claim cancelled = start(once("a"));
            get(store.cancel("a"));
            Hint hint = hints.await(Hint.Kind.CANCEL_TASK, "a");
            end(cancelled, Outcome.cancelled("c"), Position.ENDED);
            get(store.resume("a", Draft.at(past())));

            assertThat(claimOne().fence()).isGreaterThan(hint.number());
        }
    }

    // ---- resume

    @Test
    void aResumedTaskIsBackInLineWithTheGivenHead() {
        save(repeating("a").due(future()));
        get(store.cancel("a"));
        long due = past();

        TaskInfo info = get(store.resume("a", Position.at(due - 1, due)));

        assertThat(info.state()).isEqualTo(TaskState.PENDING);
        assertThat(info.nextFireTime()).isEqualTo(instant(due - 1));
        assertThat(info.dueTime()).isEqualTo(instant(due));
        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(due - 1);
        assertThat(claim.number()).isEqualTo(1);
        assertThat(claim.attempt()).isEqualTo(1);
    }

    @Test
    void aTaskThatIsNotCancelledStaysAsItIsWhenResumed() {
        long head = future();
        save(repeating("pending").due(head));
        succeed(start(once("completed")));
        Claim running = start(repeating("running"));
        retryAt(start(once("retrying")), head);

        Position other = Draft.at(past());
        assertThat(get(store.resume("pending", other)).nextFireTime()).isEqualTo(instant(head));
        assertThat(get(store.resume("completed", other)).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(get(store.resume("running", other)).state()).isEqualTo(TaskState.RUNNING);
        assertThat(get(store.resume("retrying", other)).state()).isEqualTo(TaskState.RETRYING);
        assertNothingToClaim();
        succeed(running, Draft.at(head));
        assertNothingToClaim();
    }

    @Test
    void aTaskResumedWhileItsRunIsActiveIsClaimedAfterThatRun() {
        Claim old = start(once("a"));
        get(store.cancel("a"));
        long due = past();
        get(store.resume("a", Draft.at(due)));

        assertNothingToClaim();
        assertThat(end(old, Outcome.cancelled("cancelled"), Position.ENDED).isStale())
                .isFalse();

        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(due);
        assertThat(succeed(claim).state()).isEqualTo(TaskState.COMPLETED);
        assertNothingToClaim();
    }

    // ---- one execution

    @Test
    void theOwnerOfACancelledExecutionIsHinted() {
        try (HintLog hints = HintLog.open(contract, store)) {
            Claim claim = start(repeating("a"));

            assertThat(get(store.cancelExecution(claim.executionId()))).isTrue();

            hints.await(Hint.Kind.CANCEL_EXECUTION, claim.executionId(), hint -> hint.number() >= claim.fence());
            assertThat(state("a")).isEqualTo(TaskState.RUNNING);
            assertThat(end(claim, Outcome.cancelled("c"), Draft.at(past())).state())
                    .isEqualTo(TaskState.PENDING);
            assertThat(claimOne().number()).isEqualTo(2);
        }
    }

    @Test
    void anExecutionThatHasEndedCannotBeCancelled() {
        Claim claim = start(once("a"));
        succeed(claim);

        assertThat(get(store.cancelExecution(claim.executionId()))).isFalse();
        assertThat(onlyExecution("a").state()).isEqualTo(TaskState.COMPLETED);
    }

    // ---- reschedule

    @Test
    void aRescheduledTaskHasItsNewTriggerAndHead() {
        save(repeating("a").due(future()));
        Draft other = once("a");

        TaskInfo info = get(store.reschedule("a", other.trigger(), other.head()));

        assertThat(info.state()).isEqualTo(TaskState.PENDING);
        assertThat(info.task().trigger()).isEqualTo(other.trigger());
        assertThat(info.nextFireTime()).isEqualTo(instant(other.head().fireMicros()));
        Claim claim = claimOne();
        assertThat(claim.task().trigger()).isEqualTo(other.trigger());
        assertThat(claim.fired()).isEqualTo(1);
    }

    @Test
    void aRescheduledTaskCountsItsFireTimesFromTheStart() {
        succeed(start(repeating("a")), Draft.at(future()));

        get(store.reschedule("a", repeating("a").trigger(), Draft.at(past())));

        assertThat(claimOne().fired()).isEqualTo(1);
    }

    @Test
    void aHeadPutOffIsNotClaimedAtItsOldTime() {
        save(repeating("a"));

        get(store.reschedule("a", repeating("a").trigger(), Draft.at(future())));

        assertNothingToClaim();
    }

    @Test
    void aTaskThatIsOverOrCancelledIsPendingWhenRescheduled() {
        succeed(start(once("completed")));
        fail(start(once("failed")));
        save(once("cancelled"));
        get(store.cancel("cancelled"));

        for (String id : List.of("completed", "failed", "cancelled")) {
            assertThat(get(store.reschedule(id, once(id).trigger(), Draft.at(past())))
                            .state())
                    .isEqualTo(TaskState.PENDING);
            assertThat(claimOne().task().id()).isEqualTo(id);
        }
    }

    @Test
    void aTaskRescheduledWhileItRunsGoesOnWithItsNewHead() {
        Claim old = start(repeating("a"));
        long due = past();
        get(store.reschedule("a", once("a").trigger(), Draft.at(due)));

        assertNothingToClaim();
        assertThat(succeed(old, Draft.at(future())).isStale()).isFalse();

        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(due);
        assertThat(claim.task().trigger()).isEqualTo(once("a").trigger());
    }

    // ---- remove

    @Test
    void aRemovedTaskIsGoneWithItsHistory() {
        Claim first = start(repeating("a"));
        succeed(first, Draft.at(past()));

        assertThat(get(store.remove("a")).id()).isEqualTo("a");

        assertThat(await(store.task("a"))).isNull();
        assertThat(executions("a")).isEmpty();
        assertThat(executions(ExecutionQuery.all())).isEmpty();
        assertThat(list(store.tasks(TaskQuery.all()))).isEmpty();
        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 5));
        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()).containsExactly(Position.NO_TIME);
        assertThatThrownBy(() -> get(store.remove("a"))).isInstanceOf(UnknownTaskException.class);
    }

    @Test
    void theOwnerOfARemovedRunIsHintedAndWhatItReportsIsStale() {
        try (HintLog hints = HintLog.open(contract, store)) {
            Claim claim = start(repeating("a"));

            get(store.remove("a"));

            hints.await(Hint.Kind.CANCEL_TASK, "a", hint -> hint.number() >= claim.fence());
            assertThat(succeed(claim, Draft.at(past())).isStale()).isTrue();
            assertThat(await(store.task("a"))).isNull();
            assertThat(executions(ExecutionQuery.all())).isEmpty();
            assertNothingToClaim();
        }
    }

    @Test
    void theIdOfARemovedTaskIsFreeAndItsOldRunDoesNotDisturbTheNewOne() {
        Claim old = start(once("a").input("1"));
        get(store.remove("a"));

        assertThat(save(once("a").input("2")).isNew()).isTrue();

        Claim claim = claimOne();
        assertThat(claim.input()).isEqualTo("2");
        assertThat(succeed(old).isStale()).isTrue();
        assertThat(state("a")).isEqualTo(TaskState.RUNNING);
        assertThat(get(store.renew(List.of(old), LEASE))).hasSize(1);
        assertThat(succeed(claim).isStale()).isFalse();
        assertThat(onlyExecution("a").input()).isEqualTo("2");
    }

    @Test
    void aRemovedRetryIsNotTriedAgain() {
        retryAt(start(once("a")), past());
        get(store.remove("a"));

        assertNothingToClaim();
    }

    @Test
    void theLeaseOfARemovedRunExpiresWithoutATrace() {
        start(NODE.lease(SHORT_LEASE), once("a"));
        get(store.remove("a"));

        assertThat(expire()).isEmpty();
        assertNothingToClaim();
    }

    // ---- unknown

    @Test
    void whatIsNotKnownFailsNamingItsId() {
        Position head = Draft.at(past());
        assertThat(await(store.task("nobody"))).isNull();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> get(store.cancel("nobody")),
                () -> get(store.resume("nobody", head)),
                () -> get(store.reschedule("nobody", once("nobody").trigger(), head)),
                () -> get(store.remove("nobody")),
                () -> enqueue("nobody", null),
                () -> get(store.cancelExecution("nobody#1")))) {
            assertThatThrownBy(call).isInstanceOf(UnknownTaskException.class).hasMessageContaining("nobody");
        }
    }

    @Test
    void anExecutionThatAKnownTaskNeverHadIsNotRunning() {
        save(once("a"));

        assertThat(get(store.cancelExecution("a#7"))).isFalse();
    }
}
