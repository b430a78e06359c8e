package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Jobs on Redis: written, run, and both at once. */
enum RedisWorkload implements Workload {
    ENQUEUE("redis-enqueue", "n jobs saved in bulk while nobody runs any") {
        @Override
        void run(Subject subject, int n, Values values) throws Exception {
            Meter meter = Meter.start();
            subject.enqueue(n);
            meter.putInto(values, n);
        }
    },
    ENQUEUE_EACH("redis-enqueue-each", "n jobs saved by single calls, many at the same time where the subject can") {
        @Override
        void run(Subject subject, int n, Values values) throws Exception {
            Meter meter = Meter.start();
            subject.enqueueEach(n);
            meter.putInto(values, n);
        }
    },
    DRAIN("redis-drain", "a backlog of n jobs, run") {
        @Override
        void run(Subject subject, int n, Values values) throws Exception {
            subject.enqueue(n);
            LongAdder runs = new LongAdder();
            RedisServer.Usage before = RedisServer.usage();
            Meter meter = Meter.start();
            subject.work(runs::increment);
            Meter.await(runs::sum, n);
            meter.putInto(values, n);
            RedisServer.usage().putInto(values, before, n);
        }

        @Override
        List<Long> sizes(boolean isQuick) {
            return isQuick ? List.of(30_000L) : List.of(100_000L);
        }
    },
    END_TO_END("redis-end-to-end", "n jobs saved in bulk and run at the same time, by one JVM") {
        @Override
        void run(Subject subject, int n, Values values) throws Exception {
            LongAdder runs = new LongAdder();
            Meter meter = Meter.start();
            subject.fireNow(n, runs::increment);
            Meter.await(runs::sum, n);
            meter.putInto(values, n);
        }
    };

    private final String key;
    private final String question;

    RedisWorkload(String key, String question) {
        this.key = key;
        this.question = question;
    }

    abstract void run(Subject subject, int n, Values values) throws Exception;

    List<Long> sizes(boolean isQuick) {
        return List.of(isQuick ? 30_000L : 100_000L);
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
    public Field field() {
        return Field.REDIS;
    }

    @Override
    public List<Metric> metrics() {
        return this == DRAIN ? List.of(Metric.RATE, Metric.CPU, Metric.READS) : List.of(Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return sizes(isQuick).stream()
                .flatMap(n -> (isQuick ? List.of(0L) : List.of(0L, 1L))
                        .stream().map(everySecond -> Params.of("n", n).with("everysec", everySecond)))
                .toList();
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 5_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        RedisServer.persist(params.get("everysec") == 1);
        run(subject, params.n(), values);
    }
}
