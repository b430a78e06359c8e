package io.reactorscheduler;

import java.util.List;

/**
 * The end of one claim, to be recorded in one atomic step: the outcome and the next head of the timeline.
 *
 * @param claim the claim; if its fence is not the execution's last, nothing is changed
 * @param outcome how it ended
 * @param attempt how many attempts were started in all
 * @param startedMicros when the last attempt started, in epoch microseconds; {@link Position#NO_TIME} if none did
 * @param endedMicros when it ended
 * @param next the next head of the timeline, or {@link Position#UNCHANGED}
 * @param skipped fire times that this claim or its run used up without running them
 */
public record Completion(
        Claim claim,
        Outcome outcome,
        int attempt,
        long startedMicros,
        long endedMicros,
        Position next,
        List<Skip> skipped) {}
