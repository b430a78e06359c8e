package io.reactorscheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the in-memory store knows of a task that repeats, waits for a retry, was triggered, cancelled or run more than
 * once. Belongs to the monitor of the task's queue.
 */
final class MemoryRuns {

    private static final long NOT_HALTED = -1;

    /** How many numbers of executions were given. */
    long numbers;

    /** How many executions were claimed at least once. */
    long claimedNumbers;

    /** How many fire times of the timeline were used up. */
    long fired;

    /** The head of the timeline, {@link Position#NO_TIME} for none. */
    long headFire = Position.NO_TIME;

    /** When the head may start. */
    long headDue = Position.NO_TIME;

    /** See {@link Position#bufferedUntilMicros}. */
    long bufferedUntil = Long.MIN_VALUE;

    /** The execution that took the head and must be followed by the next one, 0 for none. */
    long headNumber;

    /** The highest number when the task was cancelled; what has a higher one was asked for since. */
    private long haltedAt = NOT_HALTED;

    /** The head when the task was cancelled. */
    private long haltedFire = Position.NO_TIME;

    /** How many leases in a row have expired. */
    private int crashes;

    /** The last fence when the last crash was counted: leases up to it belong to that crash. */
    private long crashFence = -1;

    /** Whether it was halted because of its crashes. */
    private boolean isQuarantined;

    /** Claimed executions. */
    int active;

    /** Finished executions that are kept. */
    int finished;

    /**
     * Saved without a fire time, to be triggered: retention never deletes it. Schedulers refuse such tasks; other callers
     * of a store may save them.
     */
    boolean isManual;

    /** Executions that were claimed before: retries, and those given back or lost with their node. */
    @Nullable
    DueHeap<MemoryExecution> again;

    /** Executions asked for by trigger that were not claimed yet. */
    @Nullable
    DueHeap<MemoryExecution> extras;

    /** The cell of the oldest of the executions that are known, see {@link MemoryCells}. */
    int oldest = MemoryCells.NONE;

    void head(Position head) {
        headFire = head.fireMicros();
        headDue = head.dueMicros();
        headNumber = 0;
        bufferedUntil = head.hasHead() ? head.bufferedUntilMicros() : Long.MIN_VALUE;
    }

    /** The timeline goes on after the end of a run. */
    void follow(MemoryExecution run, Position next) {
        boolean holdsHead = headNumber == run.number;
        if (!next.equals(Position.UNCHANGED) && (holdsHead || !run.task.overlaps())) {
            head(next);
        } else if (holdsHead) {
            headNumber = 0;
        }
    }

    /** The timeline goes on before the end of a run, unless it has done so already. */
    void followEarly(MemoryExecution run, Position next) {
        if (headNumber == run.number && !next.equals(Position.UNCHANGED)) {
            head(next);
        }
    }

    /** Who passed the head on already must not do so again, now that runs do not overlap any more. */
    void detachAllButTheHead(@Nullable MemoryExecution newest) {
        for (MemoryExecution run = newest; run != null; run = run.older) {
            run.isDetached |= run.state != MemoryExecution.FINISHED && run.number != headNumber;
        }
    }

    /** Whether there is a head, or a run that will say what the next one is. */
    boolean hasTimeline() {
        return headFire != Position.NO_TIME || headNumber != 0;
    }

    void noHead() {
        headFire = Position.NO_TIME;
        headDue = Position.NO_TIME;
    }

    /** Whether it is cancelled or in quarantine. */
    boolean isHalted() {
        return haltedAt != NOT_HALTED;
    }

    /** Cancels what there is; what is asked for later may run. */
    void halt() {
        haltedFire = fire();
        haltedAt = numbers;
    }

    /** The fire time of the head; of a cancelled task the one that the cancel took away. */
    long fire() {
        return isHalted() && headFire == Position.NO_TIME ? haltedFire : headFire;
    }

    /** Not cancelled and not in quarantine any more. */
    void unhalt() {
        haltedAt = NOT_HALTED;
        isQuarantined = false;
        crashes = 0;
    }

    /** Cancels what there is because of its crashes; {@code fire} stands for a head that a crashed run had taken. */
    void quarantine(long fire) {
        halt();
        isQuarantined = true;
        if (haltedFire == Position.NO_TIME) {
            haltedFire = fire;
        }
    }

    /** The state it is in because it was cancelled or put in quarantine. */
    TaskState haltedState() {
        return isQuarantined ? TaskState.QUARANTINED : TaskState.CANCELLED;
    }

    int crashes() {
        return crashes;
    }

    /** Counts an expired lease unless it was given before the last crash was counted. */
    void crashed(long fence, long lastFence) {
        if (fence > crashFence) {
            crashes++;
            crashFence = lastFence;
        }
    }

    /** A node has reported an end. */
    void survived() {
        crashes = 0;
    }

    /** Whether an execution was there when the task was cancelled. */
    boolean isHalted(MemoryExecution run) {
        return isHalted() && run.number <= haltedAt;
    }

    /** When something can be claimed, {@link Position#NO_TIME} when that depends on something else than time. */
    long nextDue(boolean overlaps) {
        if (!overlaps) {
            if (active > 0) {
                return Position.NO_TIME;
            }
            if (hasAgain()) {
                return dueOf(again);
            }
        }
        return Math.min(Math.min(head(), dueOf(again)), dueOf(extras));
    }

    /** The waiting execution that comes next; null when the head of the timeline does. */
    @Nullable
    MemoryExecution pollWaiting(boolean overlaps) {
        long first = dueOf(again);
        long extra = dueOf(extras);
        if (again != null && !again.isEmpty() && (!overlaps || (first <= head() && first <= extra))) {
            return again.poll();
        }
        return extras != null && extra < head() ? extras.poll() : null;
    }

    void waitAgain(MemoryExecution run, long due, boolean isRetry) {
        if (again == null) {
            again = new DueHeap<>();
        }
        run.state = MemoryExecution.AGAIN;
        run.isRetry = isRetry;
        run.due = due;
        again.add(run, due);
    }

    void waitExtra(MemoryExecution run, long due) {
        if (extras == null) {
            extras = new DueHeap<>();
        }
        run.due = due;
        extras.add(run, due);
    }

    /** Takes out the executions that wait; those that were never claimed only on demand. */
    void pollAll(boolean isWithExtras, List<MemoryExecution> into) {
        pollAll(again, into);
        if (isWithExtras) {
            pollAll(extras, into);
        }
    }

    private static void pollAll(@Nullable DueHeap<MemoryExecution> waiting, List<MemoryExecution> into) {
        if (waiting != null) {
            for (MemoryExecution run = waiting.poll(); run != null; run = waiting.poll()) {
                into.add(run);
            }
        }
    }

    /** Whether the first execution that was claimed before waits for a retry, not because it was given back. */
    boolean isNextRetry() {
        MemoryExecution run = again == null ? null : again.peek();
        return run != null && run.isRetry;
    }

    /** Whether something waits that was claimed before. */
    boolean hasAgain() {
        return again != null && !again.isEmpty();
    }

    boolean hasExtra() {
        return waitingExtras() > 0;
    }

    /** How many executions wait that were asked for; each takes a place of the queue. */
    int waitingExtras() {
        return extras == null ? 0 : extras.size();
    }

    /** Whether there is a head that may be claimed. */
    boolean hasHead() {
        return head() != Position.NO_TIME;
    }

    /** Whether an execution that was asked for after the cancel is claimed. */
    boolean hasActiveSinceHalt(@Nullable MemoryExecution newest) {
        for (MemoryExecution run = newest; run != null && run.number > haltedAt; run = run.older) {
            if (run.state == MemoryExecution.ACTIVE) {
                return true;
            }
        }
        return false;
    }

    private long head() {
        return isHalted() ? Position.NO_TIME : headDue;
    }

    private static long dueOf(@Nullable DueHeap<MemoryExecution> waiting) {
        return waiting == null ? Position.NO_TIME : waiting.peekKey();
    }
}
