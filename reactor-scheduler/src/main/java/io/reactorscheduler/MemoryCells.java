package io.reactorscheduler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The executions that one queue knows, each in a cell of its own, numbered from one on. Belongs to the monitor of the queue.
 *
 * <p>A task remembers the cells of its newest and oldest execution and not these themselves. It may have waited for long
 * and lies anywhere in the heap; a reference to a young object that is written there is one more card for the collector to
 * scan in its next pause, and with a hundred thousand runs a second these cards were most of the pause. Here the references
 * to the newest executions lie together.
 */
final class MemoryCells {

    /** The cell of no execution. */
    static final int NONE = 0;

    private static final int FIRST_LENGTH = 16;

    private @Nullable MemoryExecution[] runs = new MemoryExecution[FIRST_LENGTH];

    /** A stack of the cells below {@link #end} that are empty. */
    private int[] empty = new int[FIRST_LENGTH];

    private int empties;

    /** The first cell that was never used. */
    private int end = NONE + 1;

    /** How many executions have a cell. */
    int size() {
        return end - 1 - empties;
    }

    /** How many cells there are, used or not, for tests of growth. */
    int length() {
        return runs.length;
    }

    /** The execution of a cell, null for {@link #NONE}. */
    @Nullable
    MemoryExecution get(int cell) {
        return runs[cell];
    }

    /** Gives a cell to an execution that has none. */
    void add(MemoryExecution run) {
        if (empties > 0) {
            run.cell = empty[--empties];
        } else {
            if (end == runs.length) {
                @Nullable MemoryExecution[] more = Arrays.copyOf(runs, 2 * end);
                empty = Arrays.copyOf(empty, 2 * end);
                runs = more;
            }
            run.cell = end++;
        }
        runs[run.cell] = run;
    }

    /** Empties the cell of an execution. Others may get another cell by that, of which their tasks are told. */
    void remove(MemoryExecution run) {
        runs[run.cell] = null;
        empty[empties++] = run.cell;
        run.cell = NONE;
        if (runs.length > FIRST_LENGTH && size() < runs.length / 8) {
            closeRanks();
        }
    }

    /** Gives half of the memory back. */
    private void closeRanks() {
        @Nullable MemoryExecution[] scattered = runs;
        @Nullable MemoryExecution[] together = new MemoryExecution[scattered.length / 2];
        empty = new int[scattered.length / 2];
        runs = together;
        empties = 0;
        end = NONE + 1;
        for (MemoryExecution run : scattered) {
            if (run != null) {
                add(run);
                run.task.hasMoved(run);
            }
        }
    }
}
