package io.reactorscheduler;

import java.time.Instant;
import java.util.Objects;

/** The arithmetic of fire times in epoch microseconds. */
final class FireTimes {

    /** No fire time. */
    static final long NONE = Long.MAX_VALUE;

    private static final long LATEST = EngineClock.toMicros(Checks.LATEST);

    private FireTimes() {}

    static long next(Trigger trigger, long previous, long now) {
        Instant start = trigger.startAt();
        long next = start == null
                ? unbounded(trigger, previous, now)
                : started(trigger, EngineClock.toMicros(start), previous, now);
        return beforeEnd(trigger, next);
    }

    private static long beforeEnd(Trigger trigger, long next) {
        Instant end = trigger.endAt();
        return end != null && next > EngineClock.toMicros(end) ? NONE : next;
    }

    private static long started(Trigger trigger, long start, long previous, long now) {
        if (previous != NONE) {
            return Math.max(start, unbounded(trigger, previous, now));
        }
        switch (trigger.kind()) {
            case EVERY:
                return onGrid(start, trigger.durationMicros(), now);
            case FIXED_DELAY:
                return Math.max(start, now);
            default:
                // one microsecond earlier, because the rules look for what is strictly later
                return unbounded(trigger, NONE, Math.max(start - 1, now));
        }
    }

    /** The next fire time of a trigger that repeats and was stopped before a fire time; a fixed rate keeps its phase. */
    static long resumed(Trigger trigger, long stoppedBefore, long now) {
        return trigger.kind() == Trigger.Kind.EVERY
                ? beforeEnd(trigger, onGrid(stoppedBefore, trigger.durationMicros(), now))
                : trigger.nextMicros(NONE, now);
    }

    /** The first point of the grid {@code start + n * period} that is not before {@code now}. */
    private static long onGrid(long start, long period, long now) {
        if (now <= start) {
            return start;
        }
        long passed = (now - start + period - 1) / period;
        return start + passed * period;
    }

    private static long unbounded(Trigger trigger, long previous, long now) {
        boolean first = previous == NONE;
        switch (trigger.kind()) {
            case NOW:
                return first ? now : NONE;
            case AT:
                return first ? EngineClock.toMicros(Objects.requireNonNull(trigger.instant())) : NONE;
            case AFTER:
                return first ? plus(now, trigger.durationMicros()) : NONE;
            case EVERY:
                return plus(first ? now : previous, trigger.durationMicros());
            case FIXED_DELAY:
                return plus(now, trigger.durationMicros());
            case CRON:
                return micros(
                        Objects.requireNonNull(trigger.cron()).next(EngineClock.toInstant(first ? now : previous)));
            case CUSTOM:
                return custom(Objects.requireNonNull(trigger.custom()), previous, now);
        }
        throw new AssertionError(trigger.kind());
    }

    /** None beyond the last year that is understood. */
    private static long plus(long micros, long duration) {
        long sum = micros + duration;
        return sum < micros || sum > LATEST ? NONE : sum;
    }

    private static long custom(Trigger.Custom custom, long previous, long now) {
        Trigger.Rule rule = custom.rule();
        if (rule == null) {
            throw new InvalidTaskException(
                    "trigger",
                    custom.name(),
                    "give the rule of this name to builder.trigger(...) on every node that runs it");
        }
        Instant before = previous == NONE ? null : EngineClock.toInstant(previous);
        long next = micros(rule.next(before, EngineClock.toInstant(now)));
        if (previous != NONE && next <= previous) {
            throw new InvalidTaskException(
                    "trigger",
                    custom.name(),
                    "its rule must give a time later than " + before + ", not " + EngineClock.toInstant(next));
        }
        return next;
    }

    private static long micros(@org.jspecify.annotations.Nullable Instant instant) {
        return instant == null ? NONE : EngineClock.toMicros(instant);
    }

    /** When a fire time is due: itself, plus the spread of {@link Trigger#jitter}. */
    static long due(Trigger trigger, TaskRecord task, long fireMicros) {
        long most = Checks.micros(trigger.jitter());
        if (most == 0) {
            return fireMicros;
        }
        long mixed = (fireMicros ^ ((long) task.id().hashCode() << 32)) * 0x9E3779B97F4A7C15L;
        return fireMicros + Math.floorMod(mixed ^ (mixed >>> 29), most + 1);
    }

    /** Walks a timeline whose runs last no time, so each fire time is also the now of the next question. */
    static final class Cursor {
        private final Trigger trigger;
        private long previous = NONE;
        private long now;
        private long left;

        Cursor(Trigger trigger, long from) {
            this.trigger = trigger;
            this.now = from;
            this.left = trigger.maxRuns();
        }

        long next() {
            if (left-- <= 0) {
                return NONE;
            }
            long next = trigger.nextMicros(previous, now);
            previous = next;
            now = Math.max(now, next);
            return next;
        }
    }
}
