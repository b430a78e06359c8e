package io.reactorscheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One queue of the in-memory store: an inbox that anyone may add to without waiting, and what its monitor guards, which
 * is the index of the waiting tasks, the executions, and all state of the queue's tasks.
 *
 * <p><b>Saving.</b> A saved task enters the table of ids, then the inbox, a stack of tasks that is pushed by one
 * compare-and-set. It is in no index yet; whoever holds the monitor next empties the inbox first ({@link #drain}), so
 * under the monitor the index is complete. Between table and inbox a task is visible but {@link MemoryTask#ARRIVING}:
 * changes made to it then change its fields only, and the drain puts it where these say. Its links are the saver's until
 * then. Whoever changes such a task marks it, then drains once more; its saver pushes it, then looks for the mark, and
 * drains if it is there: so one of the two puts it in line and wakes who must know. Only a removal neither marks nor drains: a task
 * that is {@link MemoryTask#REMOVED} is left out of the line.
 *
 * <p><b>Waking.</b> {@link #told} is the latest time until which a sleeping node may sleep: an upper bound of the next due
 * times that claims reported, lowered by each hint, because all nodes hear all hints. A task that may be claimed sooner
 * must send one. Saver and claimer each write, then read what the other writes: the saver pushes, then reads
 * {@code told}; the claimer raises {@code told} to what it is about to report, then looks into the inbox again. All four
 * are volatile, so at least one of them sees the other, and no wake-up is lost between a save and a claim that found
 * nothing. Work that becomes claimable under the monitor is collected in {@link #news} and told after it.
 *
 * <p><b>Locks.</b> A monitor is held for some microseconds, never while a signal is emitted. Within it stripes of the
 * table of ids may be locked, and never another queue, except by {@link MemoryMoves}, in the order of {@link #rank}.
 */
@SuppressWarnings("EnumOrdinal") // numbers by state in one array; no position leaves the process
final class MemoryLane {

    /** How often a claim looks into the inbox again before it answers that there may be more now. */
    private static final int LOOKS = 3;

    private static final VarHandle TOLD;

    static {
        try {
            TOLD = MethodHandles.lookup().findVarHandle(MemoryLane.class, "told", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final String name;

    /** The order in which two queues are locked together. */
    final int rank;

    final MemoryShared shared;

    /** Places taken: tasks that are not finished, those in the inbox included, and executions that wait for their trigger. */
    final AtomicLong places = new AtomicLong();

    final MemoryInbox inbox = new MemoryInbox();

    private volatile long told = Long.MIN_VALUE;

    /** Until when the rate limit lets nothing start, as of the last claim. */
    private volatile long notBefore = Long.MIN_VALUE;

    private volatile TaskQueue settings;

    /** The settings as they were declared last; null while nobody did. Written under the monitor. */
    volatile @Nullable TaskQueue declared;

    // ---- guarded by the monitor

    final MemoryCells cells = new MemoryCells();
    final MemoryActive active = new MemoryActive();
    final MemoryHistory history;
    private final long[] states = new long[TaskState.values().length];
    private final MemoryWaiting waiting = new MemoryWaiting();

    /** Places that are free again and still counted as taken. */
    private int freedPlaces;

    /** The earliest due time of what came into line since the monitor was taken. */
    private long news = Position.NO_TIME;

    MemoryLane(String name, int rank, MemoryShared shared) {
        this.name = name;
        this.rank = rank;
        this.shared = shared;
        this.settings = TaskQueue.named(name);
        this.history = new MemoryHistory(this);
    }

    TaskQueue settings() {
        return settings;
    }

    // ---- without the monitor

    /** Takes a place for a task; {@link RejectedTaskException} when there is none. */
    void reserve(TaskRecord task) {
        long count;
        do {
            count = places.get();
            if (count >= settings.capacity()) {
                throw new RejectedTaskException(name, settings.capacity(), task.id());
            }
        } while (!places.compareAndSet(count, count + 1));
        inbox.hasTaken(count + 1);
    }

    /** Puts a task that is in the table of ids into the inbox, and wakes who would sleep longer; gives whether to drain. */
    boolean offer(MemoryTask task, long due) {
        inbox.push(task);
        long start = Math.max(due, notBefore);
        if (start < told && lowerTold(start)) {
            shared.hints.due(name, start);
        }
        return inbox.isDue() || task.isTouched;
    }

    /** Emits what {@link #takeNews} gave. */
    void tell(long due) {
        if (due != Position.NO_TIME) {
            shared.hints.due(name, due);
        }
    }

    private boolean lowerTold(long due) {
        for (long seen = told; due < seen; seen = told) {
            if (TOLD.compareAndSet(this, seen, due)) {
                return true;
            }
        }
        return false;
    }

    private void raiseTold(long due) {
        for (long seen = told; due > seen; seen = told) {
            if (TOLD.compareAndSet(this, seen, due)) {
                return;
            }
        }
    }

    // ---- under the monitor

    /** The due time to hint at when the monitor is released, {@link Position#NO_TIME} for none. */
    long takeNews() {
        settleCounts();
        long due = news;
        news = Position.NO_TIME;
        long start = Math.max(due, notBefore);
        return start < told && !settings.isPaused() && lowerTold(start) ? start : Position.NO_TIME;
    }

    /** Adds what ended under the monitor to the counts that are read without it. */
    void settleCounts() {
        if (freedPlaces != 0) {
            places.addAndGet(-freedPlaces);
            freedPlaces = 0;
        }
        history.settleCount();
    }

    /** Puts what was saved in line. */
    void drain(long now) {
        if (inbox.isEmpty()) {
            return;
        }
        for (MemoryTask next = inbox.takeAll(); next != null; ) {
            MemoryTask task = next;
            next = task.after;
            task.after = null;
            if (task.where == MemoryTask.ARRIVING) {
                states[task.state().ordinal()]++;
                task.where = MemoryTask.OUT;
                place(task, now);
                history.ended(task, now);
            }
        }
    }

    /** Makes sure that a task is put in line which was changed before it was. */
    void touched(MemoryTask task, long now) {
        if (task.where == MemoryTask.ARRIVING) {
            task.isTouched = true;
            drain(now);
        }
    }

    /** Puts a task where its next due time says: in line, or out of it. */
    void place(MemoryTask task, long now) {
        if (task.where == MemoryTask.ARRIVING) {
            return;
        }
        displace(task);
        long due = task.nextDue();
        if (due != Position.NO_TIME) {
            task.due = due;
            waiting.add(task, now);
            news = Math.min(news, due);
        }
    }

    /** Takes a task out of line. Must come before a change of its record. */
    void displace(MemoryTask task) {
        switch (task.where) {
            case MemoryTask.IN_LINE, MemoryTask.ASIDE -> waiting.remove(task);
            case MemoryTask.ENDED -> {
                history.forgetEnded(task);
                task.where = MemoryTask.OUT;
            }
            default -> {
                // in no line
            }
        }
    }

    /** Gives a task a state and counts it. */
    void state(MemoryTask task, TaskState next) {
        TaskState before = task.state();
        if (before == next) {
            return;
        }
        task.state(next);
        if (task.where != MemoryTask.ARRIVING) {
            states[before.ordinal()]--;
            states[next.ordinal()]++;
        }
        if (before.isFinal() != next.isFinal()) {
            freedPlaces += next.isFinal() ? 1 : -1;
        }
    }

    /** Gives back places that were reserved. */
    void freePlaces(int number) {
        freedPlaces += number;
    }

    /** Gives a task that is in no line to another queue, whose monitor is held too, and where it has a place. */
    void handOver(MemoryTask task, MemoryLane to, long now) {
        for (MemoryExecution run = task.oldest(); run != null; run = run.newer) {
            if (run.state == MemoryExecution.ACTIVE) {
                active.remove(run);
                freeKey(run, now);
                to.active.add(run);
                run.key = to.waiting.hold(task, now);
            } else if (run.state == MemoryExecution.FINISHED) {
                history.finished.remove(run);
                to.history.finished.add(run);
            }
        }
        states[task.state().ordinal()]--;
        to.states[task.state().ordinal()]++;
        int extras = task.more().waitingExtras();
        to.freePlaces(-extras);
        freePlaces(extras + (task.state().isFinal() ? 0 : 1));
        task.moveTo(to);
    }

    /** Deletes a task. */
    void remove(MemoryTask task) {
        displace(task);
        if (task.where != MemoryTask.ARRIVING) {
            states[task.state().ordinal()]--;
        }
        freePlaces((task.more == null ? 0 : task.more.waitingExtras())
                + (task.state().isFinal() ? 0 : 1));
        task.where = MemoryTask.REMOVED;
        shared.ids.remove(task);
    }

    /** Takes an execution off the claimed ones, and frees the slot of its key. */
    void end(MemoryExecution run, long now) {
        active.remove(run);
        run.state = MemoryExecution.AGAIN;
        MemoryRuns more = run.task.more;
        if (more != null) {
            more.active--;
        }
        freeKey(run, now);
    }

    private void freeKey(MemoryExecution run, long now) {
        MemoryKey key = run.key;
        if (key != null) {
            run.key = null;
            news = Math.min(news, waiting.free(key, now));
        }
    }

    // ---- claiming, under the monitor

    /** Claims up to so many executions; gives when there may be more. */
    long claim(ClaimRequest request, int free, long now, List<Claim> claims) {
        drain(now);
        if (settings.isPaused()) {
            return Position.NO_TIME;
        }
        List<MemoryIndex> open = waiting.open(request.handlers(), now);
        long fence = shared.fences.getAndAdd(free);
        long lease = now + Checks.micros(request.lease());
        for (int claimed = 0; claimed < free; claimed++) {
            MemoryTask task = waiting.poll(open, request.handlers(), now);
            if (task == null) {
                break;
            }
            MemoryExecution run = MemoryClaims.next(task, ++fence, lease);
            run.node = request.node();
            run.claimedMicros = now;
            run.key = waiting.keyOf(task, now);
            active.add(run);
            state(task, TaskState.RUNNING);
            if (task.overlaps()) {
                place(task, now);
            }
            claims.add(run.claim());
        }
        settleCounts();
        return report(open, now);
    }

    /** Says when there may be more, and makes sure that whoever saves something sooner says so. */
    private long report(List<MemoryIndex> open, long now) {
        for (int look = 1; ; look++) {
            long next = waiting.nextDue(open, now);
            notBefore = waiting.nextToken(now);
            raiseTold(next);
            if (inbox.isEmpty() || look == LOOKS) {
                news = Position.NO_TIME;
                return inbox.isEmpty() ? next : Math.min(next, now);
            }
            drain(now);
        }
    }

    /** Takes over changed settings; gives the due time to hint at. */
    long settings(TaskQueue changed, long now) {
        drain(now);
        TaskQueue before = settings;
        settings = changed;
        waiting.limits(before, changed, active, now);
        if (changed.isPaused()) {
            notBefore = Long.MIN_VALUE;
            news = Position.NO_TIME;
            return Position.NO_TIME;
        }
        // while it was paused nodes were told that there is nothing
        return report(waiting.all(), now);
    }

    /** The execution that a claim was given for, if that claim is the last of it and open. */
    @Nullable
    MemoryExecution claimed(Claim claim) {
        MemoryExecution run = active.get(claim.fence());
        return run != null && run.number == claim.number() ? run : null;
    }

    // ---- looking, under the monitor

    /** Adds the number of tasks by state. */
    void countStates(Map<TaskState, Long> into) {
        for (TaskState state : TaskState.values()) {
            if (states[state.ordinal()] != 0) {
                into.merge(state, states[state.ordinal()], Long::sum);
            }
        }
    }

    TaskStore.QueueStats stats(long now) {
        drain(now);
        return waiting.stats(active.size(), now);
    }
}
