package io.reactorscheduler;

import java.util.concurrent.atomic.LongAdder;

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
}
