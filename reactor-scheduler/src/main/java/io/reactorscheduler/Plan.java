package io.reactorscheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one claim of a task comes to: which fire time runs, which are used up without a run.
 *
 * @param claim the claim, for the fire time that runs (or, when none does, for the last one that is used up)
 * @param skipped fire times before that one which do not run
 * @param reason why the claim's own fire time does not run either; null when it runs
 * @param head of tasks whose fire times may overlap where the timeline goes on, which does not wait for the end of the
 *     run; of others {@link Position#UNCHANGED}, because that is decided when the run ends
 */
record Plan(Claim claim, List<Skip> skipped, @Nullable String reason, Position head) {

    static Plan run(Claim claim) {
        return run(claim, List.of());
    }

    static Plan run(Claim claim, List<Skip> skipped) {
        return new Plan(claim, skipped, null, Position.UNCHANGED);
    }

    static Plan skip(Claim claim, List<Skip> skipped, String reason) {
        return new Plan(claim, skipped, reason, Position.UNCHANGED);
    }

    Plan goingOnAt(Position next) {
        return new Plan(claim, skipped, reason, next);
    }

    boolean runs() {
        return reason == null;
    }

    /** How many fire times of the timeline are used up with this one, itself included. */
    long used() {
        long used = claim.fired();
        for (Skip skip : skipped) {
            used += skip.count();
        }
        return used;
    }
}
