package io.reactorscheduler.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A backlog that several JVMs run together. */
final class RedisNodesWorkload implements Workload {

    /** The first so many of the runs warm the JVMs up and do not count. */
    private static final double WARM_UP = 0.3;

    /** So many that the compilers of all JVMs are done long before the end: what is left is what nodes cost each other. */
    static final int WARM = 1_000_000;

    @Override
    public String key() {
        return "redis-nodes";
    }

    @Override
    public String question() {
        return "a backlog of n jobs, run by so many JVMs together; the first third of the runs does not count";
    }

    @Override
    public Field field() {
        return Field.REDIS;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU, Metric.READS, Metric.SERVER);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        Params one = Place.plain(Params.of("n", isQuick ? 50_000 : 100_000).with("nodes", 1));
        Params four = one.with("nodes", 4);
        return isQuick
                ? List.of(one, four)
                : List.of(
                        one,
                        one.with("nodes", 2),
                        four,
                        one.with("n", WARM),
                        four.with("n", WARM),
                        Place.withFile(one),
                        Place.withFile(four),
                        Place.onCluster(one),
                        Place.onCluster(four));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 1_000).atMost("nodes", 1);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        Place.take(subject, params);
        int n = params.n();
        LongAdder runs = new LongAdder();
        List<WorkerProcess> workers = new ArrayList<>();
        try {
            for (int i = 0; i < params.get("nodes"); i++) {
                workers.add(new WorkerProcess(subject.kind(), params, runs));
            }
            for (WorkerProcess worker : workers) {
                worker.awaitReady();
            }
            subject.enqueue(n);
            for (WorkerProcess worker : workers) {
                worker.go();
            }
            Meter.await(runs::sum, Math.round(n * WARM_UP));
            long counted = n - runs.sum();
            List<RedisServer.Usage> before = Place.usages(params);
            Meter meter = Meter.start();
            Meter.await(runs::sum, n);
            meter.putInto(values, counted);
            RedisServer.Usage.putInto(values, before, Place.usages(params), counted);
        } finally {
            for (WorkerProcess worker : workers) {
                worker.close();
            }
        }
    }
}
