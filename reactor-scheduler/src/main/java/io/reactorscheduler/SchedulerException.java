package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * The root of the errors this library reports: unchecked, with the task and the execution it is about as fields and
 * with the way out in its message.
 *
 * <p>What a handler throws is never wrapped in this type: it is data in the outcome of its execution.
 */
public class SchedulerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String taskId;
    private final @Nullable String executionId;

    /**
     * Creates an error.
     *
     * @param message what is wrong and what to do next
     * @param taskId the task it is about, or null when there is none
     * @param executionId the execution it is about, or null when there is none
     * @param cause what led to it, or null
     */
    protected SchedulerException(
            String message, @Nullable String taskId, @Nullable String executionId, @Nullable Throwable cause) {
        super(message, cause);
        this.taskId = taskId;
        this.executionId = executionId;
    }

    /** The id of the task this error is about, or null when it is about no task or one that has no id yet. */
    public final @Nullable String taskId() {
        return taskId;
    }

    /** The id of the execution this error is about, or null when it is about none. */
    public final @Nullable String executionId() {
        return executionId;
    }
}
