package io.reactorscheduler.redis;

import io.reactorscheduler.DuplicateTaskException;
import io.reactorscheduler.RejectedTaskException;
import io.reactorscheduler.SchedulerException;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.UnknownTaskException;
import org.jspecify.annotations.Nullable;

/** What scripts answer instead of a result, and the one place that makes errors of it. */
enum Replies {
    /** The id is taken. */
    DUPLICATE("D"),
    /** The queue is full; then its capacity and its name. */
    FULL("F"),
    /** Nothing of this id is known. */
    UNKNOWN("U"),
    /** There is a row of this id that cannot be read. */
    DAMAGED("B");

    private final String code;

    Replies(String code) {
        this.code = code;
    }

    /** The code in a reply. */
    String code() {
        return code;
    }

    /** Whether a reply is this one; a reply of several elements is one of tasks unless it is {@link #FULL}. */
    boolean is(Row reply) {
        return code.equals(reply.text(0)) && reply.size() == (this == FULL ? 3 : 1);
    }

    /** Throws the error that a reply stands for, if any. */
    static void check(Row reply, String id) {
        for (Replies each : values()) {
            if (each.is(reply)) {
                throw each.error(reply, id);
            }
        }
    }

    private SchedulerException error(Row reply, String id) {
        return switch (this) {
            case DUPLICATE -> new DuplicateTaskException(id);
            case FULL -> new RejectedTaskException(reply.required(2), reply.number(1), id);
            case UNKNOWN -> new UnknownTaskException(id);
            case DAMAGED -> damaged(id, null);
        };
    }

    /** The error for a row that cannot be read. */
    static SchedulerException damaged(String id, @Nullable Throwable cause) {
        return new StoreUnavailableException(
                "The row of task \"" + id
                        + "\" in Redis cannot be read: something else wrote to it, or a newer "
                        + "release did; it is left as it is. Look at it with HGET, and remove it with HDEL",
                cause);
    }
}
