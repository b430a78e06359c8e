package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of a task after it was claimed, and those that callers ask for. Each runs under the monitor of the
 * task's queue, which is {@code task.lane}.
 */
final class MemoryChanges {

    static final String CANCELLED = "cancelled";
    static final String QUARANTINED = "the task was put in quarantine";
    static final String REPLACED = "the task was replaced by another of its id";

    private MemoryChanges() {}

    // ---- the end of a claim

    /** Records the end of a claim that is valid. */
    static TaskStore.Recorded complete(MemoryExecution run, Completion completion, long now) {
        Claim claim = completion.claim();
        MemoryTask task = run.task;
        MemoryLane lane = task.lane;
        lane.end(run, now);
        run.isReported = true;
        Completion ended = given(run, completion);
        Outcome.Kind kind = ended.outcome().kind();
        if (!completion.skipped().isEmpty()) {
            skipped(run, completion);
        }
        if (task.more != null && completion.outcome().kind() != Outcome.Kind.RELEASED) {
            task.more.survived();
        }
        if (kind == Outcome.Kind.RETRY_AT || kind == Outcome.Kind.RELEASED) {
            boolean isRetry = kind == Outcome.Kind.RETRY_AT;
            run.completion = ended;
            // of several fire times it may be for a later one than it was claimed for
            run.claim = claim;
            if (isRetry) {
                run.attempt = ended.attempt() + 1;
            }
            if (!run.isDetached) {
                task.more().followEarly(run, ended.next());
            }
            task.more().waitAgain(run, isRetry ? ended.outcome().retryAtMicros() : claim.dueMicros(), isRetry);
            settle(task, null, now);
        } else {
            lane.history.add(run, ended);
            Position next = ended.next();
            if (task.more == null) {
                once(task, next, kind, now);
            } else {
                if (!run.isDetached) {
                    task.more.follow(run, next);
                }
                settle(task, kind, now);
            }
            lane.history.trim(task, now);
        }
        TaskState state = task.state();
        List<String> dropped = lane.history.takeDropped();
        return dropped.isEmpty() ? TaskStore.Recorded.done(state) : new TaskStore.Recorded(false, state, dropped);
    }

    /** What became of an end that is not of a valid claim: whether it was recorded before, and its reply lost. */
    static TaskStore.Recorded again(MemoryTask task, Claim claim) {
        MemoryExecution run = task.execution(claim.number());
        return run != null && run.isReported && run.fence() == claim.fence()
                ? TaskStore.Recorded.done(task.state())
                : TaskStore.Recorded.STALE;
    }

    /** What a completion comes to when its task was cancelled or replaced meanwhile: then it is not tried again. */
    private static Completion given(MemoryExecution run, Completion completion) {
        Outcome outcome = completion.outcome();
        if (outcome.isFinal()) {
            return completion;
        }
        MemoryRuns more = run.task.more;
        boolean isCancelled = more != null && more.isHalted(run);
        if (!isCancelled && !run.isReplaced) {
            return completion;
        }
        if (!isCancelled && outcome.error() != null) {
            return completion.withOutcome(Outcome.failed(outcome.error()));
        }
        String reason = isCancelled ? CANCELLED : REPLACED;
        return completion.withOutcome(new Outcome(Outcome.Kind.CANCELLED, null, null, outcome.error(), 0, reason));
    }

    /** Records the fire times that the run or its claim used up, as rows before it. */
    private static void skipped(MemoryExecution run, Completion completion) {
        MemoryTask task = run.task;
        MemoryRuns more = task.more();
        for (Skip skip : completion.skipped()) {
            MemoryExecution row = new MemoryExecution(task, run.number);
            row.skip = skip;
            more.fired += run.isDetached ? 0 : skip.count();
            row.claim = completion.claim();
            row.node = run.node;
            row.order = run.order;
            task.add(row);
            task.lane.history.add(row, completion);
        }
    }

    /** A task that runs once and needed nothing else: nearly always over now. */
    private static void once(MemoryTask task, Position next, Outcome.Kind kind, long now) {
        if (next.hasHead()) {
            task.more().head(next);
            settle(task, kind, now);
        } else {
            task.lane.state(task, ended(kind));
        }
    }

    /** The state of a task of which nothing is left, by how its last run ended. */
    private static TaskState ended(Outcome.@Nullable Kind kind) {
        if (kind == Outcome.Kind.FAILED) {
            return TaskState.FAILED;
        }
        return kind == Outcome.Kind.CANCELLED ? TaskState.CANCELLED : TaskState.COMPLETED;
    }

    /** Gives a task the state and the place that its parts say. */
    static void settle(MemoryTask task, Outcome.@Nullable Kind last, long now) {
        task.lane.state(task, stateOf(task, task.more(), last));
        task.lane.place(task, now);
        task.lane.history.ended(task, now);
    }

    private static TaskState stateOf(MemoryTask task, MemoryRuns more, Outcome.@Nullable Kind last) {
        boolean isActive = more.isHalted() ? more.hasActiveSinceHalt(task.newest()) : more.active > 0;
        if (isActive) {
            return TaskState.RUNNING;
        }
        if (more.hasAgain()) {
            return more.isNextRetry() ? TaskState.RETRYING : TaskState.PENDING;
        }
        if (more.hasHead() || more.hasExtra()) {
            return TaskState.PENDING;
        }
        if (more.isHalted()) {
            return more.haltedState();
        }
        return last == null && more.isManual ? TaskState.PENDING : ended(last);
    }

    /** The next head of an overlapping task, written by the run that took the one before, once. */
    static void advance(MemoryExecution run, Position next, long now) {
        MemoryTask task = run.task;
        MemoryRuns more = task.more;
        if (more != null && !run.isDetached && more.headNumber == run.number) {
            more.head(next);
            task.lane.place(task, now);
        }
    }

    /**
     * Back in line, because its lease has expired. A crash is no failed attempt: it does not use one up. Gives whether it
     * was one too many, so that the task is to be put in quarantine instead.
     */
    static boolean expire(MemoryExecution run, long now) {
        MemoryTask task = run.task;
        Claim claim = run.claim();
        MemoryLane lane = task.lane;
        lane.end(run, now);
        MemoryRuns more = task.more();
        if (run.isReplaced || more.isHalted(run)) {
            String reason = run.isReplaced ? REPLACED : CANCELLED;
            lane.history.add(run, cancelled(run, claim, reason, now));
            settle(task, Outcome.Kind.CANCELLED, now);
            lane.history.trim(task, now);
            return false;
        }
        more.crashed(claim.fence(), lane.shared.fences.get());
        if (more.crashes() >= lane.shared.quarantineAfter) {
            return true;
        }
        more.waitAgain(run, claim.dueMicros(), false);
        settle(task, null, now);
        return false;
    }

    /** Halts the task of a run that was lost once too often; gives the hint that is owed to the owners of its other runs. */
    static TaskStore.@Nullable Hint quarantine(MemoryExecution run, long now) {
        MemoryTask task = run.task;
        MemoryLane lane = task.lane;
        MemoryRuns more = task.more();
        Claim claim = run.claim();
        lane.displace(task);
        Outcome outcome = Outcome.failed(ExecutionError.lostNodes(task.record.id(), more.crashes()));
        lane.history.add(
                run,
                new Completion(claim, outcome, run.attempt, run.claimedMicros, now, Position.UNCHANGED, List.of()));
        cancelWaiting(task, QUARANTINED, true, now);
        more.quarantine(claim.extra() ? Position.NO_TIME : claim.fireMicros());
        more.noHead();
        settle(task, null, now);
        lane.history.trim(task, now);
        return more.active > 0 ? hint(task) : null;
    }

    // ---- what callers ask for

    /** Gives the hint that is owed to the owners of its runs, null when it has none. */
    static TaskStore.@Nullable Hint cancel(MemoryTask task, long now) {
        if (task.state().isFinal()) {
            return null;
        }
        MemoryLane lane = task.lane;
        lane.displace(task);
        MemoryRuns more = task.more();
        cancelWaiting(task, CANCELLED, true, now);
        more.halt();
        more.noHead();
        lane.state(task, TaskState.CANCELLED);
        TaskStore.Hint hint = more.active > 0 ? hint(task) : null;
        lane.history.ended(task, now);
        lane.history.trim(task, now);
        return hint;
    }

    private static TaskStore.Hint hint(MemoryTask task) {
        long fence = task.lane.shared.fences.get();
        return new TaskStore.Hint(TaskStore.Hint.Kind.CANCEL_TASK, task.record.id(), fence);
    }

    /** Records executions that waited as cancelled, so that whoever knows their ids learns what became of them. */
    static void cancelWaiting(MemoryTask task, String reason, boolean isWithExtras, long now) {
        MemoryRuns more = task.more();
        List<MemoryExecution> waiting = new ArrayList<>();
        more.pollAll(isWithExtras, waiting);
        for (MemoryExecution run : waiting) {
            task.lane.freePlaces(run.claim == null ? 1 : 0);
            Claim claim = run.claim == null ? MemoryClaims.neverGiven(run) : run.claim;
            task.lane.history.add(run, cancelled(run, claim, reason, now));
        }
    }

    /** The end of an execution that nobody runs. */
    private static Completion cancelled(MemoryExecution run, Claim claim, String reason, long now) {
        Completion last = run.completion;
        Outcome outcome = new Outcome(
                Outcome.Kind.CANCELLED,
                null,
                null,
                last == null ? null : last.outcome().error(),
                0,
                reason);
        long started = last == null ? Position.NO_TIME : last.startedMicros();
        return new Completion(claim, outcome, run.attempt - 1, started, now, Position.UNCHANGED, List.of());
    }

    /** Back in line from a cancel; other tasks stay as they are. */
    static void resume(MemoryTask task, Position head, long now) {
        boolean isHalted = task.more != null && task.more.isHalted();
        if (!task.state().isHalted() && !isHalted) {
            return;
        }
        MemoryRuns more = task.more();
        task.lane.displace(task);
        more.unhalt();
        head(task, more, head);
        settle(task, null, now);
    }

    /** Another trigger, another head; fire times are counted from the start. */
    static void reschedule(MemoryTask task, Trigger trigger, Position head, long now) {
        MemoryRuns more = task.more();
        task.lane.displace(task);
        task.record = task.record.withTrigger(trigger);
        more.unhalt();
        more.fired = 0;
        head(task, more, head);
        settle(task, null, now);
    }

    /** Gives a task a head that the end of no earlier run may change. */
    static void head(MemoryTask task, MemoryRuns more, Position head) {
        more.head(head);
        for (MemoryExecution run = task.newest(); run != null; run = run.older) {
            if (run.state != MemoryExecution.FINISHED) {
                run.isDetached = true;
            }
        }
    }

    /** One more execution, due now; gives its id. */
    static String enqueue(MemoryTask task, TaskStore.Extra extra, long now) {
        MemoryLane lane = task.lane;
        lane.reserve(task.record);
        MemoryRuns more = task.more();
        lane.displace(task);
        MemoryExecution run = new MemoryExecution(task, ++more.numbers);
        run.extra = extra;
        run.order = lane.shared.fences.get();
        task.add(run);
        more.waitExtra(run, now);
        settle(task, null, now);
        return Execution.id(task.record.id(), run.number);
    }

    /** Deletes a task with all that is known of it. */
    static TaskStore.@Nullable Hint remove(MemoryTask task, long now) {
        MemoryLane lane = task.lane;
        TaskStore.Hint hint = task.active() > 0 ? hint(task) : null;
        lane.remove(task);
        for (MemoryExecution run = task.newest(); run != null; ) {
            MemoryExecution older = run.older;
            if (run.state == MemoryExecution.FINISHED) {
                lane.history.delete(run);
            } else {
                if (run.state == MemoryExecution.ACTIVE) {
                    lane.end(run, now);
                }
                task.remove(run);
            }
            run = older;
        }
        return hint;
    }
}
