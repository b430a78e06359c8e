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
 *
 * <p>Where fire times may overlap, the timeline goes on before a run has ended. Then a claim either runs its own fire
 * time or uses up others, never both: what is used up is recorded in the step that moves the head. So whoever claims next
 * finds each fire time before it either running or recorded, never on its way, and counts of both are exact on all nodes.
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
        if (!claim.repeats()) {
            return Plan.run(claim);
        }
        // jitter delays on purpose: it does not count as being late
        long now = clock - Math.max(0, claim.dueMicros() - claim.fireMicros());
        if (!claim.overlaps()) {
            return judged(claim, now);
        }
        Plan plan = isOneTooMany(claim) ? Plan.skip(claim, List.of(), BOUND) : judged(claim, now);
        return plan.runs() && !plan.skipped().isEmpty()
                ? usedUpBefore(plan, claim)
                : plan.goingOnAt(head(plan.claim(), following(plan, clock)));
    }

    private static boolean isOneTooMany(Claim claim) {
        Overlap overlap = claim.task().overlap();
        return overlap.mode() == Overlap.Mode.PARALLEL && claim.attempt() == 1 && claim.active() >= overlap.bound();
    }

    private static Plan judged(Claim claim, long now) {
        if (claim.attempt() > 1 || claim.fireMicros() <= claim.bufferedUntilMicros() || isOnTime(claim, now)) {
            return Plan.run(claim);
        }
        Misfire misfire = claim.task().misfire();
        return switch (misfire.mode()) {
            case ONCE -> latest(claim, now);
            case SKIP -> tolerated(claim, now - Checks.micros(misfire.window()));
            case ALL -> newest(claim, now, now - Checks.micros(misfire.window()), misfire.max());
        };
    }

    /** Uses the claim up for what is skipped before the fire time of a late plan, which becomes the head and runs then. */
    private static Plan usedUpBefore(Plan late, Claim claim) {
        Claim kept = late.claim();
        String reason = late.skipped().get(0).reason();
        Missed before = missed(claim, kept.fireMicros() - 1, 1);
        return Plan.skip(
                        claim.firingAt(before.firstKept(), claim.bufferedUntilMicros()), before.skipped(reason), reason)
                .goingOnAt(head(kept.lateOnPurpose(), kept.fireMicros()));
    }

    /** Cheap and never wrong when it says yes; when it says no, the fire times are looked at. */
    private static boolean isOnTime(Claim claim, long now) {
        Trigger trigger = claim.task().trigger();
        long late = now - claim.fireMicros();
        boolean isJudgedByLateness = claim.task().misfire().mode() == Misfire.Mode.SKIP;
        return switch (trigger.kind()) {
            case FIXED_DELAY -> !isJudgedByLateness;
            case EVERY -> late < trigger.durationMicros() && !isJudgedByLateness;
            case CRON -> late < CRON_RESOLUTION_MICROS && !isJudgedByLateness;
            default -> late <= 0;
        };
    }

    private static Plan latest(Claim claim, long now) {
        Missed missed = missed(claim, now, 1);
        return Plan.run(claim.firingAt(missed.firstKept(), claim.bufferedUntilMicros()), missed.skipped(MISFIRED));
    }

    private static Plan tolerated(Claim claim, long earliest) {
        if (claim.fireMicros() >= earliest) {
            return Plan.run(claim);
        }
        // strictly before the earliest time that is tolerated, so that the next head is the first one within it
        Missed missed = missed(claim, earliest - 1, 1);
        return Plan.skip(
                claim.firingAt(missed.firstKept(), claim.bufferedUntilMicros()), missed.skipped(TOO_LATE), TOO_LATE);
    }

    private static Plan newest(Claim claim, long now, long windowStart, int max) {
        if (claim.fireMicros() < windowStart) {
            return tolerated(claim, windowStart);
        }
        Missed missed = missed(claim, now, max);
        return Plan.run(claim.firingAt(missed.firstKept(), missed.last()), missed.skipped(TOO_LATE));
    }

    /** The fire times from that of a claim on, as many as its trigger still allows. */
    private static Missed missed(Claim claim, long until, int keep) {
        Trigger trigger = claim.task().trigger();
        return new Missed(trigger, claim.fireMicros(), until, keep, Math.max(1, trigger.maxRuns() - claim.fired() + 1));
    }

    /** Where the timeline goes on after a run of it has ended. */
    static Next after(Plan plan, long now) {
        Claim claim = plan.claim();
        if (!movesHead(claim)) {
            return apart(plan);
        }
        long next = following(plan, now);
        if (next == NONE || next > now || next <= claim.bufferedUntilMicros()) {
            return new Next(head(claim, next), List.of());
        }
        Overlap overlap = claim.task().overlap();
        Trigger trigger = claim.task().trigger();
        boolean waits = overlap.mode() == Overlap.Mode.SEQUENTIAL;
        Missed missed = new Missed(trigger, next, now, waits ? overlap.bound() : 0, trigger.maxRuns() - plan.used());
        List<Skip> skipped = missed.skipped(OVERLAPPED);
        return waits
                ? new Next(head(claim.firingAt(claim.fireMicros(), missed.last()), missed.firstKept()), skipped)
                : new Next(head(claim, missed.following()), skipped);
    }

    /** Where the timeline goes on after a claim that does not run. */
    static Next afterSkip(Plan plan, long now) {
        Claim claim = plan.claim();
        return movesHead(claim) ? new Next(head(claim, following(plan, now)), List.of()) : apart(plan);
    }

    private static boolean movesHead(Claim claim) {
        return claim.repeats() && !claim.overlaps();
    }

    /** Of a timeline that does not wait for its runs, and of runs that are of none. */
    private static Next apart(Plan plan) {
        Claim claim = plan.claim();
        return claim.extra() || claim.overlaps() ? new Next(plan.head(), List.of()) : Next.ENDED;
    }

    private static long following(Plan plan, long now) {
        Trigger trigger = plan.claim().task().trigger();
        return plan.used() >= trigger.maxRuns()
                ? NONE
                : trigger.nextMicros(plan.claim().fireMicros(), now);
    }

    /** A fire time of the timeline of a claim as its head, with the claim's mark. */
    private static Position head(Claim claim, long fire) {
        if (fire == NONE) {
            return Position.ENDED;
        }
        long due = FireTimes.due(claim.task().trigger(), claim.task(), fire);
        return new Position(fire, due, claim.bufferedUntilMicros());
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
    }
}
