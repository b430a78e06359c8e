package io.reactorscheduler.benchmarks;

import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * When each of many tasks is due: evenly spread from the first on, in an order that no heap likes best.
 *
 * @param n how many
 * @param firstMicros the earliest, in epoch microseconds
 * @param spreadMicros from the earliest to one gap after the latest
 * @param lateness what runs are told to
 * @param jobs how many objects the subject asked for: they are the user's, not the scheduler's
 */
record Due(int n, long firstMicros, long spreadMicros, Lateness lateness, LongAdder jobs) {

    /** A prime that no number of tasks in use is a multiple of. */
    private static final long STRIDE = 7_368_787;

    Due(int n, long firstMicros, long spreadMicros, Lateness lateness) {
        this(n, firstMicros, spreadMicros, lateness, new LongAdder());
    }

    /** When task {@code i} of 0 to n - 1 is due, in epoch microseconds. */
    long micros(int i) {
        long place = i * STRIDE % n;
        return firstMicros + place * spreadMicros / n;
    }

    /** How many are due at or after a time. */
    long countFrom(long micros) {
        return IntStream.range(0, n).filter(i -> micros(i) >= micros).count();
    }

    Instant instant(int i) {
        return Meter.instant(micros(i));
    }

    /** How long from now, at least 0. */
    long delayNanos(int i) {
        return Math.max(0, (micros(i) - Meter.nowMicros()) * 1_000);
    }

    /** The user's object of a task whose scheduler does not tell it the fire time. */
    Job job(int i) {
        jobs.increment();
        return new Job(lateness, micros(i));
    }

    /** What runs when it is due, in the shapes that the subjects want. */
    record Job(Lateness lateness, long dueMicros) implements Runnable, Consumer<Object>, TimerTask {

        @Override
        public void run() {
            lateness.record(dueMicros);
        }

        @Override
        public void accept(Object tick) {
            run();
        }

        @Override
        public void run(Timeout timeout) {
            run();
        }
    }
}
