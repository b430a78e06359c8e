package io.reactorscheduler.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every workload ends with figures, or with a reason, for every subject. */
class TinyRunsTest {

    static Stream<Arguments> pairs() {
        return Workloads.ALL.stream()
                .flatMap(workload -> Stream.of(Subjects.values())
                        .filter(subject -> subject.field() == workload.field())
                        .filter(subject -> isForEveryBuild(workload, subject))
                        .map(subject -> Arguments.of(workload.key(), subject)));
    }

    /** A build fetches nothing from npm, and one subject is enough to see that JVMs of their own can be nodes. */
    private static boolean isForEveryBuild(Workload workload, Subjects subject) {
        return subject != Subjects.BULLMQ && (!workload.key().equals("redis-nodes") || subject.isOurs());
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("pairs")
    void aTinyRunEnds(String key, Subjects subject) {
        Workload workload = Workloads.of(key);
        Params tiny = tiny(workload.cases(true).get(0));
        Measurement measured =
                Child.measure(workload, subject, Measurement.of(workload, subject, tiny, tiny), new Child.Effort(0, 0));

        assertThat(measured.failed()).isNull();
        if (measured.cannot() == null) {
            assertThat(measured.values())
                    .containsKeys(workload.metrics().stream().map(Metric::value).toArray(String[]::new));
            assertThat(measured.values().values())
                    .allSatisfy(value -> assertThat(value).isFinite());
        } else {
            assertThat(measured.values()).isEmpty();
            assertThat(subject).matches(each -> !each.isOurs(), "is not ours");
        }
        assertThat(Measurement.fromJson(measured.toJson())).isEqualTo(measured);
    }

    @Test
    void aTinyRunOnAClusterEnds() {
        Measurement measured = measureOnCluster(RedisWorkload.END_TO_END, Place.plain(Params.of("n", 100)));

        assertThat(measured.values().get("commands_of_busiest_per_job"))
                .isBetween(0.01, 0.9 * measured.values().get("commands_per_job"));
    }

    @Test
    void otherJvmsAreNodesOnAClusterThatWritesAFile() {
        Params params = Place.withFile(Params.of("n", 100).with("nodes", 1));

        assertThat(measureOnCluster(new RedisNodesWorkload(), params).values()).containsKey("per_s");
    }

    private static Measurement measureOnCluster(Workload workload, Params params) {
        Params tiny = Place.onCluster(params);
        Measurement measured = Child.measure(
                workload,
                Subjects.OURS_REDIS,
                Measurement.of(workload, Subjects.OURS_REDIS, tiny, tiny),
                new Child.Effort(0, 0));
        assertThat(measured.failed()).isNull();
        return measured;
    }

    private static Params tiny(Params params) {
        Params tiny = params;
        for (String name : List.of("n", "steps", "pending")) {
            tiny = tiny.asMap().containsKey(name) ? tiny.atMost(name, 100) : tiny;
        }
        for (String name : List.of("ahead_ms", "wait_ms")) {
            tiny = tiny.asMap().containsKey(name) ? tiny.atMost(name, 100) : tiny;
        }
        tiny = tiny.asMap().containsKey("lead_ms") ? tiny.atMost("lead_ms", 0) : tiny;
        return tiny.asMap().containsKey("seconds") ? tiny.atMost("seconds", 1) : tiny;
    }
}
