package io.reactorscheduler;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The claimed executions of one queue by the fence of their claim: an open hash table, found by what every report of a
 * run carries, and small enough to stay in the cache however many tasks wait. Belongs to the monitor of the queue.
 */
final class MemoryActive {

    private static final int FIRST_SLOTS = 16;

    /** 2 to the 64th by the golden ratio: spreads fences, which are consecutive. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private @Nullable MemoryExecution[] slots = new MemoryExecution[FIRST_SLOTS];
    private int size;

    int size() {
        return size;
    }

    /** Adds an execution under its {@link MemoryExecution#order}, the fence of its claim. */
    void add(MemoryExecution run) {
        if (2 * size >= slots.length) {
            resize(2 * slots.length);
        }
        put(slots, run);
        size++;
    }

    /** The execution whose last claim has this fence, if that claim is still open. */
    @Nullable
    MemoryExecution get(long fence) {
        @Nullable MemoryExecution[] in = slots;
        int at = slot(fence, in.length);
        MemoryExecution run = in[at];
        while (run != null && run.order != fence) {
            at = (at + 1) & (in.length - 1);
            run = in[at];
        }
        return run;
    }

    /** Takes an execution out that is there. */
    void remove(MemoryExecution run) {
        @Nullable MemoryExecution[] in = slots;
        int mask = in.length - 1;
        int hole = slot(run.order, in.length);
        while (in[hole] != run) {
            hole = (hole + 1) & mask;
        }
        // moves up whoever stands behind and may, so that every search still ends at the first empty slot
        int at = hole;
        while (true) {
            at = (at + 1) & mask;
            MemoryExecution next = in[at];
            if (next == null) {
                break;
            }
            int wish = slot(next.order, in.length);
            boolean mayMove = ((at - wish) & mask) >= ((at - hole) & mask);
            if (mayMove) {
                in[hole] = next;
                hole = at;
            }
        }
        in[hole] = null;
        size--;
        if (in.length > FIRST_SLOTS && 16 * size < in.length) {
            resize(in.length / 4);
        }
    }

    /** Looks at each execution; none may be added or removed meanwhile. */
    void forEach(Consumer<MemoryExecution> look) {
        for (MemoryExecution run : slots) {
            if (run != null) {
                look.accept(run);
            }
        }
    }

    private void resize(int length) {
        @Nullable MemoryExecution[] resized = new MemoryExecution[Math.max(FIRST_SLOTS, length)];
        for (MemoryExecution run : slots) {
            if (run != null) {
                put(resized, run);
            }
        }
        slots = resized;
    }

    private static void put(@Nullable MemoryExecution[] slots, MemoryExecution run) {
        int at = slot(run.order, slots.length);
        while (slots[at] != null) {
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = run;
    }

    private static int slot(long fence, int length) {
        return (int) ((fence * SPREAD) >>> 32) & (length - 1);
    }
}
