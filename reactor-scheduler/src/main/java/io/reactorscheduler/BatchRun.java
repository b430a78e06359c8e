package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * One subscription to a {@link Batch}. Its counts are touched only where results have been merged, by one signal after the
 * other.
 */
final class BatchRun<T, R> {

    private static final long PROGRESS_MILLIS = 1_000;
    private static final long STEPS = 100;

    private final Batch.Options options;
    private final Function<? super T, ? extends Mono<? extends R>> work;
    private final @Nullable RunContext run;
    private final Scheduler timer;
    private final List<Batch.Failure> firstFailures = new ArrayList<>();
    private long succeeded;
    private long failed;
    private long toldItems;
    private long toldMillis;

    BatchRun(Batch.Options options, Function<? super T, ? extends Mono<? extends R>> work, @Nullable RunContext run) {
        this.options = options;
        this.work = work;
        this.run = run;
        this.timer = run == null ? Schedulers.parallel() : run.timer();
        this.toldMillis = timer.now(TimeUnit.MILLISECONDS);
    }

    Flux<Batch.Result<R>> results(Publisher<? extends T> items) {
        Flux<Batch.Result<R>> each = Flux.<T>from(items)
                .index(this::ended)
                .flatMap(item -> item, options.concurrency())
                .doOnNext(this::count);
        return Flux.concat(List.of(each, Flux.defer(this::end)));
    }

    private Mono<Batch.Result<R>> ended(long index, T item) {
        Mono<R> tried = Mono.defer(() -> start(item));
        if (options.retry().max() > 0) {
            tried = withRetries(tried);
        }
        return tried.map(value -> new Batch.Result<R>(index, value, null, null))
                .defaultIfEmpty(new Batch.Result<>(index, null, null, null))
                .onErrorResume(error -> Mono.just(new Batch.Result<>(index, null, failure(index, error), null)));
    }

    private Mono<R> start(T item) {
        try {
            return Objects.requireNonNull(work.apply(item), "the work of an item returned null")
                    .map(value -> value);
        } catch (Throwable thrown) {
            return Mono.error(ThrownError.carry(thrown));
        }
    }

    private Mono<R> withRetries(Mono<R> tried) {
        return Mono.defer(() -> {
            long firstNanos = timer.now(TimeUnit.NANOSECONDS);
            return tried.retryWhen(Retry.from(signals ->
                    signals.concatMap(signal -> pause(signal.totalRetries() + 1, firstNanos, signal.failure()))));
        });
    }

    private Mono<Long> pause(long retry, long firstNanos, Throwable error) {
        RetryPolicy policy = options.retry();
        Duration deadline = policy.deadline();
        long nanos =
                1_000 * policy.delayMicros(retry, ThreadLocalRandom.current().nextDouble());
        boolean isTooLate =
                deadline != null && timer.now(TimeUnit.NANOSECONDS) - firstNanos + nanos > deadline.toNanos();
        return retry > policy.max() || isTooLate || !policy.retries(ThrownError.unwrap(error))
                ? Mono.error(error)
                : Mono.delay(Duration.ofNanos(nanos), timer);
    }

    private static Batch.Failure failure(long index, Throwable error) {
        ExecutionError described = ExecutionError.of(ThrownError.unwrap(error));
        return new Batch.Failure(index, described.type(), described.message());
    }

    private void count(Batch.Result<R> result) {
        Batch.Failure failure = result.failure();
        if (failure == null) {
            succeeded++;
        } else {
            failed++;
            if (firstFailures.size() < Batch.KEPT_FAILURES) {
                firstFailures.add(failure);
            }
        }
        tellProgress();
    }

    private void tellProgress() {
        if (run == null) {
            return;
        }
        long items = succeeded + failed;
        long total = options.total();
        long step = Math.max(1, (total < 0 ? items : total) / STEPS);
        if (items - toldItems < step) {
            return;
        }
        long now = timer.now(TimeUnit.MILLISECONDS);
        if (now - toldMillis >= PROGRESS_MILLIS) {
            toldItems = items;
            toldMillis = now;
            if (total > 0) {
                run.progress(Math.min(1, (double) items / total), items + " of " + total + " items" + failures());
            } else {
                run.event(ExecutionEvent.Level.INFO, items + " items" + failures());
            }
        }
    }

    private String failures() {
        return failed == 0 ? "" : ", " + failed + " failed";
    }

    private Flux<Batch.Result<R>> end() {
        long items = succeeded + failed;
        Batch.Report report = new Batch.Report(items, succeeded, failed, firstFailures);
        if (run != null) {
            run.progress(1, items + " items" + failures());
        }
        Flux<Batch.Result<R>> last = Flux.just(new Batch.Result<>(-1, null, null, report));
        boolean isTooMuch =
                failed > options.failAbove() * items || (failed > 0 && failed == items && !options.bearsTotalFailure());
        return isTooMuch ? Flux.concat(List.of(last, Mono.error(new BatchFailedException(report)))) : last;
    }
}
