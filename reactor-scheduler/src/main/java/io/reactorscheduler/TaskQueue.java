package io.reactorscheduler;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A named lane that tasks wait in: how many run at once, how many may wait, how fast they start, and defaults.
 *
 * <p>Immutable, refined by copies. Concurrency counts the runs of one node; all other limits count the whole store.
 */
public final class TaskQueue {

    /** The queue of tasks that name none. */
    public static final String DEFAULT_NAME = "default";

    /** The concurrency of a queue unless it says otherwise. */
    public static final int DEFAULT_CONCURRENCY = 256;

    /** The most runs at once that a queue may have on one node. */
    public static final int MOST_CONCURRENCY = 1_000_000;

    /** The capacity of a queue unless it says otherwise. */
    public static final long DEFAULT_CAPACITY = 100_000_000;

    private final Spec spec;

    private TaskQueue(Spec spec) {
        this.spec = spec;
    }

    /** A queue with the defaults; 1 to 200 characters. */
    public static TaskQueue named(String name) {
        return new TaskQueue(new Spec(Checks.name("queue", name)));
    }

    /**
     * At most this many runs at once on one node, 1 to {@value #MOST_CONCURRENCY}; {@value #DEFAULT_CONCURRENCY} by
     * default.
     */
    public TaskQueue concurrency(int runs) {
        Checks.atLeast("concurrency", runs, 1);
        if (runs > MOST_CONCURRENCY) {
            throw new InvalidTaskException("concurrency", runs, "give at most " + MOST_CONCURRENCY);
        }
        return with(next -> next.concurrency = runs);
    }

    /**
     * At most this many tasks that are not finished and triggered executions that wait, together (at least 1); scheduling
     * or triggering one more fails with {@link RejectedTaskException}. {@value #DEFAULT_CAPACITY} by default.
     */
    public TaskQueue capacity(long tasks) {
        Checks.atLeast("capacity", tasks, 1);
        return with(next -> next.capacity = tasks);
    }

    /**
     * A limit of starts, as a bucket of {@code runs} tokens: it is full at first, each start takes one, and it fills evenly
     * over {@code period}. So after a quiet time {@code runs} may start at once, then one every {@code period / runs}. No limit
     * by default.
     */
    public TaskQueue rateLimit(int runs, Duration period) {
        RateLimit limit = new RateLimit(runs, period);
        return with(next -> next.rateLimit = limit);
    }

    /**
     * At most this many runs at once, on all nodes together, of tasks with the same key; due keys of the same priority take
     * turns. Tasks without a key have no such limit. No limit by default.
     */
    public TaskQueue keyConcurrency(int runs) {
        Checks.atLeast("keyConcurrency", runs, 1);
        return with(next -> next.keyConcurrency = runs);
    }

    /**
     * A bucket as that of {@link #rateLimit} for each key; due keys of the same priority take turns. Tasks without a key have no
     * such limit. No limit by default.
     */
    public TaskQueue keyRateLimit(int runs, Duration period) {
        Checks.atLeast("keyRateLimit", runs, 1);
        Checks.positive("keyRateLimit", period);
        RateLimit limit = new RateLimit(runs, period);
        return with(next -> next.keyRateLimit = limit);
    }

    /** The timeout of attempts whose task names none; none by default. */
    public TaskQueue timeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        return with(next -> next.timeout = timeout);
    }

    /** The retries of tasks that name none; {@link RetryPolicy#never()} by default. */
    public TaskQueue retry(RetryPolicy retry) {
        Objects.requireNonNull(retry, "retry");
        return with(next -> next.retry = retry);
    }

    /** A queue from which nothing is claimed until it is resumed; not paused by default. */
    public TaskQueue paused(boolean paused) {
        return with(next -> next.paused = paused);
    }

    /** The name. */
    public String name() {
        return spec.name;
    }

    /** The most runs at once on one node. */
    public int concurrency() {
        return spec.concurrency;
    }

    /** The most tasks that are not finished and triggered executions that wait. */
    public long capacity() {
        return spec.capacity;
    }

    /** How fast runs start, or null for no limit. */
    public @Nullable RateLimit rateLimit() {
        return spec.rateLimit;
    }

    /** The most runs at once of one key, {@link Integer#MAX_VALUE} for no limit. */
    public int keyConcurrency() {
        return spec.keyConcurrency;
    }

    /** How fast runs of one key start, or null for no limit. */
    public @Nullable RateLimit keyRateLimit() {
        return spec.keyRateLimit;
    }

    /** Whether claims go by keys: then due keys of the same priority take turns. */
    public boolean hasKeyLimits() {
        return spec.keyConcurrency != Integer.MAX_VALUE || spec.keyRateLimit != null;
    }

    /** The timeout of attempts whose task names none, or null. */
    public @Nullable Duration timeout() {
        return spec.timeout;
    }

    /** The retries of tasks that name none. */
    public RetryPolicy retry() {
        return spec.retry;
    }

    /** Whether nothing is claimed from it. */
    public boolean isPaused() {
        return spec.paused;
    }

    private TaskQueue with(Consumer<Spec> change) {
        Spec next = spec.copy();
        change.accept(next);
        return new TaskQueue(next);
    }

    /** Two queues are equal that have the same name and settings. */
    @Override
    public boolean equals(Object other) {
        return other instanceof TaskQueue that && spec.values().equals(that.spec.values());
    }

    @Override
    public int hashCode() {
        return spec.values().hashCode();
    }

    @Override
    public String toString() {
        return "TaskQueue(" + spec.name + ", concurrency " + spec.concurrency + (spec.paused ? ", paused)" : ")");
    }

    /**
     * A number of starts per period: a bucket of {@code runs} tokens that fills evenly over {@code period}.
     *
     * @param runs at least 1
     * @param period above zero; with {@code runs} in microseconds at most 4.6e18, say a million runs a month
     */
    public record RateLimit(int runs, Duration period) {

        /** Checks both. */
        public RateLimit {
            Checks.atLeast("rateLimit", runs, 1);
            Checks.positive("rateLimit", period);
            if (Checks.micros(period) > MOST_RUN_MICROS / runs) {
                throw new InvalidTaskException("rateLimit", runs + " in " + period, "give both for a shorter period");
            }
        }

        private static final long MOST_RUN_MICROS = Long.MAX_VALUE / 2;
    }

    private static final class Spec {
        final String name;
        int concurrency = DEFAULT_CONCURRENCY;
        long capacity = DEFAULT_CAPACITY;
        int keyConcurrency = Integer.MAX_VALUE;
        RetryPolicy retry = RetryPolicy.never();
        boolean paused;

        @Nullable
        RateLimit rateLimit;

        @Nullable
        RateLimit keyRateLimit;

        @Nullable
        Duration timeout;

        Spec(String name) {
            this.name = name;
        }

        Spec copy() {
            Spec copy = new Spec(name);
            copy.concurrency = concurrency;
            copy.capacity = capacity;
            copy.keyConcurrency = keyConcurrency;
            copy.retry = retry;
            copy.paused = paused;
            copy.rateLimit = rateLimit;
            copy.keyRateLimit = keyRateLimit;
            copy.timeout = timeout;
            return copy;
        }

        List<@Nullable Object> values() {
            return Arrays.asList(
                    name, concurrency, capacity, keyConcurrency, retry, paused, rateLimit, keyRateLimit, timeout);
        }
    }
}
