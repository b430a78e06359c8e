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
            if (isQuick) {
                return List.of(Place.plain(Params.of("n", 20_000)));
            }
            Params plain = Place.plain(Params.of("n", 50_000));
            // more on the cluster, where each master also keeps a megabyte for its replica
            return List.of(plain, Place.withFile(plain), Place.onCluster(plain.with("n", 500_000)));
        }

        @Override
        public Params small(Params params) {
            return params.atMost("n", 500);
        }

        @Override
        public void measure(Subject subject, Params params, Values values) throws Exception {
            Place.take(subject, params);
            List<RedisServer.Usage> before = Place.usages(params);
            subject.enqueueLater(params.n());
            long bytes = RedisServer.Usage.spent(before, Place.usages(params), RedisServer.Usage::bytes);
            values.put("bytes_per_task", bytes / (double) params.n());
        }
    },
    IDLE("redis-idle", "a node with nothing to do: commands a second") {
        @Override
        public List<Metric> metrics() {
            return List.of(Metric.less("commands_per_s", "commands/s", 1));
        }

        @Override
        public List<Params> cases(boolean isQuick) {
            Params plain = Place.plain(Params.of("seconds", isQuick ? 8 : 20).with("lead_ms", 1_500));
            if (isQuick) {
                return List.of(plain);
            }
            // partitions are swept together, first after half a lease and then after each: so many sweeps are in 30 s
            Params cluster = plain.with("seconds", 30).with("lead_ms", 16_000);
            return List.of(plain, Place.withFile(plain), Place.onCluster(cluster));
        }

        @Override
        public Params small(Params params) {
            return params.atMost("seconds", 1).atMost("lead_ms", 500);
        }

        @Override
        public void measure(Subject subject, Params params, Values values) throws Exception {
            Place.take(subject, params);
            subject.work(() -> {});
            Thread.sleep(params.get("lead_ms"));
            List<RedisServer.Usage> before = Place.usages(params);
            long seconds = params.get("seconds");
            Thread.sleep(seconds * 1_000);
            List<RedisServer.Usage> after = Place.usages(params);
            // scripts call commands, too, so what arrives is counted: one at a time, but for sweeps of one master's
            // partitions, which arrive together; the look itself is one to each server
            long reads = RedisServer.Usage.spent(before, after, RedisServer.Usage::reads) - after.size();
            values.put("commands_per_s", reads / (double) seconds);
        }
    },
    FUTURE("redis-future", "a backlog of n jobs run beside so many that are due in an hour") {
        @Override
        public List<Metric> metrics() {
            return List.of(Metric.RATE, Metric.CPU);
        }

        @Override
        public List<Params> cases(boolean isQuick) {
            if (isQuick) {
                Params none = Place.plain(Params.of("n", 20_000).with("pending", 0));
                return List.of(none, none.with("pending", 50_000));
            }
            Params none = Place.plain(Params.of("n", 200_000).with("pending", 0));
            Params some = none.with("pending", 500_000);
            return List.of(
                    none,
                    some,
                    none.with("pending", 5_000_000),
                    Place.withFile(none),
                    Place.withFile(some),
                    Place.onCluster(none),
                    Place.onCluster(some));
        }

        @Override
        public Params small(Params params) {
            return params.atMost("n", 2_000).atMost("pending", 2_000);
        }

        @Override
        public void measure(Subject subject, Params params, Values values) throws Exception {
            Place.take(subject, params);
            int n = params.n();
            subject.enqueueLater(Math.toIntExact(params.get("pending")));
            subject.enqueue(n);
            List<RedisServer.Usage> before = Place.usages(params);
            Meter.runs(n, values, subject::work);
            RedisServer.Usage.putInto(values, before, Place.usages(params), n);
        }
    };

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
