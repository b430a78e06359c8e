package io.reactorscheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one claim of a repeating task comes to: which fire time runs, which are used up without a run.
 *
 * @param claim the claim, for the fire time that runs (or, when none does, for the last one that is used up)
 * @param skipped fire times before that one which do not run
 * @param reason why the claim's own fire time does not run either; null when it runs
 */
record Plan(Claim claim, List<Skip> skipped, @Nullable String reason) {

    static Plan run(Claim claim) {
        return new Plan(claim, List.of(), null);
    }

    boolean runs() {
        return reason == null;
    }
}
