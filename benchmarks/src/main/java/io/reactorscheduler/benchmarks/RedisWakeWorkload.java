package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How long after the call that saves a job for now it starts on another node, which had nothing to do. */
final class RedisWakeWorkload implements Workload {

    /** The first so many of the jobs warm both nodes up and do not count. */
    private static final double WARM_UP = 0.3;

    @Override
    public String key() {
        return "redis-wake";
    }

    @Override
    public String question() {
        return "jobs saved for now one by one, each when the other node is idle again: from the call to the start there;"
                + " the first third does not count";
    }

    @Override
    public Field field() {
        return Field.REDIS;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.P99, Metric.P50, Metric.MAX);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        Params params = Params.of("n", isQuick ? 1_000 : 3_000).with("wait_ms", 3);
        return isQuick ? List.of(Place.plain(params)) : Place.everywhere(params);
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 200);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        Place.take(subject, params);
        int n = params.n();
        Lateness lateness = Lateness.ofAll();
        AtomicLong asked = new AtomicLong(Long.MAX_VALUE);
        LongAdder started = new LongAdder();
        subject.work(() -> {
            if (asked.get() != Long.MAX_VALUE) {
                lateness.record(asked.get());
            }
            started.increment();
        });
        long unmeasured = Math.round(n * WARM_UP);
        for (int i = 0; i < n; i++) {
            Thread.sleep(params.get("wait_ms"));
            if (i >= unmeasured) {
                asked.set(Meter.nowMicros());
            }
            subject.enqueueEach(1, 1);
            Meter.await(started::sum, i + 1L);
        }
        lateness.putInto(values);
    }
}
