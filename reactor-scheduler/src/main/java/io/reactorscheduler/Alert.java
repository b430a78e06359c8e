package io.reactorscheduler;

import java.time.Instant;

/**
 * Something that {@link AlertRules} watch went over its threshold, or came back.
 *
 * @param kind what is watched
 * @param subject the handler of a failure rate, the execution of a long run, the queue of a backlog or a lateness
 * @param value what was seen: a share from 0 to 1, seconds, or a number of tasks; when a long run is cleared, how long it took
 * @param threshold what the rule bears, in the same unit
 * @param time when it was seen, by the scheduler's clock
 * @param isRaised whether it went over the threshold; false when it came back
 */
public record Alert(Kind kind, String subject, double value, double threshold, Instant time, boolean isRaised) {

    /** What can be watched. */
    public enum Kind {
        /** The share of a handler's runs that failed for good. */
        FAILURE_RATE,
        /** How many seconds one attempt of a run takes. */
        LONG_RUN,
        /** How many tasks of a queue are due and wait for a free slot. */
        BACKLOG,
        /** How many seconds the oldest of that backlog has waited. */
        LATENESS
    }
}
