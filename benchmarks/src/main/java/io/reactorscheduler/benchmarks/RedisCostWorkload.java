package io.reactorscheduler.benchmarks;

import java.util.List;

/** What tasks that are not due cost on Redis: memory, and the time of others. */
enum RedisCostWorkload implements Workload {
    BYTES("redis-bytes", "jobs that are due in an hour: bytes of Redis for each") {
        @Override
        public List<Metric> metrics() {
            return List.of(Metric.BYTES);
        }

        @Override
        public List<Params> cases(boolean isQuick) {
            return List.of(Params.of("n", isQuick ? 20_000 : 50_000));
        }

        @Override
        public Params small(Params params) {
            return params.atMost("n", 500);
        }

        @Override
        public void measure(Subject subject, Params params, Values values) throws Exception {
            long before = RedisServer.usage().bytes();
            subject.enqueueLater(params.n());
            values.put("bytes_per_task", (RedisServer.usage().bytes() - before) / (double) params.n());
        }
    },
    IDLE("redis-idle", "a node with nothing to do: commands a second") {
        @Override
        public List<Metric> metrics() {
            return List.of(Metric.less("commands_per_s", "commands/s", 1));
        }

        @Override
        public List<Params> cases(boolean isQuick) {
            return List.of(Params.of("seconds", isQuick ? 8 : 20));
        }

        @Override
        public Params small(Params params) {
            return params.atMost("seconds", 1);
        }

        @Override
        public void measure(Subject subject, Params params, Values values) throws Exception {
            subject.work(() -> {});
            Thread.sleep(SETTLE_MILLIS);
            long before = RedisServer.reads();
            long seconds = params.get("seconds");
            Thread.sleep(seconds * 1_000);
            // what scripts call is no command of a node; the look itself is one
            values.put("commands_per_s", (RedisServer.reads() - before - 1) / (double) seconds);
        }
    },
    FUTURE("redis-future", "a backlog of n jobs run beside so many that are due in an hour") {
        @Override
        public List<Metric> metrics() {
            return List.of(Metric.RATE, Metric.CPU);
        }

        @Override
        public List<Params> cases(boolean isQuick) {
            Params none = Params.of("n", isQuick ? 20_000 : 200_000).with("pending", 0);
            return isQuick
                    ? List.of(none, none.with("pending", 50_000))
                    : List.of(none, none.with("pending", 500_000), none.with("pending", 5_000_000));
        }

        @Override
        public Params small(Params params) {
            return params.atMost("n", 2_000).atMost("pending", 2_000);
        }

        @Override
        public void measure(Subject subject, Params params, Values values) throws Exception {
            int n = params.n();
            subject.enqueueLater(Math.toIntExact(params.get("pending")));
            subject.enqueue(n);
            RedisServer.Usage before = RedisServer.usage();
            Meter.runs(n, values, subject::work);
            RedisServer.usage().putInto(values, before, n);
        }
    };

    private static final long SETTLE_MILLIS = 1_500;

    private final String key;
    private final String question;

    RedisCostWorkload(String key, String question) {
        this.key = key;
        this.question = question;
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
}
