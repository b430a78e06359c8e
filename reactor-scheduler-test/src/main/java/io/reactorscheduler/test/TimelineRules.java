package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.Skip;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Advance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a timeline goes on: one run after another, or overlapping. */
abstract class TimelineRules extends StoreRules {

    TimelineRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- one after another

    @Test
    void aRepeatingTaskGoesOnWhereItsRunSays() {
        long first = past();
        Claim claim = start(repeating("a").due(first));
        long second = past();
        assertThat(second).isGreaterThanOrEqualTo(first);

        assertThat(succeed(claim, Position.at(second, second + 3)).state()).isEqualTo(TaskState.PENDING);

        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.PENDING);
        assertThat(info.nextFireTime()).isEqualTo(instant(second));
        assertThat(info.dueTime()).isEqualTo(instant(second + 3));
        assertThat(info.running()).isZero();
        assertThat(info.executions()).isEqualTo(1);
        Claim next = claimOne();
        assertThat(next.number()).isEqualTo(2);
        assertThat(next.fired()).isEqualTo(2);
        assertThat(next.attempt()).isEqualTo(1);
        assertThat(next.fireMicros()).isEqualTo(second);
        assertThat(next.dueMicros()).isEqualTo(second + 3);
        assertThat(next.fence()).isGreaterThan(claim.fence());
    }

    @Test
    void theNextHeadIsNotClaimedBeforeItIsDue() {
        succeed(start(repeating("a")), Draft.at(future()));

        assertNothingToClaim();
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aRepeatingTaskIsOverWhenItsTimelineHasEnded() {
        Claim claim = start(repeating("a"));

        assertThat(succeed(claim, Position.ENDED).state()).isEqualTo(TaskState.COMPLETED);

        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(info.nextFireTime()).isNull();
        assertThat(info.dueTime()).isNull();
        assertNothingToClaim();
    }

    @Test
    void nothingOfATaskIsClaimedWhileARunOfItIsActive() {
        start(repeating("a"));
        enqueue("a", null);
        enqueue("a", null);

        assertNothingToClaim();
    }

    @Test
    void aRepeatingTaskGoesOnAfterAFailure() {
        Claim claim = start(repeating("a"));

        assertThat(end(claim, Outcome.failed(ERROR), Draft.at(past())).state()).isEqualTo(TaskState.PENDING);
        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void fireTimesThatWereSkippedCountAsUsedUp() {
        Claim claim = start(repeating("a"));
        long from = claim.fireMicros() + 1;
        end(claim, SUCCESS, Draft.at(past()), new Skip(from, from + 4, 5, "overlapped"));

        assertThat(claimOne().fired()).isEqualTo(7);
    }

    // ---- overlapping

    @Test
    void aClaimedHeadOfAnOverlappingTaskStaysOutOfTheLineUntilTheNextIsWritten() {
        Claim first = start(overlapping("a"));

        assertNothingToClaim();
        advance(first, Draft.at(past()));

        Claim second = claimOne();
        assertThat(second.number()).isEqualTo(2);
        assertThat(second.fired()).isEqualTo(2);
        assertThat(second.active()).as("other active executions").isEqualTo(1);
        assertThat(info("a").running()).isEqualTo(2);
        assertThat(info("a").state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void aNextHeadThatIsNotDueWaitsForItsTime() {
        Claim claim = start(overlapping("a"));
        long next = future();
        advance(claim, Draft.at(next));

        assertNothingToClaim();
        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
    }

    @Test
    void runsOfAnOverlappingTaskEndInAnyOrderAndLeaveTheHead() {
        Claim first = start(overlapping("a"));
        advance(first, Draft.at(past()));
        Claim second = claimOne();
        long next = future();
        advance(second, Draft.at(next));

        assertThat(succeed(second).state()).isEqualTo(TaskState.RUNNING);
        assertThat(succeed(first).state()).isEqualTo(TaskState.PENDING);

        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
        assertThat(info("a").running()).isZero();
        assertThat(executions("a")).hasSize(2);
    }

    @Test
    void anOverlappingTaskIsOverWhenItsLastRunIs() {
        Claim first = start(overlapping("a"));
        advance(first, Draft.at(past()));
        Claim second = claimOne();
        advance(second, Position.ENDED);

        assertThat(succeed(first).state()).isEqualTo(TaskState.RUNNING);
        assertThat(succeed(second).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void theHeadThatAnOverlappingEndBringsCountsIfNoneWasWrittenBefore() {
        Claim first = start(overlapping("a"));
        long next = future();

        assertThat(succeed(first, Draft.at(next)).state()).isEqualTo(TaskState.PENDING);

        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
        assertNothingToClaim();
    }

    @Test
    void theHeadThatARetryOfAnOverlappingRunBringsCountsIfNoneWasWrittenBefore() {
        Claim first = start(overlapping("a"));

        end(first, Outcome.retryAt(future(), ERROR), Draft.at(past()));

        Claim second = claimOne();
        assertThat(second.number()).isEqualTo(2);
        assertNothingToClaim();
    }

    @Test
    void theHeadThatARetryOfAnOverlappingRunBringsIsTooLateAfterOneThatWasWritten() {
        Claim first = start(overlapping("a"));
        long next = future();
        advance(first, Draft.at(next));

        end(first, Outcome.retryAt(future(), ERROR), Draft.at(past()));

        assertNothingToClaim();
        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
    }

    @Test
    void theHeadThatAnOverlappingEndBringsIsTooLateAfterOneThatWasWritten() {
        Claim first = start(overlapping("a"));
        long next = future();
        advance(first, Draft.at(next));

        succeed(first, Draft.at(past()));

        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
        assertNothingToClaim();
    }

    @Test
    void theHeadThatAnOverlappingEndBringsIsTooLateWhenTheNextOneRunsAlready() {
        Claim first = start(overlapping("a"));
        advance(first, Draft.at(past()));
        Claim second = claimOne();

        succeed(first, Draft.at(past()));

        assertNothingToClaim();
        long next = future();
        advance(second, Draft.at(next));
        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
    }

    @Test
    void anOverlappingEndThatEndsTheTimelineIsTooLateAfterAHeadThatWasWritten() {
        Claim first = start(overlapping("a"));
        advance(first, Draft.at(past()));

        assertThat(succeed(first, Position.ENDED).state()).isEqualTo(TaskState.PENDING);

        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void anOverlappingRunThatIsClaimedAgainIsLateOnPurpose() {
        Claim given = start(overlapping("back"));
        advance(given, Draft.at(future()));
        release(given);
        assertIsLateOnPurpose(given, claimOne());

        Claim tried = start(overlapping("retry"));
        advance(tried, Draft.at(future()));
        retryAt(tried, past());
        assertIsLateOnPurpose(tried, claimOne());

        Claim lost = start(NODE.lease(SHORT_LEASE), overlapping("lost"));
        advance(lost, Draft.at(future()));
        expire();
        assertIsLateOnPurpose(lost, claimOne());
    }

    private static void assertIsLateOnPurpose(Claim before, Claim again) {
        assertThat(again.executionId()).isEqualTo(before.executionId());
        assertThat(again.fireMicros()).isEqualTo(before.fireMicros());
        assertThat(again.bufferedUntilMicros())
                .as("%s may be behind the head", again.executionId())
                .isGreaterThanOrEqualTo(again.fireMicros());
    }

    @Test
    void aNextHeadWrittenTwiceIsWrittenOnce() {
        Claim first = start(overlapping("a"));
        Position next = Draft.at(past());
        advance(first, next);
        Claim second = claimOne();

        advance(first, next);

        assertNothingToClaim();
        advance(second, Draft.at(future()));
        advance(first, next);
        assertNothingToClaim();
    }

    @Test
    void aRunThatIsClaimedAgainDoesNotTurnTheTimelineBack() {
        Claim lost = start(NODE.lease(SHORT_LEASE), overlapping("a"));
        Position next = Draft.at(past());
        advance(lost, next);
        Claim second = claimOne();
        expire();
        Claim again = claimOne();
        assertThat(again.number()).isEqualTo(lost.number());

        advance(again, next);

        assertNothingToClaim();
        advance(second, Draft.at(future()));
        succeed(second);
        succeed(again);
        assertNothingToClaim();
        assertThat(executions("a")).hasSize(2);
    }

    @Test
    void aStaleClaimDoesNotMoveTheHead() {
        Claim lost = start(NODE.lease(SHORT_LEASE), overlapping("a"));
        expire();
        Claim again = claimOne();

        advance(lost, Draft.at(past()));

        assertNothingToClaim();
        long next = future();
        advance(again, Draft.at(next));
        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
    }

    @Test
    void headsOfManyTasksAreWrittenInOneCallAndStaleOnesLeftOut() {
        Claim lost = start(NODE.lease(SHORT_LEASE), overlapping("lost"));
        expire();
        claimOne();
        Claim a = start(overlapping("a"));
        Claim b = start(overlapping("b"));
        Position next = Draft.at(past());

        await(store.advance(List.of(new Advance(a, next), new Advance(lost, next), new Advance(b, next))));

        assertThat(ids(claims(10))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void theHeadOfARemovedTaskIsNotWritten() {
        Claim claim = start(overlapping("a"));
        await(store.remove("a"));

        advance(claim, Draft.at(past()));

        assertThat(await(store.task("a"))).isNull();
        assertNothingToClaim();
    }

    @Test
    void aRunThatIsLostBeforeItWroteTheNextHeadStillWritesIt() {
        start(NODE.lease(SHORT_LEASE), overlapping("a"));
        expire();
        Claim again = claimOne();
        assertNothingToClaim();

        advance(again, Draft.at(past()));

        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void aRetryOfAnOverlappingTaskDoesNotHoldUpItsTimeline() {
        Claim claim = start(overlapping("a"));
        advance(claim, Draft.at(past()));
        retryAt(claim, past());

        List<Claim> claims = claims(10);
        assertThat(claims).extracting(Claim::number).containsExactlyInAnyOrder(1L, 2L);
        assertThat(claims).extracting(Claim::attempt).containsExactlyInAnyOrder(2, 1);
    }

    @Test
    void theEndOfARunOfAnOverlappingTaskLeavesTheHeadThatWasWrittenBefore() {
        Claim claim = start(overlapping("a"));
        long next = future();
        advance(claim, Draft.at(next));

        succeed(claim, Draft.at(past()));

        assertThat(info("a").nextFireTime()).isEqualTo(instant(next));
        assertNothingToClaim();
    }

    @Test
    void aRepeatedRunOfAnOverlappingTaskDoesNotTurnTheTimelineBack() {
        Claim first = start(overlapping("a"));
        Position next = Draft.at(past());
        advance(first, next);
        Claim second = claimOne();
        advance(second, Draft.at(future()));
        retryAt(first, past());
        Claim again = claimOne();
        assertThat(again.attempt()).isEqualTo(2);

        advance(again, next);

        assertNothingToClaim();
    }
}
