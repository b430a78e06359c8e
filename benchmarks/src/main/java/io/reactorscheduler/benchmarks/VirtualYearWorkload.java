package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A minutely task through a year of virtual time. */
final class VirtualYearWorkload implements Workload {

    @Override
    public String key() {
        return "virtual-year";
    }

    @Override
    public String question() {
        return "a task that runs each minute, through so many days of virtual time, on one thread: real seconds for all";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.less("seconds", "s", 1), Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("days", 365));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("days", 30);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        Duration time = Duration.ofDays(params.get("days"));
        LongAdder runs = new LongAdder();
        Meter meter = Meter.start();
        subject.fireEachMinute(time, runs::increment);
        meter.putInto(values, time.toMinutes());
        if (runs.sum() != time.toMinutes()) {
            throw new IllegalStateException("ran " + runs + " times in " + time.toMinutes() + " minutes");
        }
    }
}
