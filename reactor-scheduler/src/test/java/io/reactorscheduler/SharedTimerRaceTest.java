package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A {@link SharedTimer} on real threads. */
class SharedTimerRaceTest {
    @Test
    void aTaskThatBlocksDoesNotHoldUpTheOthers() throws InterruptedException {
        Scheduler base = Schedulers.newParallel("timer-blocked", 2);
        SharedTimer shared = new SharedTimer(base);
        CountDownLatch blocked = new CountDownLatch(1);
        try {
            CountDownLatch others = new CountDownLatch(100);
            AtomicBoolean over = new AtomicBoolean();
            shared.schedule(
                    () -> {
                        try {
                            blocked.await();
                            over.set(true);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    },
                    1,
                    TimeUnit.MILLISECONDS);
            for (int i = 0; i < 100; i++) {
                shared.schedule(others::countDown, 1 + i, TimeUnit.MILLISECONDS);
            }
            assertThat(others.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(over).isFalse();
        } finally {
            blocked.countDown();
            shared.dispose();
            base.dispose();
        }
    }

    @Test
    void timersOfManyThreadsAllRunOnceAndNeverEarly() throws InterruptedException {
        Scheduler base = Schedulers.newParallel("timer-race", 2);
        SharedTimer shared = new SharedTimer(base);
        try {
            int threads = 4;
            int each = 5_000;
            CountDownLatch done = new CountDownLatch(threads * each);
            ConcurrentLinkedQueue<Long> early = new ConcurrentLinkedQueue<>();
            for (int t = 0; t < threads; t++) {
                long seed = t;
                Thread thread = new Thread(() -> {
                    SplittableRandom random = new SplittableRandom(seed);
                    for (int i = 0; i < each; i++) {
                        long delay = random.nextLong(1, 3_000_000);
                        long due = base.now(TimeUnit.NANOSECONDS) + delay;
                        shared.schedule(
                                () -> {
                                    if (base.now(TimeUnit.NANOSECONDS) - due < 0) {
                                        early.add(due);
                                    }
                                    done.countDown();
                                },
                                delay,
                                TimeUnit.NANOSECONDS);
                        shared.schedule(() -> early.add(-1L), 1, TimeUnit.HOURS).dispose();
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(early).isEmpty();
            assertThat(shared.size()).isZero();
        } finally {
            shared.dispose();
            base.dispose();
        }
    }

    @Test
    void cancellingWhileItFiresRunsTheTaskAtMostOnceAndLeavesNothing() throws InterruptedException {
        Scheduler base = Schedulers.newParallel("timer-cancel", 2);
        SharedTimer shared = new SharedTimer(base);
        try {
            for (int round = 0; round < 5_000; round++) {
                AtomicInteger runs = new AtomicInteger();
                AtomicReference<Boolean> overAfter = new AtomicReference<>();
                CountDownLatch settled = new CountDownLatch(1);
                Disposable task = shared.schedule(runs::incrementAndGet, 1 + round % 40 * 1_000L, TimeUnit.NANOSECONDS);
                base.schedule(() -> {
                    task.dispose();
                    overAfter.set(task.isDisposed());
                    settled.countDown();
                });
                assertThat(settled.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(overAfter.get()).isTrue();
                assertThat(runs.get()).isLessThanOrEqualTo(1);
                assertThat(shared.size()).isZero();
            }
        } finally {
            shared.dispose();
            base.dispose();
        }
    }
}
