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
                            Stream.of(Place.plain(Params.of("n", isQuick ? 10_000L : 20_000L))
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

        /** On the cluster it is {@link RedisPartitionsWorkload}. */
        @Override
        List<Params> wholeCases() {
            Params plain = Place.plain(Params.of("n", MANY));
            return List.of(plain, Place.withFile(plain), plain.with("n", 1_000_000));
        }
    },
    END_TO_END("redis-end-to-end", "n jobs saved in bulk and run at the same time, by one JVM") {
        @Override
        void run(Subject subject, Params params, Values values) throws Exception {
            int n = params.n();
            Meter.runs(n, values, work -> subject.fireNow(n, work));
        }
    };

    private static final int MANY = 100_000;

    private final String key;
    private final String question;

    RedisWorkload(String key, String question) {
        this.key = key;
        this.question = question;
    }

    abstract void run(Subject subject, Params params, Values values) throws Exception;

    /** What there is before anything is measured. */
    void prepare(Subject subject, Params params) throws Exception {}

    /** Those of the full comparison. */
    List<Params> wholeCases() {
        return Place.everywhere(Params.of("n", MANY));
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
        return isQuick ? List.of(Place.plain(Params.of("n", 30_000))) : wholeCases();
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 5_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        Place.take(subject, params);
        prepare(subject, params);
        List<RedisServer.Usage> before = Place.usages(params);
        run(subject, params, values);
        RedisServer.Usage.putInto(values, before, Place.usages(params), params.n());
    }
}
