package io.reactorscheduler;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Whether one attempt of a run was cancelled from outside, and who waits for that. Thread-safe; happens once. */
final class Cancellation {

    private final Sinks.Empty<Void> told = Sinks.empty();
    private volatile boolean isCancelled;

    void cancel() {
        isCancelled = true;
        told.tryEmitEmpty();
    }

    boolean isCancelled() {
        return isCancelled;
    }

    Mono<Void> asMono() {
        return told.asMono();
    }
}
