package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

class HeldThreadsTest {

    /** Clocks that differ, as real ones do. */
    private static final long MONOTONIC = 1;

    private static final long WALL = 1_000_000;

    private final AtomicInteger pending = new AtomicInteger();

    /** What happens, once, when the time is read. */
    private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});

    private final HeldThreads threads = new HeldThreads(new Scheduler() {
        @Override
        public long now(TimeUnit unit) {
            meanwhile.getAndSet(() -> {}).run();
            return unit == TimeUnit.NANOSECONDS ? MONOTONIC : WALL;
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            pending.incrementAndGet();
            return Disposables.composite(() -> pending.decrementAndGet());
        }

        @Override
        public Disposable schedule(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Worker createWorker() {
            return Schedulers.immediate().createWorker();
        }
    });

    @Test
    void aThreadThatIsHeldIsWatchedByOneTaskMoreThanThreadsAreHeld() {
        threads.hold(() -> assertThat(pending).hasValue(2));
    }

    @Test
    void ofTwoThreadsThatAreHeldAtTheSameMomentBothCountWhicheverIsFirst() throws Exception {
        CountDownLatch firstIsCounted = new CountDownLatch(1);
        CountDownLatch secondIsCounted = new CountDownLatch(1);
        CountDownLatch firstIsWatched = new CountDownLatch(1);
        CountDownLatch isOver = new CountDownLatch(1);
        Thread first = new Thread(() -> threads.hold(() -> {
            firstIsWatched.countDown();
            await(isOver);
        }));
        meanwhile.set(() -> {
            firstIsCounted.countDown();
            await(secondIsCounted);
        });
        first.start();
        await(firstIsCounted);
        meanwhile.set(() -> {
            secondIsCounted.countDown();
            await(firstIsWatched);
        });

        threads.hold(() -> assertThat(pending).hasValue(3));

        isOver.countDown();
        first.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
