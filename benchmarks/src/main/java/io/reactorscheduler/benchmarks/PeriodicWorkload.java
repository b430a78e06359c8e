package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.List;

/** Many tasks at a fixed rate. */
final class PeriodicWorkload implements Workload {

    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** What a load that goes on for days does in its first seconds does not count. */
    private static final long LEAD_MILLIS = 3_000;

    @Override
    public String key() {
        return "periodic";
    }

    @Override
    public String question() {
        return "n tasks once a second each, evenly spread: how late they start, and which share of the firings comes; the"
                + " first lead_ms do not count";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.less("cpu_s_per_million", "CPU s/M", 1),
                Metric.more("fired_pct", "fired %", 1),
                Metric.P99,
                Metric.P50,
                Metric.MAX);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", 100_000)
                .with("seconds", isQuick ? 3 : 4)
                .with("ahead_ms", 2_000)
                .with("lead_ms", LEAD_MILLIS));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 10_000)
                .atMost("seconds", 1)
                .atMost("ahead_ms", 200)
                .atMost("lead_ms", 0);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        long seconds = params.get("seconds");
        Lateness lateness = Lateness.ofWindow();
        long first = Meter.nowMicros() + params.get("ahead_ms") * 1_000;
        Meter scheduling = Meter.start();
        subject.fireEvery(new Due(n, first, PERIOD.toMillis() * 1_000, lateness), PERIOD);
        values.put("scheduling_s", scheduling.seconds());
        Meter.sleepUntil(first + params.get("lead_ms") * 1_000);
        Firings.measure(lateness, seconds, from -> n * seconds, values);
    }
}
