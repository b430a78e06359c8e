package io.reactorscheduler;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * The code of a handler: from input and context to a publisher of output.
 *
 * <p>A {@code Mono} gives one result. Of a {@code Flux}, each element reaches subscribers as it comes, and the last (or,
 * with {@link Task#collectResults()}, the list of all) is the stored result. An empty publisher is a success without a
 * result. An error signal or a thrown exception fails the attempt.
 *
 * <p>The function is called on a thread of the scheduler's Reactor Scheduler and must not block it; see
 * {@link #blocking}. Whatever ends a run early (cancel, timeout, lost lease, shutdown) cancels the subscription to the
 * publisher.
 *
 * @param <I> the input, null when the task has none
 * @param <O> one element of the output
 */
@FunctionalInterface
public interface HandlerFunction<I extends @Nullable Object, O> {

    /** Builds the publisher of one attempt; null is treated as a failed attempt. */
    Publisher<? extends O> apply(I input, RunContext run) throws Exception;

    /**
     * A function that returns a plain value and does not block; null is a success without a result.
     *
     * @param <I> the input
     * @param <O> the output
     */
    static <I extends @Nullable Object, O> HandlerFunction<I, O> value(ValueFunction<I, O> function) {
        Objects.requireNonNull(function, "function");
        return (input, run) -> Mono.justOrEmpty(function.apply(input, run));
    }

    /**
     * A function that blocks its thread and returns a plain value; null is a success without a result.
     *
     * <p>It runs on virtual threads where the JDK has them, otherwise on {@code Schedulers.boundedElastic()} (the
     * builder's {@code blockingScheduler} by choice). Ending the run early interrupts the thread.
     *
     * @param <I> the input
     * @param <O> the output
     */
    static <I extends @Nullable Object, O> HandlerFunction<I, O> blocking(ValueFunction<I, O> function) {
        return new BlockingHandlerFunction<>(function);
    }

    /**
     * Code that returns a plain value.
     *
     * @param <I> the input, null when the task has none
     * @param <O> the output
     */
    @FunctionalInterface
    interface ValueFunction<I extends @Nullable Object, O> {

        /** Runs one attempt. */
        @Nullable
        O apply(I input, RunContext run) throws Exception;
    }
}
