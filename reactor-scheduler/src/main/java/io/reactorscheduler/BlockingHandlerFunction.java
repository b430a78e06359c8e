package io.reactorscheduler;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A handler function that has said that it blocks; {@link Runner} subscribes to it on the blocking Scheduler. */
final class BlockingHandlerFunction<I extends @Nullable Object, O> implements HandlerFunction<I, O> {

    private final ValueFunction<I, O> function;

    BlockingHandlerFunction(ValueFunction<I, O> function) {
        this.function = Objects.requireNonNull(function, "function");
    }

    @Override
    public Publisher<? extends O> apply(I input, RunContext run) {
        return Mono.fromCallable(() -> {
            try {
                return function.apply(input, run);
            } catch (Error thrown) {
                throw new ThrownError(thrown);
            }
        });
    }
}
