package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;

/**
 * The finished executions of one queue, oldest first, and what deletes them; also the tasks that ended without a run,
 * most of them cancelled, which nothing else would delete. Belongs to the monitor of the queue.
 *
 * <p>The bound on all executions is shared by the queues: the queue that has most gives up its oldest, so one that ends a
 * million runs a second does not push out the history of the others.
 */
final class MemoryHistory {

    /** Executions that are too old, deleted for each one that is added. */
    private static final int OLD_PER_ADD = 2;

    private final MemoryLane lane;
    private final Retention retention;
    final Chain<MemoryExecution> finished = new Chain<>();
    private final Chain<MemoryTask> ended = new Chain<>();

    /** Finished executions by which the number of all queues is wrong. */
    private int uncounted;

    /** Stored results of deleted executions that nobody was told of yet. */
    private List<String> dropped = List.of();

    MemoryHistory(MemoryLane lane) {
        this.lane = lane;
        this.retention = lane.shared.retention;
    }

    /** Keeps an execution that is over now and was in no list. */
    void add(MemoryExecution run, Completion completion) {
        run.completion = completion;
        run.state = MemoryExecution.FINISHED;
        finished.add(run);
        uncounted++;
        MemoryRuns more = run.task.more;
        if (more != null) {
            more.finished++;
        }
    }

    /** Applies retention after a task has got its state. */
    void trim(MemoryTask task, long now) {
        MemoryRuns more = task.more;
        while (more != null && more.finished > retention.perTask()) {
            MemoryExecution oldest = task.oldest();
            while (oldest != null && oldest.state != MemoryExecution.FINISHED) {
                oldest = oldest.newer;
            }
            if (oldest == null) {
                break;
            }
            delete(oldest);
        }
        deleteOld(now, OLD_PER_ADD);
    }

    /** Deletes executions, and tasks that ended without one, that are too old; at most so many. */
    int deleteOld(long now, int most) {
        long oldest = now - lane.shared.ageMicros;
        int deleted = 0;
        for (MemoryExecution run = finished.first;
                run != null && deleted < most && run.endedMicros() < oldest;
                run = finished.first) {
            delete(run);
            deleted++;
        }
        for (MemoryTask task = ended.first; task != null && deleted < most && task.due < oldest; task = ended.first) {
            lane.remove(task);
            deleted++;
        }
        return deleted;
    }

    /** Adds what came and went to the number of executions of all queues. */
    void settleCount() {
        if (uncounted != 0) {
            lane.shared.finished.addAndGet(uncounted);
            uncounted = 0;
        }
    }

    /** Deletes the oldest execution, if there is one. */
    void deleteFirst() {
        if (finished.first != null) {
            delete(finished.first);
        }
    }

    /** Deletes a finished execution, and its task if that has ended and this was its last one. */
    void delete(MemoryExecution run) {
        finished.remove(run);
        uncounted--;
        MemoryTask task = run.task;
        task.remove(run);
        MemoryRuns more = task.more;
        if (more != null) {
            more.finished--;
        }
        String result = run.result();
        if (result != null) {
            drop(result);
        }
        if (task.newest() == null && isDisposable(task)) {
            lane.remove(task);
        }
    }

    private void drop(String result) {
        if (dropped.isEmpty()) {
            dropped = new ArrayList<>(1);
        }
        dropped.add(result);
    }

    /** Stored results of executions that were deleted since the last call. */
    List<String> takeDropped() {
        List<String> taken = dropped;
        dropped = List.of();
        return taken;
    }

    /**
     * Whether nobody expects a task to be there any more. A timeline that was cancelled, a quarantined task and a task to be
     * triggered are expected; one that came to its end is not, also when its last run was cancelled.
     */
    private static boolean isDisposable(MemoryTask task) {
        if (task.where == MemoryTask.REMOVED || !task.state().isFinal()) {
            return false;
        }
        MemoryRuns more = task.more;
        return more == null
                || (!more.isManual
                        && (!more.isHalted() || (task.state() == TaskState.CANCELLED && task.record.firesOnce())));
    }

    // ---- tasks that have ended without a run

    /** Remembers a task to be deleted one day, if it has ended and has no execution that it goes with. */
    void ended(MemoryTask task, long now) {
        if (task.newest() != null || task.where != MemoryTask.OUT || !isDisposable(task)) {
            return;
        }
        task.where = MemoryTask.ENDED;
        task.due = now;
        ended.add(task);
        if (ended.size > retention.total() && ended.first != null) {
            lane.remove(ended.first);
        }
    }

    /** Takes a task back that {@link #ended} remembered. */
    void forgetEnded(MemoryTask task) {
        ended.remove(task);
    }
}
