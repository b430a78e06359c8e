package io.reactorscheduler.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** What this process uses: wall clock and CPU time between two moments, heap, threads. */
final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final List<ProcessHandle> OTHERS = new CopyOnWriteArrayList<>();
    private static final long LOOK_NANOS = 100_000;

    /** Longer than any measurement that is worth its time. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final long startNanos = System.nanoTime();
    private final long startCpuNanos = cpuNanos();

    private Meter() {}

    static Meter start() {
        return new Meter();
    }

    /** Starts {@code n} runs and waits until all have been; adds what {@link #putInto} does. */
    static void runs(int n, Values values, Start start) throws Exception {
        LongAdder runs = new LongAdder();
        Meter meter = start();
        start.with(runs::increment);
        await(runs::sum, n);
        meter.putInto(values, n);
    }

    /** Lets a subject begin. */
    interface Start {

        /** Hands over all of it. */
        void with(Runnable work) throws Exception;
    }

    /** Adds how many a second, CPU seconds per million, and seconds, since the start. */
    void putInto(Values values, long done) {
        long cpuNanos = cpuNanos() - startCpuNanos;
        double seconds = seconds();
        values.put("per_s", done / seconds);
        values.put("cpu_s_per_million", cpuNanos / 1e3 / done);
        values.put("seconds", seconds);
    }

    double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    /** Counts the CPU time of another process and of its children, too: that of a subject outside of this JVM. */
    static void alsoCount(ProcessHandle process) {
        OTHERS.add(process);
    }

    private static long cpuNanos() {
        long others = OTHERS.stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToLong(Duration::toNanos)
                .sum();
        return SYSTEM.getProcessCpuTime() + others;
    }

    /** The wall clock in epoch microseconds. */
    static long nowMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
    }

    static Instant instant(long epochMicros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(epochMicros, 1_000_000), Math.floorMod(epochMicros, 1_000_000L) * 1_000);
    }

    /** Bytes in use after the collector took what it could. */
    static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static int threads() {
        return THREADS.getThreadCount();
    }

    static void await(LongSupplier count, long atLeast) throws InterruptedException, TimeoutException {
        if (!reaches(count, atLeast, PATIENCE)) {
            throw new TimeoutException(
                    "only " + count.getAsLong() + " of " + atLeast + " after " + PATIENCE.toSeconds() + " s");
        }
    }

    /** Whether the count got there in time; looks every 100 us. */
    static boolean reaches(LongSupplier count, long atLeast, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (count.getAsLong() < atLeast) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return true;
    }

    /** Waits until the wall clock says so. */
    static void sleepUntil(long epochMicros) throws InterruptedException {
        long millis = (epochMicros - nowMicros()) / 1_000;
        if (millis > 0) {
            Thread.sleep(millis);
        }
    }
}
