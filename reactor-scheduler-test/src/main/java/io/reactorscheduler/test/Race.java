package io.reactorscheduler.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Threads that start at the same moment and work until all is done. */
final class Race {

    private static final long PATIENCE_SECONDS = 120;

    private final List<Runnable> runners = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean isOver;

    /** Someone who runs once. */
    Race once(Runnable runner) {
        runners.add(runner);
        return this;
    }

    /** So many threads that each do a step again and again until the goal is reached. */
    Race until(BooleanSupplier goal, int threads, Runnable step) {
        for (int i = 0; i < threads; i++) {
            runners.add(() -> {
                while (!isOver && !goal.getAsBoolean()) {
                    step.run();
                }
            });
        }
        return this;
    }

    /** Whether someone has failed, so that nobody needs to go on. */
    boolean isOver() {
        return isOver;
    }

    /** Runs everyone to the end; fails with the first error, or when it takes too long. */
    void run() {
        ExecutorService threads = Executors.newFixedThreadPool(runners.size());
        CountDownLatch start = new CountDownLatch(runners.size());
        CountDownLatch end = new CountDownLatch(runners.size());
        for (Runnable runner : runners) {
            threads.execute(() -> {
                try {
                    start.countDown();
                    start.await();
                    runner.run();
                } catch (Throwable thrown) {
                    failure.compareAndSet(null, thrown);
                    isOver = true;
                } finally {
                    end.countDown();
                }
            });
        }
        try {
            boolean isInTime = end.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            isOver = true;
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new AssertionError("a racing thread failed: " + thrown.getMessage(), thrown);
            }
            if (!isInTime) {
                throw new AssertionError("the race did not end within " + PATIENCE_SECONDS + " s: work was lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted during a race", e);
        } finally {
            isOver = true;
            threads.shutdownNow();
        }
    }
}
