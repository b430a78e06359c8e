package io.reactorscheduler.benchmarks;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/** Tasks in ten levels, and how often one starts while many of a higher level have not. */
final class Backlog {

    static final int LEVELS = 10;

    /** As many may be on their way to a thread already. */
    private static final int TOLERANCE = 1_000;

    private static final long STRIDE = 2_654_435_761L;

    private final int n;
    private final AtomicIntegerArray left = new AtomicIntegerArray(LEVELS);
    private final LongAdder started = new LongAdder();
    private final LongAdder overtaking = new LongAdder();

    Backlog(int n) {
        this.n = n;
        for (int i = 0; i < n; i++) {
            left.incrementAndGet(level(i));
        }
    }

    int n() {
        return n;
    }

    /** The level of task {@code i}, 0 to 9; higher goes first. */
    int level(int i) {
        return (int) (((i * STRIDE) >>> 16) % LEVELS);
    }

    /** To be called first thing in a run. */
    void start(int level) {
        left.decrementAndGet(level);
        int before = 0;
        for (int higher = level + 1; higher < LEVELS; higher++) {
            before += left.get(higher);
        }
        if (before > TOLERANCE) {
            overtaking.increment();
        }
        started.increment();
    }

    long started() {
        return started.sum();
    }

    long overtaking() {
        return overtaking.sum();
    }
}
