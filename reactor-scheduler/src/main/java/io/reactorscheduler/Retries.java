package io.reactorscheduler;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Whether a failed attempt is tried again, when, and where: in the slot of its run, or by another claim. */
final class Retries {

    private final Resources with;
    private final Handlers handlers;
    private final Function<String, TaskQueue> queues;
    private final long inPlaceMicros;

    Retries(Resources with, Handlers handlers, Function<String, TaskQueue> queues) {
        this.with = with;
        this.handlers = handlers;
        this.queues = queues;
        this.inPlaceMicros = Checks.micros(with.settings().retryInPlace());
    }

    /**
     * What a run goes on with in its slot after its first error: all further attempts, each after its delay, and the last
     * error. Null when there is none that is near enough.
     *
     * @param isStarting whether the run is being started on this thread: then what needs no delay needs no other thread
     * @param attempt begins the next attempt
     */
    @Nullable
    Publisher<Object> inPlace(Run run, Throwable error, boolean isStarting, Supplier<Publisher<Object>> attempt) {
        // what fails before the first attempt is no attempt
        if (policy(run.claim()).max() == 0
                || run.startedAttempts() < run.claim().attempt()) {
            return null;
        }
        long delay = delayInPlace(run, error);
        if (delay < 0) {
            return null;
        }
        Retry policy = Retry.from(signals -> signals.concatMap(signal -> pause(run, signal.failure())));
        Flux<Object> attempts = Flux.defer(attempt).retryWhen(policy);
        return delay == 0 && isStarting ? attempts : Streams.after(timer(delay), attempts);
    }

    /** Waits in the slot for the next attempt, or fails when there is none that is near enough. */
    private Mono<Long> pause(Run run, Throwable error) {
        long delay = delayInPlace(run, error);
        return delay < 0 ? Mono.error(error) : timer(delay);
    }

    private Mono<Long> timer(long delayMicros) {
        return Mono.delay(Duration.ofNanos(delayMicros * 1_000), with.timer());
    }

    /** Microseconds to the next attempt in the slot of this one, negative when there is none that is near enough. */
    private long delayInPlace(Run run, Throwable error) {
        run.attemptFailed();
        Throwable cause = ThrownError.unwrap(error);
        long delay = delay(run, cause);
        if (delay < 0 || delay > inPlaceMicros) {
            return -1;
        }
        with.counters().retried.increment();
        with.events().retrying(run, cause, with.nowMicros() + delay);
        return delay;
    }

    /** How a run ends with an error that is not, or no more, dealt with in its slot. */
    Outcome outcome(Run run, Throwable error) {
        ExecutionError described = ExecutionError.of(error);
        long delay = delay(run, error);
        return delay < 0 ? Outcome.failed(described) : Outcome.retryAt(with.nowMicros() + delay, described);
    }

    /** Microseconds to the next attempt; negative when there is none. */
    private long delay(Run run, Throwable error) {
        Claim claim = run.claim();
        RetryPolicy policy = policy(claim);
        int retry = run.startedAttempts();
        Handlers.Entry entry = handlers.get(claim.task().handler());
        if (retry > policy.max() || !policy.retries(error) || (entry != null && !mayRetry(entry, error))) {
            return -1;
        }
        long delay = policy.delayMicros(retry, ThreadLocalRandom.current().nextDouble());
        Duration deadline = policy.deadline();
        boolean isTooLate =
                deadline != null && with.nowMicros() + delay > firstDueMicros(claim) + Checks.micros(deadline);
        return isTooLate ? -1 : delay;
    }

    private boolean mayRetry(Handlers.Entry entry, Throwable error) {
        try {
            return entry.retryIf().test(error);
        } catch (Throwable thrown) {
            with.events().problem("A retryIf failed, so there is no retry", thrown);
            return false;
        }
    }

    /** The fire time of work that was asked for again is long past: its own due time counts. */
    private static long firstDueMicros(Claim claim) {
        return claim.extra()
                ? claim.dueMicros()
                : FireTimes.due(claim.task().trigger(), claim.task(), claim.fireMicros());
    }

    private RetryPolicy policy(Claim claim) {
        RetryPolicy own = claim.task().retry();
        return own == null ? queues.apply(claim.task().queue()).retry() : own;
    }
}
