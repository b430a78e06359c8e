package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Execution;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.RejectedTaskException;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.Trigger;
import io.reactorscheduler.UnknownTaskException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Executions that were asked for beside the timeline. */
abstract class ExtraRules extends StoreRules {

    ExtraRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void anExtraExecutionIsDueNowWithItsOwnInputAndLeavesTheHead() {
        long head = future();
        save(repeating("a").input("1").due(head));

        String id = enqueue("a", "2");

        Claim claim = claimOne();
        assertThat(claim.executionId()).isEqualTo(id);
        assertThat(claim.extra()).isTrue();
        assertThat(claim.input()).isEqualTo("2");
        assertThat(claim.attempt()).isEqualTo(1);
        assertThat(succeed(claim).state()).isEqualTo(TaskState.PENDING);
        assertThat(info("a").nextFireTime()).isEqualTo(instant(head));
        assertThat(onlyExecution("a").input()).isEqualTo("2");
        assertThat(info("a").task().input()).isEqualTo("1");
    }

    @Test
    void anExtraExecutionHasTheFireTimeItWasAskedForWith() {
        save(repeating("a").due(future()));
        long fire = past() - 12_345;

        get(store.enqueue("a", new Extra(fire, null)));

        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(fire);
    }

    @Test
    void anExtraExecutionWithoutInputHasThatOfItsTask() {
        save(repeating("a").input("1").due(future()));
        enqueue("a", null);

        assertThat(claimOne().input()).isEqualTo("1");
    }

    @Test
    void anExtraExecutionIsNoFireTimeOfTheTimeline() {
        save(repeating("a").due(future()));
        enqueue("a", null);
        succeed(claimOne());
        save(repeating("a").trigger(Trigger.fixedDelay(LEASE)));

        Claim head = claimOne();
        assertThat(head.extra()).isFalse();
        assertThat(head.number()).isEqualTo(2);
        assertThat(head.fired()).isEqualTo(1);
    }

    // ---- capacity

    @Test
    void anExtraExecutionTakesAPlaceOfItsQueueWhileItWaits() {
        declare(TaskQueue.named(QUEUE).capacity(3));
        save(repeating("a").due(future()));
        enqueue("a", "1");
        enqueue("a", "2");

        assertThatThrownBy(() -> enqueue("a", "3")).isInstanceOfSatisfying(RejectedTaskException.class, error -> {
            assertThat(error.queue()).isEqualTo(QUEUE);
            assertThat(error.capacity()).isEqualTo(3);
            assertThat(error.taskId()).isEqualTo("a");
        });
        assertThatThrownBy(() -> save(once("b"))).isInstanceOf(RejectedTaskException.class);
        assertThat(executions("a")).as("what was rejected left nothing").hasSize(2);

        Claim claim = claimOne();
        assertThat(save(once("b").due(future())).isNew())
                .as("in the place of what runs")
                .isTrue();
        assertThatThrownBy(() -> enqueue("a", "3")).isInstanceOf(RejectedTaskException.class);
        succeed(claim);
        succeed(claimOne());
        enqueue("a", "3");
    }

    @Test
    void extraExecutionsThatAreCancelledOrRemovedGiveTheirPlacesBack() {
        declare(TaskQueue.named(QUEUE).capacity(3));
        for (String id : List.of("cancelled", "removed")) {
            save(repeating(id).due(future()));
            enqueue(id, null);
            enqueue(id, null);
            assertThatThrownBy(() -> enqueue(id, null)).isInstanceOf(RejectedTaskException.class);
            if (id.equals("cancelled")) {
                get(store.cancel(id));
            } else {
                get(store.remove(id));
            }
        }

        for (String id : numbered("t", 3)) {
            save(once(id));
        }
        assertThatThrownBy(() -> save(once("more"))).isInstanceOf(RejectedTaskException.class);
    }

    @Test
    void extraExecutionsMoveTheirPlacesWithTheirTaskToAnotherQueue() {
        declare(TaskQueue.named(QUEUE).capacity(3));
        declare(TaskQueue.named("other").capacity(3));
        save(repeating("a").due(future()));
        enqueue("a", null);
        enqueue("a", null);

        save(repeating("a").due(future()).queue("other"));

        assertThatThrownBy(() -> save(once("b").queue("other"))).isInstanceOf(RejectedTaskException.class);
        for (String id : numbered("t", 3)) {
            save(once(id));
        }
        assertThatThrownBy(() -> save(once("more"))).isInstanceOf(RejectedTaskException.class);
    }

    @Test
    void anExtraExecutionThatWasLostOrTriedAgainTakesNoPlace() {
        declare(TaskQueue.named(QUEUE).capacity(2));
        save(repeating("a").due(future()));
        enqueue("a", null);
        release(claimOne());
        enqueue("a", null);
        release(claimOne());

        assertThatThrownBy(() -> enqueue("a", null)).isInstanceOf(RejectedTaskException.class);
        succeed(claimOne());
        succeed(claimOne());
        enqueue("a", null);
    }

    // ---- beside the timeline

    @Test
    void anExtraExecutionWaitsBehindTheActiveRun() {
        Claim head = start(repeating("a"));
        String id = enqueue("a", "2");

        assertNothingToClaim();
        succeed(head, Draft.at(future()));

        Claim extra = claimOne();
        assertThat(extra.executionId()).isEqualTo(id);
        assertThat(extra.extra()).isTrue();
    }

    @Test
    void theHeadWaitsBehindAnActiveExtraExecution() {
        save(repeating("a").due(future()));
        enqueue("a", null);
        Claim extra = claimOne();
        await(store.reschedule("a", Trigger.fixedDelay(LEASE), Draft.at(past())));

        assertNothingToClaim();
        succeed(extra);
        assertThat(claimOne().extra()).isFalse();
    }

    @Test
    void extraExecutionsRunOneAfterAnotherEachOnce() {
        save(repeating("a").due(future()));
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            asked.add(enqueue("a", String.valueOf(i)));
        }
        assertThat(asked).doesNotHaveDuplicates();

        List<String> ran = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Claim claim = claimOne();
            ran.add(claim.executionId());
            inputs.add(Objects.requireNonNull(claim.input()));
            succeed(claim);
        }
        assertThat(ran).isEqualTo(asked);
        assertThat(inputs).containsExactly("0", "1", "2", "3", "4");
        assertNothingToClaim();
    }

    @Test
    void extraExecutionsOfAnOverlappingTaskRunBesideItsOtherRuns() {
        Claim head = start(overlapping("a"));
        enqueue("a", null);

        Claim extra = claimOne();
        assertThat(extra.extra()).isTrue();
        assertThat(extra.active()).isEqualTo(1);
        succeed(extra);
        advance(head, Draft.at(past()));
        assertThat(claimOne().extra()).isFalse();
    }

    @Test
    void aCompletedTaskIsPendingAgainUntilItsExtraExecutionHasEnded() {
        succeed(start(once("a")));

        String id = enqueue("a", null);

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        Claim claim = claimOne();
        assertThat(claim.executionId()).isEqualTo(id).isEqualTo("a#2");
        assertThat(state("a")).isEqualTo(TaskState.RUNNING);
        assertThat(succeed(claim).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
        assertThat(executions("a")).hasSize(2);
    }

    @Test
    void aFailedTaskIsCompletedByAnExtraExecution() {
        fail(start(once("a")));
        enqueue("a", null);

        assertThat(succeed(claimOne()).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(executions("a")).extracting(Execution::state).containsExactly(TaskState.COMPLETED, TaskState.FAILED);
    }

    @Test
    void aCancelledTaskIsPendingAgainWithItsExtraExecutionOnly() {
        save(repeating("a"));
        await(store.cancel("a"));

        enqueue("a", null);

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        Claim claim = claimOne();
        assertThat(claim.extra()).isTrue();
        succeed(claim);
        assertNothingToClaim();
    }

    @Test
    void anExtraExecutionKeepsItsInputOverRetriesAndReleases() {
        save(repeating("a").input("1").due(future()));
        enqueue("a", "2");
        Claim first = claimOne();
        assertThat(retryAt(first, past()).state()).isEqualTo(TaskState.RETRYING);

        Claim second = claimOne();
        assertThat(second.input()).isEqualTo("2");
        assertThat(second.extra()).isTrue();
        assertThat(second.attempt()).isEqualTo(2);
        release(second);

        Claim third = claimOne();
        assertThat(third.input()).isEqualTo("2");
        assertThat(third.number()).isEqualTo(first.number());
        assertThat(succeed(third).state()).isEqualTo(TaskState.PENDING);
        assertNothingToClaim();
    }

    @Test
    void anExtraExecutionSurvivesTheLossOfItsNode() {
        save(repeating("a").due(future()));
        String id = enqueue("a", "2");
        claimOne(NODE.lease(SHORT_LEASE));

        assertThat(expire()).containsExactly(id);

        Claim again = claimOne();
        assertThat(again.executionId()).isEqualTo(id);
        assertThat(again.input()).isEqualTo("2");
        assertThat(again.extra()).isTrue();
    }

    @Test
    void extraExecutionsLeaveTheLineWithACancelledTask() {
        save(repeating("a").due(future()));
        enqueue("a", null);

        await(store.cancel("a"));

        assertNothingToClaim();
    }

    @Test
    void anExtraExecutionDoesNotEndATimelineThatGoesOn() {
        save(repeating("a").due(future()));
        enqueue("a", null);

        assertThat(end(claimOne(), Outcome.failed(ERROR), Position.UNCHANGED).state())
                .isEqualTo(TaskState.PENDING);
    }

    @Test
    void theTaskMustBeKnown() {
        assertThatThrownBy(() -> enqueue("nobody", null)).isInstanceOf(UnknownTaskException.class);
    }
}
