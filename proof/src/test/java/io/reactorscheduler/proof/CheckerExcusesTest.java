package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.TaskState;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the checker takes for a reason or for an excuse, and what not. */
class CheckerExcusesTest extends MadeUpEvidence {

    /** An execution that was done on a node, and again on another one; the second end is recorded. */
    private void oneRunTwice(long end, long again) {
        once("a", SECOND);
        ran("a#1", 5, "n1", SECOND, SECOND + 10, end);
        ran("a#1", 6, "n2", SECOND, again, again + SECOND / 10);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
    }

    // ---- reasons

    @Test
    void whatRunsOnceIsNeverSkipped() {
        once("a", SECOND);
        skipped("a#1", 5, SECOND, 1, 2 * SECOND, Reason.LATER.text());
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void onlyWhatWasCancelledIsRecordedSo() {
        once("a", SECOND);
        row("a#1", TaskState.CANCELLED, 5, "n1", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);

        planned.set(0, planned.get(0).cancelled(SECOND));
        assertThat(broken()).isEmpty();
    }

    @Test
    void aRunIsCancelledByALaterOneOnlyWhereThatIsTheRule() {
        repeating("a", 2, false, Reason.CANCELLED);
        row("a#1", TaskState.CANCELLED, 5, "n1", SECOND);
        row("a#2", TaskState.COMPLETED, 6, "n1", 2 * SECOND);
        ran("a#2", 6, "n1", 2 * SECOND, 2 * SECOND, 3 * SECOND);
        assertThat(broken()).isEmpty();

        rows.set(0, new Row("a#1", "a", TaskState.CANCELLED, SECOND, 1, 5, "n1", 6 * SECOND, Reason.SUPERSEDED.text()));
        assertThat(broken()).as("the later one was over").containsExactly(Problem.Rule.UNTRUE);

        planned.set(0, repeatingTask("a", 2, false, Reason.SUPERSEDED));
        rows.set(0, new Row("a#1", "a", TaskState.CANCELLED, SECOND, 1, 5, "n1", 3 * SECOND, Reason.SUPERSEDED.text()));
        assertThat(broken()).isEmpty();

        planned.clear();
        repeating("a", 2, false, Reason.BOUND);
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);

        rows.set(0, new Row("a#1", "a", TaskState.CANCELLED, SECOND, 1, 5, "n1", SECOND, Reason.CANCELLED.text()));
        planned.clear();
        repeating("a", 1, false, Reason.CANCELLED);
        rows.remove(1);
        lines.clear();
        assertThat(broken()).as("by no later one").containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void aFireTimeOverlapsOnlyTheRunWhoseEndSkippedIt() {
        repeating("a", 2);
        ran("a#1", 5, "n1", SECOND, SECOND, 2 * SECOND + 1);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        skipped("a#1-skipped-2000000", 5, 2 * SECOND, 1, 3 * SECOND, Reason.OVERLAPPED.text());
        assertThat(broken()).isEmpty();

        rows.remove(1);
        skipped("a#1-skipped-2000000", 6, 2 * SECOND, 1, 3 * SECOND, Reason.OVERLAPPED.text());
        assertThat(broken()).as("another claim").containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void aFireTimeLongAfterTheEndOfARunDoesNotOverlapIt() {
        repeating("a", 9);
        planned.set(0, planned.get(0).owedFrom(8 * SECOND));
        ran("a#1", 5, "n1", SECOND, SECOND, 2 * SECOND);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        skipped("a#1-skipped-8000000", 5, 8 * SECOND, 2, 9 * SECOND, Reason.OVERLAPPED.text());
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void asManyRunsAsAllowedAreActiveOnlyWhereOneIs() {
        repeating("a", 2, false, Reason.BOUND);
        ran("a#1", 5, "n1", SECOND, SECOND, 2 * SECOND + 1);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        skipped("a#2", 6, 2 * SECOND, 1, 2 * SECOND, Reason.BOUND.text());
        assertThat(broken()).isEmpty();

        lines.clear();
        rows.remove(0);
        planned.set(0, planned.get(0).owedFrom(2 * SECOND));
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void aRunThatWasCutShortIsActiveAsLongAsNobodyCanFindThatOut() {
        long fire = 7 * SECOND;
        repeating("a", 7, false, Reason.BOUND);
        planned.set(0, planned.get(0).owedFrom(fire));
        line(Line.Kind.STARTED, "a#1", 5, "n1", SECOND, SECOND);
        strikes.add(new Strike(Fault.KILL, "n1", SECOND + 1, SECOND + 2));
        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, SECOND + 3, fire));
        skipped("a#7", 6, fire, 1, fire + 1, Reason.BOUND.text());
        ran("a#1", 7, "n2", SECOND, fire + 2, fire + 3);
        row("a#1", TaskState.COMPLETED, 7, "n2", SECOND);
        assertThat(broken()).isEmpty();

        strikes.remove(1);
        assertThat(broken()).as("Redis was there").containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void aLaterFireTimeHadPassedOnlyIfItHad() {
        repeating("a", 2);
        planned.set(0, planned.get(0).owedFrom(SECOND));
        skipped("a#1", 5, SECOND, 1, 2 * SECOND - 1, Reason.LATER.text());
        ran("a#2", 6, "n1", 2 * SECOND, 2 * SECOND, 3 * SECOND);
        row("a#2", TaskState.COMPLETED, 6, "n1", 2 * SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);

        rows.remove(0);
        skipped("a#1", 5, SECOND, 1, 2 * SECOND, Reason.LATER.text());
        assertThat(broken()).isEmpty();
    }

    @Test
    void onlyWhatMayBeTooLateIsTooLate() {
        repeating("a", 1, true, Reason.TOO_LATE);
        skipped("a#1", 5, SECOND, 1, 2 * SECOND, Reason.TOO_LATE.text());
        assertThat(broken()).isEmpty();

        rows.clear();
        skipped("a#1", 5, SECOND, 1, SECOND + SECOND / 4, Reason.TOO_LATE.text());
        assertThat(broken()).as("it was in time").containsExactly(Problem.Rule.UNTRUE);
    }

    // ---- losses and inventions

    @Test
    void workThatWasDoneAndHasNoRecordIsALossAlsoOfACancelledTask() {
        repeating("a", 1);
        planned.set(0, planned.get(0).cancelled(SECOND));
        tasks.put("a", TaskState.CANCELLED);
        ran("a#1", 5, "n1", SECOND, SECOND, 2 * SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);

        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, SECOND + SECOND / 2, 2 * SECOND));
        assertThat(broken()).as("a server that syncs").containsExactly(Problem.Rule.LOSS);

        losesWrites = true;
        assertThat(broken()).isEmpty();
    }

    @Test
    void aCancelledTimelineOwesWhatCameLongBeforeItsCancel() {
        repeating("a", 40);
        tasks.put("a", TaskState.CANCELLED);
        planned.set(0, planned.get(0).cancelled(20 * SECOND));
        assertThat(broken()).isEmpty();

        planned.set(0, repeatingTask("a", 40, true).cancelled(21 * SECOND));
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);
    }

    @Test
    void aTaskWhoseSaveGotNoAnswerOwesNothing() {
        once("a", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);

        planned.set(0, planned.get(0).unsure());
        assertThat(broken()).isEmpty();
    }

    @Test
    void whatANodeSavedAMomentBeforeAReplicaTookOverMayBeForgotten() {
        line(Line.Kind.SCHEDULED, "b", 0, "n1", SECOND, SECOND);
        losesWrites = true;
        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, 3 * SECOND, 4 * SECOND));
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);

        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, 2 * SECOND - 1, 4 * SECOND));
        assertThat(broken()).isEmpty();
    }

    @Test
    void onlyAClaimOfJustBeforeATakeOverMayBeFollowedByTheEndOfTheOneBefore() {
        oneGoodRun();
        ran("a#1", 6, "n2", SECOND, 3 * SECOND, 4 * SECOND);
        losesWrites = true;
        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, 4 * SECOND, 5 * SECOND));
        assertThat(broken()).contains(Problem.Rule.STALE_WRITE);

        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, 4 * SECOND - 1, 5 * SECOND));
        assertThat(broken()).doesNotContain(Problem.Rule.STALE_WRITE);
        assertThat(excused()).isOne();
    }

    @Test
    void aTaskThatNobodyPlannedIsInvented() {
        ran("b#1", 5, "n1", SECOND, SECOND, 2 * SECOND);
        row("b#1", TaskState.COMPLETED, 5, "n1", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.INVENTED);

        line(Line.Kind.SCHEDULING, "b", 0, "n1", SECOND / 2, SECOND / 2);
        assertThat(broken()).as("a node that was killed before it knew").isEmpty();
    }

    @Test
    void aTriggerThatRanTwiceIsInvented() {
        planned.add(new Planned("host", Planned.Kind.TRIGGERED, 99 * SECOND, 0, 1, true, true, 0, Set.of()));
        tasks.put("host", TaskState.PENDING);
        asked.add("host#1");
        for (int number = 1; number <= 2; number++) {
            ran("host#" + number, number, "n1", SECOND, number * SECOND, number * SECOND + 1);
            row("host#" + number, TaskState.COMPLETED, number, "n1", SECOND);
        }
        assertThat(broken()).containsExactly(Problem.Rule.INVENTED);

        unanswered = 1;
        assertThat(broken()).as("a call without an answer may have done it").isEmpty();
    }

    // ---- claims

    @Test
    void aClaimThatTwoNodesHaveIsAnOverlap() {
        oneGoodRun();
        line(Line.Kind.STARTED, "a#1", 5, "n2", SECOND, SECOND + 20);
        line(Line.Kind.CANCELLED, "a#1", 5, "n2", SECOND, SECOND + 30);
        assertThat(broken()).containsExactly(Problem.Rule.OVERLAP);
    }

    @Test
    void anAttemptThatStartsTwiceIsAnOverlap() {
        oneGoodRun();
        line(Line.Kind.STARTED, "a#1", 5, "n1", SECOND, SECOND + 600);
        line(Line.Kind.CANCELLED, "a#1", 5, "n1", SECOND, SECOND + 700);
        assertThat(broken()).containsExactly(Problem.Rule.OVERLAP);
    }

    // ---- what a node that stood still may do

    @Test
    void aFrozenNodeEndsItsRunsWhenItGoesOn() {
        oneRunTwice(5 * SECOND, 4 * SECOND);
        strikes.add(new Strike(Fault.FREEZE, "n1", 2 * SECOND, 5 * SECOND - SECOND / 10));
        assertThat(broken()).isEmpty();
        assertThat(excused()).isOne();

        strikes.set(0, new Strike(Fault.FREEZE, "n1", 2 * SECOND, 4 * SECOND + SECOND / 10));
        assertThat(broken()).as("it went on for long").containsExactly(Problem.Rule.OVERLAP);
    }

    @Test
    void aNodeThatStoodStillEndsItsRunsWhenItGoesOn() {
        oneRunTwice(5 * SECOND, 4 * SECOND);
        strikes.add(new Strike(Fault.MEMORY, Line.NOTHING, 2 * SECOND, 3 * SECOND));
        pause("n1", 2 * SECOND, 5 * SECOND - SECOND / 10);
        assertThat(broken()).isEmpty();
        assertThat(excused()).isOne();

        lines.remove(lines.size() - 1);
        pause("n1", 2 * SECOND, 4 * SECOND + SECOND / 10);
        assertThat(broken()).as("it went on for long").containsExactly(Problem.Rule.OVERLAP);
    }

    @Test
    void aStrikeLongAfterTheEndOfARunDoesNotExcuseThatItRunsAgain() {
        oneRunTwice(2 * SECOND, 9 * SECOND);
        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, 5 * SECOND, 6 * SECOND));
        assertThat(broken()).containsExactly(Problem.Rule.REPEAT);

        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, 4 * SECOND - 1, 6 * SECOND));
        assertThat(broken()).isEmpty();
    }

    // ---- stops in order

    @Test
    void aStopInOrderFinishesAllRuns() {
        strikes.add(new Strike(Fault.ROLLING_RESTART, "n1", 5 * SECOND, 6 * SECOND));
        assertThat(broken()).as("it said nothing").containsExactly(Problem.Rule.REPEAT);

        lines.add(stopped("Stopped[finished=3, givenBack=0]"));
        assertThat(broken()).isEmpty();

        lines.set(0, stopped("Stopped[finished=3, givenBack=2]"));
        assertThat(broken()).containsExactly(Problem.Rule.REPEAT);

        strikes.add(new Strike(Fault.PARTITION, "n2", 4 * SECOND, 5 * SECOND));
        strikes.add(new Strike(Fault.PARTITION, "n1", SECOND, 2 * SECOND));
        assertThat(broken()).as("of another node, or long before").containsExactly(Problem.Rule.REPEAT);

        strikes.add(new Strike(Fault.MEMORY, Line.NOTHING, SECOND, 3 * SECOND + 1));
        assertThat(broken()).isEmpty();
    }

    // ---- recovery

    /** Runs that a kill cut off at one second and that ran again so much later. */
    private void recovered(long later) {
        for (int i = 1; i <= 5; i++) {
            once("r" + i, SECOND / 2);
            line(Line.Kind.STARTED, "r" + i + "#1", 5, "n1", SECOND / 2, SECOND / 2);
            ran("r" + i + "#1", 6, "n2", SECOND / 2, SECOND + later, SECOND + later + 10);
            row("r" + i + "#1", TaskState.COMPLETED, 6, "n2", SECOND / 2);
        }
        strikes.add(new Strike(Fault.KILL, "n1", SECOND, SECOND));
    }

    @Test
    void aRecoveryTakesALeaseAndASecond() {
        recovered(3 * SECOND);
        assertThat(broken()).isEmpty();
    }

    @Test
    void aRecoveryThatTakesLongerIsLateUnlessSomethingElseWentWrong() {
        recovered(3 * SECOND + 1);
        assertThat(broken()).containsExactly(Problem.Rule.LATE);

        strikes.add(new Strike(Fault.MEMORY, Line.NOTHING, 0, SECOND / 2));
        assertThat(broken()).as("a fault of Redis just before").isEmpty();

        strikes.remove(1);
        claimed("r1#1", 6, 0, SECOND / 2, 3 * SECOND);
        strikes.add(new Strike(Fault.FREEZE, "n2", 3 * SECOND, 4 * SECOND));
        assertThat(broken())
                .as("one of five is another matter, and four say nothing")
                .isEmpty();
    }

    @Test
    void aRecoveryThatWaitsInLineIsNotLateUnlessSomethingPassesItOver() {
        recovered(3 * SECOND + 1);
        for (int i = 1; i <= 5; i++) {
            claimed("r" + i + "#1", 6, 1, SECOND / 2, 4 * SECOND + 1);
        }
        once("other", 3 * SECOND);
        ran("other#1", 5, "n2", 3 * SECOND, 4 * SECOND, 4 * SECOND + 10);
        row("other#1", TaskState.COMPLETED, 5, "n2", 3 * SECOND);

        claimed("other#1", 5, 2, 3 * SECOND, 4 * SECOND - 1);
        assertThat(broken()).as("that was claimed while there was time").containsExactly(Problem.Rule.LATE);
        claimed("other#1", 5, 2, 3 * SECOND, 4 * SECOND);
        assertThat(broken()).as("higher priority goes first").isEmpty();
        claimed("other#1", 5, 1, SECOND / 2 + 1, 4 * SECOND);
        assertThat(broken()).as("it was due later").containsExactly(Problem.Rule.LATE);
        lines.remove(lines.size() - 1);
        claimed("other#1", 5, 0, SECOND / 4, 4 * SECOND);
        assertThat(broken()).as("its priority is lower").containsExactly(Problem.Rule.LATE);
    }

    @Test
    void aRecoveryBesideAnotherStrikeTakesALeaseAndASecondFromTheEndOfThat() {
        recovered(6 * SECOND);
        strikes.add(new Strike(Fault.FREEZE, "n2", 2 * SECOND, 4 * SECOND));
        assertThat(Recovery.of(evidence(), Run.of(evidence())).tooLong(LEASE)).isEmpty();

        strikes.set(1, new Strike(Fault.FREEZE, "n2", 2 * SECOND, 4 * SECOND - 1));
        assertThat(Recovery.of(evidence(), Run.of(evidence())).tooLong(LEASE))
                .extracting(Problem::rule)
                .containsExactly(Problem.Rule.LATE);

        strikes.add(new Strike(Fault.CLOCK_STEP, "n2", 5 * SECOND, 6 * SECOND));
        assertThat(Recovery.of(evidence(), Run.of(evidence())).tooLong(LEASE))
                .as("a clock that is set keeps nothing")
                .isNotEmpty();
    }

    @Test
    void aRunThatAnotherNodeHadBeforeTheKillHasNotRecoveredFromIt() {
        recovered(-SECOND / 4);
        strikes.add(new Strike(Fault.FREEZE, "n1", SECOND / 2, SECOND));
        Recovery recovery = Recovery.of(evidence(), Run.of(evidence()));
        assertThat(recovery.micros()).isEmpty();
        assertThat(recovery.inOutageMicros()).isEmpty();
    }
}
