package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * How an execution ended, as data.
 *
 * @param kind how
 * @param result the stored result of a completed one, null for none
 * @param value the result itself where the run was in this process, null otherwise; durable stores do not keep it
 * @param error how the last attempt failed, of failed ones and of retries
 * @param retryAtMicros when to try again, in epoch microseconds; of retries only
 * @param reason why, of cancelled and skipped ones
 */
public record Outcome(
        Kind kind,
        @Nullable String result,
        @Nullable Object value,
        @Nullable ExecutionError error,
        long retryAtMicros,
        @Nullable String reason) {

    /** The ways to end. */
    public enum Kind {
        /** With success. */
        COMPLETED,
        /** With an error, for good. */
        FAILED,
        /** With an error, to be tried again later. */
        RETRY_AT,
        /** Ended from outside. */
        CANCELLED,
        /** Not run. */
        SKIPPED,
        /** Not run to its end here; given back to be claimed at once, as if it had not been. */
        RELEASED
    }

    private static final Outcome EMPTY = new Outcome(Kind.COMPLETED, null, null, null, 0, null);
    private static final Outcome RELEASED = new Outcome(Kind.RELEASED, null, null, null, 0, null);

    /** Success, with the result as JSON, or as the destination's reference, or null. */
    public static Outcome completed(@Nullable String result, @Nullable Object value) {
        return result == null ? EMPTY : new Outcome(Kind.COMPLETED, result, value, null, 0, null);
    }

    /** Failure for good. */
    public static Outcome failed(ExecutionError error) {
        return new Outcome(Kind.FAILED, null, null, error, 0, null);
    }

    /** Failure, with another attempt at the given time. */
    public static Outcome retryAt(long micros, ExecutionError error) {
        return new Outcome(Kind.RETRY_AT, null, null, error, micros, null);
    }

    /** Ended from outside, for this reason. */
    public static Outcome cancelled(String reason) {
        return new Outcome(Kind.CANCELLED, null, null, null, 0, reason);
    }

    /** Not run, for this reason. */
    public static Outcome skipped(String reason) {
        return new Outcome(Kind.SKIPPED, null, null, null, 0, reason);
    }

    /** Given back. */
    public static Outcome released() {
        return RELEASED;
    }

    /** Whether the execution is over. */
    public boolean isFinal() {
        return kind != Kind.RETRY_AT && kind != Kind.RELEASED;
    }
}
