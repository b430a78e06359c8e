package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The stop of an engine: once, however often and by whomever it is asked for; a later, less patient call shortens it. */
final class Shutdown {

    private final Resources with;
    private final ActiveRuns active;
    private final BooleanSupplier isIdle;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Sinks.Empty<Void> idle = Sinks.empty();
    private final LongAdder finished = new LongAdder();
    private final LongAdder givenBack = new LongAdder();

    /** @param isIdle whether no claim holds a slot and none is on its way */
    Shutdown(Resources with, ActiveRuns active, BooleanSupplier isIdle) {
        this.with = with;
        this.active = active;
        this.isIdle = isIdle;
    }

    void recorded(List<Completion> completions) {
        if (stopping.get()) {
            for (Completion completion : completions) {
                (completion.outcome().kind() == Outcome.Kind.RELEASED ? givenBack : finished).increment();
            }
        }
    }

    /** Ends the wait when there is nothing left to wait for. */
    void check() {
        if (stopping.get() && isIdle.getAsBoolean()) {
            idle.tryEmitEmpty();
        }
    }

    Mono<Stopped> stop(Runnable stopClaiming, @Nullable Duration patience, Disposable subscriptions) {
        return Mono.defer(() -> {
            stopping.set(true);
            stopClaiming.run();
            check();
            Mono<Void> quiet = idle.asMono();
            return wait(quiet, patience)
                    .then(Mono.fromSupplier(() -> new Stopped(finished.sum(), givenBack.sum())))
                    .doFinally(end -> letGo(subscriptions));
        });
    }

    private Mono<Void> wait(Mono<Void> quiet, @Nullable Duration patience) {
        if (patience == null) {
            return quiet;
        }
        return patience.isZero() ? giveBack(quiet) : quiet.timeout(patience, giveBack(quiet), with.timer());
    }

    /** What is left is cancelled; the store is waited for as long as its leases last, after which it knows by itself. */
    private Mono<Void> giveBack(Mono<Void> quiet) {
        return Mono.defer(() -> {
            active.endAll(Outcome.released());
            return quiet.timeout(with.settings().lease(), Mono.empty(), with.timer());
        });
    }

    private void letGo(Disposable subscriptions) {
        subscriptions.dispose();
        with.events().stopped();
        with.timer().dispose();
    }
}
