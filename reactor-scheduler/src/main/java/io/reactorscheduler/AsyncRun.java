package io.reactorscheduler;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * One attempt of {@link AsyncWork}: start, then whoever says first that the work has ended, then the output.
 *
 * <p>{@link #phase} is moved once. OPEN to SETTLED: the work has said that it has ended, or never began; nobody stops it.
 * OPEN to STOPPED: the run has ended before; whoever moves it stops the work, and what the work still says is ignored. So the
 * output is fetched at most once, the work is stopped at most once, and never both.
 */
final class AsyncRun<I extends @Nullable Object, O> {

    private static final Logger LOG = LoggerFactory.getLogger(AsyncWork.class);

    private static final int OPEN = 0;
    private static final int SETTLED = 1;
    private static final int STOPPED = 2;

    private final AsyncWork<I, O> work;
    private final AsyncWorkHandler.Options options;
    private final RunContext run;
    private final ContextView context;
    private final AtomicInteger phase = new AtomicInteger(OPEN);
    private final AtomicBoolean released = new AtomicBoolean();

    /** Touched by one poll after the other. */
    private AsyncWork.@Nullable Status said;

    AsyncRun(AsyncWork<I, O> work, AsyncWorkHandler.Options options, RunContext run, ContextView context) {
        this.work = work;
        this.options = options;
        this.run = run;
        this.context = context;
    }

    /**
     * Work that is running.
     *
     * @param reference what it is known by
     * @param callback where its callback arrives, null where none is listened to
     */
    private record Started(String reference, AsyncCallbacks.@Nullable Waiting callback) {}

    Mono<O> drive(I input) {
        // a cached Mono is not cancelled with its subscriber: work that has begun must become known, to be stopped
        Mono<Started> started = start(input).cache();
        return started.doOnError(error -> phase.compareAndSet(OPEN, SETTLED))
                .flatMap(work -> toItsEnd(work).doOnError(error -> stop(started)))
                .doOnCancel(() -> stop(started));
    }

    private Mono<Started> start(I input) {
        AsyncCallbacks callbacks = options.callbacks();
        Mono<String> reference = Mono.defer(() -> work.start(input, run))
                .switchIfEmpty(
                        Mono.error(() -> new AsyncWorkException("", "The work gave no reference when it started")))
                .doOnNext(AsyncRun::check);
        if (callbacks == null) {
            return reference.map(known -> new Started(known, null));
        }
        return Mono.defer(() -> {
            callbacks.starting();
            return reference
                    .doOnError(error -> callbacks.notStarted())
                    .map(known -> new Started(known, callbacks.started(known)));
        });
    }

    private static void check(String reference) {
        int length = reference.length();
        if (length == 0 || length > AsyncCallbacks.LONGEST_REFERENCE) {
            throw new AsyncWorkException(
                    reference.substring(0, Math.min(length, 80)),
                    "The work gave a reference of " + length + " characters when it started: give 1 to "
                            + AsyncCallbacks.LONGEST_REFERENCE);
        }
    }

    /** The first of poll and callback counts and cancels the other. */
    private Mono<O> toItsEnd(Started started) {
        return Flux.merge(callback(started), polls(started.reference()))
                .next()
                .filter(end -> phase.compareAndSet(OPEN, SETTLED))
                .flatMap(end -> end.state() == AsyncWork.Status.State.DONE
                        ? Mono.defer(() -> work.output(started.reference()))
                        : Mono.error(new AsyncWorkException(
                                started.reference(), "Work \"" + started.reference() + "\" failed: " + end.message())))
                .doFinally(end -> release(started));
    }

    /** Callbacks come on threads of whoever received them; the run goes on on the scheduler's. */
    private Mono<AsyncWork.Status> callback(Started started) {
        AsyncCallbacks.Waiting callback = started.callback();
        return callback == null ? Mono.never() : callback.status().publishOn(run.timer());
    }

    private Mono<AsyncWork.Status> polls(String reference) {
        Duration every = options.pollEvery();
        if (every == null) {
            return Mono.never();
        }
        return Mono.defer(() -> work.status(reference))
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("The poll gave no status")))
                .timeout(options.pollTimeout(), run.timer())
                .delaySubscription(every, run.timer())
                .repeat()
                .retryWhen(Retry.max(options.tolerated())
                        .transientErrors(true)
                        .onRetryExhaustedThrow((spec, signal) -> unreachable(reference, signal.failure())))
                .doOnNext(this::progress)
                .takeUntil(AsyncWork.Status::isFinal)
                .last();
    }

    private AsyncWorkException unreachable(String reference, Throwable cause) {
        int failed = options.tolerated() + 1;
        return new AsyncWorkException(
                reference,
                "Work \"" + reference + "\": " + failed + (failed == 1 ? " poll" : " polls in a row")
                        + " failed, the last with " + cause,
                cause);
    }

    private void progress(AsyncWork.Status status) {
        Double progress = status.progress();
        if (progress != null && !status.equals(said)) {
            said = status;
            run.progress(progress, status.message());
        }
    }

    /** Stops the work as soon as its reference is known, unless it has ended or was stopped before. */
    private void stop(Mono<Started> started) {
        if (!phase.compareAndSet(OPEN, STOPPED)) {
            return;
        }
        started.doOnError(error -> told("The start of the work failed after its run had ended", error))
                .flatMap(running -> {
                    release(running);
                    return Mono.defer(() -> work.stop(running.reference()))
                            .doOnError(
                                    error -> told("Work \"" + running.reference() + "\" could not be stopped", error));
                })
                .onErrorComplete()
                .contextWrite(context)
                .subscribe();
    }

    private void release(Started started) {
        AsyncCallbacks.Waiting callback = started.callback();
        if (callback != null && released.compareAndSet(false, true)) {
            Objects.requireNonNull(options.callbacks()).release(callback);
        }
    }

    private void told(String message, Throwable error) {
        LOG.warn("[{}] {}: {}", run.node(), run.executionId(), message, error);
        run.event(ExecutionEvent.Level.WARNING, message + ": " + error);
    }
}
