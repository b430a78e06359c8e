package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/**
 * When a task fires: a pure function from the previous fire time and now to the next fire time, or to none.
 *
 * <p>An immutable value that can be stored as one line of text ({@link #toString}, {@link #parse}); of a
 * {@link #custom} trigger the text keeps the name only. Fire times have microsecond resolution; finer ones are rounded
 * up, so nothing fires early.
 */
public final class Trigger {

    /**
     * The rule of a trigger: the next fire time, or null for none.
     *
     * <p>It must be pure and quick: it is evaluated on the scheduler's threads, possibly many times.
     */
    @FunctionalInterface
    public interface Rule {

        /**
         * The fire time after {@code previous}.
         *
         * @param previous the fire time before, null for the first
         * @param now when the question is asked: when the task is scheduled, or when its last run ended
         * @return later than {@code previous}, possibly before {@code now}; null for none
         */
        @Nullable
        Instant next(@Nullable Instant previous, Instant now);
    }

    enum Kind {
        NOW,
        AT,
        AFTER,
        EVERY,
        FIXED_DELAY,
        CRON,
        CUSTOM
    }

    private static final Trigger NOW = new Trigger(new Spec(Kind.NOW));

    private final Spec spec;

    private Trigger(Spec spec) {
        this.spec = spec;
    }

    /** Once, as soon as there is a free slot. The default of tasks. */
    public static Trigger now() {
        return NOW;
    }

    /** Once, at an instant between the years 0 and 9999; one that has passed means now. */
    public static Trigger at(Instant instant) {
        Spec spec = new Spec(Kind.AT);
        spec.instant = Checks.instant("at", instant);
        return new Trigger(spec);
    }

    /** Once, this long after the task is scheduled. */
    public static Trigger after(Duration delay) {
        return ofDuration(Kind.AFTER, Checks.notNegative("after", delay));
    }

    /**
     * At a fixed rate without drift: first one period after the task is scheduled (or at {@link #startAt}), then every
     * period after the previous fire time, whatever runs take.
     *
     * @param period at least one microsecond
     */
    public static Trigger every(Duration period) {
        return ofDuration(Kind.EVERY, Checks.positive("every", period));
    }

    /** First one delay after the task is scheduled (or at {@link #startAt}), then one delay after each run has ended. */
    public static Trigger fixedDelay(Duration delay) {
        return ofDuration(Kind.FIXED_DELAY, Checks.positive("fixedDelay", delay));
    }

    /** At the times of a cron expression in UTC; see {@link Cron#parse} for what is understood. */
    public static Trigger cron(String expression) {
        return cron(Cron.parse(expression));
    }

    /** At the times of a cron expression with its own zone and daylight-saving policy. */
    public static Trigger cron(Cron cron) {
        Spec spec = new Spec(Kind.CRON);
        spec.cron = Objects.requireNonNull(cron, "cron");
        return new Trigger(spec);
    }

    /**
     * At the times of a rule of your own.
     *
     * @param name under which nodes that read the trigger back from a durable store find the rule (the builder's
     *     {@code trigger})
     */
    public static Trigger custom(String name, Rule rule) {
        Spec spec = new Spec(Kind.CUSTOM);
        spec.name = Checks.name("trigger", name);
        spec.rule = Objects.requireNonNull(rule, "rule");
        return new Trigger(spec);
    }

    private static Trigger ofDuration(Kind kind, Duration duration) {
        Spec spec = new Spec(kind);
        spec.duration = duration;
        spec.durationMicros = Checks.micros(duration);
        return new Trigger(spec);
    }

    /**
     * No fire time is before this; {@link #every} and {@link #fixedDelay} first fire just then. When it has passed,
     * {@link #every} keeps to its grid (start, start + period and so on) from now on, {@link #fixedDelay} fires now, and others
     * are as without it.
     */
    public Trigger startAt(Instant start) {
        Spec next = refine("startAt");
        next.start = Checks.instant("startAt", start);
        return checked(next);
    }

    /** No fire time is after this; {@link Instant#MAX} means no end. */
    public Trigger endAt(Instant end) {
        Spec next = refine("endAt");
        next.end = end.equals(Instant.MAX) ? null : Checks.instant("endAt", end);
        return checked(next);
    }

    /** At most this many fire times (at least 1); without it, no limit. */
    public Trigger maxRuns(long runs) {
        Spec next = refine("maxRuns");
        next.maxRuns = Checks.atLeast("maxRuns", runs, 1);
        return new Trigger(next);
    }

    /**
     * Each run is due up to this long after its fire time, by an amount that depends on the task's id and the fire time
     * only, so all nodes agree and tasks of one schedule do not start at once.
     */
    public Trigger jitter(Duration most) {
        Spec next = spec.copy();
        next.jitter = Checks.notNegative("jitter", most);
        return new Trigger(next);
    }

    private Spec refine(String parameter) {
        if (isOnce()) {
            throw new InvalidTaskException(
                    parameter, this, "it needs a trigger that repeats: every, fixedDelay or cron");
        }
        return spec.copy();
    }

    private static Trigger checked(Spec spec) {
        if (spec.start != null && spec.end != null && spec.end.isBefore(spec.start)) {
            throw new InvalidTaskException("endAt", spec.end, "give an end that is not before startAt " + spec.start);
        }
        return new Trigger(spec);
    }

    /**
     * The next fire time.
     *
     * @param previous the fire time before, null for the first
     * @param now when the task is scheduled, or when its last run ended
     * @return later than {@code previous}, possibly before {@code now}; null when there is none any more. The limit of
     *     {@link #maxRuns} is not applied here: a pure function cannot count
     */
    public @Nullable Instant next(@Nullable Instant previous, Instant now) {
        if (previous != null && previous.isAfter(Checks.LATEST)) {
            return null;
        }
        long next = nextMicros(
                previous == null ? FireTimes.NONE : EngineClock.toMicros(previous), EngineClock.toMicros(now));
        return next == FireTimes.NONE ? null : EngineClock.toInstant(next);
    }

    /** As {@link #next}, in epoch microseconds, {@link FireTimes#NONE} for null. */
    long nextMicros(long previous, long now) {
        return FireTimes.next(spec, previous, now);
    }

    /**
     * The fire times from an instant on, computed one by one as they are requested; runs are taken to last no time.
     * Empty or finite where the trigger ends, else without end.
     */
    public Flux<Instant> timeline(Instant from) {
        Checks.instant("from", from);
        return Flux.generate(() -> new FireTimes.Cursor(this, EngineClock.toMicros(from)), (cursor, sink) -> {
            emit(cursor.next(), sink);
            return cursor;
        });
    }

    private static void emit(long micros, SynchronousSink<Instant> sink) {
        if (micros == FireTimes.NONE) {
            sink.complete();
        } else {
            sink.next(EngineClock.toInstant(micros));
        }
    }

    /** Whether there is at most one fire time. */
    public boolean isOnce() {
        return spec.kind == Kind.NOW || spec.kind == Kind.AT || spec.kind == Kind.AFTER;
    }

    /** The most fire times, {@link Long#MAX_VALUE} for no limit. */
    public long maxRuns() {
        return spec.maxRuns;
    }

    /** How long after its fire time a run may be due; zero by default. */
    public Duration jitter() {
        return spec.jitter;
    }

    /** No fire time is before this; null for no such bound. */
    public @Nullable Instant startAt() {
        return spec.start;
    }

    /** No fire time is after this; null for no such bound. */
    public @Nullable Instant endAt() {
        return spec.end;
    }

    /** The cron expression; null for other triggers. */
    public @Nullable Cron cron() {
        return spec.cron;
    }

    Spec spec() {
        return spec;
    }

    /** Whether it is a custom trigger that was read from text. */
    boolean lacksRule() {
        return spec.kind == Kind.CUSTOM && spec.rule == null;
    }

    /** This trigger, with the rule of its name where it is a custom one without. */
    Trigger resolved(Map<String, Rule> rules) {
        if (!lacksRule()) {
            return this;
        }
        Spec next = spec.copy();
        next.rule = rules.get(spec.name);
        return new Trigger(next);
    }

    /** A custom trigger as it is read from text: its rule has to be found by its name. */
    static Trigger named(String name) {
        Spec spec = new Spec(Kind.CUSTOM);
        spec.name = Checks.name("trigger", name);
        return new Trigger(spec);
    }

    /** Reads what {@link #toString} wrote; a custom trigger must be resolved by name before it can fire. */
    public static Trigger parse(String text) {
        return TriggerText.parse(text);
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Trigger that && toString().equals(that.toString()));
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** All settings as one line of words that {@link #parse} reads. */
    @Override
    public String toString() {
        return TriggerText.format(spec);
    }

    /** The settings while they are refined; never changed once a trigger holds them. */
    static final class Spec {
        final Kind kind;

        @Nullable
        Instant instant;

        @Nullable
        Duration duration;

        long durationMicros;

        @Nullable
        Cron cron;

        @Nullable
        String name;

        @Nullable
        Rule rule;

        @Nullable
        Instant start;

        @Nullable
        Instant end;

        long maxRuns = Long.MAX_VALUE;
        Duration jitter = Duration.ZERO;

        Spec(Kind kind) {
            this.kind = kind;
        }

        Spec copy() {
            Spec copy = new Spec(kind);
            copy.instant = instant;
            copy.duration = duration;
            copy.durationMicros = durationMicros;
            copy.cron = cron;
            copy.name = name;
            copy.rule = rule;
            copy.start = start;
            copy.end = end;
            copy.maxRuns = maxRuns;
            copy.jitter = jitter;
            return copy;
        }
    }
}
