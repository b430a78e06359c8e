package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** Trivial runs in few and in many queues. */
final class QueuesWorkload implements Workload {

    @Override
    public String key() {
        return "queues";
    }

    @Override
    public String question() {
        return "n trivial tasks that are due at once, dealt to so many queues in turn";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return (isQuick ? Stream.of(1, 1_000) : Stream.of(1, 10, 100, 1_000))
                .map(queues -> Params.of("n", isQuick ? 300_000 : 1_000_000).with("queues", queues))
                .toList();
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 200_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        int queues = (int) params.get("queues");
        Meter.runs(n, values, work -> subject.fireByQueue(n, queues, work));
    }
}
