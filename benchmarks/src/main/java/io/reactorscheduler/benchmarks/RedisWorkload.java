package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** Jobs on Redis: written, run, and both at once. */
enum RedisWorkload implements Workload {
    ENQUEUE("redis-enqueue", "n jobs saved in bulk while nobody runs any") {
        @Override
        void run(Subject subject, Params params, Values values) throws Exception {
            Meter meter = Meter.start();
            subject.enqueue(params.n());
            meter.putInto(values, params.n());
        }
    },
    ENQUEUE_EACH("redis-enqueue-each", "n jobs saved by single calls, so many of them under way at the same time") {
        @Override
        void run(Subject subject, Params params, Values values) throws Exception {
            Meter meter = Meter.start();
            subject.enqueueEach(params.n(), (int) params.get("calls"));
            meter.putInto(values, params.n());
        }

        /** What is awaited call by call takes a round trip each. */
        @Override
        public List<Params> cases(boolean isQuick) {
            return Stream.concat(
                            super.cases(isQuick).stream().map(params -> params.with("calls", 256)),
                            Stream.of(Params.of("n", isQuick ? 10_000L : 20_000L)
                                    .with("everysec", 0)
                                    .with("calls", 1)))
                    .toList();
        }
    },
    DRAIN("redis-drain", "a backlog of n jobs, run") {
        @Override
        void run(Subject subject, Params params, Values values) throws Exception {
            Meter.runs(params.n(), values, subject::work);
        }

        @Override
        void prepare(Subject subject, Params params) throws Exception {
            subject.enqueue(params.n());
        }

        @Override
        List<Params> more() {
            return List.of(Params.of("n", 1_000_000).with("everysec", 0));
        }
    },
    END_TO_END("redis-end-to-end", "n jobs saved in bulk and run at the same time, by one JVM") {
        @Override
        void run(Subject subject, Params params, Values values) throws Exception {
            int n = params.n();
            Meter.runs(n, values, work -> subject.fireNow(n, work));
        }
    };

    private final String key;
    private final String question;

    RedisWorkload(String key, String question) {
        this.key = key;
        this.question = question;
    }

    abstract void run(Subject subject, Params params, Values values) throws Exception;

    /** What there is before anything is measured. */
    void prepare(Subject subject, Params params) throws Exception {}

    /** Cases of the full comparison besides. */
    List<Params> more() {
        return List.of(Place.onCluster(Params.of("n", 100_000).with("everysec", 0)));
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
        return this == DRAIN
                ? List.of(Metric.RATE, Metric.CPU, Metric.READS, Metric.SERVER)
                : List.of(Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        if (isQuick) {
            return List.of(Params.of("n", 30_000).with("everysec", 0));
        }
        Params plain = Params.of("n", 100_000).with("everysec", 0);
        return Stream.concat(Stream.of(plain, plain.with("everysec", 1)), more().stream())
                .toList();
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 5_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        boolean isCluster = Place.isCluster(params);
        boolean isSynced = params.get("everysec") == 1;
        if (isCluster && isSynced) {
            throw new IllegalArgumentException("--everysec 1: the cluster writes no file; give 0");
        }
        RedisServer.persist(isSynced);
        Place.take(subject, params);
        prepare(subject, params);
        List<RedisServer.Usage> before = RedisServer.usages(isCluster);
        run(subject, params, values);
        RedisServer.Usage.putInto(values, before, RedisServer.usages(isCluster), params.n());
    }
}
