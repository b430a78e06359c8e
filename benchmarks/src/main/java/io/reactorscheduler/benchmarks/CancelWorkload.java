package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.List;

/** Tasks that are taken back. */
final class CancelWorkload implements Workload {

    private static final Duration AHEAD = Duration.ofHours(1);

    @Override
    public String key() {
        return "cancel";
    }

    @Override
    public String question() {
        return "pairs of scheduling a task for in an hour and taking it back, and the bytes that each leaves behind";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU, Metric.less("bytes_left_per_task", "B left", 1));
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", isQuick ? 500_000 : 1_000_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 100_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        long before = Meter.heapBytes();
        Meter meter = Meter.start();
        subject.scheduleAndCancel(n, AHEAD);
        meter.putInto(values, n);
        values.put("bytes_left_per_task", Math.max(0, Meter.heapBytes() - before) / (double) n);
    }
}
