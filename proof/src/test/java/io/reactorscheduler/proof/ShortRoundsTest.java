package io.reactorscheduler.proof;

import static io.reactorscheduler.proof.Fault.CLOCK;
import static io.reactorscheduler.proof.Fault.DELAY;
import static io.reactorscheduler.proof.Fault.DROPPED_REPLIES;
import static io.reactorscheduler.proof.Fault.FREEZE;
import static io.reactorscheduler.proof.Fault.KILL;
import static io.reactorscheduler.proof.Fault.MEMORY;
import static io.reactorscheduler.proof.Fault.PARTITION;
import static io.reactorscheduler.proof.Fault.REDIS_CRASH;
import static io.reactorscheduler.proof.Fault.ROLLING_RESTART;
import static io.reactorscheduler.proof.Servers.Kind.CLUSTER;
import static io.reactorscheduler.proof.Servers.Kind.SENTINEL;
import static io.reactorscheduler.proof.Servers.Kind.STANDALONE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault once, from a fixed seed. */
class ShortRoundsTest {

    private static final long SEED = 4;

    static Stream<Arguments> rounds() {
        return Stream.of(
                Arguments.of(STANDALONE, List.of(KILL, CLOCK)),
                Arguments.of(STANDALONE, List.of(FREEZE)),
                Arguments.of(STANDALONE, List.of(PARTITION, DELAY)),
                Arguments.of(STANDALONE, List.of(DROPPED_REPLIES, MEMORY)),
                Arguments.of(STANDALONE, List.of(REDIS_CRASH)),
                Arguments.of(STANDALONE, List.of(ROLLING_RESTART)),
                Arguments.of(CLUSTER, List.of(REDIS_CRASH)),
                Arguments.of(SENTINEL, List.of(REDIS_CRASH)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rounds")
    void nothingIsLostAndNothingIsDoubled(Servers.Kind servers, List<Fault> faults) {
        Round.Result result = Round.run(RoundSettings.brief(SEED, servers, faults));

        System.out.println(result.figures());
        assertThat(result.problems())
                .as("broken promises; logs in %s", result.logs())
                .isEmpty();
        assertThat(result.figures().strikes().keySet())
                .containsAll(faults.stream().map(Fault::name).toList());
        assertThat(result.figures().executions()).isPositive();
    }
}
