package io.reactorscheduler.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The goals of docs/performance.md, and whether measurements meet them. */
final class Goals {

    /** How a goal fares. */
    enum Verdict {
        MET("met"),
        MISSED("NOT met"),
        UNKNOWN("not measured");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }
    }

    /**
     * One goal beside what was measured.
     *
     * @param workload the question
     * @param goal in words
     * @param measured the figure, or why there is none
     * @param verdict whether that is enough
     */
    record Line(String workload, String goal, String measured, Verdict verdict) {}

    /** One figure: the median of a value of one subject in the first case that has these parameters. */
    private record Figure(String workload, String subject, String value, Map<String, Long> of) {

        Stream<Measurement> in(List<Measurement> all) {
            List<Measurement> matching = all.stream()
                    .filter(each ->
                            each.workload().equals(workload) && each.subject().equals(subject) && isOf(each.of()))
                    .toList();
            return matching.stream()
                    .filter(each -> each.of().equals(matching.get(0).of()));
        }

        private boolean isOf(Map<String, Long> params) {
            return of.entrySet().stream().allMatch(param -> param.getValue().equals(params.get(param.getKey())));
        }

        /** Whether it is of this case, the first of some that it could be of. */
        boolean isOf(Runner.Case one, List<Runner.Case> all) {
            return all.stream()
                    .filter(each -> each.workload().key().equals(workload)
                            && isOf(each.params().asMap()))
                    .findFirst()
                    .filter(one::equals)
                    .isPresent();
        }

        private double[] sorted(List<Measurement> all) {
            return in(all).filter(each -> each.values().containsKey(value))
                    .mapToDouble(each -> each.values().get(value))
                    .sorted()
                    .toArray();
        }

        double worst(List<Measurement> all, boolean isLowest) {
            double[] values = sorted(all);
            return values[isLowest ? 0 : values.length - 1];
        }

        /** NaN where nothing was measured. */
        double median(List<Measurement> all) {
            double[] values = sorted(all);
            int half = values.length / 2;
            if (values.length == 0) {
                return Double.NaN;
            }
            return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
        }

        /** Why there is no figure, or with {@code ofEach} why one of the repetitions has none. */
        Optional<String> reason(List<Measurement> all, boolean ofEach) {
            int found = sorted(all).length;
            if (found > 0 && !(ofEach && found < in(all).count())) {
                return Optional.empty();
            }
            return Optional.of(subject
                    + in(all).map(Measurement::reason)
                            .filter(each -> !each.isEmpty())
                            .findFirst()
                            .map(each -> " " + each)
                            .orElse(" was not asked"));
        }
    }

    /** A bound of a figure, or of how many times another one it is; the unit stands behind the figure. */
    private record Goal(
            Figure figure, @Nullable Figure beside, boolean isAtLeast, boolean isOfEach, double limit, String unit) {

        Goal(Figure figure, @Nullable Figure beside, boolean isAtLeast, double limit, String unit) {
            this(figure, beside, isAtLeast, false, limit, unit);
        }

        Stream<Figure> figures() {
            return Stream.of(Optional.of(figure), Optional.ofNullable(beside)).flatMap(Optional::stream);
        }

        /** The same of the worst repetition: what must never happen. */
        Goal always() {
            return new Goal(figure, beside, isAtLeast, true, limit, unit);
        }

        Line line(List<Measurement> all, String workload, String words) {
            Optional<String> reason = figure.reason(all, isOfEach)
                    .or(() -> Optional.ofNullable(beside).flatMap(other -> other.reason(all, isOfEach)));
            if (reason.isPresent()) {
                return new Line(workload, words, reason.get(), Verdict.UNKNOWN);
            }
            double measured = isOfEach ? figure.worst(all, isAtLeast) : figure.median(all);
            if (beside != null) {
                double other = beside.median(all);
                // less than what cannot be measured is as little as the same
                measured = measured == other ? 1 : measured / other;
            }
            boolean isMet = isAtLeast ? measured >= limit : measured <= limit;
            return new Line(workload, words, Table.figure(measured) + " " + unit, isMet ? Verdict.MET : Verdict.MISSED);
        }
    }

    private record Named(String workload, String words, Goal goal) {}

    private static final String RATE = "per_s";
    private static final String P50 = "p50_us";
    private static final String P99 = "p99_us";
    private static final String OURS = Subjects.OURS.key();
    private static final String REDIS = Subjects.OURS_REDIS.key();
    private static final String STPE = Subjects.STPE.key();
    private static final Map<String, Long> ANY = Map.of();
    private static final Map<String, Long> PENDING = Map.of("pending", 5_000_000L);

    private static final List<Named> ALL = List.of(
            new Named("fire-now", "at least 1.5 x ScheduledThreadPoolExecutor", faster("fire-now", OURS, 1.5, STPE)),
            new Named("fire-now", "at least 50 x Quartz", faster("fire-now", OURS, 50, "quartz")),
            new Named("pending", "at most 150 bytes for each task", atMost("pending", "bytes_per_task", 150, "bytes")),
            new Named(
                    "pending",
                    "10 million in 2 GiB, at most 150 bytes for each",
                    new Goal(
                            new Figure("pending", OURS, "bytes_per_task", Map.of("n", 10_000_000L)),
                            null,
                            false,
                            150,
                            "bytes for each")),
            new Named(
                    "lateness",
                    "20,000/s: p99 at most 1.2 x ScheduledThreadPoolExecutor's",
                    new Goal(
                            new Figure("lateness", OURS, P99, rate(20_000)),
                            new Figure("lateness", STPE, P99, rate(20_000)),
                            false,
                            1.2,
                            "x")),
            new Named(
                    "lateness",
                    "20,000/s: never early",
                    lateness(OURS, 20_000, "early", 0, "early").always()),
            new Named("lateness", "200,000/s: p99 at most 1 ms", lateness(OURS, 200_000, P99, 1_000, "us")),
            new Named(
                    "periodic",
                    "all firings",
                    new Goal(new Figure("periodic", OURS, "fired_pct", ANY), null, true, 100, "% of the firings")
                            .always()),
            new Named("periodic", "p99 at most 1 ms", atMost("periodic", P99, 1_000, "us")),
            new Named(
                    "periodic",
                    "CPU for each at most ScheduledThreadPoolExecutor's",
                    new Goal(
                            new Figure("periodic", OURS, "cpu_s_per_million", ANY),
                            new Figure("periodic", STPE, "cpu_s_per_million", ANY),
                            false,
                            1,
                            "x")),
            new Named("cron", "at most 0.3 us", atMost("cron", "mean_ns", 300, "ns")),
            new Named(
                    "cron",
                    "at least 15 x cron-utils",
                    new Goal(
                            new Figure("cron", "cron-utils", "mean_ns", ANY),
                            new Figure("cron", OURS, "mean_ns", ANY),
                            true,
                            15,
                            "x")),
            new Named(
                    "virtual-year",
                    "a year of a minutely cron in at most 1 s",
                    atMost("virtual-year", "seconds", 1, "s")),
            new Named(
                    "cancel",
                    "at least 1 x ScheduledThreadPoolExecutor with remove-on-cancel",
                    faster("cancel", OURS, 1, STPE)),
            new Named(
                    "cancel",
                    "nothing left behind: less than a byte",
                    atMost("cancel", "bytes_left_per_task", 1, "bytes").always()),
            new Named("timeouts", "at most 2 x the time of fire-now", slower("timeouts", 2)),
            new Named("retries-unused", "at most 1.1 x the time of fire-now", slower("retries-unused", 1.1)),
            new Named("retry-storm", "at most 3 x the time of fire-now for each attempt", slower("retry-storm", 3)),
            new Named(
                    "in-flight",
                    "threads at most cores + 4",
                    atMost("in-flight", "threads", Runtime.getRuntime().availableProcessors() + 4, "threads")),
            new Named("in-flight", "at most 1 KiB for each run", atMost("in-flight", "bytes_per_task", 1_024, "bytes")),
            new Named(
                    "in-flight", "at most 2 us for each completion", atMost("in-flight", "us_per_completion", 2, "us")),
            new Named("redis-enqueue", "at least 2 x Redisson", faster("redis-enqueue", REDIS, 2, "redisson")),
            new Named("redis-enqueue", "at least 2 x BullMQ", faster("redis-enqueue", REDIS, 2, "bullmq")),
            new Named(
                    "redis-enqueue-each",
                    "concurrent calls: at least 5 x Redisson's one by one",
                    coalesced("redisson")),
            new Named("redis-enqueue-each", "concurrent calls: at least 5 x BullMQ's one by one", coalesced("bullmq")),
            new Named("redis-drain", "at least 2 x BullMQ", faster("redis-drain", REDIS, 2, "bullmq")),
            new Named("redis-drain", "at least 8 x Redisson", faster("redis-drain", REDIS, 8, "redisson")),
            new Named("redis-drain", "at least 60 % of the floor", faster("redis-drain", REDIS, 0.6, "lua")),
            new Named(
                    "redis-drain",
                    "at least 60 % of the floor that keeps as much",
                    faster("redis-drain", REDIS, 0.6, "lua-kept")),
            new Named(
                    "redis-drain",
                    "at most 0.1 reads for each job",
                    redisAtMost("redis-drain", "reads_per_job", 0.1, "reads")),
            new Named("redis-end-to-end", "at least 2 x BullMQ", faster("redis-end-to-end", REDIS, 2, "bullmq")),
            new Named("redis-delayed", "1,000/s: p50 at most 1 ms", delayed(1_000, P50, 1_000)),
            new Named("redis-delayed", "1,000/s: p99 at most 5 ms", delayed(1_000, P99, 5_000)),
            new Named("redis-delayed", "10,000/s: p99 at most 20 ms", delayed(10_000, P99, 20_000)),
            new Named(
                    "redis-idle",
                    "at most 1 command a second",
                    redisAtMost("redis-idle", "commands_per_s", 1, "commands/s")),
            new Named("redis-bytes", "at most 300 bytes", redisAtMost("redis-bytes", "bytes_per_task", 300, "bytes")),
            new Named(
                    "redis-future",
                    "beside 5 million at most 1.2 x the time without them",
                    new Goal(
                            new Figure("redis-future", REDIS, RATE, Map.of("pending", 0L)),
                            new Figure("redis-future", REDIS, RATE, PENDING),
                            false,
                            1.2,
                            "x")),
            new Named("redis-wake", "p99 at most 5 ms", redisAtMost("redis-wake", P99, 5_000, "us")),
            new Named(
                    "redis-nodes",
                    "4 JVMs lose less than 10 % against 1",
                    new Goal(nodes(4, RATE), nodes(1, RATE), true, 0.9, "x")),
            new Named(
                    "redis-nodes",
                    "4 JVMs: the server takes at most 1.1 x the time for a job that it takes with 1",
                    new Goal(nodes(4, "server_us_per_job"), nodes(1, "server_us_per_job"), false, 1.1, "x")),
            new Named(
                    "redis-partitions",
                    "each of 3 masters takes at most 1/1.5 of the time that one server takes for a job",
                    busiest("us_of_busiest_per_job")),
            new Named(
                    "redis-partitions",
                    "each of 3 masters gets at most 1/1.5 of the commands that one server gets",
                    busiest("commands_of_busiest_per_job")));

    /** So many worker JVMs, when they are warm. */
    private static Figure nodes(long nodes, String value) {
        return new Figure("redis-nodes", REDIS, value, Map.of("nodes", nodes, "n", (long) RedisNodesWorkload.WARM));
    }

    /** The busiest of three masters with 16 partitions beside one server with one. */
    private static Goal busiest(String value) {
        return new Goal(
                new Figure("redis-partitions", REDIS, value, Map.of("partitions", 16L, "masters", 3L)),
                new Figure("redis-partitions", REDIS, value, Map.of("partitions", 1L, "masters", 1L)),
                false,
                1 / 1.5,
                "x");
    }

    private Goals() {}

    /** Whether a goal of this workload is about this subject. */
    static boolean name(Workload workload, Subjects subject) {
        return figures()
                .anyMatch(figure -> figure.workload().equals(workload.key())
                        && figure.subject().equals(subject.key()));
    }

    /** Whether a goal needs what this subject does in one of these cases. */
    static boolean need(Runner.Case one, List<Runner.Case> all, Subjects subject) {
        return figures().anyMatch(figure -> figure.subject().equals(subject.key()) && figure.isOf(one, all));
    }

    private static Stream<Figure> figures() {
        return ALL.stream().map(Named::goal).flatMap(Goal::figures);
    }

    /** All goals of the workloads that occur. */
    static List<Line> of(List<Measurement> all) {
        return ALL.stream()
                .filter(named -> all.stream().anyMatch(each -> each.workload().equals(named.workload())))
                .map(named -> named.goal().line(all, named.workload(), named.words()))
                .toList();
    }

    static void print(List<Measurement> all, PrintStream out) {
        List<Line> lines = of(all);
        if (lines.isEmpty()) {
            return;
        }
        out.printf(
                "%ngoals (%d met, %d not met, %d not measured)%n",
                count(lines, Verdict.MET), count(lines, Verdict.MISSED), count(lines, Verdict.UNKNOWN));
        int[] widths = new int[3];
        List<List<String>> rows = new ArrayList<>();
        for (Line line : lines) {
            List<String> row = List.of(line.workload(), line.goal(), line.verdict().words, line.measured());
            rows.add(row);
            Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
        }
        String format = Stream.of(widths[0], widths[1], widths[2])
                        .map(width -> "  %-" + width + "s")
                        .reduce("", String::concat)
                + "  %s%n";
        rows.forEach(row -> out.printf(format, row.toArray()));
    }

    private static long count(List<Line> lines, Verdict verdict) {
        return lines.stream().filter(line -> line.verdict() == verdict).count();
    }

    private static Map<String, Long> rate(long rate) {
        return Map.of("rate", rate);
    }

    private static Goal faster(String workload, String ours, double limit, String other) {
        return new Goal(
                new Figure(workload, ours, RATE, ANY), new Figure(workload, other, RATE, ANY), true, limit, "x");
    }

    /** Ours with many single calls under way, beside calls of which each waits for the one before. */
    private static Goal coalesced(String other) {
        return new Goal(
                new Figure("redis-enqueue-each", REDIS, RATE, Map.of("calls", 256L)),
                new Figure("redis-enqueue-each", other, RATE, Map.of("calls", 1L)),
                true,
                5,
                "x");
    }

    /** How many times the time of fire-now: the rates the other way round. */
    private static Goal slower(String workload, double limit) {
        return new Goal(
                new Figure("fire-now", OURS, RATE, ANY), new Figure(workload, OURS, RATE, ANY), false, limit, "x");
    }

    private static Goal atMost(String workload, String value, double limit, String unit) {
        return new Goal(new Figure(workload, OURS, value, ANY), null, false, limit, unit);
    }

    private static Goal redisAtMost(String workload, String value, double limit, String unit) {
        return new Goal(new Figure(workload, REDIS, value, ANY), null, false, limit, unit);
    }

    private static Goal lateness(String subject, long rate, String value, double limit, String unit) {
        return new Goal(new Figure("lateness", subject, value, rate(rate)), null, false, limit, unit);
    }

    private static Goal delayed(long rate, String value, double limit) {
        return new Goal(new Figure("redis-delayed", REDIS, value, rate(rate)), null, false, limit, "us");
    }
}
