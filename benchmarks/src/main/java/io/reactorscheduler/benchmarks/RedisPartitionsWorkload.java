package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** A backlog in several partitions, on one server and on a cluster. */
final class RedisPartitionsWorkload implements Workload {

    /** The first so many of the runs warm up and do not count. */
    private static final double WARM_UP = 0.3;

    @Override
    public String key() {
        return "redis-partitions";
    }

    @Override
    public String question() {
        return "a backlog of n jobs in so many partitions, run by one JVM, on one server or a cluster of 3 masters and 3"
                + " replicas; the first third of the runs does not count";
    }

    @Override
    public Field field() {
        return Field.REDIS;
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.RATE,
                Metric.CPU,
                Metric.READS,
                Metric.SERVER,
                Metric.less("commands_of_busiest_per_job", "commands/job of the busiest server", 1),
                Metric.less("us_of_busiest_per_job", "us/job of the busiest server", 1));
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        Params one = Place.plain(
                Params.of("n", isQuick ? 30_000 : 100_000).with("partitions", 1).with("masters", 1));
        Stream<Params> alone = (isQuick ? Stream.of(1, 16) : Stream.of(1, 4, 16, 64))
                .map(partitions -> one.with("partitions", partitions));
        Params cluster = Place.onCluster(one);
        return Stream.concat(alone, isQuick ? Stream.of(cluster) : Stream.of(cluster, Place.withFile(cluster)))
                .toList();
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 5_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        Place.take(subject, params);
        subject.enqueue(n);
        LongAdder runs = new LongAdder();
        subject.work(runs::increment);
        Meter.await(runs::sum, Math.round(n * WARM_UP));
        long counted = n - runs.sum();
        List<RedisServer.Usage> before = Place.usages(params);
        Meter meter = Meter.start();
        Meter.await(runs::sum, n);
        meter.putInto(values, counted);
        RedisServer.Usage.putInto(values, before, Place.usages(params), counted);
    }
}
