package io.reactorscheduler.redis;

import io.reactorscheduler.SchedulerException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in Redis and means nothing to this release, because something else wrote it or a later release did. It is left as
 * it is, and must not hide what can be read.
 */
final class Unreadable {

    private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);

    private Unreadable() {}

    /** One of many rows; null for one to be passed over. */
    static <R, T> @Nullable T skip(R row, Function<? super R, ? extends T> read) {
        try {
            return read.apply(row);
        } catch (RuntimeException unreadable) {
            LOG.warn("Passing over what cannot be read: {}", row, unreadable);
            return null;
        }
    }

    /** The row of a task that somebody asks for; an error that says what to do when it cannot be read. */
    static <T> T check(String taskId, Row row, Function<? super Row, ? extends T> read) {
        try {
            return read.apply(row);
        } catch (SchedulerException | IllegalArgumentException | java.time.DateTimeException unreadable) {
            throw Replies.damaged(taskId, unreadable);
        }
    }
}
