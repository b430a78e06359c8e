package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** How late jobs on Redis start that are due at a steady rate. */
final class RedisDelayedWorkload implements Workload {

    private static final long LEAD_MILLIS = 1_000;

    @Override
    public String key() {
        return "redis-delayed";
    }

    @Override
    public String question() {
        return "jobs that are due at a steady rate, saved before: how late they start; those of the first lead_ms do not count";
    }

    @Override
    public Field field() {
        return Field.REDIS;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.P99, Metric.P50, Metric.MAX, Metric.EARLY, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        long seconds = isQuick ? 3 : 5;
        Stream<Params> rates = Stream.of(rate(1_000, seconds), rate(10_000, seconds));
        return isQuick
                ? rates.map(Place::plain).toList()
                : rates.flatMap(rate -> Place.everywhere(rate).stream()).toList();
    }

    private static Params rate(long rate, long seconds) {
        return Params.of("n", rate * seconds)
                .with("rate", rate)
                .with("ahead_ms", 1_000 + rate * seconds / 5)
                .with("lead_ms", LEAD_MILLIS);
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 1_000).atMost("ahead_ms", 500).atMost("lead_ms", 0);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        Place.take(subject, params);
        DueWorkload.LATENESS.measure(subject, params, values);
    }
}
