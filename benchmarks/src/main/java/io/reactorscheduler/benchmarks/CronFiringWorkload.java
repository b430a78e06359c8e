package io.reactorscheduler.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Many different cron expressions. */
final class CronFiringWorkload implements Workload {

    private static final int SECONDS_OF_MINUTE = 20;
    private static final long SEED = 20_261_121;

    @Override
    public String key() {
        return "periodic-cron";
    }

    @Override
    public String question() {
        return "n tasks with a cron expression of its own each, which fires at 20 seconds of every minute: how late";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.P99, Metric.P50, Metric.MAX, Metric.more("fired_pct", "fired %", 1), Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", 10_000).with("seconds", isQuick ? 3 : 4));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 1_000).atMost("seconds", 1);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        Random random = new Random(SEED);
        List<List<Integer>> seconds = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            seconds.add(random.ints(0, 60)
                    .distinct()
                    .limit(SECONDS_OF_MINUTE)
                    .sorted()
                    .boxed()
                    .toList());
        }
        Lateness lateness = Lateness.ofWindow();
        Meter scheduling = Meter.start();
        subject.fireByCron(seconds.stream().map(each -> job(each, lateness)).toList());
        values.put("scheduling_s", scheduling.seconds());
        long length = params.get("seconds");
        Firings.measure(lateness, length, from -> expected(seconds, from, length), values);
    }

    private static CronJob job(List<Integer> seconds, Lateness lateness) {
        String field = seconds.stream().map(String::valueOf).collect(Collectors.joining(","));
        long mask = seconds.stream().mapToLong(second -> 1L << second).sum();
        CronText text = new CronText("seconds", field + " * * * * *", field + " * * * * ?");
        return new CronJob(text, lateness, mask);
    }

    private static long expected(List<List<Integer>> seconds, long fromSecond, long length) {
        List<Integer> inWindow = LongStream.range(fromSecond, fromSecond + length)
                .mapToObj(second -> Math.floorMod(second, 60))
                .toList();
        return seconds.stream()
                .mapToLong(each -> inWindow.stream().filter(each::contains).count())
                .sum();
    }
}
