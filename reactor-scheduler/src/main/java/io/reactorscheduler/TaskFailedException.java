package io.reactorscheduler;

/**
 * How {@link ScheduledTask#results()} ends when the last run of a task failed.
 *
 * <p>Not a {@link SchedulerException}: the scheduler did its work, the handler did not. The cause is the handler's own
 * error where the run was in this process; the {@link #execution()} says all that was recorded.
 */
public final class TaskFailedException extends RuntimeException {

    private final transient Execution execution;

    /** For the execution that ended the task. */
    TaskFailedException(Execution execution) {
        super("Execution \"" + execution.id() + "\" ended " + execution.state() + reason(execution), cause(execution));
        this.execution = execution;
    }

    private static String reason(Execution execution) {
        return execution.error() == null
                ? ""
                : ": " + execution.error().type() + ": " + execution.error().message();
    }

    private static @org.jspecify.annotations.Nullable Throwable cause(Execution execution) {
        return execution.error() == null ? null : execution.error().thrown();
    }

    /** The execution that ended the task. */
    public Execution execution() {
        return execution;
    }
}
