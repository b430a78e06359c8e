package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Execution;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.TaskStore.Saved;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code IfExists.REPLACE} does to a known task, wherever it stands. */
abstract class ReplacingRules extends StoreRules {

    private static final Trigger OTHER_TRIGGER = Trigger.every(Duration.ofMinutes(5));

    ReplacingRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void aWaitingTaskIsReplacedWithItsHead() {
        save(once("a").input("1").due(future()));

        Saved saved = save(once("a").input("2"));

        assertThat(saved.isNew()).isFalse();
        assertThat(saved.isKept()).isFalse();
        assertThat(saved.task().input()).isEqualTo("2");
        Claim claim = claimOne();
        assertThat(claim.input()).isEqualTo("2");
        assertThat(claim.number()).isEqualTo(1);
    }

    @Test
    void aReplacedTaskWaitsInItsNewQueueOnly() {
        save(once("a").queue("left"));
        save(once("a").queue("right"));

        assertThat(claim(NODE, new Slots("left", 5)).claims()).isEmpty();
        assertThat(claim(NODE, new Slots("right", 5)).claims()).hasSize(1);
    }

    @Test
    void aReplacedTaskHasItsNewPriority() {
        long due = past();
        save(once("a").due(due));
        save(once("b").due(due));
        save(once("b").due(due).priority(1));

        assertThat(ids(claims(2))).containsExactly("b", "a");
    }

    @Test
    void aHeadPutOffByAReplacementIsNotClaimedAtItsOldTime() {
        save(once("a"));
        save(once("a").due(future()));

        assertNothingToClaim();
    }

    @Test
    void anEqualRepeatingTriggerKeepsItsPlaceInTheTimeline() {
        long due = past();
        save(repeating("a").input("1").due(due));

        save(repeating("a").input("2").due(future()));

        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(due);
        assertThat(claim.input()).as("all but the head is new").isEqualTo("2");
    }

    @Test
    void anEqualRepeatingTriggerGoesOnCountingItsFireTimes() {
        Claim first = start(repeating("a"));
        succeed(first, Draft.at(past()));
        save(repeating("a"));

        Claim second = claimOne();
        assertThat(second.fired()).isEqualTo(2);
        assertThat(second.number()).isEqualTo(2);
    }

    @Test
    void anEqualRepeatingTriggerTakesTheNewHeadWhereTheTimelineHadEnded() {
        succeed(start(repeating("completed")));
        save(repeating("cancelled").due(future()));
        await(store.cancel("cancelled"));
        for (String id : List.of("completed", "cancelled")) {
            String extra = enqueue(id, null);
            long due = past();

            save(repeating(id).due(due));

            Claim first = claimOne();
            succeed(first, first.extra() ? Position.UNCHANGED : Draft.at(future()));
            Claim second = claimOne();
            assertThat(List.of(first.executionId(), second.executionId())).contains(extra);
            assertThat(List.of(first.fireMicros(), second.fireMicros())).contains(due);
            succeed(second);
        }
    }

    @Test
    void anotherTriggerTakesTheNewHeadAndCountsFromTheStart() {
        succeed(start(repeating("a")), Draft.at(future()));
        long due = past();

        save(repeating("a").trigger(OTHER_TRIGGER).due(due));

        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(due);
        assertThat(claim.fired()).isEqualTo(1);
        assertThat(claim.number()).isEqualTo(2);
    }

    @Test
    void anEqualTriggerThatFiresOnceTakesTheNewHead() {
        save(once("a").due(future()));
        long due = past();
        save(once("a").due(due));

        assertThat(claimOne().fireMicros()).isEqualTo(due);
    }

    @Test
    void aTaskThatIsOverStartsAgainEvenWithAnEqualTrigger() {
        succeed(start(repeating("a")));
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
        long due = past();

        save(repeating("a").due(due));

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(claimOne().fireMicros()).isEqualTo(due);
    }

    @Test
    void aCancelledTaskStartsAgainEvenWithAnEqualTrigger() {
        save(repeating("a"));
        await(store.cancel("a"));
        long due = past();

        save(repeating("a").due(due));

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(claimOne().fireMicros()).isEqualTo(due);
    }

    @Test
    void historyStaysWhenATaskIsReplaced() {
        succeed(start(once("a").input("1")));
        save(once("a").input("2"));

        Execution execution = onlyExecution("a");
        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(execution.task().input()).as("the task as it was").isEqualTo("1");
    }

    @Test
    void aRetryThatWaitsGivesWayToTheNewHead() {
        retryAt(start(once("a").input("1")), future());

        save(once("a").input("2"));

        Claim claim = claimOne();
        assertThat(claim.input()).isEqualTo("2");
        assertThat(claim.attempt()).isEqualTo(1);
        assertThat(claim.number()).isEqualTo(2);
        assertThat(succeed(claim).state()).isEqualTo(TaskState.COMPLETED);
    }

    // ---- while a run is active

    @Test
    void aReplacedTaskIsNotClaimedBeforeItsOldRunHasEnded() {
        Claim old = start(once("a").input("1"));
        save(once("a").input("2"));

        assertNothingToClaim();
        succeed(old);
        assertThat(claimOne().input()).isEqualTo("2");
    }

    @Test
    void theOldRunIsRecordedAndTheNewHeadStands() {
        Claim old = start(repeating("a").input("1"));
        long due = past();
        save(repeating("a").input("2").trigger(OTHER_TRIGGER).due(due));

        Recorded recorded = succeed(old, Draft.at(future()));

        assertThat(recorded.isStale()).isFalse();
        assertThat(recorded.state()).isEqualTo(TaskState.PENDING);
        assertThat(onlyExecution("a").state()).isEqualTo(TaskState.COMPLETED);
        assertThat(onlyExecution("a").task().input()).isEqualTo("1");
        Claim claim = claimOne();
        assertThat(claim.fireMicros()).isEqualTo(due);
        assertThat(claim.number()).isEqualTo(2);
        assertThat(claim.fence()).isGreaterThan(old.fence());
    }

    @Test
    void theEndOfTheOldRunDoesNotEndTheNewTimeline() {
        Claim old = start(once("a"));
        save(repeating("a").due(future()));

        assertThat(succeed(old, Position.ENDED).state()).isEqualTo(TaskState.PENDING);
        assertThat(info("a").nextFireTime()).isNotNull();
    }

    @Test
    void anOldRunThatWouldBeTriedAgainIsRecordedInsteadWhenItsTaskWasReplaced() {
        for (Outcome outcome : List.of(Outcome.retryAt(past(), ERROR), Outcome.released())) {
            String id = "a" + outcome.kind();
            Claim old = start(once(id).input("1"));
            save(once(id).input("2"));

            Recorded recorded = end(old, outcome, Position.UNCHANGED);

            assertThat(recorded.isStale()).isFalse();
            assertThat(recorded.state()).isEqualTo(TaskState.PENDING);
            assertThat(onlyExecution(id).state().isFinal()).isTrue();
            Claim next = claimOne();
            assertThat(next.input()).isEqualTo("2");
            assertThat(next.attempt()).isEqualTo(1);
            succeed(next);
        }
    }

    @Test
    void anEqualRepeatingTriggerLetsTheOldRunBeTriedAgain() {
        Claim old = start(repeating("a"));
        save(repeating("a").due(past()));

        assertThat(retryAt(old, past()).state()).isEqualTo(TaskState.RETRYING);

        Claim again = claimOne();
        assertThat(again.number()).isEqualTo(1);
        assertThat(again.attempt()).isEqualTo(2);
    }

    @Test
    void anEqualRepeatingTriggerLetsTheOldRunSayWhereTheTimelineGoesOn() {
        Claim old = start(repeating("a"));
        save(repeating("a").due(past()));
        long next = future();

        succeed(old, Draft.at(next));

        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
        assertNothingToClaim();
    }

    @Test
    void aReplacedTaskIsClaimedAfterTheLeaseOfItsOldRunHasEnded() {
        start(NODE.lease(SHORT_LEASE), once("a").input("1"));
        save(once("a").input("2"));
        expire();

        Claim next = claimOne();
        assertThat(succeed(next).isStale()).isFalse();
        claims(10).forEach(this::succeed);
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
        assertThat(executions("a")).extracting(each -> each.task().input()).contains("2");
        assertNothingToClaim();
    }

    @Test
    void anOverlappingTaskIsClaimedBesideItsOldRun() {
        Claim old = start(overlapping("a").input("1"));
        save(overlapping("a").input("2").trigger(OTHER_TRIGGER));

        Claim next = claimOne();
        assertThat(next.input()).isEqualTo("2");
        assertThat(next.active()).isEqualTo(1);
        assertThat(succeed(old).isStale()).isFalse();
        assertThat(succeed(next).isStale()).isFalse();
        assertThat(executions("a")).hasSize(2);
    }

    @Test
    void anOverlappingRunThatPassedItsHeadOnDoesNotDoSoAgainWhenTheTaskDoesNotOverlapAnyMore() {
        Claim first = start(overlapping("a"));
        advance(first, Draft.at(past()));
        Claim second = claimOne();
        long next = future();
        succeed(second, Draft.at(next));
        save(repeating("a"));

        succeed(first, Draft.at(past()));

        assertNothingToClaim();
        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
    }

    @Test
    void theRunThatHasTheHeadOfAnOverlappingTaskPassesItOnWhenTheTaskDoesNotOverlapAnyMore() {
        Claim first = start(overlapping("a"));
        advance(first, Draft.at(past()));
        Claim second = claimOne();
        save(repeating("a"));
        long next = future();

        succeed(second, Draft.at(next));
        succeed(first, Draft.at(past()));

        assertNothingToClaim();
        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
    }

    @Test
    void theOldRunOfAnOverlappingTaskDoesNotMoveItsNewHead() {
        Claim old = start(overlapping("a"));
        long due = future();
        save(overlapping("a").trigger(OTHER_TRIGGER).due(due));

        advance(old, Draft.at(past()));

        assertThat(info("a").nextFireTime()).isEqualTo(instant(due));
        assertNothingToClaim();
    }
}
