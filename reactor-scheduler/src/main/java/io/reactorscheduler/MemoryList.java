package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/** A list of executions through their own links, so that any of them can be taken out at once. */
final class MemoryList {

    @Nullable
    MemoryExecution first;

    @Nullable
    MemoryExecution last;

    int size;

    void add(MemoryExecution run) {
        MemoryExecution tail = last;
        run.before = tail;
        run.after = null;
        if (tail == null) {
            first = run;
        } else {
            tail.after = run;
        }
        last = run;
        size++;
    }

    /** Clears its links too, so that old executions do not keep younger ones reachable. */
    void remove(MemoryExecution run) {
        MemoryExecution before = run.before;
        MemoryExecution after = run.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        run.before = null;
        run.after = null;
        size--;
    }
}
