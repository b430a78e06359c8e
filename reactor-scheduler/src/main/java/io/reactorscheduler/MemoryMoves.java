package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/**
 * What saving a task does whose id is known: it is kept, refused, or replaced. A task that is replaced may change its
 * queue; then both queues are locked, the one of lower rank first.
 */
final class MemoryMoves {

    private MemoryMoves() {}

    /** The news of the two queues, to be told when nothing is locked; the answer is null when the task is gone. */
    record Moved(TaskStore.@Nullable Saved saved, long oldNews, long newNews) {
        static final Moved NOT = new Moved(null, Position.NO_TIME, Position.NO_TIME);
    }

    /** Saves a task whose id is known as {@code task}, which was in {@code from} when it was looked at. */
    static Moved known(MemoryTask task, MemoryLane from, MemoryLane to, NewTask change, long now) {
        MemoryLane first = from.rank <= to.rank ? from : to;
        MemoryLane second = first == from ? to : from;
        synchronized (first) {
            synchronized (second) {
                if (task.lane != from || task.where == MemoryTask.REMOVED) {
                    return Moved.NOT;
                }
                TaskRecord record = change.task();
                switch (change.ifExists()) {
                    case KEEP -> {
                        return new Moved(
                                new TaskStore.Saved(task.record, false, true, 0), Position.NO_TIME, Position.NO_TIME);
                    }
                    case FAIL -> throw new DuplicateTaskException(record.id());
                    case REPLACE -> {
                        from.drain(now);
                        if (from != to && task.where == MemoryTask.ARRIVING) {
                            return Moved.NOT;
                        }
                        replace(task, to, change, now);
                        to.touched(task, now);
                        return new Moved(
                                new TaskStore.Saved(record, false, false, task.more().numbers),
                                from.takeNews(),
                                from == to ? Position.NO_TIME : to.takeNews());
                    }
                }
                throw new AssertionError(change.ifExists());
            }
        }
    }

    private static void replace(MemoryTask task, MemoryLane to, NewTask change, long now) {
        MemoryLane from = task.lane;
        TaskRecord record = change.task();
        boolean wasFinal = task.state().isFinal();
        if (wasFinal || from != to) {
            to.reserve(record);
        }
        MemoryRuns more = task.more();
        boolean keepsHead = !wasFinal
                && more.hasTimeline()
                && !record.firesOnce()
                && record.trigger().equals(task.record.trigger());
        from.displace(task);
        if (!keepsHead) {
            MemoryChanges.cancelWaiting(task, MemoryChanges.REPLACED, false, now);
        }
        if (from != to) {
            from.handOver(task, to, now);
        }
        boolean isSerialNow = task.overlaps() && !record.overlap().overlaps();
        task.record = record;
        if (keepsHead && isSerialNow) {
            more.detachAllButTheHead(task.newest());
        }
        if (!keepsHead) {
            more.unhalt();
            more.fired = 0;
            more.isManual = !change.head().hasHead();
            MemoryChanges.head(task, more, change.head());
            for (MemoryExecution run = task.newest(); run != null; run = run.older) {
                run.isReplaced |= run.state == MemoryExecution.ACTIVE;
            }
        }
        MemoryChanges.settle(task, null, now);
        if (wasFinal) {
            // settling counted its place once more
            to.freePlaces(1);
        }
        to.history.trim(task, now);
    }
}
