package io.reactorscheduler;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The clock of a store, whose Scheduler is asked for when the time is read first; safe for any thread. */
final class MemoryClock {

    private final Supplier<? extends Scheduler> scheduler;
    private volatile @Nullable EngineClock clock;

    MemoryClock(Supplier<? extends Scheduler> scheduler) {
        this.scheduler = scheduler;
    }

    long nowMicros() {
        return clock().nowMicros();
    }

    boolean steps() {
        return clock().steps();
    }

    private EngineClock clock() {
        EngineClock known = clock;
        if (known == null) {
            synchronized (this) {
                known = clock;
                if (known == null) {
                    known = new EngineClock(scheduler.get());
                    clock = known;
                }
            }
        }
        return known;
    }
}
