package io.reactorscheduler.embedded;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits by asking again and again, as other programs give no other sign. */
final class Waiting {

    private static final long PAUSE_MILLIS = 5;

    private Waiting() {}

    /** Returns once the condition holds; fails after {@code limit} with {@code problem}, which is made only then. */
    static void until(BooleanSupplier condition, Duration limit, Supplier<String> problem) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new IllegalStateException(problem.get());
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting: " + problem.get(), e);
            }
        }
    }
}
