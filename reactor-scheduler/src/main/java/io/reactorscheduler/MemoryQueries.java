package io.reactorscheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the in-memory store for people. Whatever is looked at, no queue and no stripe is held for longer than it takes to
 * copy a part of it.
 */
final class MemoryQueries {

    private static final Comparator<MemoryTask> BY_ID = Comparator.comparing(task -> task.record.id());

    private final MemoryIds ids;

    MemoryQueries(MemoryIds ids) {
        this.ids = ids;
    }

    /** Walks all ids, keeps the first ones that match, then looks at each under its monitor. */
    List<TaskInfo> tasks(TaskQuery query) {
        List<TaskInfo> found = new ArrayList<>();
        String after = query.after();
        int left = query.limit();
        int offset = query.offset();
        while (left > 0) {
            int most = (int) Math.min((long) left + offset, Integer.MAX_VALUE);
            List<MemoryTask> page = page(query, after, most);
            int matched = 0;
            for (MemoryTask task : page) {
                TaskInfo info = info(task);
                after = task.record.id();
                if (info != null && query.matches(info)) {
                    matched++;
                    if (offset > 0) {
                        offset--;
                    } else {
                        found.add(info);
                        left--;
                    }
                }
            }
            // tasks that changed between the two looks leave a gap, which the tasks behind it fill
            if (page.size() < most || matched == page.size()) {
                break;
            }
        }
        return found;
    }

    private List<MemoryTask> page(TaskQuery query, @Nullable String after, int most) {
        PriorityQueue<MemoryTask> page = new PriorityQueue<>(BY_ID.reversed());
        for (int stripe = 0; stripe < ids.stripes(); stripe++) {
            for (MemoryTask task : ids.tasksOf(stripe)) {
                if (!mayMatch(query, after, task)) {
                    continue;
                }
                if (page.size() < most) {
                    page.add(task);
                } else if (BY_ID.compare(task, page.peek()) < 0) {
                    page.poll();
                    page.add(task);
                }
            }
        }
        List<MemoryTask> sorted = new ArrayList<>(page);
        sorted.sort(BY_ID);
        return sorted;
    }

    /** Without the monitor: what it says of the state may have changed a moment ago. */
    private static boolean mayMatch(TaskQuery query, @Nullable String after, MemoryTask task) {
        TaskRecord record = task.record;
        return (query.state() == null || query.state() == task.state())
                && (query.queue() == null || query.queue().equals(record.queue()))
                && (query.handler() == null || query.handler().equals(record.handler()))
                && (query.tag() == null || record.tags().contains(query.tag()))
                && (after == null || record.id().compareTo(after) > 0);
    }

    /** The task now, null when it is gone. */
    @Nullable
    TaskInfo info(MemoryTask task) {
        return inItsQueue(task, () -> task.where == MemoryTask.REMOVED ? null : task.info());
    }

    List<Execution> executions(ExecutionQuery query, Collection<MemoryLane> lanes) {
        List<MemoryExecution> all = new ArrayList<>();
        String taskId = query.task();
        if (taskId == null) {
            for (MemoryLane lane : lanes) {
                if (query.queue() == null || query.queue().equals(lane.name)) {
                    addExecutions(lane, all);
                }
            }
        } else {
            MemoryTask task = ids.get(taskId);
            if (task != null) {
                all.addAll(inItsQueue(task, task::executions));
            }
        }
        List<Sorted> sorted = new ArrayList<>();
        for (MemoryExecution run : all) {
            int found = sorted.size();
            Sorted row = inItsQueue(run.task, () -> new Sorted(run.order, run.skip == null, found, run.toExecution()));
            if (query.matches(row.execution())) {
                sorted.add(row);
            }
        }
        sorted.sort(Sorted.NEWEST_FIRST);
        return sorted.stream()
                .skip(query.offset())
                .limit(query.limit())
                .map(Sorted::execution)
                .toList();
    }

    /** All executions of a queue but those that wait. */
    private static void addExecutions(MemoryLane lane, List<MemoryExecution> into) {
        synchronized (lane) {
            lane.active.forEach(into::add);
            for (MemoryExecution run = lane.history.finished.last; run != null; run = run.before) {
                into.add(run);
            }
        }
    }

    /** Looks at a task under the monitor of its queue, which may become another one until it is locked. */
    private static <T extends @Nullable Object> T inItsQueue(MemoryTask task, Supplier<T> look) {
        for (; ; ) {
            MemoryLane lane = task.lane;
            synchronized (lane) {
                if (task.lane == lane) {
                    return look.get();
                }
            }
        }
    }

    /** An execution with what it is sorted by. */
    private record Sorted(long order, boolean isRun, int found, Execution execution) {
        static final Comparator<Sorted> NEWEST_FIRST = Comparator.comparingLong(Sorted::order)
                .reversed()
                .thenComparing(Sorted::isRun, Comparator.reverseOrder())
                .thenComparingInt(Sorted::found);
    }
}
