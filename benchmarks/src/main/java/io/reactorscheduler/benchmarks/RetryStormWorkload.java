package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Every run fails once. */
final class RetryStormWorkload implements Workload {

    @Override
    public String key() {
        return "retry-storm";
    }

    @Override
    public String question() {
        return "n trivial tasks of which each fails at its first attempt and is retried at once; attempts are counted";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", isQuick ? 250_000 : 1_000_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 100_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        LongAdder successes = new LongAdder();
        Meter meter = Meter.start();
        subject.failOnce(n, attempt -> {
            if (attempt == 1) {
                throw Subject.FirstAttemptFailed.INSTANCE;
            }
            successes.increment();
        });
        Meter.await(successes::sum, n);
        meter.putInto(values, 2L * n);
    }
}
