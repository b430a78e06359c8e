package io.reactorscheduler;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * A stretch of time in which a zone keeps one offset, with what the clocks show around its two ends. All in seconds,
 * either since the epoch or, where called local, on the wall clock.
 *
 * <p>If {@code localBefore} is less than {@code localStart}, the span begins with a gap, and those are its two ends; if
 * it is more, the span begins with an overlap, and repeats the local times between the two. {@code localEnd} and
 * {@code localAfter} say the same of the end.
 *
 * @param start the first second, {@link Long#MIN_VALUE} when the offset has always held
 * @param end the second after the last, {@link Long#MAX_VALUE} when the offset holds for ever
 * @param offset local time minus time since the epoch
 * @param localBefore where the clocks stood when they were set to {@link #localStart()}
 * @param localAfter where the clocks are set when they reach {@link #localEnd()}
 */
record CronSpan(long start, long end, int offset, long localBefore, long localAfter) {

    /** The span of a zone that contains a second. */
    static CronSpan at(ZoneRules rules, long second) {
        Instant instant = Instant.ofEpochSecond(second);
        ZoneOffset offset = rules.getOffset(instant);
        ZoneOffsetTransition first = rules.previousTransition(instant.plusNanos(1));
        ZoneOffsetTransition last = rules.nextTransition(instant);
        return new CronSpan(
                first == null ? Long.MIN_VALUE : first.toEpochSecond(),
                last == null ? Long.MAX_VALUE : last.toEpochSecond(),
                offset.getTotalSeconds(),
                first == null ? Long.MIN_VALUE : local(first, first.getOffsetBefore()),
                last == null ? Long.MAX_VALUE : local(last, last.getOffsetAfter()));
    }

    boolean contains(long second) {
        return second >= start && second < end;
    }

    /** What the clocks show at the first second. */
    long localStart() {
        return start == Long.MIN_VALUE ? start : start + offset;
    }

    /** What the clocks would show at the second after the last. */
    long localEnd() {
        return end == Long.MAX_VALUE ? end : end + offset;
    }

    private static long local(ZoneOffsetTransition transition, ZoneOffset offset) {
        return transition.toEpochSecond() + offset.getTotalSeconds();
    }
}
