package io.reactorscheduler;

import java.util.List;

/**
 * The fire times of a timeline from a first one up to a moment, of which the newest few are kept and the others are not.
 *
 * <p>Fixed rates are computed; other triggers are walked, at most {@link #MOST_STEPS} fire times, then the walk jumps to
 * the moment and the count is a lower bound.
 */
final class Missed {

    static final int MOST_STEPS = 100_000;

    private final long first;
    private final long[] kept;
    private final long count;
    private final long lastDropped;
    private final long following;

    /**
     * @param first a fire time, not after {@code until}
     * @param keep how many of the newest are kept, 0 for none
     */
    Missed(Claim claim, long first, long until, int keep) {
        Trigger trigger = claim.task().trigger();
        Trigger.Spec spec = trigger.spec();
        this.first = first;
        if (spec.kind == Trigger.Kind.EVERY) {
            long period = spec.durationMicros;
            long end = spec.end == null ? until : Math.min(until, EngineClock.toMicros(spec.end));
            long steps = (end - first) / period;
            this.count = steps + 1;
            int keptCount = (int) Math.min(keep, count);
            this.kept = new long[keptCount];
            for (int i = 0; i < keptCount; i++) {
                kept[i] = first + (steps - (keptCount - 1 - i)) * period;
            }
            this.lastDropped = first + (steps - keptCount) * period;
            this.following = trigger.nextMicros(first + steps * period, until);
            return;
        }
        // the newest fire times seen so far, in a ring of one more than are kept: the oldest of it is the last dropped
        long[] ring = new long[keep + 1];
        long seen = 0;
        long next = first;
        while (next != FireTimes.NONE && next <= until) {
            ring[(int) (seen++ % ring.length)] = next;
            next = trigger.nextMicros(seen == MOST_STEPS ? until : next, until);
            if (seen > MOST_STEPS) {
                break;
            }
        }
        this.count = seen;
        this.following = next;
        int keptCount = (int) Math.min(keep, seen);
        this.kept = new long[keptCount];
        for (int i = 0; i < keptCount; i++) {
            kept[i] = ring[(int) ((seen - keptCount + i) % ring.length)];
        }
        this.lastDropped = seen > keptCount ? ring[(int) ((seen - keptCount - 1) % ring.length)] : first;
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
