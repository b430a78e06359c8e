package io.reactorscheduler;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * Wall-clock time in epoch microseconds, read only from a Reactor {@link Scheduler}.
 *
 * <p>A {@link Scheduler} offers the wall clock in whole milliseconds ({@code now(MILLISECONDS)}) and a monotonic clock of unknown
 * origin in nanoseconds ({@code now(NANOSECONDS)}). This class joins them: {@code wall = monotonic + offset}, where the offset is
 * kept such that the result never leaves {@code [millis, millis + 1 ms)}, the window in which the true time lies. A reading outside
 * the window moves the offset to the nearest edge of it, so that a step of the wall clock by hours and the slow slew of a time
 * daemon are both followed.
 *
 * <p>The offset starts exact: construction waits (at most about 2 ms) for the next millisecond edge. A guess would be wrong by up to
 * one millisecond, the first edge would correct it forwards, and whatever delay was being measured across it would end that much
 * too soon.
 *
 * <p>When both units come from one source, as in virtual time, the microseconds are read from it directly and the two clocks cannot
 * step against each other: see {@link #steps()}. A deferring {@code VirtualTimeScheduler} (the one of
 * {@code StepVerifier.withVirtualTime}) may turn its own clock back while it catches up with an advance made while it was idle;
 * readings follow it.
 *
 * <p>The wall clock is not read again within {@link #CHECKED_FOR_MICROS} of monotonic time, in which runs of less than a
 * microsecond may ask many times; a step is followed that much later.
 *
 * <p>Safe for any thread, without locks. The offset is one volatile {@code long}, so it cannot be seen half written, and it is written
 * before the time it was checked at. Racing corrections are harmless: each writes an offset that was right for the millisecond it was
 * read in, and one that lost the race for a newer step is put right by the next look at the wall clock.
 */
final class EngineClock {
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** The longest wait for a millisecond edge, in the Scheduler's own nanoseconds. */
    private static final long CALIBRATION_NANOS = 2 * NANOS_PER_MILLI;

    /** Readings without any progress of the monotonic clock after which time is taken to stand still. */
    private static final int STANDSTILL_READINGS = 4_096;

    /** Bounds the wait for an edge when the monotonic clock moves, but far too slowly. */
    private static final int CALIBRATION_READINGS = 1 << 18;

    /** Attempts to read both clocks within one millisecond; more are needed only when the thread is paused in between. */
    private static final int READ_ATTEMPTS = 4;

    /** How long a reading of the wall clock holds. */
    static final long CHECKED_FOR_MICROS = 20;

    private final Scheduler scheduler;
    private final boolean steps;

    /** Wall microseconds minus monotonic microseconds. */
    private volatile long offsetMicros;

    /** The monotonic time at which the offset was last found right or put right. */
    private volatile long checkedMicros = Long.MIN_VALUE / 2;

    EngineClock(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.steps = !readsOneSource(scheduler);
        this.offsetMicros = steps ? calibrate(scheduler) : 0;
    }

    /** The Scheduler all readings come from. */
    Scheduler scheduler() {
        return scheduler;
    }

    /** Whether wall time can step against monotonic time: false when the Scheduler reads both from one source. */
    boolean steps() {
        return steps;
    }

    /** The wall clock in microseconds since 1970-01-01T00:00:00Z. */
    long nowMicros() {
        if (!steps) {
            return monotonicMicros();
        }
        long monotonic = monotonicMicros();
        long since = monotonic - checkedMicros;
        return since > 0 && since < CHECKED_FOR_MICROS ? monotonic + offsetMicros : checkedMicros();
    }

    private long checkedMicros() {
        for (int attempt = 1; ; attempt++) {
            long before = scheduler.now(TimeUnit.MILLISECONDS);
            long monotonic = monotonicMicros();
            long micros = monotonic + offsetMicros;
            long earliest = microsOf(before);
            if (micros >= earliest && micros < earliest + MICROS_PER_MILLI) {
                checkedMicros = monotonic;
                return micros;
            }
            long after = scheduler.now(TimeUnit.MILLISECONDS);
            if (before == after || attempt == READ_ATTEMPTS) {
                long latest = microsOf(after) + MICROS_PER_MILLI - 1;
                long inside = Math.min(Math.max(micros, latest - MICROS_PER_MILLI + 1), latest);
                offsetMicros = inside - monotonic;
                checkedMicros = monotonic;
                return inside;
            }
            if (micros >= earliest && micros < microsOf(after) + MICROS_PER_MILLI) {
                return micros;
            }
        }
    }

    /** The monotonic clock in microseconds, of unknown origin and possibly negative: only differences mean anything. */
    long monotonicMicros() {
        return Math.floorDiv(scheduler.now(TimeUnit.NANOSECONDS), NANOS_PER_MICRO);
    }

    /**
     * Epoch microseconds of an instant, rounded up so that a time never becomes an earlier one. Instants beyond the range of a
     * {@code long} become {@link Long#MAX_VALUE} or {@link Long#MIN_VALUE}.
     */
    static long toMicros(Instant instant) {
        long seconds = instant.getEpochSecond();
        long micros = (instant.getNano() + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
        long whole = seconds * MICROS_PER_SECOND;
        if (seconds > Long.MAX_VALUE / MICROS_PER_SECOND || (seconds > 0 && whole > Long.MAX_VALUE - micros)) {
            return Long.MAX_VALUE;
        }
        // The second that straddles Long.MIN_VALUE is computed from its end, where the product does not overflow.
        if (seconds < Long.MIN_VALUE / MICROS_PER_SECOND) {
            long fromEnd = (seconds + 1) * MICROS_PER_SECOND;
            long back = MICROS_PER_SECOND - micros;
            return seconds + 1 == Long.MIN_VALUE / MICROS_PER_SECOND && fromEnd >= Long.MIN_VALUE + back
                    ? fromEnd - back
                    : Long.MIN_VALUE;
        }
        return whole + micros;
    }

    /** The instant of an epoch microsecond; every {@code long} has one. */
    static Instant toInstant(long micros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO);
    }

    private static long microsOf(long millis) {
        return millis * MICROS_PER_MILLI;
    }

    /** Whether wall and monotonic time of a Scheduler are one, as in virtual time. */
    static boolean readsOneSource(Scheduler scheduler) {
        long before = scheduler.now(TimeUnit.MILLISECONDS);
        long millis = Math.floorDiv(scheduler.now(TimeUnit.NANOSECONDS), NANOS_PER_MILLI);
        long after = scheduler.now(TimeUnit.MILLISECONDS);
        return millis >= before && millis <= after;
    }

    /** The offset at the next millisecond edge; where time stands still, the offset that takes the present for an edge. */
    private static long calibrate(Scheduler scheduler) {
        long firstMillis = scheduler.now(TimeUnit.MILLISECONDS);
        long firstNanos = scheduler.now(TimeUnit.NANOSECONDS);
        long nanos = firstNanos;
        long millis = firstMillis;
        for (int reading = 0; reading < CALIBRATION_READINGS; reading++) {
            nanos = scheduler.now(TimeUnit.NANOSECONDS);
            millis = scheduler.now(TimeUnit.MILLISECONDS);
            boolean standsStill = reading >= STANDSTILL_READINGS && nanos == firstNanos;
            if (millis != firstMillis || nanos - firstNanos > CALIBRATION_NANOS || standsStill) {
                break;
            }
            Thread.onSpinWait();
        }
        return microsOf(millis) - Math.floorDiv(nanos, NANOS_PER_MICRO);
    }
}
