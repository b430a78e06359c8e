package io.reactorscheduler;

import java.time.Instant;
import java.util.List;

/**
 * The fire times of a timeline from a first one up to a moment, of which the newest few are kept and the others are not.
 *
 * <p>Fixed rates are computed; other triggers are walked, at most {@link #MOST_STEPS} fire times; then the newest are
 * looked for from the end and the count is a lower bound.
 */
final class Missed {

    static final int MOST_STEPS = 100_000;

    private static final long FIRST_LOOK_BACK_MICROS = 1_000_000;

    private final long first;
    private final long[] kept;
    private final long count;
    private final long lastDropped;
    private final long following;

    /**
     * @param first a fire time, not after {@code until}
     * @param keep how many of the newest are kept, 0 for none
     * @param left how many fire times there are from the first on, at least 1; rows too long to be walked may exceed it
     */
    Missed(Trigger trigger, long first, long until, int keep, long left) {
        this.first = first;
        if (trigger.kind() == Trigger.Kind.EVERY) {
            long period = trigger.durationMicros();
            Instant last = trigger.endAt();
            long end = last == null ? until : Math.min(until, EngineClock.toMicros(last));
            long steps = Math.min((end - first) / period, left - 1);
            this.count = steps + 1;
            int keptCount = (int) Math.min(Math.min(keep, MOST_STEPS), count);
            this.kept = new long[keptCount];
            for (int i = 0; i < keptCount; i++) {
                kept[i] = first + (steps - (keptCount - 1 - i)) * period;
            }
            this.lastDropped = first + (steps - keptCount) * period;
            this.following = count == left ? FireTimes.NONE : trigger.nextMicros(first + steps * period, until);
            return;
        }
        Walk walk = new Walk(trigger, until, keep);
        walk.from(first, left);
        long counted = walk.seen;
        if (walk.isCutOff() && trigger.kind() == Trigger.Kind.CRON) {
            walk.jump();
        }
        this.count = counted;
        this.kept = walk.newest(Math.min(Math.min(keep, MOST_STEPS), counted));
        this.lastDropped = walk.beforeNewest(kept.length, first);
        this.following = walk.following();
    }

    /** Walks fire times and remembers the newest few of them, and one more. */
    private static final class Walk {
        private final Trigger trigger;
        private final long until;
        private final long[] ring;
        private long seen;
        private long next;

        Walk(Trigger trigger, long until, int keep) {
            this.trigger = trigger;
            this.until = until;
            this.ring = new long[Math.min(keep, MOST_STEPS) + 1];
        }

        void from(long fire, long left) {
            seen = 0;
            next = fire;
            while (next <= until && seen < MOST_STEPS) {
                ring[(int) (seen++ % ring.length)] = next;
                next = seen == left ? FireTimes.NONE : trigger.nextMicros(next, until);
            }
        }

        boolean isCutOff() {
            return next <= until;
        }

        /** Looks back from the end, further each time, until there are enough fire times between there and the end. */
        void jump() {
            long cutOffAt = next;
            for (long back = FIRST_LOOK_BACK_MICROS; isCutOff() || seen < ring.length; back *= 2) {
                if (until - back <= cutOffAt) {
                    break;
                }
                from(trigger.nextMicros(until - back, until), Long.MAX_VALUE);
            }
        }

        long[] newest(long wanted) {
            long[] newest = new long[(int) Math.min(wanted, seen)];
            for (int i = 0; i < newest.length; i++) {
                newest[i] = ring[(int) ((seen - newest.length + i) % ring.length)];
            }
            return newest;
        }

        long beforeNewest(int newest, long otherwise) {
            return seen > newest ? ring[(int) ((seen - newest - 1) % ring.length)] : otherwise;
        }

        long following() {
            return isCutOff() ? trigger.nextMicros(until, until) : next;
        }
    }

    /** The oldest fire time that is kept. */
    long firstKept() {
        return kept[0];
    }

    /** The newest fire time that has passed. */
    long last() {
        return kept[kept.length - 1];
    }

    /** The fire time after the moment, {@link FireTimes#NONE} for none. */
    long following() {
        return following;
    }

    /** Those that are not kept, as a row; none if all are. */
    List<Skip> skipped(String reason) {
        long dropped = count - kept.length;
        return dropped == 0 ? List.of() : List.of(new Skip(first, lastDropped, dropped, reason));
    }
}
