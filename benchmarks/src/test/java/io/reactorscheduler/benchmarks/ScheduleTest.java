package io.reactorscheduler.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a comparison starts, and the size of what slow subjects get. */
class ScheduleTest {

    private static List<Schedule.Turn> compare(boolean isQuick) {
        Runner.Plan plan = Main.plan("compare", new Arguments(isQuick ? List.of("--quick") : List.of()));
        List<Runner.Case> cases = Workloads.ALL.stream()
                .flatMap(workload -> workload.cases(isQuick).stream().map(params -> new Runner.Case(workload, params)))
                .toList();
        return Schedule.of(cases, List.of(Subjects.values()), plan);
    }

    @Test
    void inQuickModeOthersAreAskedWhereAGoalNamesThem() {
        List<String> asked = compare(true).stream()
                .filter(turn -> turn.leftOut() == null && !turn.subject().isOurs())
                .map(turn -> turn.of().workload().key() + " " + turn.subject().key())
                .distinct()
                .toList();

        assertThat(asked)
                .containsExactlyInAnyOrder(
                        "fire-now stpe",
                        "fire-now quartz",
                        "lateness stpe",
                        "periodic stpe",
                        "cron cron-utils",
                        "cancel stpe",
                        "redis-enqueue redisson",
                        "redis-enqueue bullmq",
                        "redis-enqueue-each redisson",
                        "redis-enqueue-each bullmq",
                        "redis-drain lua",
                        "redis-drain lua-kept",
                        "redis-drain redisson",
                        "redis-drain bullmq",
                        "redis-end-to-end bullmq");
    }

    @Test
    void inQuickModeAllAreOverInTheTimeThatIsSaid() {
        assertThat(compare(true).stream().mapToDouble(Schedule.Turn::seconds).sum())
                .isLessThan(
                        Main.plan("compare", new Arguments(List.of("--quick"))).withinSeconds());
    }

    @Test
    void everythingIsAskedOnceBeforeWhatGoalsNameIsAskedAgainAndFurtherCasesOfOthersComeLast() {
        List<Schedule.Turn> turns = compare(false);
        int last = 1
                + IntStream.range(0, turns.size())
                        .filter(i -> turns.get(i).rep() == 3)
                        .max()
                        .orElseThrow();

        assertThat(turns.subList(0, last)).extracting(Schedule.Turn::rep).isSorted();
        assertThat(turns.subList(last, turns.size()))
                .isNotEmpty()
                .allMatch(turn -> turn.rep() == 1 && !turn.subject().isOurs())
                .anyMatch(turn -> turn.of().workload().key().equals("redis-nodes"))
                .noneMatch(turn -> Goals.name(turn.of().workload(), turn.subject()));
        assertThat(compare(false).stream()
                        .filter(turn -> turn.of().workload() == FireNowWorkload.FIRE_NOW)
                        .map(turn -> turn.subject().key()))
                .containsExactly(Stream.of(
                                "ours,stpe,netty-wheel,reactor,spring,quartz,db-scheduler,jobrunr",
                                "ours,stpe,quartz",
                                "ours,stpe,quartz")
                        .flatMap(rep -> Stream.of(rep.split(",")))
                        .toArray(String[]::new));
    }

    @Test
    void onlyFiguresThatAGoalNeedsAreMeasuredAgain() {
        assertThat(compare(false).stream()
                        .filter(turn -> turn.rep() == 2)
                        .map(turn -> turn.of().workload().key() + " "
                                + turn.of().params() + " " + turn.subject().key()))
                .contains(
                        "lateness n=120000, rate=20000, ahead_ms=5000, lead_ms=3000 stpe",
                        "lateness n=1200000, rate=200000, ahead_ms=5000, lead_ms=3000 ours",
                        "redis-drain n=100000, everysec=0 bullmq",
                        "redis-delayed n=5000, rate=1000, ahead_ms=2000, lead_ms=1000, everysec=0 ours-redis",
                        "redis-enqueue-each n=20000, everysec=0, calls=1 redisson")
                .doesNotContain("lateness n=1200000, rate=200000, ahead_ms=5000, lead_ms=3000 stpe")
                .noneMatch(turn -> turn.matches("(queues|stream|priorities|fire-later|fire-now-each) .*"))
                .noneMatch(turn -> turn.contains("everysec=1") || turn.matches("redis-delayed .*partitions.*"))
                .doesNotHaveDuplicates();
    }

    @Test
    void serversWithAFileAndTheClusterAreAskedOfOthersOnlyWhereAGoalNamesThem() {
        assertThat(compare(false).stream()
                        .filter(turn ->
                                turn.leftOut() == null && !turn.subject().isOurs())
                        .filter(turn -> turn.of().workload().field() == Field.REDIS
                                && !Place.isPlain(turn.of().params()))
                        .map(turn -> turn.of().workload().key())
                        .distinct())
                .containsExactly("redis-enqueue", "redis-enqueue-each", "redis-drain", "redis-end-to-end");
    }

    @Test
    void whatTakesMinutesIsAskedOnceOfThoseWhomAGoalNamesAndGetsMinutes() {
        List<Schedule.Turn> million = compare(false).stream()
                .filter(turn -> turn.of().workload().field() == Field.REDIS
                        && turn.of().params().work() >= 1_000_000)
                .toList();

        assertThat(million).allMatch(turn -> turn.rep() == 1);
        assertThat(million.stream()
                        .filter(turn -> turn.leftOut() == null)
                        .map(turn -> turn.of().workload().key() + " "
                                + turn.subject().key()))
                .containsExactly(
                        "redis-drain ours-redis",
                        "redis-drain lua",
                        "redis-drain lua-kept",
                        "redis-drain redisson",
                        "redis-drain bullmq",
                        "redis-nodes ours-redis",
                        "redis-nodes ours-redis",
                        "redis-future ours-redis");
        Runner.Plan plan = Main.plan("compare", new Arguments(List.of()));
        assertThat(million).allMatch(turn -> Schedule.limitSeconds(turn.of(), plan) > 120);
    }

    @Test
    void aSlowSubjectGetsARoundNumberOfTasksThatItCanDoInTime() {
        Params params = Params.of("n", 200_000).with("everysec", 0);

        assertThat(params.withWorkOfAtMost(34_567)).isEqualTo(params.with("n", 20_000));
        assertThat(params.withWorkOfAtMost(300_000)).isEqualTo(params);
        assertThat(Params.of("n", 1_000).with("pending", 9_000).withWorkOfAtMost(1_999))
                .isEqualTo(Params.of("n", 100).with("pending", 900));
        assertThat(params.withWorkOfAtMost(0.1).n()).isEqualTo(1);
    }
}
