package io.reactorscheduler.benchmarks;

import java.util.List;

/** A backlog in ten levels. */
final class PrioritiesWorkload implements Workload {

    @Override
    public String key() {
        return "priorities";
    }

    @Override
    public String question() {
        return "a backlog of n tasks in 10 levels, handed over and drained; overtaking: started before 1,000 higher ones";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU, Metric.less("overtaking_pct", "overtaking %", 1));
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", isQuick ? 300_000 : 1_000_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 50_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        Backlog backlog = new Backlog(params.n());
        Meter meter = Meter.start();
        subject.fireByPriority(backlog);
        Meter.await(backlog::started, backlog.n());
        meter.putInto(values, backlog.n());
        values.put("overtaking_pct", 100.0 * backlog.overtaking() / backlog.n());
    }
}
