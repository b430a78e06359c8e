package io.reactorscheduler.proof;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits in the driver for something to come true. */
final class Waiting {

    /** Far longer than anything takes on a busy machine; only what never comes waits so long. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private Waiting() {}

    static void until(String what, BooleanSupplier condition) {
        if (!isSoon(condition)) {
            throw new IllegalStateException("not within " + PATIENCE + ": " + what);
        }
    }

    /** Whether it came true in time. */
    static boolean isSoon(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Pause.of(LOOK_AGAIN);
        }
        return true;
    }
}
