package io.reactorscheduler;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What all queues of one in-memory store share; safe for any thread. */
final class MemoryShared {

    final MemoryIds ids = new MemoryIds();
    final MemoryHints hints = new MemoryHints();
    final Retention retention;
    final long ageMicros;

    /** The last fencing token that was given. */
    final AtomicLong fences = new AtomicLong();

    /** Finished executions in all queues. */
    final AtomicInteger finished = new AtomicInteger();

    /** How many crashes in a row put a task in quarantine. */
    final int quarantineAfter;

    MemoryShared(Retention retention, int quarantineAfter) {
        this.retention = retention;
        this.quarantineAfter = quarantineAfter;
        this.ageMicros = Checks.micros(retention.age());
    }
}
