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
        List<Skip> skipped) {

    /** The same end with another outcome. */
    Completion withOutcome(Outcome other) {
        return new Completion(claim, other, attempt, startedMicros, endedMicros, next, skipped);
    }

    /** The record of the execution after this end. */
    public Execution execution(String node) {
        TaskState state = switch (outcome.kind()) {
            case COMPLETED -> TaskState.COMPLETED;
            case FAILED -> TaskState.FAILED;
            case RETRY_AT -> TaskState.RETRYING;
            case CANCELLED -> TaskState.CANCELLED;
            case SKIPPED -> TaskState.SKIPPED;
            case RELEASED -> TaskState.PENDING;
        };
        return new Execution(
                claim.executionId(),
                claim.task(),
                claim.input(),
                state,
                claim.fireTime(),
                startedMicros == Position.NO_TIME ? null : EngineClock.toInstant(startedMicros),
                outcome.isFinal() ? EngineClock.toInstant(endedMicros) : null,
                attempt,
                node,
                claim.fence(),
                outcome.result(),
                outcome.value(),
                outcome.error(),
                outcome.reason(),
                1);
    }

    /** The record of one row of fire times that this claim used up without running them. */
    public Execution skipped(String node, Skip skip) {
        return new Execution(
                claim.executionId() + "-skipped-" + skip.fromMicros(),
                claim.task(),
                claim.input(),
                TaskState.SKIPPED,
                EngineClock.toInstant(skip.fromMicros()),
                null,
                EngineClock.toInstant(endedMicros),
                0,
                node,
                claim.fence(),
                null,
                null,
                null,
                skip.reason(),
                skip.count());
    }
}
