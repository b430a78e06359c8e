package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something a handler said during a run: {@link RunContext#event} or {@link RunContext#progress}.
 *
 * @param executionId the execution it belongs to; it is kept and deleted with it
 * @param time when it was said
 * @param level how much it matters
 * @param message what was said
 * @param progress 0 to 1, null where the event is not about progress
 */
public record ExecutionEvent(
        String executionId,
        Instant time,
        Level level,
        String message,
        @Nullable Double progress) {

    /** How much an event matters. */
    public enum Level {
        /** For whoever debugs the handler. */
        DEBUG,
        /** The normal course of things. */
        INFO,
        /** Something is odd, the run goes on. */
        WARNING,
        /** Something failed. */
        ERROR
    }
}
