package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The record of one run of one task for one fire time; of skipped fire times, one record for a row of them.
 *
 * @param id unique: the task's id, {@code #}, and the number of the execution within the task; of a row of skipped fire
 *     times that of the execution that skipped them, {@code -skipped-}, and the first of them in epoch microseconds
 * @param task the task as it was when the execution was claimed
 * @param input the input it ran with, as JSON; null for none
 * @param state where it stands
 * @param fireTime the fire time it runs for; of skipped ones the first
 * @param startedAt while it runs when it was claimed, because runs start at once and stores hear of attempts at their end
 *     only; after that when its last attempt started; null before its first claim and when skipped
 * @param endedAt when it ended, null before that
 * @param attempt how many attempts were started
 * @param node the node that runs or ran it; empty while none does
 * @param fence the fencing token of its last claim
 * @param result the stored result as JSON, or what the {@link ResultDestination} gave for it; null for none
 * @param value the result itself where the run was in this process and the store still has it, null otherwise
 * @param error how its last attempt failed, null if it did not
 * @param reason why it was skipped or cancelled, null otherwise
 * @param fireTimes how many fire times the record stands for: 1, or the number of skipped ones
 */
public record Execution(
        String id,
        TaskRecord task,
        @Nullable String input,
        TaskState state,
        Instant fireTime,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        int attempt,
        String node,
        long fence,
        @Nullable String result,
        @Nullable Object value,
        @Nullable ExecutionError error,
        @Nullable String reason,
        long fireTimes) {

    private static final char MARK = '#';

    /** The id of the task. */
    public String taskId() {
        return task.id();
    }

    /** The name of the handler. */
    public String handler() {
        return task.handler();
    }

    /** The queue the task waits in. */
    public String queue() {
        return task.queue();
    }

    /** Whether it ended with success. */
    public boolean isSuccess() {
        return state == TaskState.COMPLETED;
    }

    /** The id of execution {@code number} of a task. */
    public static String id(String taskId, long number) {
        return taskId + MARK + number;
    }

    /** The task of an execution by the execution's {@link #id}, also of skipped rows; the text itself where it is no such id. */
    public static String taskIdOf(String executionId) {
        int mark = executionId.lastIndexOf(MARK);
        return mark < 0 ? executionId : executionId.substring(0, mark);
    }

    /** The number within its task of the execution of this {@link #id}; 0 where it is no such id, and of skipped rows. */
    public static long numberOf(String executionId) {
        try {
            return Long.parseLong(executionId.substring(executionId.lastIndexOf(MARK) + 1));
        } catch (NumberFormatException notOfAnExecution) {
            return 0;
        }
    }
}
