package io.reactorscheduler;

import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Carries what Reactor would throw through its operators (StackOverflowError, OutOfMemoryError, LinkageError) as an
 * ordinary error signal, so that a handler that throws it fails its run and nothing else.
 */
final class ThrownError extends RuntimeException {

    private final Throwable error;

    ThrownError(Throwable error) {
        super(error);
        this.error = error;
    }

    /** As an error signal that no operator throws on. */
    static Throwable carry(Throwable thrown) {
        return thrown instanceof Error ? new ThrownError(thrown) : thrown;
    }

    /** What the handler threw or signalled. */
    static Throwable unwrap(Throwable signalled) {
        Throwable unwrapped = Exceptions.unwrap(signalled);
        return unwrapped instanceof ThrownError carrier ? carrier.error : unwrapped;
    }

    /** The same signals with another error; a Mono stays one. */
    static Publisher<Object> map(Publisher<Object> publisher, Function<Throwable, Throwable> change) {
        return publisher instanceof Mono<Object> mono
                ? mono.onErrorMap(change)
                : Flux.from(publisher).onErrorMap(change);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
