package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Years of schedule in a moment, and clocks that are set. */
class LongTimeTest extends InVirtualTime {

    @Test
    void aYearOfAMinutelyCronRunsEachMinuteOnceInUnderASecond() {
        assertThat(quickest(() -> {
                    ReactiveScheduler scheduler = started();
                    AtomicInteger runs = new AtomicInteger();
                    now(scheduler.schedule(Task.of("minutely", run -> Mono.fromRunnable(runs::incrementAndGet))
                            .cron("* * * * *")));

                    pass(Duration.ofDays(365));

                    assertThat(runs).hasValue(365 * 24 * 60);
                    scheduler.dispose();
                }))
                .isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void theFireTimesOfAYearOfAMinutelyCronAreComputedInUnderASecond() {
        assertThat(quickest(() -> assertThat(Trigger.cron("* * * * *")
                                .endAt(START.plus(Duration.ofDays(365)))
                                .timeline(START)
                                .count()
                                .block())
                        .isEqualTo(365 * 24 * 60)))
                .isLessThan(Duration.ofSeconds(1));
    }

    /**
     * The shortest of up to ten tries, which end with the first in under a second: the first ones are interpreted rather than
     * compiled. It is time of this thread, which does everything here, as a machine that is busy with other things may take
     * any time.
     */
    private static Duration quickest(Runnable work) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Duration quickest = Duration.ofDays(1);
        for (int i = 0; i < 10 && quickest.compareTo(Duration.ofSeconds(1)) >= 0; i++) {
            long begin = threads.getCurrentThreadCpuTime();
            work.run();
            quickest = Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin);
        }
        return quickest;
    }

    @Test
    void tenYearsOfADailyJobFollowTheClockOfItsZone() {
        ReactiveScheduler scheduler = started();
        List<Instant> runs = new ArrayList<>();
        ZoneId paris = ZoneId.of("Europe/Paris");
        now(scheduler.schedule(Task.of("daily", run -> Mono.fromRunnable(() -> runs.add(run.fireTime())))
                .cron(Cron.parse("30 2 * * *").zone(paris))));

        pass(Duration.ofDays(3_652));

        assertThat(runs).hasSize(3_652);
        assertThat(runs.stream().map(fire -> fire.atZone(paris).toLocalDate())).doesNotHaveDuplicates();
        // the hour that spring takes away: ten times the run is at the first moment after it
        assertThat(runs.stream().map(fire -> fire.atZone(paris).toLocalTime()).filter(at -> at.getHour() == 3))
                .hasSize(10);
    }

    @Test
    void aDayOfHourlyRunsPassesInVirtualTimeWithoutAnyConfiguration() {
        StepVerifier.withVirtualTime(() -> ReactiveScheduler.inMemory().stream(
                        Task.of("tick", run -> Mono.just(run.fireTime())).every(Duration.ofHours(1))))
                .thenAwait(Duration.ofDays(1))
                .expectNextCount(24)
                .thenCancel()
                .verify();
    }

    @Test
    void aClockThatIsSetForwardFiresWhatHasBecomeDueWithinASecond() {
        SteppingScheduler clock = SteppingScheduler.startingAt(START);
        List<Instant> runs = new ArrayList<>();
        ReactiveScheduler scheduler =
                stoppedLater(ReactiveScheduler.builder().scheduler(() -> clock).start());
        now(scheduler.schedule(Task.of("later", run -> Mono.fromRunnable(() -> runs.add(clock.wall())))
                .at(START.plus(Duration.ofHours(3)))));
        now(scheduler.schedule(Task.of("tick", run -> Mono.fromRunnable(() -> runs.add(run.fireTime())))
                .id("tick")
                .every(Duration.ofHours(1))));
        clock.advanceTimeBy(Duration.ofSeconds(1));

        clock.stepWallBy(Duration.ofHours(5));
        clock.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(runs).hasSize(2).contains(START.plus(Duration.ofHours(5)));
        assertThat(now(scheduler.executions(ExecutionQuery.of("tick").state(TaskState.SKIPPED))))
                .singleElement()
                .extracting(Execution::fireTimes)
                .isEqualTo(4L);
    }

    @Test
    void aClockThatIsSetBackNeverFiresTwiceAndGoesOnInItsTime() {
        SteppingScheduler clock = SteppingScheduler.startingAt(START);
        List<Instant> runs = new ArrayList<>();
        ReactiveScheduler scheduler =
                stoppedLater(ReactiveScheduler.builder().scheduler(() -> clock).start());
        now(scheduler.schedule(Task.of("tick", run -> Mono.fromRunnable(() -> runs.add(run.fireTime())))
                .every(Duration.ofHours(1))));
        clock.advanceTimeBy(Duration.ofHours(2));
        clock.stepWallBy(Duration.ofHours(-2));
        clock.advanceTimeBy(Duration.ofMinutes(150));
        assertThat(runs).hasSize(2);
        now(scheduler.schedule(Task.of("soon", run -> Mono.fromRunnable(() -> runs.add(clock.wall())))
                .after(Duration.ofMinutes(1))));
        clock.advanceTimeBy(Duration.ofMinutes(31));

        assertThat(runs)
                .containsExactly(
                        START.plus(Duration.ofHours(1)),
                        START.plus(Duration.ofHours(2)),
                        START.plus(Duration.ofMinutes(151)),
                        START.plus(Duration.ofHours(3)));
    }
}
