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
 * @param detail what comes with its kind, null for nothing; typed as {@link #element}, {@link #logged},
 *     {@link #execution}, {@link #error}, {@link #problem} and {@link #missed}
 * @param number of an element of a stream, larger than that of any element before on its node; 0 where there is none
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
        long number,
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

    /** The element that a run gave, of {@link Kind#RESULT}; null otherwise. */
    public @Nullable Object element() {
        return kind == Kind.RESULT ? detail : null;
    }

    /** What the handler said, of {@link Kind#LOGGED}; null otherwise. */
    public @Nullable ExecutionEvent logged() {
        return detail instanceof ExecutionEvent event ? event : null;
    }

    /** The record of a run that ended, or of fire times that were skipped; null otherwise. */
    public @Nullable Execution execution() {
        return detail instanceof Execution execution ? execution : null;
    }

    /** How the handler failed, where an attempt or a run did; null otherwise. */
    public @Nullable ExecutionError error() {
        Execution ended = execution();
        return ended != null ? ended.error() : detail instanceof ExecutionError error ? error : null;
    }

    /** What went wrong around the runs, of {@link Kind#PROBLEM}; null otherwise. */
    public @Nullable Throwable problem() {
        return kind == Kind.PROBLEM && detail instanceof Throwable thrown ? thrown : null;
    }

    /** How many events the subscriber missed, of {@link Kind#MISSED}; 0 otherwise. */
    public long missed() {
        return kind == Kind.MISSED && detail instanceof Long missed ? missed : 0;
    }

    /** The kind, what it is about and the message, for people. */
    @Override
    public String toString() {
        String about = executionId != null ? " " + executionId : task != null ? " " + task.id() : "";
        String said = kind == Kind.RESULT ? String.valueOf(detail) : message;
        return kind + about + " at " + time + (said.isEmpty() ? "" : ": " + said);
    }
}
