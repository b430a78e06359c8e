package io.reactorscheduler.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Goals over made-up lines. */
class GoalsTest {

    private static Measurement line(String workload, String subject, Map<String, Long> of, Map<String, Double> values) {
        return new Measurement(workload, subject, "1", "17", of, of, values, null, null, null);
    }

    private static Measurement rate(String workload, String subject, double perSecond) {
        return line(workload, subject, Map.of("n", 10L), Map.of("per_s", perSecond));
    }

    private static List<Goals.Line> goals(String workload, Measurement... lines) {
        return Goals.of(List.of(lines)).stream()
                .filter(goal -> goal.workload().equals(workload))
                .toList();
    }

    private static List<Goals.Verdict> verdicts(String workload, Measurement... lines) {
        return goals(workload, lines).stream().map(Goals.Line::verdict).toList();
    }

    @Test
    void aRateIsHeldAgainstThoseOfTheOthers() {
        assertThat(verdicts(
                        "fire-now",
                        rate("fire-now", "ours", 150),
                        rate("fire-now", "stpe", 100),
                        rate("fire-now", "quartz", 4)))
                .containsExactly(Goals.Verdict.MET, Goals.Verdict.MISSED);
    }

    @Test
    void theMedianOfTheRepetitionsCounts() {
        List<Goals.Line> goals = goals(
                "fire-now",
                rate("fire-now", "ours", 1),
                rate("fire-now", "ours", 200),
                rate("fire-now", "ours", 900),
                rate("fire-now", "stpe", 100));

        assertThat(goals.get(0))
                .isEqualTo(new Goals.Line(
                        "fire-now", "at least 1.5 x ScheduledThreadPoolExecutor", "2.00 x", Goals.Verdict.MET));
    }

    @Test
    void whatMustNeverHappenIsHeldAgainstTheWorstRepetition() {
        assertThat(goals(
                                "periodic",
                                line("periodic", "ours", Map.of(), Map.of("fired_pct", 100.0)),
                                line("periodic", "ours", Map.of(), Map.of("fired_pct", 99.0)),
                                line("periodic", "ours", Map.of(), Map.of("fired_pct", 100.0)))
                        .get(0))
                .isEqualTo(new Goals.Line("periodic", "all firings", "99.0 % of the firings", Goals.Verdict.MISSED));
    }

    @Test
    void whatMustNotComeAtAllIsHeldAgainstTheWorstRepetition() {
        assertThat(verdicts("cancel", leaving(0), leaving(3), leaving(0), rate("cancel", "stpe", 1)))
                .containsExactly(Goals.Verdict.UNKNOWN, Goals.Verdict.MISSED);
        assertThat(verdicts("cancel", leaving(0), leaving(0.5), leaving(0)))
                .containsExactly(Goals.Verdict.UNKNOWN, Goals.Verdict.MET);
    }

    @Test
    void aRepetitionThatFailedLeavesOpenWhetherItNeverHappens() {
        assertThat(verdicts(
                        "cancel",
                        leaving(0),
                        leaving(0).withValues(new Values()).withFailure("it broke off")))
                .containsExactly(Goals.Verdict.UNKNOWN, Goals.Verdict.UNKNOWN);
    }

    private static Measurement leaving(double bytes) {
        return line("cancel", "ours", Map.of(), Map.of("bytes_left_per_task", bytes));
    }

    @Test
    void whatIsMissingIsSaidToBeMissing() {
        Measurement quartz = rate("fire-now", "quartz", 0).withFailure("not over in time, 20 s");
        List<Goals.Line> goals = goals("fire-now", rate("fire-now", "ours", 150), quartz);

        assertThat(goals).extracting(Goals.Line::verdict).containsOnly(Goals.Verdict.UNKNOWN);
        assertThat(goals)
                .extracting(Goals.Line::measured)
                .containsExactly("stpe was not asked", "quartz failed: not over in time, 20 s");
    }

    @Test
    void timesAreComparedTheOtherWayRoundThanRates() {
        Measurement plain = rate("fire-now", "ours", 200);

        assertThat(verdicts("timeouts", plain, rate("timeouts", "ours", 101))).containsExactly(Goals.Verdict.MET);
        assertThat(verdicts("timeouts", plain, rate("timeouts", "ours", 99))).containsExactly(Goals.Verdict.MISSED);
    }

    @Test
    void aGoalIsAboutItsOwnCase() {
        Stream<Measurement> lines = Stream.of(1L, 2L, 4L)
                .map(nodes -> line(
                        "redis-nodes",
                        "ours-redis",
                        Map.of("nodes", nodes, "n", 1_000_000L),
                        Map.of("per_s", 100.0 / nodes + 50, "server_us_per_job", 50.0 + nodes)));

        assertThat(verdicts("redis-nodes", lines.toArray(Measurement[]::new)))
                .containsExactly(Goals.Verdict.MISSED, Goals.Verdict.MET);
        assertThat(verdicts(
                        "redis-future",
                        line("redis-future", "ours-redis", Map.of("pending", 0L), Map.of("per_s", 110.0)),
                        line("redis-future", "ours-redis", Map.of("pending", 5_000_000L), Map.of("per_s", 100.0))))
                .containsExactly(Goals.Verdict.MET);
    }

    @Test
    void aBoundItselfMeetsTheGoal() {
        assertThat(verdicts("redis-idle", line("redis-idle", "ours-redis", Map.of(), Map.of("commands_per_s", 1.0))))
                .containsExactly(Goals.Verdict.MET);
        assertThat(verdicts("redis-idle", line("redis-idle", "ours-redis", Map.of(), Map.of("commands_per_s", 1.1))))
                .containsExactly(Goals.Verdict.MISSED);
    }

    @Test
    void everyGoalNamesAFigureThatIsMeasured() {
        List<Measurement> all = Workloads.ALL.stream()
                .flatMap(workload -> Stream.of(true, false)
                        .flatMap(isQuick -> workload.cases(isQuick).stream())
                        .distinct()
                        .flatMap(params -> Stream.of(Subjects.values())
                                .filter(subject -> subject.meets(workload))
                                .map(subject -> measured(workload, subject, params))))
                .toList();

        assertThat(Goals.of(all)).hasSize(42).noneMatch(goal -> goal.verdict() == Goals.Verdict.UNKNOWN);
    }

    private static Measurement measured(Workload workload, Subjects subject, Params params) {
        Values values = new Values();
        workload.metrics().forEach(metric -> values.put(metric.value(), 1.0));
        return Measurement.of(workload, subject, params, params).withValues(values);
    }
}
