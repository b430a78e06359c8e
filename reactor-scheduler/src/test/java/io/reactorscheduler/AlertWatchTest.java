package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What watches make of events that come late, never, or in masses. */
class AlertWatchTest {

    private static final long SECOND = 1_000_000_000;

    private final List<Alert> changes = new ArrayList<>();

    private static SchedulerEvent event(SchedulerEvent.Kind kind, String handler, String executionId) {
        TaskRecord task = TaskRecord.builder("t", handler).build();
        return new SchedulerEvent(kind, InVirtualTime.START, task, executionId, 1, "", null, 0, false);
    }

    private static SchedulerEvent missed() {
        return new SchedulerEvent(SchedulerEvent.Kind.MISSED, InVirtualTime.START, null, null, 0, "", 1L, 0, false);
    }

    private static Execution running(String id, long startedSecond) {
        TaskRecord task = TaskRecord.builder("t", "work").build();
        return new Execution(
                id,
                task,
                null,
                TaskState.RUNNING,
                InVirtualTime.START,
                InVirtualTime.START.plusSeconds(startedSecond),
                null,
                1,
                "here",
                1,
                null,
                null,
                null,
                null,
                1);
    }

    private void look(AlertWatch watch, long second, Execution... running) {
        boolean asks = watch.hasDoubts(second * SECOND);
        watch.check(
                new AlertWatch.Look(
                        second * SECOND,
                        InVirtualTime.START.plusSeconds(second),
                        null,
                        asks ? List.of(running) : null,
                        second * SECOND),
                changes);
    }

    // ---- long runs

    @Test
    void aRunWhoseEndWasMissedIsNotRaised() {
        AlertWatch watch = AlertWatch.of(AlertRule.runLongerThan(Duration.ofSeconds(10)));
        watch.on(event(SchedulerEvent.Kind.STARTED, "work", "t#1"), 0);
        look(watch, 11);

        assertThat(changes).isEmpty();
        assertThat(watch.hasDoubts(100 * SECOND)).isFalse();
    }

    @Test
    void aRaisedRunWhoseEndWasMissedIsClearedWhenMissedEventsAreTold() {
        AlertWatch watch = AlertWatch.of(AlertRule.runLongerThan(Duration.ofSeconds(10)));
        watch.on(event(SchedulerEvent.Kind.STARTED, "work", "t#1"), 0);
        look(watch, 11, running("t#1", 0));
        look(watch, 12, running("t#1", 0));
        assertThat(changes).hasSize(1);

        watch.on(missed(), 13 * SECOND);
        look(watch, 14);

        assertThat(changes)
                .hasSize(2)
                .last()
                .satisfies(alert -> assertThat(alert.isRaised()).isFalse());
    }

    @Test
    void aRunThatStartedAfterTheStoreWasAskedIsKept() {
        AlertWatch watch = AlertWatch.of(AlertRule.runLongerThan(Duration.ofSeconds(10)));
        watch.on(event(SchedulerEvent.Kind.STARTED, "work", "t#1"), 5 * SECOND);
        watch.check(
                new AlertWatch.Look(6 * SECOND, InVirtualTime.START.plusSeconds(6), null, List.of(), 4 * SECOND),
                changes);
        look(watch, 20, running("t#1", 5));

        assertThat(changes).extracting(Alert::subject).containsExactly("t#1");
    }

    @Test
    void theStoreIsNotAskedWhileNothingIsLong() {
        AlertWatch watch = AlertWatch.of(AlertRule.runLongerThan(Duration.ofSeconds(10)));
        look(watch, 0);
        watch.on(event(SchedulerEvent.Kind.STARTED, "work", "t#1"), 0);

        assertThat(watch.hasDoubts(10 * SECOND)).isFalse();
        assertThat(watch.hasDoubts(11 * SECOND)).isTrue();
        watch.on(event(SchedulerEvent.Kind.COMPLETED, "work", "t#1"), 10 * SECOND);
        assertThat(watch.hasDoubts(11 * SECOND)).isFalse();
    }

    // ---- failure rates

    @Test
    void aWindowSlidesInTwentieths() {
        AlertWatch watch = AlertWatch.of(AlertRule.failureRateAbove(0.5, Duration.ofSeconds(20))
                .atLeast(1)
                .clearAt(1));
        watch.on(event(SchedulerEvent.Kind.FAILED, "work", "t#1"), 0);
        watch.on(event(SchedulerEvent.Kind.COMPLETED, "work", "t#2"), 10 * SECOND);
        look(watch, 19);
        assertThat(changes).isEmpty();
        watch.on(event(SchedulerEvent.Kind.FAILED, "work", "t#3"), 19 * SECOND);
        look(watch, 19);
        assertThat(changes).extracting(Alert::value).containsExactly(2.0 / 3);

        look(watch, 20);

        assertThat(changes).extracting(Alert::value).containsExactly(2.0 / 3, 0.5);
        look(watch, 1_000);
        look(watch, 1_000_000);
        assertThat(changes).hasSize(2);
    }

    @Test
    void anyNumberOfHandlerNamesIsCountedInBoundedMemory() {
        AlertWatch watch = AlertWatch.of(AlertRule.failureRateAbove(0.5, Duration.ofSeconds(20)));
        for (int i = 0; i < FailureRateWatch.MOST_HANDLERS + 500; i++) {
            watch.on(event(SchedulerEvent.Kind.FAILED, "work-" + i, "t#" + i), 0);
        }
        look(watch, 1);

        assertThat(changes).extracting(Alert::subject).containsExactly(FailureRateWatch.OTHERS);
    }
}
