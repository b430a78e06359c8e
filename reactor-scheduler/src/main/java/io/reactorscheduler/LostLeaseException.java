package io.reactorscheduler;

/** The right to run an execution was lost, so the run was cancelled; another node may run it now. */
public final class LostLeaseException extends SchedulerException {

    /** For the task and the execution whose lease is gone. */
    LostLeaseException(String taskId, String executionId) {
        super(
                "Lease of execution \"" + executionId
                        + "\" was lost: the store was out of reach for longer than the lease, or "
                        + "gave the work to another node; nothing this run still reports is recorded",
                taskId,
                executionId,
                null);
    }
}
