package io.reactorscheduler.benchmarks;

import java.time.Duration;

/** The user's object of a repeating task whose scheduler does not tell it the fire time: it counts. */
final class Repeated implements Runnable {

    private final Lateness lateness;
    private final long periodMicros;
    private long dueMicros;

    private Repeated(Lateness lateness, long firstMicros, long periodMicros) {
        this.lateness = lateness;
        this.dueMicros = firstMicros;
        this.periodMicros = periodMicros;
    }

    static Repeated of(Due first, int i, Duration period) {
        return new Repeated(first.lateness(), first.micros(i), period.toNanos() / 1_000);
    }

    /** Never called by two threads at once: runs of one task follow each other. */
    @Override
    public void run() {
        lateness.record(dueMicros);
        dueMicros += periodMicros;
    }

    /** When the next run is due, in epoch microseconds. */
    long dueMicros() {
        return dueMicros;
    }
}
