package io.reactorscheduler;

/**
 * Where a task or one execution of it stands.
 *
 * <pre>
 * PENDING --claimed--> RUNNING --success--> COMPLETED   (a repeating task: PENDING again)
 *                      RUNNING --failure--> RETRYING --claimed--> RUNNING
 *                      RUNNING --failure, no retry left--> FAILED   (a repeating task: PENDING again)
 * PENDING, RUNNING, RETRYING --cancel--> CANCELLED --resume--> PENDING
 *                      RUNNING --its node is lost again and again--> QUARANTINED --resume--> PENDING
 * FAILED --retry--> PENDING
 * </pre>
 */
public enum TaskState {
    /** Waits for its fire time or for a free slot. */
    PENDING,
    /** At least one execution is claimed. */
    RUNNING,
    /** Waits for the time of its next attempt. */
    RETRYING,
    /** The last fire time ran with success. */
    COMPLETED,
    /** The last fire time failed and no retry is left. */
    FAILED,
    /** Cancelled by a caller; can be resumed. */
    CANCELLED,
    /** Not claimed any more, because several nodes in a row were lost while they ran it; can be resumed. */
    QUARANTINED,
    /** Of executions only: one or more fire times did not run, with a reason. */
    SKIPPED;

    /** Whether nothing more happens by itself. */
    public boolean isFinal() {
        return this == COMPLETED || this == FAILED || isHalted() || this == SKIPPED;
    }

    /** Whether the task was taken out of its line and can be resumed. */
    public boolean isHalted() {
        return this == CANCELLED || this == QUARANTINED;
    }
}
