package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** What looking for work costs when due times lie close together. */
class CloseDueTimesTest extends InVirtualTime {

    private static final int TASKS = 1_000;
    private static final long CLOSE_MICROS = 10;
    private static final long FAR_MICROS = 50;

    /** Looks keep the thread, too, and several may come one after the other. */
    private static final int FEW_LOOKS = 4;

    /** Until all are due, and some milliseconds more for what kept the thread. */
    private static final Duration WINDOW = Duration.ofMillis(1_050);

    private static final int STEPS = 2_000;

    /** How long something has kept the thread, which virtual time does not tell. */
    private long busyMicros;

    private long apartMicros = CLOSE_MICROS;
    private int looks;
    private final List<Long> lateMicros = new ArrayList<>();

    @Test
    void inVirtualTimeEachRunsAtItsTimeHoweverCloseTheyAre() {
        run(0);

        assertThat(lateMicros).hasSize(TASKS).containsOnly(0L);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 50})
    void whereLooksTakeTimeSeveralGatherForOneAndNoneIsEarlyOrWaitsForMuchMoreThanARest(long lookMicros) {
        run(lookMicros);

        assertThat(looks).isLessThan(TASKS * 2 / 3);
        assertThat(lateMicros)
                .hasSize(TASKS)
                .allSatisfy(late -> assertThat(late).isBetween(0L, Rest.LONGEST_MICROS + FEW_LOOKS * lookMicros));
    }

    @Test
    void whereTheyLieFurtherApartEachRunsAsSoonAsLooksAllow() {
        apartMicros = FAR_MICROS;

        run(20);

        assertThat(lateMicros)
                .hasSize(TASKS)
                .allSatisfy(late -> assertThat(late).isBetween(0L, FEW_LOOKS * 20L));
    }

    @Test
    void whatIsSavedForNowBesideThemWaitsForNoLongerThanThat() {
        long lookMicros = 50;
        ReactiveScheduler scheduler = scheduler(lookMicros);
        closeTogether(scheduler, TASKS);
        pass(Duration.ofSeconds(1).plusMillis(1));
        Instant saved = busyNow();
        AtomicReference<Instant> ran = new AtomicReference<>();

        now(scheduler.schedule(Task.of("now", run -> Mono.fromRunnable(() -> ran.set(busyNow())))));
        pass(Duration.ofMillis(20));

        assertThat(Duration.between(saved, ran.get()))
                .isBetween(Duration.ZERO, Duration.ofNanos((Rest.LONGEST_MICROS + FEW_LOOKS * lookMicros) * 1_000));
    }

    private void run(long lookMicros) {
        ReactiveScheduler scheduler = scheduler(lookMicros);
        closeTogether(scheduler, TASKS);
        for (int i = 0; i < STEPS; i++) {
            pass(WINDOW.dividedBy(STEPS));
        }
    }

    private void closeTogether(ReactiveScheduler scheduler, int tasks) {
        Task<Void, Object> task = Task.of(
                "close",
                run -> Mono.fromRunnable(() -> lateMicros.add(
                        Duration.between(run.fireTime(), busyNow()).toNanos() / 1_000)));
        now(scheduler.scheduleAll(Flux.fromStream(IntStream.range(0, tasks)
                .mapToObj(i -> task.at(START.plusSeconds(1).plusNanos(i * apartMicros * 1_000))))));
    }

    private ReactiveScheduler scheduler(long lookMicros) {
        Scheduler clock = new BusyScheduler();
        TaskStore store = StandInStore.over(
                InMemoryTaskStore.builder().scheduler(() -> clock).build(), (called, arguments, through) -> {
                    if (called.getName().equals("claim")) {
                        looks++;
                        busyMicros += lookMicros;
                    }
                    return through.get();
                });
        return stoppedLater(ReactiveScheduler.builder()
                .scheduler(() -> clock)
                .store(store)
                .node("here")
                .start());
    }

    private Instant busyNow() {
        return now().plusNanos(busyMicros * 1_000);
    }

    /** Virtual time, and on top of it what kept the thread. */
    private final class BusyScheduler implements Scheduler {
        @Override
        public long now(TimeUnit unit) {
            return unit.convert(time.now(TimeUnit.NANOSECONDS) + busyMicros * 1_000, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task) {
            return time.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return time.schedule(task, delay, unit);
        }

        @Override
        public Worker createWorker() {
            return time.createWorker();
        }

        @Override
        public void dispose() {}
    }
}
