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

    /** Tasks that were removed before they came into line, and are here yet; guarded by the monitor of the queue. */
    private int takenBack;

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

    /** A task is about to be pushed, which takes one more place of the queue than so many. */
    void counted(long places) {
        if ((places + 1) % EMPTY_EVERY == 0) {
            isDue = true;
        }
    }

    /** Empties it; gives the oldest task, which has a link to the one after it, and so on. */
    @Nullable
    MemoryTask takeAll() {
        isDue = false;
        takenBack = 0;
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

    /** Whether a task may be removed before it comes into line. What is left of it stays here for a while, so only so many. */
    boolean mayTakeBack(MemoryTask task) {
        boolean isUntouched = task.where == MemoryTask.ARRIVING && task.newest() == null;
        return isUntouched && ++takenBack < EMPTY_EVERY;
    }
}
