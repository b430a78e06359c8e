package io.reactorscheduler;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Scheduler;

/**
 * A clock together with the unit it counts in and the {@link Scheduler} on which one can wait for its times.
 *
 * @param scheduler runs what is due
 * @param clock reads the present time in {@code unit}; called from any thread
 * @param unit the unit of the clock and of all due times compared with it
 * @param threads those threads of {@code scheduler} that are known to be held for long
 */
record TimeBase(Scheduler scheduler, LongSupplier clock, TimeUnit unit, HeldThreads threads) {

    /** A time base that knows of no threads but those that its own wake-ups hold. */
    TimeBase(Scheduler scheduler, LongSupplier clock, TimeUnit unit) {
        this(scheduler, clock, unit, new HeldThreads(scheduler));
    }

    /** Nanoseconds of monotonic time since this call, untouched by steps of the wall clock: due times that end a duration. */
    static TimeBase elapsedNanos(Scheduler scheduler) {
        long origin = scheduler.now(TimeUnit.NANOSECONDS);
        return new TimeBase(scheduler, () -> scheduler.now(TimeUnit.NANOSECONDS) - origin, TimeUnit.NANOSECONDS);
    }

    /** The present time in {@link #unit()}. */
    long now() {
        return clock.getAsLong();
    }
}
