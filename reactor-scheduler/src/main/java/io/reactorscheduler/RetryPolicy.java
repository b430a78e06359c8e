package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How often and how soon a failed attempt is tried again; an immutable value that can be stored.
 *
 * <p>The delay before retry {@code n} (1 is the first) is {@code delay} (fixed), {@code delay * n} (linear) or
 * {@code delay * 2^(n-1)} (exponential), spread by {@link #jitter}, never above {@link #cap}. Short delays are
 * waited for in the slot; longer ones free slot and claim (the builder's {@code retryInPlace}). Where there is no delay,
 * the first retry of an attempt that failed as soon as it was subscribed to follows on the same thread, when that attempt has let go
 * of what it held; others let what is due go first.
 */
public final class RetryPolicy {

    /** The cap of delays unless {@link #cap} says otherwise. */
    public static final Duration DEFAULT_CAP = Duration.ofHours(1);

    /** The spread of delays of {@link #exponential} unless {@link #jitter} says otherwise. */
    public static final double DEFAULT_EXPONENTIAL_JITTER = 0.1;

    enum Backoff {
        FIXED,
        LINEAR,
        EXPONENTIAL
    }

    private static final RetryPolicy NEVER = new RetryPolicy(new Spec());

    private final Spec spec;

    private RetryPolicy(Spec spec) {
        this.spec = spec;
    }

    /** No retry: the first failure is final. The default of tasks and queues. */
    public static RetryPolicy never() {
        return NEVER;
    }

    /** Up to {@code retries} retries (at least 1), each after {@code delay}. */
    public static RetryPolicy fixed(long retries, Duration delay) {
        return of(Backoff.FIXED, retries, delay, 0);
    }

    /** Up to {@code retries} retries (at least 1) after {@code delay}, twice, three times {@code delay} and so on. */
    public static RetryPolicy linear(long retries, Duration delay) {
        return of(Backoff.LINEAR, retries, delay, 0);
    }

    /** Up to {@code retries} retries (at least 1) after {@code delay}, then twice as long each time, jitter 10 %. */
    public static RetryPolicy exponential(long retries, Duration delay) {
        return of(Backoff.EXPONENTIAL, retries, delay, DEFAULT_EXPONENTIAL_JITTER);
    }

    private static RetryPolicy of(Backoff backoff, long retries, Duration delay, double jitter) {
        Spec spec = new Spec();
        spec.backoff = backoff;
        spec.max = Checks.atLeast("retries", retries, 1);
        spec.delay = Checks.notNegative("delay", delay);
        spec.jitter = jitter;
        return new RetryPolicy(spec);
    }

    /** No delay is longer than this; one hour by default. */
    public RetryPolicy cap(Duration cap) {
        Spec next = spec.copy();
        next.cap = Checks.positive("cap", cap);
        return new RetryPolicy(next);
    }

    /**
     * Delays are spread evenly between {@code (1 - factor)} and {@code (1 + factor)} times, up to the {@link #cap}; factor
     * in 0 to 1. 0.1 by default for {@link #exponential}, else 0.
     */
    public RetryPolicy jitter(double factor) {
        if (!(factor >= 0 && factor <= 1)) {
            throw new InvalidTaskException("jitter", factor, "give a factor between 0 and 1");
        }
        Spec next = spec.copy();
        next.jitter = factor;
        return new RetryPolicy(next);
    }

    /** No retry starts later than this after the due time of the first attempt; without it, no deadline. */
    public RetryPolicy deadline(Duration deadline) {
        Spec next = spec.copy();
        next.deadline = Checks.positive("deadline", deadline);
        return new RetryPolicy(next);
    }

    /** Only errors of these types (or of their subtypes) are retried; by default all are. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final RetryPolicy onlyOn(Class<? extends Throwable>... types) {
        return onlyOn(names(types));
    }

    /** Errors of these types (or of their subtypes) are not retried, also where {@link #onlyOn} would. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final RetryPolicy notOn(Class<? extends Throwable>... types) {
        return notOn(names(types));
    }

    RetryPolicy onlyOn(List<String> names) {
        Spec next = spec.copy();
        next.only = names;
        return new RetryPolicy(next);
    }

    RetryPolicy notOn(List<String> names) {
        Spec next = spec.copy();
        next.not = names;
        return new RetryPolicy(next);
    }

    private static List<String> names(Class<?>[] types) {
        List<String> names = new ArrayList<>();
        for (Class<?> type : types) {
            names.add(type.getName());
        }
        return List.copyOf(names);
    }

    /** The most retries after the first attempt; 0 is none. */
    public long max() {
        return spec.max;
    }

    /** The delay that the backoff starts from. */
    public Duration delay() {
        return spec.delay;
    }

    /** The longest delay. */
    public Duration cap() {
        return spec.cap;
    }

    /** The spread of the delays, 0 to 1. */
    public double jitter() {
        return spec.jitter;
    }

    /** How long after the first due time retries may still start, or null for no end. */
    public @Nullable Duration deadline() {
        return spec.deadline;
    }

    /** Whether an error of this type may be retried at all. */
    boolean retries(Throwable error) {
        return spec.max > 0
                && (spec.only.isEmpty() || isAny(error, spec.only))
                && (spec.not.isEmpty() || !isAny(error, spec.not));
    }

    /**
     * The delay in microseconds before a retry.
     *
     * @param retry 1 for the first retry
     * @param random in 0 (inclusive) to 1 (exclusive); spreads the delay where there is jitter
     */
    long delayMicros(long retry, double random) {
        double base = (double) Checks.micros(spec.delay);
        double raw = switch (spec.backoff) {
            case FIXED -> base;
            case LINEAR -> base * (double) retry;
            case EXPONENTIAL -> base * Math.pow(2, (double) Math.min(retry - 1, 1_000));
        };
        double cap = (double) Checks.micros(spec.cap);
        double middle = Math.min(raw, cap);
        double least = middle * (1 - spec.jitter);
        double most = Math.min(middle * (1 + spec.jitter), cap);
        return Math.round(least + (most - least) * random);
    }

    /** Names, not classes, are compared: a stored policy may name a class that this node does not have. */
    private static boolean isAny(Throwable error, List<String> names) {
        for (Class<?> type = error.getClass(); type != null; type = type.getSuperclass()) {
            if (names.contains(type.getName())) {
                return true;
            }
        }
        return false;
    }

    /** Reads what {@link #toString} wrote. */
    public static RetryPolicy parse(String text) {
        return RetryPolicyText.parse(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RetryPolicy that && toString().equals(that.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** All settings as one line of words that {@link #parse} reads. */
    @Override
    public String toString() {
        return RetryPolicyText.format(spec);
    }

    /** The settings while they are refined; never shared once a policy holds them. */
    static final class Spec {
        Backoff backoff = Backoff.FIXED;
        long max;
        Duration delay = Duration.ZERO;
        Duration cap = DEFAULT_CAP;
        double jitter;

        @Nullable
        Duration deadline;

        List<String> only = List.of();
        List<String> not = List.of();

        Spec copy() {
            Spec copy = new Spec();
            copy.backoff = backoff;
            copy.max = max;
            copy.delay = delay;
            copy.cap = cap;
            copy.jitter = jitter;
            copy.deadline = deadline;
            copy.only = Objects.requireNonNull(only);
            copy.not = Objects.requireNonNull(not);
            return copy;
        }
    }
}
