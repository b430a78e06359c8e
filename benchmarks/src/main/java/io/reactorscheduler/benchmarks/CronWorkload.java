package io.reactorscheduler.benchmarks;

import java.util.List;

/** The next fire time of common cron expressions. */
final class CronWorkload implements Workload {

    static final List<CronText> COMMON = List.of(
            new CronText("every-minute", "0 * * * * *", "0 * * * * ?"),
            new CronText("every-5-seconds", "*/5 * * * * *", "*/5 * * * * ?"),
            new CronText("office-quarters", "0 */15 8-18 * * *", "0 */15 8-18 * * ?"),
            new CronText("daily", "0 30 6 * * *", "0 30 6 * * ?"),
            new CronText("weekdays", "0 0 9 * * MON-FRI", "0 0 9 ? * MON-FRI"),
            new CronText("monthly", "0 0 0 1 * *", "0 0 0 1 * ?"));

    /** So many months stay far below the last year that anybody knows. */
    private static final int WALK = 20_000;

    /** 2026-01-01T00:00:00Z. */
    static final long FROM = 1_767_225_600;

    @Override
    public String key() {
        return "cron";
    }

    @Override
    public String question() {
        return "the next fire time of common cron expressions in UTC, each from the one before: ns for each";
    }

    @Override
    public List<Metric> metrics() {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(Metric.less("mean_ns", "mean ns", 1)),
                        COMMON.stream().map(each -> Metric.less(each.name() + "_ns", each.name(), 1)))
                .toList();
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("steps", isQuick ? 20_000 : 100_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("steps", 2_000);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int steps = Math.toIntExact(params.get("steps"));
        double sum = 0;
        long ends = 0;
        for (CronText text : COMMON) {
            Meter meter = Meter.start();
            // the same subject walks the same way, so the end also keeps the walk from being optimised away
            for (int left = steps; left > 0; left -= WALK) {
                ends = 31 * ends + subject.walk(text, FROM, Math.min(WALK, left));
            }
            double nanos = meter.seconds() * 1e9 / steps;
            values.put(text.name() + "_ns", nanos);
            sum += nanos;
        }
        values.put("mean_ns", sum / COMMON.size());
        values.put("checksum", Math.floorMod(ends, 1_000_000_007));
    }
}
