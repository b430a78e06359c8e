package io.reactorscheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one queue that were saved and are not in line yet: a stack that anyone may push to, without waiting.
 *
 * <p>What it gives to whom, and when, stands at {@link MemoryLane}.
 */
final class MemoryInbox {

    /** Savers empty the inbox themselves every so many saves, lest one claim finds a million tasks in it. */
    private static final int EMPTY_EVERY = 1024;

    private static final VarHandle NEWEST;

    static {
        try {
            NEWEST = MethodHandles.lookup().findVarHandle(MemoryInbox.class, "newest", MemoryTask.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /** Each task has a link to the one before. */
    private volatile @Nullable MemoryTask newest;

    private volatile boolean isDue;

    /** Tasks that were removed and are here yet; guarded by the monitor of the queue. */
    private int leftOver;

    void push(MemoryTask task) {
        MemoryTask head;
        do {
            head = newest;
            task.after = head;
        } while (!NEWEST.compareAndSet(this, head, task));
    }

    boolean isEmpty() {
        return newest == null;
    }

    /** Whether the next saver shall empty it. */
    boolean isDue() {
        return isDue;
    }

    /** A place of the queue was taken, of which so many are taken now. */
    void hasTaken(long places) {
        if (places % EMPTY_EVERY == 0) {
            isDue = true;
        }
    }

    /** Empties it; gives the oldest task, which has a link to the one after it, and so on. */
    @Nullable
    MemoryTask takeAll() {
        isDue = false;
        leftOver = 0;
        MemoryTask task = (MemoryTask) NEWEST.getAndSet(this, null);
        MemoryTask oldest = null;
        while (task != null) {
            MemoryTask older = task.after;
            task.after = oldest;
            oldest = task;
            task = older;
        }
        return oldest;
    }

    /** Whether a task that is yet to come into line can be removed before it does. */
    boolean mayTakeBack(MemoryTask task) {
        return task.where == MemoryTask.ARRIVING && task.newest() == null && leftOver < EMPTY_EVERY;
    }

    /** A task was removed that is yet to come into line: taken out if it is the newest, left out when all are taken if not. */
    void takeBack(MemoryTask task) {
        // its link is its saver's until it is here
        if (newest == task && NEWEST.compareAndSet(this, task, task.after)) {
            task.after = null;
        } else {
            leftOver++;
        }
    }
}
