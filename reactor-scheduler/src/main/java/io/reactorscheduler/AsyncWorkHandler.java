package io.reactorscheduler;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * A handler function that drives {@link AsyncWork} by polls, by callbacks, or by both, whichever says first that the work
 * has ended. Immutable, refined by copies; made by {@link AsyncWork#of}.
 *
 * @param <I> the input, null when the task has none
 * @param <O> the output
 */
public final class AsyncWorkHandler<I extends @Nullable Object, O> implements HandlerFunction<I, O> {

    /** The time between two polls unless {@link #pollEvery} says otherwise. */
    public static final Duration DEFAULT_POLL = Duration.ofSeconds(1);

    /** How long one poll may take unless {@link #pollTimeout} says otherwise. */
    public static final Duration DEFAULT_POLL_TIMEOUT = Duration.ofSeconds(30);

    /** How many polls in a row may fail unless {@link #tolerate} says otherwise. */
    public static final int DEFAULT_TOLERATED = 3;

    private final AsyncWork<I, O> work;
    private final Options options;

    /**
     * How the work is driven.
     *
     * @param pollEvery the time between two polls, null for no polls
     * @param pollTimeout how long one poll may take
     * @param tolerated how many polls in a row may fail
     * @param callbacks where callbacks come in, null for none
     */
    record Options(
            @Nullable Duration pollEvery,
            Duration pollTimeout,
            int tolerated,
            @Nullable AsyncCallbacks callbacks) {}

    AsyncWorkHandler(AsyncWork<I, O> work) {
        this(work, new Options(DEFAULT_POLL, DEFAULT_POLL_TIMEOUT, DEFAULT_TOLERATED, null));
    }

    private AsyncWorkHandler(AsyncWork<I, O> work, Options options) {
        this.work = Objects.requireNonNull(work, "work");
        this.options = options;
    }

    /** Asks for the status this long after the start and after each answer; one second by default. */
    public AsyncWorkHandler<I, O> pollEvery(Duration pause) {
        Checks.positive("pollEvery", pause);
        return with(new Options(pause, options.pollTimeout, options.tolerated, options.callbacks));
    }

    /** A poll without an answer after this long has failed; 30 seconds by default. */
    public AsyncWorkHandler<I, O> pollTimeout(Duration timeout) {
        Checks.positive("pollTimeout", timeout);
        return with(new Options(options.pollEvery, timeout, options.tolerated, options.callbacks));
    }

    /** The run fails when more polls in a row fail than this (0 or more); 3 by default. */
    public AsyncWorkHandler<I, O> tolerate(int failedPolls) {
        Checks.atLeast("tolerate", failedPolls, 0);
        return with(new Options(options.pollEvery, options.pollTimeout, failedPolls, options.callbacks));
    }

    /** Listens to callbacks too; polls go on, in case a callback is lost or reaches another node. */
    public AsyncWorkHandler<I, O> callbacks(AsyncCallbacks callbacks) {
        Objects.requireNonNull(callbacks, "callbacks");
        return with(new Options(options.pollEvery, options.pollTimeout, options.tolerated, callbacks));
    }

    /** Listens to callbacks and does not poll. A callback that is lost is not noticed: give such tasks a timeout. */
    public AsyncWorkHandler<I, O> callbacksOnly(AsyncCallbacks callbacks) {
        Objects.requireNonNull(callbacks, "callbacks");
        return with(new Options(null, options.pollTimeout, options.tolerated, callbacks));
    }

    /** The time between two polls, null for no polls. */
    public @Nullable Duration pollEvery() {
        return options.pollEvery;
    }

    /** How long one poll may take. */
    public Duration pollTimeout() {
        return options.pollTimeout;
    }

    /** How many polls in a row may fail. */
    public int tolerated() {
        return options.tolerated;
    }

    /** Where callbacks come in, null for none. */
    public @Nullable AsyncCallbacks callbacks() {
        return options.callbacks;
    }

    @Override
    public Publisher<O> apply(I input, RunContext run) {
        return Mono.deferContextual(context -> new AsyncRun<>(work, options, run, context).drive(input));
    }

    private AsyncWorkHandler<I, O> with(Options other) {
        return new AsyncWorkHandler<>(work, other);
    }
}
