package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.HdrHistogram.Histogram;

/** How late runs start, of those that are due within a window; one histogram for each thread, so that none waits. */
final class Lateness {

    private static final long HIGHEST_MICROS = 3_600_000_000L;
    private static final int DIGITS = 3;

    private volatile long fromMicros = Long.MAX_VALUE;
    private volatile long toMicros = Long.MAX_VALUE;
    private final List<Local> locals = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Local> local = ThreadLocal.withInitial(this::addLocal);

    /** What one thread saw; the count is written last, so whoever reads it sees the rest. */
    private static final class Local {
        final Histogram micros = new Histogram(HIGHEST_MICROS, DIGITS);
        long early;
        volatile long count;
    }

    /** Counts everything. */
    static Lateness ofAll() {
        Lateness lateness = new Lateness();
        lateness.open(Long.MIN_VALUE, Long.MAX_VALUE);
        return lateness;
    }

    /** Counts nothing until a window is opened. */
    static Lateness ofWindow() {
        return new Lateness();
    }

    private Lateness() {}

    /** Counts what is due from the first time (inclusive) to the second (exclusive), in epoch microseconds. */
    void open(long from, long to) {
        toMicros = to;
        fromMicros = from;
    }

    /** To be called first thing in a run. */
    void record(long dueMicros) {
        record(dueMicros, Meter.nowMicros());
    }

    /** For runs elsewhere, which say when they started. */
    void record(long dueMicros, long nowMicros) {
        if (dueMicros < fromMicros || dueMicros >= toMicros) {
            return;
        }
        long late = nowMicros - dueMicros;
        Local mine = local.get();
        if (late < 0) {
            mine.early++;
        }
        mine.micros.recordValue(Math.min(HIGHEST_MICROS, Math.max(0, late)));
        long count = mine.count;
        mine.count = count + 1;
    }

    long count() {
        long sum = 0;
        for (Local each : locals) {
            sum += each.count;
        }
        return sum;
    }

    /** Adds percentiles; to be called when no run is under way any more. */
    void putInto(Values values) {
        Histogram all = new Histogram(HIGHEST_MICROS, DIGITS);
        long early = 0;
        for (Local each : locals) {
            early += each.count == 0 ? 0 : each.early;
            all.add(each.micros);
        }
        values.put("p50_us", all.getValueAtPercentile(50));
        values.put("p99_us", all.getValueAtPercentile(99));
        values.put("p999_us", all.getValueAtPercentile(99.9));
        values.put("max_us", all.getMaxValue());
        values.put("early", early);
    }

    private Local addLocal() {
        Local fresh = new Local();
        locals.add(fresh);
        return fresh;
    }
}
