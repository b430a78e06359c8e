package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** What looking for work costs when due times lie close together. */
class CloseDueTimesTest extends InVirtualTime {

    private static final int TASKS = 1_000;
    private static final long APART_MICROS = 10;
    private static final long LONGEST_REST_MICROS = 100;

    /** How long something has kept the thread, which virtual time does not tell. */
    private long busyMicros;

    private final AtomicInteger looks = new AtomicInteger();
    private final List<Long> lateMicros = Collections.synchronizedList(new ArrayList<>());

    @Test
    void inVirtualTimeEachRunsAtItsTimeHoweverCloseTheyAre() {
        run(0);

        assertThat(lateMicros).hasSize(TASKS).containsOnly(0L);
    }

    @Test
    void whereLooksTakeTimeSeveralGatherForOneAndNoneIsEarlyOrLateForMoreThanARest() {
        run(5);

        assertThat(looks.get()).isLessThan(TASKS * 2 / 3);
        assertThat(lateMicros)
                .hasSize(TASKS)
                .allSatisfy(late -> assertThat(late).isBetween(0L, LONGEST_REST_MICROS + 100));
    }

    @Test
    void whatIsSavedForNowDoesNotWaitUntilARestIsOver() {
        ReactiveScheduler scheduler = scheduler(5);
        closeTogether(scheduler, 2);
        pass(Duration.ofSeconds(1));
        AtomicInteger ran = new AtomicInteger();

        now(scheduler.schedule(Task.of("now", run -> Mono.fromRunnable(ran::incrementAndGet))));
        settle();

        assertThat(ran).hasValue(1);
    }

    private void run(long lookMicros) {
        ReactiveScheduler scheduler = scheduler(lookMicros);
        closeTogether(scheduler, TASKS);
        for (int i = 0; i < 2_000; i++) {
            pass(Duration.ofSeconds(1).plusNanos(10_000_000).dividedBy(2_000));
        }
    }

    private void closeTogether(ReactiveScheduler scheduler, int tasks) {
        Task<Void, Object> task = Task.of(
                "close",
                run -> Mono.fromRunnable(() -> lateMicros.add(
                        Duration.between(run.fireTime(), busyNow()).toNanos() / 1_000)));
        now(scheduler.scheduleAll(Flux.fromStream(IntStream.range(0, tasks)
                .mapToObj(i -> task.at(START.plusSeconds(1).plusNanos(i * APART_MICROS * 1_000))))));
    }

    private ReactiveScheduler scheduler(long lookMicros) {
        Scheduler clock = new BusyScheduler();
        TaskStore store = StandInStore.over(
                InMemoryTaskStore.builder().scheduler(() -> clock).build(), (called, arguments, through) -> {
                    if (called.getName().equals("claim")) {
                        looks.incrementAndGet();
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
