package io.reactorscheduler.redis;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Schedulers;

/**
 * The clock of the server as this process knows it, never behind it: so no lease is trusted for longer than it has left.
 *
 * <p>Each reply carries the server's time, read somewhere between the start and the end of the call. Taken at the start it
 * gives an upper bound of how far the server is ahead of the monotonic clock here, taken at the end a lower one. The
 * smallest upper bound of the last seconds is used; a lower bound above it says that the server's clock was set, and then
 * the bound begins anew. Safe for any thread.
 */
final class RedisClock {

    private static final long WINDOW_MICROS = 5_000_000;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final LongSupplier monotonicMicros;
    private long current;
    private long previous;
    private long windowEnds;
    private volatile long bound;

    RedisClock() {
        this(
                () -> Schedulers.parallel().now(TimeUnit.NANOSECONDS) / NANOS_PER_MICRO,
                () -> Schedulers.parallel().now(TimeUnit.MILLISECONDS) * MICROS_PER_MILLI);
    }

    /**
     * @param monotonicMicros a clock that never steps
     * @param wallMicros what the server's clock is taken for until it has answered
     */
    RedisClock(LongSupplier monotonicMicros, LongSupplier wallMicros) {
        this.monotonicMicros = monotonicMicros;
        this.bound = wallMicros.getAsLong() - monotonicMicros.getAsLong();
        this.windowEnds = Long.MIN_VALUE;
    }

    long monotonicMicros() {
        return monotonicMicros.getAsLong();
    }

    long nowMicros() {
        return monotonicMicros.getAsLong() + bound;
    }

    /** Takes note of the server's time in the reply to a call that was made at a monotonic time. */
    synchronized void saw(long serverMicros, long startedMicros) {
        long ended = monotonicMicros.getAsLong();
        long upper = serverMicros - startedMicros;
        long lower = serverMicros - ended;
        if (windowEnds == Long.MIN_VALUE || lower > bound) {
            current = upper;
            previous = upper;
            windowEnds = ended + WINDOW_MICROS;
        } else if (ended > windowEnds) {
            // after a long silence only what is new counts
            previous = ended > windowEnds + WINDOW_MICROS ? upper : current;
            current = upper;
            windowEnds = ended + WINDOW_MICROS;
        } else {
            current = Math.min(current, upper);
        }
        bound = Math.min(current, previous);
    }
}
