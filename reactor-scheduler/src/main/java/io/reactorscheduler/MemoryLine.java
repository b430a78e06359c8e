package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * Tasks by due time and arrival. Due tasks mostly arrive in that order: they are chained, at the cost of a link each;
 * the others go through a heap. What comes next is the earlier of the two heads.
 */
final class MemoryLine implements MemoryLevel {

    /**
     * What is due so soon goes to the chain, too: tasks that are saved while a claim is under way are due some microseconds
     * after the time of that claim.
     */
    private static final long SOON_MICROS = 1_000;

    private final Chain<MemoryTask> chain = new Chain<>();
    private @Nullable DueHeap<MemoryTask> heap;

    @Override
    public void add(MemoryTask task, long now) {
        MemoryTask tail = chain.last;
        if (task.due <= now + SOON_MICROS && (tail == null || tail.comesBefore(task))) {
            chain.add(task);
        } else {
            if (heap == null) {
                heap = new DueHeap<>();
            }
            heap.add(task, task.due);
        }
    }

    @Override
    public void remove(MemoryTask task) {
        if (task.isQueued()) {
            if (heap != null) {
                heap.remove(task);
            }
            return;
        }
        chain.remove(task);
    }

    @Nullable
    MemoryTask first() {
        MemoryTask waiting = heap == null ? null : heap.peek();
        MemoryTask head = chain.first;
        return head == null || (waiting != null && waiting.comesBefore(head)) ? waiting : head;
    }

    @Override
    public @Nullable MemoryTask peek(long now) {
        MemoryTask task = first();
        return task == null || task.due > now ? null : task;
    }

    @Override
    public void take(MemoryTask task, long now) {
        remove(task);
    }

    @Override
    public long nextDue(long now) {
        MemoryTask task = first();
        return task == null ? Position.NO_TIME : task.due;
    }

    @Override
    public boolean comesBefore(MemoryTask mine, MemoryLevel other, MemoryTask others) {
        return mine.comesBefore(others);
    }

    @Override
    public int size() {
        return chain.size + (heap == null ? 0 : heap.size());
    }

    @Override
    public int due(long now) {
        int due = chain.size + (heap == null ? 0 : heap.countUpTo(now));
        for (MemoryTask task = chain.last; task != null && task.due > now; task = task.before) {
            due--;
        }
        return due;
    }

    @Override
    public long oldestDue(long now) {
        MemoryTask task = peek(now);
        return task == null ? Position.NO_TIME : task.due;
    }

    @Override
    public @Nullable MemoryTask poll() {
        MemoryTask task = first();
        if (task != null) {
            remove(task);
        }
        return task;
    }
}
