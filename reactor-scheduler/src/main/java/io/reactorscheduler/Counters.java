package io.reactorscheduler;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** Numbers of one node since it started. */
final class Counters {
    final LongAdder started = new LongAdder();
    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LongAdder skipped = new LongAdder();

    void ended(Completion completion) {
        switch (completion.outcome().kind()) {
            case COMPLETED -> completed.increment();
            case FAILED -> failed.increment();
            case RETRY_AT -> retried.increment();
            case CANCELLED -> cancelled.increment();
            case SKIPPED -> skipped.increment();
            case RELEASED -> {}
        }
        for (Skip skip : completion.skipped()) {
            skipped.add(skip.count());
        }
    }

    SchedulerStats stats(TaskStore.StoreStats store, long nowMicros, int held, Predicate<String> isPaused) {
        Map<String, SchedulerStats.Queue> queues = new TreeMap<>();
        store.queues().forEach((name, queue) -> {
            long late = queue.due() == 0 ? 0 : Math.max(0, nowMicros - queue.oldestDueMicros());
            queues.put(
                    name,
                    new SchedulerStats.Queue(
                            queue.waiting(),
                            queue.due(),
                            queue.running(),
                            Duration.of(late, ChronoUnit.MICROS),
                            isPaused.test(name)));
        });
        return new SchedulerStats(
                store.tasks(),
                queues,
                started.sum(),
                completed.sum(),
                failed.sum(),
                retried.sum(),
                cancelled.sum(),
                skipped.sum(),
                held);
    }
}
