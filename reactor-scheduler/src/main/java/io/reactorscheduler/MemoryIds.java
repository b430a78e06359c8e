package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of the in-memory store by id: a hash table in stripes, chained through the tasks themselves, so that a task
 * costs 4 to 8 bytes here. Safe for any thread; a stripe is locked for as long as one look-up takes.
 */
final class MemoryIds {

    /** A power of two, so that savers rarely wait for each other. */
    static final int STRIPES = 256;

    private static final int STRIPE_BITS = 8;
    private static final int FIRST_SLOTS = 8;
    private static final int MOST_SLOTS = 1 << 24;

    private final Stripe[] stripes;

    MemoryIds() {
        this(STRIPES);
    }

    /** @param number a power of two up to 256 */
    MemoryIds(int number) {
        stripes = new Stripe[number];
        for (int i = 0; i < number; i++) {
            stripes[i] = new Stripe();
        }
    }

    int stripes() {
        return stripes.length;
    }

    @Nullable
    MemoryTask get(String id) {
        int hash = TaskIds.hash(id);
        return stripe(hash).get(id, hash);
    }

    /**
     * Adds a task unless there is one of its id, which it answers then. Only a task that is added takes a place in its
     * queue; {@link RejectedTaskException} when there is none.
     */
    @Nullable
    MemoryTask putIfAbsent(MemoryTask task) {
        return stripe(task.hash()).putIfAbsent(task);
    }

    void remove(MemoryTask task) {
        stripe(task.hash()).remove(task);
    }

    /** The tasks of a stripe now, {@code stripe} from 0 to {@link #stripes}. */
    List<MemoryTask> tasksOf(int stripe) {
        return tasksOf(stripe, 0, MOST_SLOTS);
    }

    /** Those of some slots of a stripe, of which there are {@link #slots}: about one task each. */
    List<MemoryTask> tasksOf(int stripe, int from, int to) {
        return stripes[stripe].all(from, to);
    }

    /** The number of slots of a stripe now; it grows, and never shrinks. */
    int slots(int stripe) {
        return stripes[stripe].slots();
    }

    private Stripe stripe(int hash) {
        return stripes[hash & (stripes.length - 1)];
    }

    private static final class Stripe {
        private @Nullable MemoryTask[] slots = new MemoryTask[FIRST_SLOTS];
        private int size;

        synchronized @Nullable MemoryTask get(String id, int hash) {
            MemoryTask task = slots[slot(hash, slots.length)];
            while (task != null && !(task.hash() == hash && task.record.hasId(id))) {
                task = task.idNext;
            }
            return task;
        }

        private @Nullable MemoryTask find(TaskRecord record, int hash) {
            MemoryTask task = slots[slot(hash, slots.length)];
            while (task != null && !(task.hash() == hash && task.record.hasIdOf(record))) {
                task = task.idNext;
            }
            return task;
        }

        synchronized @Nullable MemoryTask putIfAbsent(MemoryTask task) {
            MemoryTask known = find(task.record, task.hash());
            if (known == null) {
                task.lane.reserve(task.record);
                if (size >= slots.length && slots.length < MOST_SLOTS) {
                    grow();
                }
                add(slots, task);
                size++;
            }
            return known;
        }

        synchronized void remove(MemoryTask task) {
            int slot = slot(task.hash(), slots.length);
            MemoryTask before = null;
            for (MemoryTask at = slots[slot]; at != null; at = at.idNext) {
                if (at == task) {
                    if (before == null) {
                        slots[slot] = at.idNext;
                    } else {
                        before.idNext = at.idNext;
                    }
                    at.idNext = null;
                    size--;
                    return;
                }
                before = at;
            }
        }

        synchronized int slots() {
            return slots.length;
        }

        synchronized List<MemoryTask> all(int from, int to) {
            List<MemoryTask> all = new ArrayList<>(Math.min(size, to - from));
            for (int slot = from; slot < Math.min(to, slots.length); slot++) {
                for (MemoryTask task = slots[slot]; task != null; task = task.idNext) {
                    all.add(task);
                }
            }
            return all;
        }

        private void grow() {
            @Nullable MemoryTask[] larger = new MemoryTask[slots.length << 1];
            for (MemoryTask first : slots) {
                for (MemoryTask task = first; task != null; ) {
                    MemoryTask next = task.idNext;
                    add(larger, task);
                    task = next;
                }
            }
            slots = larger;
        }

        private static void add(@Nullable MemoryTask[] slots, MemoryTask task) {
            int slot = slot(task.hash(), slots.length);
            task.idNext = slots[slot];
            slots[slot] = task;
        }

        private static int slot(int hash, int length) {
            return (hash >>> STRIPE_BITS) & (length - 1);
        }
    }
}
