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

    /** In place of a time: a trigger that is more than a moment. */
    static final long NO_MOMENT = Long.MIN_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long LAST_SECOND = Long.MAX_VALUE / NANOS_PER_SECOND - 1;

    private static final Trigger NOW = new Trigger(Kind.NOW, null, Limits.NONE);

    private final Kind kind;

    /** By kind the instant, the duration, the {@link Cron} or the {@link Custom}: one field, as millions of tasks may wait. */
    private final @Nullable Object what;

    private final Limits limits;

    private Trigger(Kind kind, @Nullable Object what, Limits limits) {
        this.kind = kind;
        this.what = what;
        this.limits = limits;
    }

    /** Once, as soon as there is a free slot. The default of tasks. */
    public static Trigger now() {
        return NOW;
    }

    /** Once, at an instant between the years 0 and 9999; one that has passed means now. */
    public static Trigger at(Instant instant) {
        return new Trigger(Kind.AT, Checks.instant("at", instant), Limits.NONE);
    }

    /** Once, this long after the task is scheduled. */
    public static Trigger after(Duration delay) {
        return new Trigger(Kind.AFTER, Checks.notNegative("after", delay), Limits.NONE);
    }

    /**
     * At a fixed rate without drift: first one period after the task is scheduled (or at {@link #startAt}), then every
     * period after the previous fire time, whatever runs take.
     *
     * @param period at least one microsecond
     */
    public static Trigger every(Duration period) {
        return new Trigger(Kind.EVERY, Checks.positive("every", period), Limits.NONE);
    }

    /** First one delay after the task is scheduled (or at {@link #startAt}), then one delay after each run has ended. */
    public static Trigger fixedDelay(Duration delay) {
        return new Trigger(Kind.FIXED_DELAY, Checks.positive("fixedDelay", delay), Limits.NONE);
    }

    /** At the times of a cron expression in UTC; see {@link Cron#parse} for what is understood. */
    public static Trigger cron(String expression) {
        return cron(Cron.parse(expression));
    }

    /** At the times of a cron expression with its own zone and daylight-saving policy. */
    public static Trigger cron(Cron cron) {
        return new Trigger(Kind.CRON, Objects.requireNonNull(cron, "cron"), Limits.NONE);
    }

    /**
     * At the times of a rule of your own.
     *
     * @param name under which nodes that read the trigger back from a durable store find the rule (the builder's
     *     {@code trigger})
     */
    public static Trigger custom(String name, Rule rule) {
        return custom(new Custom(Checks.name("trigger", name), Objects.requireNonNull(rule, "rule")));
    }

    private static Trigger custom(Custom custom) {
        return new Trigger(Kind.CUSTOM, custom, Limits.NONE);
    }

    /**
     * No fire time is before this; {@link #every} and {@link #fixedDelay} first fire just then. When it has passed,
     * {@link #every} keeps to its grid (start, start + period and so on) from now on, {@link #fixedDelay} fires now, and others
     * are as without it.
     */
    public Trigger startAt(Instant start) {
        return checked(refine("startAt").startAt(Checks.instant("startAt", start)));
    }

    /** No fire time is after this; {@link Instant#MAX} means no end. */
    public Trigger endAt(Instant end) {
        return checked(refine("endAt").endAt(end.equals(Instant.MAX) ? null : Checks.instant("endAt", end)));
    }

    /** At most this many fire times (at least 1); without it, no limit. */
    public Trigger maxRuns(long runs) {
        return within(refine("maxRuns").maxRuns(Checks.atLeast("maxRuns", runs, 1)));
    }

    /**
     * Each run is due up to this long after its fire time, by an amount that depends on the task's id and the fire time
     * only, so all nodes agree and tasks of one schedule do not start at once.
     */
    public Trigger jitter(Duration most) {
        return within(limits.jitter(Checks.notNegative("jitter", most)));
    }

    private Limits refine(String parameter) {
        if (isOnce()) {
            throw new InvalidTaskException(
                    parameter, this, "it needs a trigger that repeats: every, fixedDelay or cron");
        }
        return limits;
    }

    private Trigger checked(Limits changed) {
        if (changed.start != null && changed.end != null && changed.end.isBefore(changed.start)) {
            throw new InvalidTaskException(
                    "endAt", changed.end, "give an end that is not before startAt " + changed.start);
        }
        return within(changed);
    }

    private Trigger within(Limits changed) {
        return new Trigger(kind, what, changed);
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
        return FireTimes.next(this, previous, now);
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

    /**
     * Of a trigger that is nothing but its {@link #kind} and one instant or delay that counts in a long: that, in
     * nanoseconds (of an instant since 1970), for {@link #ofMoment}; {@link #NO_MOMENT} of others.
     */
    long momentNanos() {
        if (kind == Kind.NOW || !limits.equals(Limits.NONE)) {
            return NO_MOMENT;
        }
        if (kind == Kind.AT && what instanceof Instant at) {
            return nanos(at.getEpochSecond(), at.getNano());
        }
        return kind == Kind.AFTER && what instanceof Duration delay
                ? nanos(delay.getSeconds(), delay.getNano())
                : NO_MOMENT;
    }

    private static long nanos(long seconds, int nanos) {
        return Math.abs(seconds) > LAST_SECOND ? NO_MOMENT : seconds * NANOS_PER_SECOND + nanos;
    }

    /** The trigger whose {@link #kind} and {@link #momentNanos} these are. */
    static Trigger ofMoment(Kind kind, long nanos) {
        Object what = kind == Kind.AT
                ? Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND))
                : Duration.ofNanos(nanos);
        return new Trigger(kind, what, Limits.NONE);
    }

    /** Whether there is at most one fire time. */
    public boolean isOnce() {
        return kind == Kind.NOW || kind == Kind.AT || kind == Kind.AFTER;
    }

    /** The most fire times, {@link Long#MAX_VALUE} for no limit. */
    public long maxRuns() {
        return limits.maxRuns;
    }

    /** How long after its fire time a run may be due; zero by default. */
    public Duration jitter() {
        return limits.jitter;
    }

    /** No fire time is before this; null for no such bound. */
    public @Nullable Instant startAt() {
        return limits.start;
    }

    /** No fire time is after this; null for no such bound. */
    public @Nullable Instant endAt() {
        return limits.end;
    }

    /** The cron expression; null for other triggers. */
    public @Nullable Cron cron() {
        return what instanceof Cron cron ? cron : null;
    }

    Kind kind() {
        return kind;
    }

    /** Of {@link Kind#AT}. */
    @Nullable
    Instant instant() {
        return what instanceof Instant instant ? instant : null;
    }

    /** Of {@link Kind#AFTER}, {@link Kind#EVERY} and {@link Kind#FIXED_DELAY}. */
    @Nullable
    Duration duration() {
        return what instanceof Duration duration ? duration : null;
    }

    /** Of the kinds that have a {@link #duration}. */
    long durationMicros() {
        return Checks.micros(Objects.requireNonNull(duration()));
    }

    /** Of {@link Kind#CUSTOM}. */
    @Nullable
    Custom custom() {
        return what instanceof Custom custom ? custom : null;
    }

    /** Whether it is a custom trigger that was read from text. */
    boolean lacksRule() {
        return what instanceof Custom custom && custom.rule == null;
    }

    /** This trigger, with the rule of its name where it is a custom one without. */
    Trigger resolved(Map<String, Rule> rules) {
        return what instanceof Custom custom && custom.rule == null
                ? new Trigger(kind, new Custom(custom.name, rules.get(custom.name)), limits)
                : this;
    }

    /** A custom trigger as it is read from text: its rule has to be found by its name. */
    static Trigger named(String name) {
        return custom(new Custom(Checks.name("trigger", name), null));
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
        return TriggerText.format(this);
    }

    /** The rule of a custom trigger, null until it is found by its name. */
    record Custom(String name, @Nullable Rule rule) {}

    /** What holds for triggers of any kind. */
    private record Limits(@Nullable Instant start, @Nullable Instant end, long maxRuns, Duration jitter) {

        static final Limits NONE = new Limits(null, null, Long.MAX_VALUE, Duration.ZERO);

        Limits startAt(Instant changed) {
            return new Limits(changed, end, maxRuns, jitter);
        }

        Limits endAt(@Nullable Instant changed) {
            return new Limits(start, changed, maxRuns, jitter);
        }

        Limits maxRuns(long changed) {
            return new Limits(start, end, changed, jitter);
        }

        Limits jitter(Duration changed) {
            return new Limits(start, end, maxRuns, changed);
        }
    }
}
