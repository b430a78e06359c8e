package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task of the in-memory store: in the table of ids, and in at most one line of its queue.
 *
 * <p>Small on purpose, 64 bytes: there may be ten million. A task that runs once and has not needed more keeps its whole
 * state here, its one fire time in {@link #due}; whatever is rarer lives in {@link #more}. The links {@link #before} and
 * {@link #after} serve whichever list it is in: inbox, line or ended tasks. All fields but those of the table belong
 * to the monitor of {@link #lane}.
 */
final class MemoryTask extends Chain.Node<MemoryTask> {

    /** Saved, but not taken out of the inbox of its queue. */
    static final byte ARRIVING = 0;
    /** In the line of its queue. */
    static final byte IN_LINE = 1;
    /** In the line of the work whose handler some node did not know. */
    static final byte ASIDE = 2;
    /** In no line, because nothing of it can be claimed now. */
    static final byte OUT = 3;
    /** Among the tasks that have ended without an execution that is kept. */
    static final byte ENDED = 4;
    /** Deleted. */
    static final byte REMOVED = 5;

    private static final TaskState[] STATES = TaskState.values();

    TaskRecord record;

    /** The queue it waits in; changes under the monitors of both, the old one and the new one. */
    MemoryLane lane;

    /** The next task of the same slot of the table of ids; belongs to the table. */
    @Nullable
    MemoryTask idNext;

    /** The cell of the newest of its executions that are known, of which each knows the older one. */
    private int newest = MemoryCells.NONE;

    @Nullable
    MemoryRuns more;

    /** What it stands in line for; of a task without {@link #more} its fire time as long as it is pending. */
    long due;

    /** Orders tasks of the same due time by their arrival in line. */
    long sequence;

    /** The place of its {@link TaskState} among {@link #STATES}: a byte makes it fit, and no other release reads it. */
    private byte state = place(TaskState.PENDING);

    byte where = ARRIVING;

    /** Whether it was changed while it was {@link #ARRIVING}, so that its saver must look after it. */
    volatile boolean isTouched;

    MemoryTask(TaskRecord record, MemoryLane lane, Position head) {
        this.record = record;
        this.lane = lane;
        this.due = head.dueMicros();
        boolean isPlain = record.firesOnce() && head.hasHead() && head.fireMicros() == head.dueMicros();
        if (!isPlain) {
            MemoryRuns runs = new MemoryRuns();
            runs.head(head);
            runs.isManual = !head.hasHead();
            this.more = runs;
        }
    }

    int hash() {
        return record.idHash();
    }

    TaskState state() {
        return STATES[state];
    }

    void state(TaskState next) {
        state = place(next);
    }

    @SuppressWarnings("EnumOrdinal")
    private static byte place(TaskState state) {
        return (byte) state.ordinal();
    }

    @Override
    long sequence() {
        return sequence;
    }

    /** Whether it goes before another of the same priority. */
    boolean comesBefore(MemoryTask other) {
        return due < other.due || (due == other.due && sequence < other.sequence);
    }

    /** The rare parts, from now on there. */
    MemoryRuns more() {
        MemoryRuns known = more;
        if (known == null) {
            known = new MemoryRuns();
            MemoryExecution run = newest();
            known.oldest = newest;
            if (run == null) {
                if (state() == TaskState.PENDING) {
                    known.head(Position.at(due, due));
                }
            } else {
                known.numbers = run.number;
                known.fired = 1;
                known.active = run.state == MemoryExecution.ACTIVE ? 1 : 0;
                known.finished = run.state == MemoryExecution.FINISHED ? 1 : 0;
                known.claimedNumbers = run.number;
                known.headNumber = known.active * run.number;
            }
            more = known;
        }
        return known;
    }

    /** When something of it can be claimed, {@link Position#NO_TIME} when that depends on something else than time. */
    long nextDue() {
        MemoryRuns runs = more;
        if (runs == null) {
            return state() == TaskState.PENDING ? due : Position.NO_TIME;
        }
        return runs.nextDue(overlaps());
    }

    /** Whether several executions of it may be claimed at once. */
    boolean overlaps() {
        return record.overlap().overlaps();
    }

    /** How many of its executions are claimed. */
    int active() {
        MemoryRuns runs = more;
        if (runs != null) {
            return runs.active;
        }
        MemoryExecution run = newest();
        return run != null && run.state == MemoryExecution.ACTIVE ? 1 : 0;
    }

    /** The newest of its executions that are known. */
    @Nullable
    MemoryExecution newest() {
        assert Thread.holdsLock(lane) : lane.name;
        return lane.cells.get(newest);
    }

    /** The oldest of its executions that are known. */
    @Nullable
    MemoryExecution oldest() {
        assert Thread.holdsLock(lane) : lane.name;
        return more == null ? newest() : lane.cells.get(more.oldest);
    }

    /** The execution of a number, not the rows of fire times that it skipped. */
    @Nullable
    MemoryExecution execution(long number) {
        for (MemoryExecution run = newest(); run != null; run = run.older) {
            if (run.number == number && run.skip == null) {
                return run;
            }
        }
        return null;
    }

    /** Makes an execution the newest. */
    void add(MemoryExecution run) {
        MemoryExecution last = newest();
        lane.cells.add(run);
        run.older = last;
        if (last != null) {
            last.newer = run;
        }
        newest = run.cell;
        if (more != null && last == null) {
            more.oldest = run.cell;
        }
    }

    /** Forgets an execution. */
    void remove(MemoryExecution run) {
        MemoryExecution older = run.older;
        MemoryExecution newer = run.newer;
        if (older != null) {
            older.newer = newer;
        } else if (more != null) {
            more.oldest = newer == null ? MemoryCells.NONE : newer.cell;
        }
        if (newer != null) {
            newer.older = older;
        } else {
            newest = older == null ? MemoryCells.NONE : older.cell;
        }
        run.older = null;
        run.newer = null;
        lane.cells.remove(run);
    }

    /** An execution of it has got another cell. */
    void hasMoved(MemoryExecution run) {
        if (run.newer == null) {
            newest = run.cell;
        }
        if (run.older == null && more != null) {
            more.oldest = run.cell;
        }
    }

    /** Goes to another queue with its executions. */
    void moveTo(MemoryLane to) {
        for (MemoryExecution run = newest(); run != null; run = run.older) {
            lane.cells.remove(run);
            to.cells.add(run);
            hasMoved(run);
        }
        lane = to;
    }

    /** All its executions, newest first. */
    List<MemoryExecution> executions() {
        List<MemoryExecution> all = new ArrayList<>();
        for (MemoryExecution run = newest(); run != null; run = run.older) {
            all.add(run);
        }
        return all;
    }

    /** The task as users see it. */
    TaskInfo info() {
        long numbers;
        long fire = Position.NO_TIME;
        long next = nextDue();
        MemoryRuns runs = more;
        if (runs == null) {
            MemoryExecution run = newest();
            numbers = run == null ? 0 : run.number;
            fire = next;
        } else {
            numbers = runs.claimedNumbers;
            fire = runs.fire();
        }
        int attempt = 1;
        for (MemoryExecution run = newest(); run != null; run = run.older) {
            if (run.state == MemoryExecution.ACTIVE || run.state == MemoryExecution.AGAIN) {
                attempt = run.attempt;
                break;
            }
        }
        return new TaskInfo(
                record,
                state(),
                fire == Position.NO_TIME ? null : EngineClock.toInstant(fire),
                next == Position.NO_TIME ? null : EngineClock.toInstant(next),
                active(),
                numbers,
                attempt,
                runs == null ? 0 : runs.crashes());
    }
}
