package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
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
    private final Sinks.Empty<Void> ended = Sinks.empty();
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

    /**
     * The one stop, watched by whoever asks: it goes on when one of them cancels, and ends for all at once.
     *
     * @param patience how long runs are waited for before they are given back; null for ever
     */
    Mono<Stopped> stop(Runnable stopClaiming, @Nullable Duration patience, Disposable subscriptions) {
        return Mono.defer(() -> {
            if (stopping.compareAndSet(false, true)) {
                stopClaiming.run();
                idle.asMono().doFinally(end -> letGo(subscriptions)).subscribe();
            }
            check();
            if (patience != null) {
                later(patience, this::giveBack);
            }
            return ended.asMono().then(Mono.fromSupplier(() -> new Stopped(finished.sum(), givenBack.sum())));
        });
    }

    /** What is left is cancelled; the store is waited for as long as its leases last, after which it knows by itself. */
    private void giveBack() {
        active.endAll(Outcome.released());
        later(with.settings().lease(), idle::tryEmitEmpty);
    }

    private void later(Duration delay, Runnable step) {
        if (delay.isZero()) {
            step.run();
            return;
        }
        try {
            with.timer().schedule(step, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stoppedMeanwhile) {
            check();
        }
    }

    private void letGo(Disposable subscriptions) {
        subscriptions.dispose();
        with.events().stopped();
        with.timer().dispose();
        ended.tryEmitEmpty();
    }
}
