package io.reactorscheduler.redis;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Schedulers;

/**
 * The clock of the server as this process knows it: once never behind it, so that no lease is trusted for longer than it has
 * left, and once never ahead of it, so that no fire time runs before it has come.
 *
 * <p>Each reply carries the server's time, read somewhere between the start and the end of the call. Taken at the start it
 * gives an upper bound of how far the server is ahead of the monotonic clock here, taken at the end a lower one. The
 * narrowest bounds of the last seconds are used; one that contradicts them says that the server's clock was set, and then
 * both begin anew. Safe for any thread.
 */
final class RedisClock {

    private static final long WINDOW_MICROS = 5_000_000;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final LongSupplier monotonicMicros;
    private Bounds current;
    private Bounds previous;
    private long windowEnds = Long.MIN_VALUE;
    private volatile Bounds bounds;

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
        long guess = wallMicros.getAsLong() - monotonicMicros.getAsLong();
        this.bounds = new Bounds(guess, guess);
        this.current = bounds;
        this.previous = bounds;
    }

    /** How far the server is ahead of the monotonic clock here, at least and at most. */
    private record Bounds(long lower, long upper) {

        Bounds and(Bounds other) {
            return new Bounds(Math.max(lower, other.lower), Math.min(upper, other.upper));
        }

        boolean contradicts(Bounds other) {
            return lower > other.upper || upper < other.lower;
        }
    }

    long monotonicMicros() {
        return monotonicMicros.getAsLong();
    }

    /** Never behind the server's clock. */
    long nowMicros() {
        return monotonicMicros.getAsLong() + bounds.upper();
    }

    /** Never ahead of the server's clock. */
    long reachedMicros() {
        return monotonicMicros.getAsLong() + bounds.lower();
    }

    /** Takes note of the server's time in the reply to a call that was made at a monotonic time. */
    synchronized void saw(long serverMicros, long startedMicros) {
        long ended = monotonicMicros.getAsLong();
        Bounds seen = new Bounds(serverMicros - ended, serverMicros - startedMicros);
        if (windowEnds == Long.MIN_VALUE || seen.contradicts(bounds)) {
            current = seen;
            previous = seen;
            windowEnds = ended + WINDOW_MICROS;
        } else if (ended > windowEnds) {
            // after a long silence only what is new counts
            previous = ended > windowEnds + WINDOW_MICROS ? seen : current;
            current = seen;
            windowEnds = ended + WINDOW_MICROS;
        } else {
            current = current.and(seen);
        }
        bounds = current.and(previous);
    }
}
