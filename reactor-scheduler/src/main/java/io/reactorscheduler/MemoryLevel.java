package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/** The waiting tasks of one priority of a queue. Belongs to the monitor of the queue. */
interface MemoryLevel {

    void add(MemoryTask task, long now);

    void remove(MemoryTask task);

    /** The task that can be claimed next; null for none now. */
    @Nullable
    MemoryTask peek(long now);

    /** Takes out the task that {@link #peek} gave, because it is claimed. */
    void take(MemoryTask task, long now);

    /** When {@link #peek} may give a task if nothing else changes: in the past for now. */
    long nextDue(long now);

    /** Of two levels of one priority, the one of the lower turn gives the next task. */
    boolean comesBefore(MemoryTask mine, MemoryLevel other, MemoryTask others);

    int size();

    /** How many are due at a time. */
    int due(long now);

    /** The earliest due time of a task that is due, {@link Position#NO_TIME} for none. */
    long oldestDue(long now);

    /** Takes out any task; null when there is none. */
    @Nullable
    MemoryTask poll();
}
