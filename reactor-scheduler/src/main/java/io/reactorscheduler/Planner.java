package io.reactorscheduler;

import java.util.List;

/**
 * Decides, from trigger, misfire and overlap rules, which fire times run and where the timeline goes on. Pure functions
 * of a claim and the time.
 *
 * <p>Two questions, asked at two moments. When a claim is about to run ({@link #plan}): fire times may have passed while
 * nobody could run them; the misfire rule picks which of them run. When a run has ended ({@link #after}): fire times may
 * have passed during the run; the overlap rule picks which of them still run. In both, what runs later of a row of missed
 * fire times is always its newest part, so one mark ({@link Position#bufferedUntilMicros}) says up to where fire times
 * are late on purpose; they are not judged again.
 */
final class Planner {

    static final String MISFIRED = "misfired: a later fire time had passed too before it could run";
    static final String TOO_LATE = "misfired: later than its tolerance or window allows";
    static final String OVERLAPPED = "overlapped: the run before it was still active";
    static final String BOUND = "overlapped: as many runs as allowed in parallel were active";

    /** Gaps in cron expressions are whole seconds, so a claim less late than this cannot have missed the next one. */
    private static final long CRON_RESOLUTION_MICROS = 1_000_000;

    private static final long NONE = FireTimes.NONE;

    private Planner() {}

    /** What a claim that is about to run comes to. */
    static Plan plan(Claim claim, long clock) {
        // jitter delays on purpose: it does not count as being late
        long now = clock - Math.max(0, claim.dueMicros() - claim.fireMicros());
        if (!claim.repeats() || claim.attempt() > 1) {
            return Plan.run(claim);
        }
        Overlap overlap = claim.task().overlap();
        if (overlap.mode() == Overlap.Mode.PARALLEL && claim.active() >= overlap.bound()) {
            return new Plan(claim, List.of(), BOUND);
        }
        if (claim.fireMicros() <= claim.bufferedUntilMicros() || isOnTime(claim, now)) {
            return Plan.run(claim);
        }
        Misfire misfire = claim.task().misfire();
        return switch (misfire.mode()) {
            case ONCE -> latest(claim, now);
            case SKIP -> tolerated(claim, now - Checks.micros(misfire.window()));
            case ALL -> newest(claim, now, now - Checks.micros(misfire.window()), misfire.max());
        };
    }

    /** Cheap and never wrong when it says yes; when it says no, the fire times are looked at. */
    private static boolean isOnTime(Claim claim, long now) {
        Trigger.Spec spec = claim.task().trigger().spec();
        long late = now - claim.fireMicros();
        boolean isJudgedByLateness = claim.task().misfire().mode() == Misfire.Mode.SKIP;
        return switch (spec.kind) {
            case FIXED_DELAY -> !isJudgedByLateness;
            case EVERY -> late < spec.durationMicros && !isJudgedByLateness;
            case CRON -> late < CRON_RESOLUTION_MICROS && !isJudgedByLateness;
            default -> late <= 0;
        };
    }

    private static Plan latest(Claim claim, long now) {
        Missed missed = new Missed(claim, claim.fireMicros(), now, 1);
        return new Plan(
                claim.firingAt(missed.firstKept(), claim.bufferedUntilMicros()), missed.skipped(MISFIRED), null);
    }

    private static Plan tolerated(Claim claim, long earliest) {
        if (claim.fireMicros() >= earliest) {
            return Plan.run(claim);
        }
        // strictly before the earliest time that is tolerated, so that the next head is the first one within it
        Missed missed = new Missed(claim, claim.fireMicros(), earliest - 1, 1);
        return new Plan(
                claim.firingAt(missed.firstKept(), claim.bufferedUntilMicros()), missed.skipped(TOO_LATE), TOO_LATE);
    }

    private static Plan newest(Claim claim, long now, long windowStart, int max) {
        if (claim.fireMicros() < windowStart) {
            return tolerated(claim, windowStart);
        }
        Missed missed = new Missed(claim, claim.fireMicros(), now, max);
        return new Plan(claim.firingAt(missed.firstKept(), missed.last()), missed.skipped(TOO_LATE), null);
    }

    /** Where the timeline goes on after a run of it has ended. */
    static Next after(Claim claim, long now) {
        if (!movesHead(claim)) {
            return isApart(claim) ? Next.UNCHANGED : Next.ENDED;
        }
        long next = following(claim, now);
        if (next == NONE || next > now || next <= claim.bufferedUntilMicros()) {
            return Next.at(claim, next, claim.bufferedUntilMicros(), List.of());
        }
        Overlap overlap = claim.task().overlap();
        boolean waits = overlap.mode() == Overlap.Mode.SEQUENTIAL;
        Missed missed = new Missed(claim, next, now, waits ? overlap.bound() : 0);
        List<Skip> skipped = missed.skipped(OVERLAPPED);
        return waits
                ? Next.at(claim, missed.firstKept(), missed.last(), skipped)
                : Next.at(claim, missed.following(), claim.bufferedUntilMicros(), skipped);
    }

    /** Where the timeline goes on after a claim that does not run. */
    static Next afterSkip(Claim claim, long now) {
        return movesHead(claim) ? new Next(advance(claim, now), List.of()) : Next.UNCHANGED;
    }

    /** The fire time after that of a claim, whatever passed meanwhile: where an overlapping timeline goes on at once. */
    static Position advance(Claim claim, long now) {
        return Next.at(claim, following(claim, now), claim.bufferedUntilMicros(), List.of())
                .position();
    }

    private static boolean movesHead(Claim claim) {
        return claim.repeats() && !claim.overlaps();
    }

    private static boolean isApart(Claim claim) {
        return claim.extra() || claim.overlaps();
    }

    private static long following(Claim claim, long now) {
        Trigger trigger = claim.task().trigger();
        return claim.fired() >= trigger.maxRuns() ? NONE : trigger.nextMicros(claim.fireMicros(), now);
    }

    /**
     * Where the timeline goes on.
     *
     * @param position the next head
     * @param skipped fire times before it that do not run
     */
    record Next(Position position, List<Skip> skipped) {
        static final Next ENDED = new Next(Position.ENDED, List.of());
        static final Next UNCHANGED = new Next(Position.UNCHANGED, List.of());

        static Next at(Claim claim, long fire, long bufferedUntil, List<Skip> skipped) {
            if (fire == NONE) {
                return skipped.isEmpty() ? ENDED : new Next(Position.ENDED, skipped);
            }
            long due = FireTimes.due(claim.task().trigger(), claim.task().id(), fire);
            return new Next(new Position(fire, due, bufferedUntil), skipped);
        }
    }
}
