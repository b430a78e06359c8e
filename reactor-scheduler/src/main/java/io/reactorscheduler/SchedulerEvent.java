package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that just happened, as {@link ReactiveScheduler#events()} streams it.
 *
 * @param kind what happened
 * @param time when, by the store's clock
 * @param task the task it is about, null where it is about none
 * @param executionId the execution it is about, null where it is about none
 * @param attempt the attempt, 0 where there is none
 * @param message in words: the handler's message, the error, the reason; empty for none
 * @param detail the element of {@link Kind#RESULT}, the {@link ExecutionEvent} of {@link Kind#LOGGED}, the
 *     {@link ExecutionError} of {@link Kind#RETRYING}, the {@link Execution} of what ended or was skipped, the
 *     {@link Throwable} of {@link Kind#PROBLEM}, the number of lost events of {@link Kind#MISSED}; null for none
 * @param isLast whether the task will not run again by itself
 */
public record SchedulerEvent(
        Kind kind,
        Instant time,
        @Nullable TaskRecord task,
        @Nullable String executionId,
        int attempt,
        String message,
        @Nullable Object detail,
        boolean isLast) {

    /** What can happen. */
    public enum Kind {
        /** A task was saved. */
        SCHEDULED,
        /** An attempt started. */
        STARTED,
        /** A run gave an element of its output. */
        RESULT,
        /** A handler said something: an event or its progress. */
        LOGGED,
        /** An attempt failed and there will be another one. */
        RETRYING,
        /** A run ended with success. */
        COMPLETED,
        /** A run failed for good. */
        FAILED,
        /** A task was cancelled, or a run of it was. */
        CANCELLED,
        /** Fire times did not run. */
        SKIPPED,
        /** A run was given back to the store, not finished. */
        RELEASED,
        /** A run lost its lease; what it reported was not recorded. */
        LOST,
        /** A task was taken out of its line, because several nodes in a row were lost while they ran it. */
        QUARANTINED,
        /** A task was removed. */
        REMOVED,
        /** Something around the runs went wrong: the store, a trigger, a listener; the scheduler goes on. */
        PROBLEM,
        /** The subscriber was too slow and missed events. */
        MISSED
    }

    /** The id of the task it is about, null where it is about none. */
    public @Nullable String taskId() {
        return task == null ? null : task.id();
    }
}
