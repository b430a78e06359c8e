package io.reactorscheduler;

import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * What the parts of a started engine share.
 *
 * @param settings what the user chose
 * @param store where tasks live; its clock is the engine's clock
 * @param scheduler runs everything but blocking handlers
 * @param blocking runs blocking handlers
 * @param timer timeouts, retries and other waits of runs, all over one pending wake-up
 * @param events where everything that happens is told
 * @param counters numbers of this node
 * @param journal what a shared store tells of other nodes
 */
record Resources(
        Settings settings,
        TaskStore store,
        Scheduler scheduler,
        Scheduler blocking,
        SharedTimer timer,
        Events events,
        Counters counters,
        SharedJournal journal) {

    /** The part of a lease within which a shared store has to answer: so that a claim that comes is still of use. */
    private static final int PATIENCE_OF_LEASE = 3;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    long nowMicros() {
        return store.nowMicros();
    }

    /** See {@link TaskStore#reachedMicros}. */
    long reachedMicros() {
        return store.reachedMicros();
    }

    String node() {
        return settings.node();
    }

    /** How long the engine waits for an answer of a shared store. */
    Duration patience() {
        return patience(settings);
    }

    static Duration patience(Settings settings) {
        return settings.lease().dividedBy(PATIENCE_OF_LEASE);
    }

    /**
     * A call of the engine that fails when a shared store does not answer in time, so that a lost reply stops nothing for
     * ever. A store of this process answers at once, and its calls cost no timer.
     */
    <T> Mono<T> answered(Mono<T> call) {
        return answered(call, patience());
    }

    /** As {@link #answered(Mono)}, with a patience of its own. */
    <T> Mono<T> answered(Mono<T> call, Duration patience) {
        // a timer that was let go with a stopped engine can wait for nothing, but what comes late may still be sent
        return store.isShared() && !timer.isDisposed() ? call.timeout(patience, late(patience), timer) : call;
    }

    /** As {@link #answered(Mono)} for each element of an answer. */
    <T> Flux<T> answered(Flux<T> call) {
        return store.isShared() && !timer.isDisposed() ? call.timeout(patience(), late(patience()), timer) : call;
    }

    static <T> Mono<T> late(Duration patience) {
        return Mono.error(() -> tooLate(patience));
    }

    static StoreUnavailableException tooLate(Duration patience) {
        return new StoreUnavailableException(
                "The store did not answer within " + patience
                        + "; it is asked again: if this goes on, look at the store and the way to it, or raise builder.lease",
                null);
    }

    /** Asks again for ever, after pauses that grow up to two seconds and start anew after each success. */
    Retry again() {
        return again(timer);
    }

    static Retry again(Scheduler timer) {
        return Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                .maxBackoff(LONGEST_PAUSE)
                .transientErrors(true)
                .scheduler(timer);
    }

    /** Waits the first pause of {@link #again}. */
    Mono<Long> shortPause() {
        return shortPause(timer);
    }

    static Mono<Long> shortPause(Scheduler timer) {
        return Mono.delay(FIRST_PAUSE, timer);
    }
}
