package io.reactorscheduler;

import java.util.concurrent.atomic.AtomicInteger;

/** A store that counts how often somebody asks for a task or for executions. */
final class CountedReads {

    private CountedReads() {}

    static TaskStore of(TaskStore store, AtomicInteger reads) {
        return StandInStore.over(store, (called, arguments, through) -> {
            if (called.getName().equals("task") || called.getName().equals("executions")) {
                reads.incrementAndGet();
            }
            return through.get();
        });
    }
}
