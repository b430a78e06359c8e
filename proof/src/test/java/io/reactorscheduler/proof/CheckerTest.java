package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.TaskState;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the checker says of made-up evidence. */
class CheckerTest extends MadeUpEvidence {

    @Test
    void aRunAsItShouldBeBreaksNothing() {
        oneGoodRun();
        assertThat(broken()).isEmpty();
    }

    @Test
    void aFireTimeWithoutARecordIsALoss() {
        once("a", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);
    }

    @Test
    void aTaskThatWasSavedLateOwesNoEarlierFireTime() {
        repeating("a", 2);
        planned.set(0, planned.get(0).owedFrom(SECOND + 1));
        ran("a#1", 5, "n1", 2 * SECOND, 2 * SECOND, 2 * SECOND + 1);
        row("a#1", TaskState.COMPLETED, 5, "n1", 2 * SECOND);
        assertThat(broken()).isEmpty();
    }

    @Test
    void aRowOfSkippedFireTimesStandsForEachOfThem() {
        repeating("a", 4);
        skipped("a#1-skipped-1000000", 5, SECOND, 3, 4 * SECOND, Reason.LATER.text());
        ran("a#1", 5, "n1", 4 * SECOND, 4 * SECOND, 4 * SECOND + 1);
        row("a#1", TaskState.COMPLETED, 5, "n1", 4 * SECOND);
        assertThat(broken()).isEmpty();

        rows.remove(1);
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);
    }

    @Test
    void aSkippedFireTimeWithoutAReasonIsUntrue() {
        repeating("a", 1);
        skipped("a#1", 5, SECOND, 1, SECOND, "");
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void aFireTimeWithTwoRecordsIsADouble() {
        oneGoodRun();
        ran("a#2", 6, "n1", SECOND, SECOND + 600, SECOND + 700);
        row("a#2", TaskState.COMPLETED, 6, "n1", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.DOUBLE);
    }

    @Test
    void anExecutionWithTwoRecordsIsADouble() {
        oneGoodRun();
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.DOUBLE);
    }

    @Test
    void aRecordOfNoFireTimeIsInvented() {
        oneGoodRun();
        ran("a#2", 6, "n1", 2 * SECOND, 2 * SECOND, 3 * SECOND);
        row("a#2", TaskState.COMPLETED, 6, "n1", 2 * SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.INVENTED);
    }

    @Test
    void aCompletedRecordThatNoLogKnowsOfIsUntrue() {
        once("a", SECOND);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.UNTRUE);
    }

    @Test
    void aRecordByAClaimThatWasFollowedByAnotherIsAStaleWrite() {
        oneGoodRun();
        line(Line.Kind.STARTED, "a#1", 6, "n2", SECOND, SECOND + 600);
        strikes.add(new Strike(Fault.KILL, "n2", SECOND + 700, SECOND + 700));
        assertThat(broken()).containsExactly(Problem.Rule.STALE_WRITE);
    }

    @Test
    void twoRunsOfOneExecutionAtOnceAreAnOverlapUnlessTheFirstNodeStoodStill() {
        once("a", SECOND);
        ran("a#1", 5, "n1", SECOND, SECOND + 10, 6 * SECOND);
        ran("a#1", 6, "n2", SECOND, 4 * SECOND, 5 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.OVERLAP, Problem.Rule.REPEAT);

        pause("n1", 2 * SECOND, 6 * SECOND - 1);
        assertThat(broken()).isEmpty();
    }

    @Test
    void whatTheStoreSaidIsCancelledStartsNoMoreRunsUnlessItMayHaveForgotten() {
        repeating("a", 20);
        planned.set(0, planned.get(0).cancelled(2 * SECOND).halted(2 * SECOND));
        tasks.put("a", TaskState.CANCELLED);
        ran("a#1", 5, "n1", SECOND, 8 * SECOND, 8 * SECOND + 1);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        assertThat(broken()).as("a node that stood still").isEmpty();

        ran("a#2", 6, "n1", 8 * SECOND, 8 * SECOND + 2, 8 * SECOND + 3);
        row("a#2", TaskState.COMPLETED, 6, "n1", 8 * SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.CANCEL);

        planned.set(0, planned.get(0).haltDoubted(SECOND, 3 * SECOND));
        assertThat(broken()).isEmpty();
    }

    @Test
    void aTaskThatFailedIsUntrueBecauseEachIsTriedMoreOftenThanItFails() {
        once("a", SECOND);
        line(Line.Kind.STARTED, "a#1", 5, "n1", SECOND, SECOND + 10);
        line(Line.Kind.FAILED, "a#1", 5, "n1", SECOND, SECOND + 20);
        row("a#1", TaskState.FAILED, 5, "n1", SECOND);
        assertThat(broken()).contains(Problem.Rule.UNTRUE);
    }

    @Test
    void aRunEndsWithItsProcess() {
        once("a", SECOND);
        line(Line.Kind.STARTED, "a#1", 5, "n1", SECOND, SECOND + 10);
        strikes.add(new Strike(Fault.KILL, "n1", 2 * SECOND, 2 * SECOND));
        ran("a#1", 6, "n2", SECOND, 4 * SECOND, 5 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        assertThat(broken()).isEmpty();
    }

    @Test
    void runsOfATaskWhoseRunsFollowOneAnotherDoNotMeet() {
        repeating("a", 2);
        ran("a#1", 5, "n1", SECOND, SECOND, 3 * SECOND);
        ran("a#2", 6, "n2", 2 * SECOND, 2 * SECOND, 3 * SECOND);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        row("a#2", TaskState.COMPLETED, 6, "n2", 2 * SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.OVERLAP);
    }

    @Test
    void aStartBeforeTheFireTimeIsEarly() {
        once("a", SECOND);
        ran("a#1", 5, "n1", SECOND, SECOND - 1, SECOND + 500);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.EARLY);
    }

    @Test
    void workThatIsDoneTwiceIsARepeatUnlessItsNodeCrashed() {
        oneGoodRun();
        rows.clear();
        ran("a#1", 6, "n2", SECOND, 2 * SECOND, 3 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        strikes.add(new Strike(Fault.ROLLING_RESTART, "n1", 0, 0));
        lines.add(stopped("Stopped[finished=0, givenBack=0]"));
        assertThat(broken()).containsExactly(Problem.Rule.REPEAT);

        strikes.add(new Strike(Fault.KILL, "n3", SECOND + 600, SECOND + 600));
        assertThat(broken()).as("a kill of another node").containsExactly(Problem.Rule.REPEAT);

        strikes.add(new Strike(Fault.KILL, "n1", SECOND + 600, SECOND + 600));
        assertThat(broken()).isEmpty();
    }

    @Test
    void workThatIsDoneTwiceLongAfterACrashOfRedisIsARepeat() {
        oneGoodRun();
        rows.clear();
        ran("a#1", 6, "n2", SECOND, 20 * SECOND, 21 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        strikes.add(new Strike(Fault.DISK_FULL, Line.NOTHING, 20 * SECOND + 1, 22 * SECOND));
        assertThat(broken()).containsExactly(Problem.Rule.REPEAT);

        strikes.add(new Strike(Fault.DISK_FULL, Line.NOTHING, SECOND + 600, 2 * SECOND));
        assertThat(broken()).isEmpty();
    }

    @Test
    void workThatIsDoneTwiceIsARepeatUnlessItsNodeStoodStillForMostOfALeaseBeforeItWasRecorded() {
        oneGoodRun();
        rows.clear();
        ran("a#1", 6, "n2", SECOND, 20 * SECOND, 21 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        strikes.add(new Strike(Fault.ROLLING_RESTART, "n1", 0, 0));
        lines.add(stopped("Stopped[finished=0, givenBack=0]"));
        pause("n1", SECOND, SECOND + SECOND / 4);
        pause("n1", 18 * SECOND, 20 * SECOND);
        pause("n2", SECOND, 4 * SECOND);
        assertThat(broken()).containsExactly(Problem.Rule.REPEAT);

        pause("n1", SECOND, 4 * SECOND);
        assertThat(broken()).isEmpty();
    }

    @Test
    void aClockThatWasSetExcusesNothing() {
        oneGoodRun();
        rows.clear();
        ran("a#1", 6, "n2", SECOND, 2 * SECOND, 3 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        strikes.add(new Strike(Fault.CLOCK_STEP, "n1", SECOND, 4 * SECOND));
        assertThat(broken()).containsExactly(Problem.Rule.REPEAT);
    }

    @Test
    void keysOrDataThatAreLeftAreOffTheBaseline() {
        after = new Evidence.Held(10, 1_000_000, 50_000);
        assertThat(broken()).containsExactly(Problem.Rule.BASELINE);

        after = new Evidence.Held(9, 9_000_000, 300_000);
        assertThat(broken()).containsExactly(Problem.Rule.BASELINE);

        after = new Evidence.Held(9, 9_000_000, 200_000);
        assertThat(broken()).as("buffers of connections are no data").isEmpty();
    }

    @Test
    void whatWasAskedForAndHasNoRecordIsALoss() {
        planned.add(new Planned("host", Planned.Kind.TRIGGERED, 99 * SECOND, 0, 1, true, true, 0, Set.of()));
        tasks.put("host", TaskState.PENDING);
        asked.add("host#1");
        assertThat(broken()).containsExactly(Problem.Rule.LOSS);
    }

    @Test
    void aCancelledTaskOwesNothingMore() {
        once("a", SECOND);
        planned.set(0, planned.get(0).cancelled(SECOND));
        assertThat(broken()).as("it was not cancelled in time").containsExactly(Problem.Rule.LOSS);

        tasks.put("a", TaskState.CANCELLED);
        assertThat(broken()).isEmpty();
    }

    @Test
    void whatSweepsFindAndWhatIsLeftBehindIsTold() {
        findings.add("task \"a\" stood in no line");
        leftovers.add("{proof:0}:w:4:fast:0:work");
        assertThat(broken()).containsExactly(Problem.Rule.INDEX, Problem.Rule.LEFTOVER);
    }

    @Test
    void claimsThatAReplicaNeverHeardOfAreExcused() {
        losesWrites = true;
        once("a", SECOND);
        ran("a#1", 5, "n1", SECOND, SECOND + 10, 3 * SECOND);
        ran("a#1", 6, "n2", SECOND, 2 * SECOND + 500, 5 * SECOND);
        row("a#1", TaskState.COMPLETED, 6, "n2", SECOND);
        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, 2 * SECOND, 3 * SECOND));
        assertThat(broken()).isEmpty();
        assertThat(excused()).isOne();

        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, 2 * SECOND + 200, 3 * SECOND));
        assertThat(broken()).as("claimed long before").containsExactly(Problem.Rule.OVERLAP);

        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, SECOND / 2, SECOND + 20));
        assertThat(broken()).isEmpty();
        lines.set(1, new Line(Line.Kind.ENDED, 3 * SECOND + 20, "n1", "a#1", 5, 1, SECOND, ""));
        assertThat(broken()).as("it went on for more than a lease").containsExactly(Problem.Rule.OVERLAP);

        Partitions others = new Partitions(1, Set.of());
        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, 2 * SECOND, 3 * SECOND, others));
        assertThat(broken()).as("on another master").containsExactly(Problem.Rule.OVERLAP);
        strikes.set(0, new Strike(Fault.REDIS_CRASH, Line.NOTHING, 2 * SECOND, 3 * SECOND));

        losesWrites = false;
        assertThat(broken()).containsExactly(Problem.Rule.OVERLAP);
    }

    @Test
    void aLogIsReadAsItWasWritten() {
        Line line = new Line(Line.Kind.FOUND, 7, "n1", "a#1", 5, 2, 3, "two words\nand lines");
        assertThat(Line.parse(line.toString()))
                .isEqualTo(new Line(Line.Kind.FOUND, 7, "n1", "a#1", 5, 2, 3, "two words and lines"));
    }
}
