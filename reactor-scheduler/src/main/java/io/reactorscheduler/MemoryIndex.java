package io.reactorscheduler;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The waiting tasks of a queue, level by level: one level per priority, the highest first. A claim looks at each level,
 * so a queue works best with some dozens of priorities at most.
 */
final class MemoryIndex {

    private final Supplier<MemoryLevel> levels;

    /** Negated, so that they ascend. */
    private long[] order = new long[1];

    private @Nullable MemoryLevel[] byOrder = new MemoryLevel[1];
    private int size;

    MemoryIndex(Supplier<MemoryLevel> levels) {
        this.levels = levels;
    }

    void add(MemoryTask task, long now) {
        level(task.record.priority()).add(task, now);
    }

    void remove(MemoryTask task) {
        level(task.record.priority()).remove(task);
    }

    int levels() {
        return size;
    }

    MemoryLevel at(int rank) {
        MemoryLevel level = byOrder[rank];
        if (level == null) {
            throw new IndexOutOfBoundsException(rank);
        }
        return level;
    }

    int priority(int rank) {
        return (int) -order[rank];
    }

    long nextDue(long now) {
        long next = Position.NO_TIME;
        for (int i = 0; i < size; i++) {
            next = Math.min(next, at(i).nextDue(now));
        }
        return next;
    }

    /** Takes all tasks out. */
    void pollAll(List<MemoryTask> into) {
        for (int i = 0; i < size; i++) {
            MemoryLevel level = at(i);
            for (MemoryTask task = level.poll(); task != null; task = level.poll()) {
                into.add(task);
            }
        }
    }

    /** Forgets empty levels. */
    void trim() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (at(i).size() > 0) {
                order[kept] = order[i];
                byOrder[kept++] = byOrder[i];
            }
        }
        Arrays.fill(byOrder, kept, size, null);
        size = kept;
    }

    private MemoryLevel level(int priority) {
        long key = -(long) priority;
        int at = size == 1 && order[0] == key ? 0 : Arrays.binarySearch(order, 0, size, key);
        if (at >= 0) {
            return at(at);
        }
        at = -at - 1;
        if (size == order.length) {
            order = Arrays.copyOf(order, size * 2);
            byOrder = Arrays.copyOf(byOrder, size * 2);
        }
        System.arraycopy(order, at, order, at + 1, size - at);
        System.arraycopy(byOrder, at, byOrder, at + 1, size - at);
        MemoryLevel level = levels.get();
        order[at] = key;
        byOrder[at] = level;
        size++;
        return level;
    }
}
