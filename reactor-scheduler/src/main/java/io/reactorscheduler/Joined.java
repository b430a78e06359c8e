package io.reactorscheduler;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What two stores answer, as the answer of one. */
final class Joined {

    private Joined() {}

    static TaskStore.StoreStats of(TaskStore.StoreStats one, TaskStore.StoreStats other) {
        Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
        tasks.putAll(one.tasks());
        other.tasks().forEach((state, count) -> tasks.merge(state, count, Long::sum));
        Map<String, TaskStore.QueueStats> queues = new TreeMap<>(one.queues());
        other.queues().forEach((name, stats) -> queues.merge(name, stats, Joined::of));
        return new TaskStore.StoreStats(tasks, queues);
    }

    private static TaskStore.QueueStats of(TaskStore.QueueStats one, TaskStore.QueueStats other) {
        return new TaskStore.QueueStats(
                one.waiting() + other.waiting(),
                one.due() + other.due(),
                one.running() + other.running(),
                Math.min(one.oldestDueMicros(), other.oldestDueMicros()));
    }

    static TaskStore.Swept of(TaskStore.Swept one, TaskStore.Swept other) {
        return new TaskStore.Swept(
                of(one.expired(), other.expired()),
                of(one.quarantined(), other.quarantined()),
                of(one.dropped(), other.dropped()),
                of(one.findings(), other.findings()),
                of(one.unswept(), other.unswept()),
                Math.min(one.nextExpiryMicros(), other.nextExpiryMicros()));
    }

    static <E> List<E> of(List<E> first, List<E> second) {
        List<E> joined = new ArrayList<>(first);
        joined.addAll(second);
        return joined;
    }
}
