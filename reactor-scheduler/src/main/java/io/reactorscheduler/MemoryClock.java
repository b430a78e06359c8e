package io.reactorscheduler;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The clock of a store, whose Scheduler is asked for when the time is read first; safe for any thread.
 *
 * <p>A store that was told no Scheduler takes that of the first ReactiveScheduler that is built over it, so that both
 * read the same time.
 */
final class MemoryClock {

    private volatile @Nullable Supplier<? extends Scheduler> scheduler;
    private volatile @Nullable EngineClock clock;

    private final @Nullable LongSupplier followed;

    MemoryClock(@Nullable Supplier<? extends Scheduler> scheduler) {
        this(scheduler, null);
    }

    private MemoryClock(@Nullable Supplier<? extends Scheduler> scheduler, @Nullable LongSupplier followed) {
        this.scheduler = scheduler;
        this.followed = followed;
    }

    /** A clock that shows what another one shows, in epoch microseconds. */
    static MemoryClock following(LongSupplier micros) {
        return new MemoryClock(null, micros);
    }

    /** Gives the Scheduler to use where none was given and no time was read yet. */
    synchronized void offer(Supplier<? extends Scheduler> offered) {
        if (scheduler == null && clock == null) {
            scheduler = offered;
        }
    }

    long nowMicros() {
        return followed == null ? clock().nowMicros() : followed.getAsLong();
    }

    boolean steps() {
        return followed != null || clock().steps();
    }

    private EngineClock clock() {
        EngineClock known = clock;
        if (known == null) {
            synchronized (this) {
                known = clock;
                if (known == null) {
                    Supplier<? extends Scheduler> given = scheduler;
                    known = new EngineClock(given == null ? Schedulers.parallel() : given.get());
                    clock = known;
                }
            }
        }
        return known;
    }
}
