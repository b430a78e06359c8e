package io.reactorscheduler;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Many items in one run: each is worked on by itself, some at once, and those that fail are reported, not fatal.
 *
 * <pre>{@code
 * builder.handle(IMPORT, (files, run) -> Batch.of(files).concurrency(8)
 *     .retry(RetryPolicy.exponential(3, Duration.ofMillis(200)))
 *     .failAbove(0.05)
 *     .each(importer::load))
 * }</pre>
 *
 * <p>Immutable, refined by copies. Within a run it tells the run's progress, at most once a second and at most once for
 * each hundredth of the work, and waits in the run's time.
 *
 * @param <T> an item
 */
public final class Batch<T> {

    /** How many items are worked on at once unless {@link #concurrency} says otherwise. */
    public static final int DEFAULT_CONCURRENCY = 16;

    /** How many failures a report keeps; the others are counted. */
    public static final int KEPT_FAILURES = 10;

    private final Publisher<? extends T> items;
    private final Options options;

    /**
     * How the items are worked on.
     *
     * @param total how many items there are, negative while unknown
     * @param concurrency how many are worked on at once
     * @param retry how a failed item is tried again
     * @param failAbove the largest share of failed items that the run bears
     * @param bearsTotalFailure whether the run also bears that all items failed
     */
    record Options(long total, int concurrency, RetryPolicy retry, double failAbove, boolean bearsTotalFailure) {}

    private Batch(Publisher<? extends T> items, Options options) {
        this.items = items;
        this.options = options;
    }

    /** A batch of what the publisher gives, asked for as much as is being worked on. */
    public static <T> Batch<T> of(Publisher<? extends T> items) {
        Objects.requireNonNull(items, "items");
        return new Batch<>(items, new Options(-1, DEFAULT_CONCURRENCY, RetryPolicy.never(), 1, false));
    }

    /** A batch of these items; their number is known, so progress is a fraction of it. */
    public static <T> Batch<T> of(Collection<? extends T> items) {
        return Batch.<T>of(Flux.fromIterable(items)).total(items.size());
    }

    /** How many items there are, for the progress; without it progress is told in numbers of items. */
    public Batch<T> total(long items) {
        Checks.atLeast("total", items, 0);
        return with(
                new Options(items, options.concurrency, options.retry, options.failAbove, options.bearsTotalFailure));
    }

    /** How many items are worked on at once (at least 1); {@value #DEFAULT_CONCURRENCY} by default. */
    public Batch<T> concurrency(int items) {
        Checks.atLeast("concurrency", items, 1);
        return with(new Options(options.total, items, options.retry, options.failAbove, options.bearsTotalFailure));
    }

    /**
     * How a failed item is tried again by itself, in its place among those worked on; never by default. A retry of the task,
     * in contrast, does the whole batch again.
     */
    public Batch<T> retry(RetryPolicy retry) {
        Objects.requireNonNull(retry, "retry");
        return with(
                new Options(options.total, options.concurrency, retry, options.failAbove, options.bearsTotalFailure));
    }

    /**
     * The run fails when a larger share of the items failed than this, 0 to 1; 0 bears no failure. When all items failed it
     * fails with any share, which is also the default.
     */
    public Batch<T> failAbove(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidTaskException("failAbove", share, "give a share between 0 and 1");
        }
        return with(new Options(options.total, options.concurrency, options.retry, share, false));
    }

    /** The run succeeds whatever becomes of the items. */
    public Batch<T> neverFail() {
        return with(new Options(options.total, options.concurrency, options.retry, 1, true));
    }

    /**
     * Works on each item; gives each one's {@link Result} as it ends, and the {@link Report} last of all, so that the report
     * is what the run stores. Then fails with {@link BatchFailedException} if too many items failed.
     *
     * <p>An error of an item, signalled or thrown, is that item's failure; an error of the source ends the batch. Cold.
     *
     * @param work called once for each item and each retry of it; an empty Mono is a success without a value
     */
    public <R> Flux<Result<R>> each(Function<? super T, ? extends Mono<? extends R>> work) {
        Objects.requireNonNull(work, "work");
        return Flux.deferContextual(context -> {
            RunContext run = context.<RunContext>getOrEmpty(RunContext.class).orElse(null);
            return new BatchRun<T, R>(options, work, run).results(items);
        });
    }

    /** As {@link #each}, for who wants the report only; of a batch that fails it is in the error. */
    public <R> Mono<Report> report(Function<? super T, ? extends Mono<? extends R>> work) {
        return this.<R>each(work).mapNotNull(Result::report).single();
    }

    /** How many items there are, negative while unknown. */
    public long total() {
        return options.total;
    }

    /** How many items are worked on at once. */
    public int concurrency() {
        return options.concurrency;
    }

    /** How a failed item is tried again. */
    public RetryPolicy retry() {
        return options.retry;
    }

    /** The largest share of failed items that the run bears; 1 unless it was said. */
    public double failAbove() {
        return options.failAbove;
    }

    private Batch<T> with(Options other) {
        return new Batch<>(items, other);
    }

    /**
     * One element of the output of a batch: what became of an item, or, last of all, the report.
     *
     * @param index of the item in its source, from 0; -1 for the report
     * @param value what the item gave; null for nothing, for a failure and for the report
     * @param failure how the item failed, null otherwise
     * @param report the report, null for an item
     * @param <R> what an item gives
     */
    public record Result<R>(
            long index,
            @Nullable R value,
            @Nullable Failure failure,
            @Nullable Report report) {}

    /**
     * How an item failed, after its last retry.
     *
     * @param index of the item in its source, from 0
     * @param type the class name of the error
     * @param message its message, empty for none, at most {@link ExecutionError#KEPT_CHARACTERS} characters
     */
    public record Failure(long index, String type, String message) {}

    /**
     * What became of a batch.
     *
     * @param items how many items ended
     * @param succeeded how many of them with success
     * @param failed how many of them failed
     * @param firstFailures the first failures, at most {@link #KEPT_FAILURES}
     */
    public record Report(long items, long succeeded, long failed, List<Failure> firstFailures) {

        /** Copies the list. */
        public Report {
            firstFailures = List.copyOf(firstFailures);
        }

        /** The share of items that failed, 0 to 1; 0 of no items. */
        public double failureShare() {
            return items == 0 ? 0 : (double) failed / items;
        }
    }
}
