package io.reactorscheduler.benchmarks;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;

/** What a task costs while it waits. */
final class PendingWorkload implements Workload {

    private static final int SAMPLE = 100_000;

    @Override
    public String key() {
        return "pending";
    }

    @Override
    public String question() {
        return "tasks that are due in an hour, in a heap of 2 GiB: bytes of each beside the user's own objects";
    }

    @Override
    public String heap() {
        return "2g";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.BYTES, Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return isQuick
                ? List.of(Params.of("n", 1_000_000))
                : List.of(Params.of("n", 1_000_000), Params.of("n", 10_000_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 50_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        double bytesOfJob = bytesOfJob();
        long before = Meter.heapBytes();
        long hour = Duration.ofHours(1).toMillis() * 1_000;
        Due due = new Due(n, Meter.nowMicros() + hour, hour, Lateness.ofAll());
        Meter meter = Meter.start();
        subject.fireAt(due);
        meter.putInto(values, n);
        double bytes = Meter.heapBytes() - before - due.jobs().sum() * bytesOfJob;
        values.put("bytes_per_task", bytes / n);
    }

    /** Of the user's object that some subjects need for each task. */
    private static double bytesOfJob() {
        Due due = new Due(SAMPLE, 0, 0, Lateness.ofAll());
        Due.Job[] jobs = new Due.Job[SAMPLE];
        long before = Meter.heapBytes();
        try {
            for (int i = 0; i < SAMPLE; i++) {
                jobs[i] = due.job(i);
            }
            return (Meter.heapBytes() - before) / (double) SAMPLE;
        } finally {
            Reference.reachabilityFence(jobs);
        }
    }
}
