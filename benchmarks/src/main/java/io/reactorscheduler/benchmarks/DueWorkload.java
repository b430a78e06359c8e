package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** How late tasks start that are due at a steady rate. */
enum DueWorkload implements Workload {
    FIRE_LATER("fire-later", "tasks that are all due within one second, some seconds ahead: how late they start") {
        @Override
        public List<Params> cases(boolean isQuick) {
            return List.of(rate(1_000_000, 1, isQuick).with("lead_ms", 0));
        }
    },
    LATENESS(
            "lateness",
            "tasks that are due at a steady rate, from some seconds ahead on: how late they start; those of the first"
                    + " lead_ms do not count") {
        @Override
        public List<Params> cases(boolean isQuick) {
            int seconds = isQuick ? 5 : 6;
            return Stream.of(20_000L, 200_000L)
                    .map(rate -> rate(rate, seconds, isQuick).with("lead_ms", LEAD_MILLIS))
                    .toList();
        }
    };

    private static final long LEAD_MILLIS = 3_000;
    private static final long MICROS_PER_MILLI = 1_000;

    private final String key;
    private final String question;

    DueWorkload(String key, String question) {
        this.key = key;
        this.question = question;
    }

    private static Params rate(long rate, long seconds, boolean isQuick) {
        return Params.of("n", rate * seconds).with("rate", rate).with("ahead_ms", isQuick ? 2_500 : 5_000);
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String question() {
        return question;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.P99, Metric.P50, Metric.MAX, Metric.EARLY, Metric.CPU);
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", params.get("rate") / 2)
                .atMost("ahead_ms", 200)
                .atMost("lead_ms", 0);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        Lateness lateness = Lateness.ofWindow();
        Meter meter = Meter.start();
        long first = Meter.nowMicros() + params.get("ahead_ms") * 1_000;
        // in whole milliseconds, because some subjects know no smaller ones
        long from = (first / MICROS_PER_MILLI + params.get("lead_ms")) * MICROS_PER_MILLI;
        Due due = new Due(n, first, n * 1_000_000L / params.get("rate"), lateness);
        long counted = due.countFrom(from);
        if (counted == 0) {
            throw new IllegalArgumentException("--lead_ms " + params.get("lead_ms") + " leaves none of " + n
                    + " tasks to measure; give more of them or a shorter lead");
        }
        lateness.open(from, Long.MAX_VALUE);
        subject.fireAt(due);
        values.put("scheduling_s", meter.seconds());
        Meter.await(lateness::count, counted);
        meter.putInto(values, n);
        lateness.putInto(values);
    }
}
