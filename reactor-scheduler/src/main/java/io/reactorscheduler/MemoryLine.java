package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * Tasks by due time and arrival. Due tasks mostly arrive in that order: they are chained, at the cost of a link each;
 * the others go through a heap. What comes next is the earlier of the two heads.
 */
final class MemoryLine implements MemoryLevel {

    private @Nullable MemoryTask first;
    private @Nullable MemoryTask last;
    private int chained;
    private @Nullable DueHeap<MemoryTask> heap;

    @Override
    public void add(MemoryTask task, long now) {
        MemoryTask tail = last;
        if (task.due <= now && (tail == null || tail.comesBefore(task))) {
            task.before = tail;
            if (tail == null) {
                first = task;
            } else {
                tail.after = task;
            }
            last = task;
            chained++;
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
        MemoryTask before = task.before;
        MemoryTask after = task.after;
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
        task.before = null;
        task.after = null;
        chained--;
    }

    @Nullable
    MemoryTask first() {
        MemoryTask waiting = heap == null ? null : heap.peek();
        MemoryTask head = first;
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
        return chained + (heap == null ? 0 : heap.size());
    }

    @Override
    public int due(long now) {
        return chained + (heap == null ? 0 : heap.countUpTo(now));
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
