package io.reactorscheduler.redis;

import io.reactorscheduler.SchedulerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in Redis and means nothing to this release, because something else wrote it or a later release did. It is left as
 * it is, is told once, and must not hide what can be read. Safe for any thread.
 */
final class Unreadable {

    /** What is remembered as told; of further ones there is only a line in the log. */
    private static final int MOST = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Unreadable.class);

    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private final Queue<String> findings = new ConcurrentLinkedQueue<>();

    /**
     * One of many rows; null for one to be passed over.
     *
     * @param what names the row, as far as it can be read
     */
    <R, T> @Nullable T skip(
            R row, Function<? super R, @Nullable String> what, Function<? super R, ? extends @Nullable T> read) {
        try {
            return read.apply(row);
        } catch (RuntimeException unreadable) {
            tell(nameOf(row, what), unreadable);
            return null;
        }
    }

    private static <R> String nameOf(R row, Function<? super R, @Nullable String> what) {
        try {
            return String.valueOf(what.apply(row));
        } catch (RuntimeException unreadable) {
            return "a row";
        }
    }

    private void tell(String what, RuntimeException unreadable) {
        if (told.size() < MOST && told.add(what)) {
            LOG.warn("{} cannot be read and is passed over", what, unreadable);
            findings.add(what + " cannot be read (" + unreadable + "); it was left as it is");
        } else {
            LOG.debug("{} cannot be read and is passed over", what, unreadable);
        }
    }

    /** What was found since this was asked last, each once. */
    List<String> findings() {
        List<String> found = new ArrayList<>();
        for (String each = findings.poll(); each != null; each = findings.poll()) {
            found.add(each);
        }
        return found;
    }

    /** A task by its id. */
    static String task(@Nullable String id) {
        return "task \"" + id + "\"";
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
