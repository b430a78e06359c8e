package io.reactorscheduler.test;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a simple sequential store would know of one task.
 *
 * <p>Each execution is in one place: waiting or active; the head of the timeline is a third place, for the fire time that
 * has no execution yet.
 */
final class ModelTask {

    /** A count that the rules leave open. */
    static final long ANY = -1;

    /** One execution that waits or is active; changes places, and its claims come and go. */
    static final class Run {
        final long number;
        final boolean isExtra;
        int attempt = 1;
        long fireMicros;

        /** When it may be claimed, at the earliest and at the latest; of extra ones the store picks the moment. */
        long dueFromMicros;

        long dueToMicros;
        boolean isRetry;

        /** Whether it waits because its lease has ended. */
        boolean isExpired;

        /** The last claim; null while it was never claimed. */
        @Nullable
        Claim claim;

        /** Whether the claim was taken with a lease that ends soon. */
        boolean isShort;

        /** Whether it took the head and may still say where the timeline goes on. */
        boolean ownsTimeline;

        /** Whether its task was given another head meanwhile. */
        boolean isDetached;

        Run(long number, boolean isExtra) {
            this.number = number;
            this.isExtra = isExtra;
        }

        void due(long micros) {
            dueFromMicros = micros;
            dueToMicros = micros;
        }
    }

    final Map<Long, Run> waiting = new HashMap<>();
    final Map<Long, Run> active = new HashMap<>();
    final Set<Long> numbers = new HashSet<>();
    Draft draft;
    Position head;

    /** The state when nothing more happens by itself, null before that. */
    @Nullable
    TaskState over;

    /** How often in a row leases of it have expired. */
    int crashes;

    long fired;
    long claimed;
    int finished;

    /** Whether executions were ended in a way that need not be recorded. */
    boolean isHistoryOpen;

    ModelTask(Draft draft) {
        this.draft = draft;
        this.head = draft.head();
    }

    boolean overlaps() {
        return draft.task().overlap().overlaps();
    }

    boolean isRetrying() {
        return waiting.values().stream().anyMatch(run -> run.isRetry);
    }

    boolean hasExtras() {
        return waiting.values().stream().anyMatch(run -> run.isExtra);
    }

    boolean hasShort() {
        return active.values().stream().anyMatch(run -> run.isShort);
    }

    /** How many things of it wait. */
    int places() {
        return waiting.size() + (head.hasHead() ? 1 : 0);
    }

    /** Whether it is cancelled or in quarantine. */
    boolean isHalted() {
        return over != null && over.isHalted();
    }

    /** Whether its timeline goes on: by its head, or by a run that says where. */
    boolean hasTimeline() {
        return over == null && (head.hasHead() || active.values().stream().anyMatch(run -> run.ownsTimeline));
    }

    /** The head given from outside: no run that is active now may move it. */
    void start(Position head) {
        this.head = head;
        over = null;
        crashes = 0;
        active.values().forEach(run -> {
            run.ownsTimeline = false;
            run.isDetached = true;
        });
    }

    /** Out of its line until it is resumed. */
    void halt(TaskState state) {
        int kept = crashes;
        isHistoryOpen |= !waiting.isEmpty();
        waiting.clear();
        start(Position.ENDED);
        crashes = kept;
        over = state;
    }

    /** What the state must be; null where the rules leave it open. */
    @Nullable
    TaskState state() {
        if (over != null) {
            return over;
        }
        if (!active.isEmpty()) {
            return overlaps() && isRetrying() ? null : TaskState.RUNNING;
        }
        if (waiting.values().stream().anyMatch(run -> run.isExpired && run.attempt > 1)) {
            return null;
        }
        if (isRetrying()) {
            return overlaps() && waiting.size() > 1 ? null : TaskState.RETRYING;
        }
        return TaskState.PENDING;
    }

    /** Ends the task when a run of it ended and nothing is left. */
    void settle(TaskState last) {
        if (over == null && !head.hasHead() && active.isEmpty() && waiting.isEmpty()) {
            over = last;
        }
    }

    /** Whether only its due time keeps something of it from being claimed. */
    boolean isOpen() {
        return !isHalted() && (overlaps() || active.isEmpty());
    }

    /** When something must be claimable at the latest, if slots are free; {@link Position#NO_TIME} for never. */
    long dueToMicros() {
        if (!isOpen()) {
            return Position.NO_TIME;
        }
        boolean onlyRetry = !overlaps() && isRetrying();
        long due = onlyRetry ? Position.NO_TIME : head.dueMicros();
        for (Run run : waiting.values()) {
            if (!onlyRetry || run.isRetry) {
                due = Math.min(due, run.dueToMicros);
            }
        }
        return due;
    }
}
