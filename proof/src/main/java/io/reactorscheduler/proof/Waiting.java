package io.reactorscheduler.proof;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Waits in the driver for something to come true. */
final class Waiting {

    /** Far longer than anything takes on a busy machine; only what never comes waits so long. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final Duration NOW_AND_THEN = Duration.ofSeconds(1);

    private Waiting() {}

    /** Comes true when a count, which is looked at now and then, has been the same for so long. */
    static BooleanSupplier standstill(LongSupplier count, Duration time) {
        long[] seen = {Long.MIN_VALUE};
        long[] since = {0};
        long[] looked = {System.nanoTime() - NOW_AND_THEN.toNanos()};
        return () -> {
            long now = System.nanoTime();
            if (now - looked[0] >= NOW_AND_THEN.toNanos()) {
                looked[0] = now;
                long counted = count.getAsLong();
                since[0] = counted == seen[0] ? since[0] : now;
                seen[0] = counted;
            }
            return now - since[0] > time.toNanos();
        };
    }

    static void until(String what, BooleanSupplier condition) {
        if (!isSoon(condition)) {
            throw new IllegalStateException("not within " + PATIENCE + ": " + what);
        }
    }

    /** Whether it came true in time. */
    static boolean isSoon(BooleanSupplier condition) {
        return isWithin(PATIENCE, condition);
    }

    static boolean isWithin(Duration patience, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Pause.of(LOOK_AGAIN);
        }
        return true;
    }
}
