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
            int n = params.n();
            subject.enqueue(n);
            RedisServer.Usage before = RedisServer.usage();
            Meter.runs(n, values, subject::work);
            RedisServer.usage().putInto(values, before, n);
        }

        @Override
        List<Long> sizes(boolean isQuick) {
            return isQuick ? List.of(30_000L) : List.of(100_000L);
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
        return this == DRAIN
                ? List.of(Metric.RATE, Metric.CPU, Metric.READS, Metric.SERVER)
                : List.of(Metric.RATE, Metric.CPU);
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
        run(subject, params, values);
    }
}
