package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.function.LongUnaryOperator;

/** Watches the firings of repeating tasks during a window. */
final class Firings {

    /** How long after the window late firings still count. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private static final long SECOND = 1_000_000;

    private Firings() {}

    /** Opens a window of so many whole seconds, which starts with the next, and waits until it is over. */
    static void measure(Lateness lateness, long seconds, LongUnaryOperator expectedFrom, Values values)
            throws InterruptedException {
        long from = (Meter.nowMicros() / SECOND + 1) * SECOND;
        long to = from + seconds * SECOND;
        lateness.open(from, to);
        Meter.sleepUntil(from);
        Meter meter = Meter.start();
        Meter.sleepUntil(to);
        long expected = expectedFrom.applyAsLong(from / SECOND);
        boolean isComplete = Meter.reaches(lateness::count, expected, GRACE);
        meter.putInto(values, Math.max(1, lateness.count()));
        values.put("fired_pct", isComplete ? 100 : 100.0 * lateness.count() / expected);
        lateness.putInto(values);
    }
}
