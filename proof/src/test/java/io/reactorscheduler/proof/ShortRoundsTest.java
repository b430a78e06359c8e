package io.reactorscheduler.proof;

import static io.reactorscheduler.proof.Fault.CLOCK;
import static io.reactorscheduler.proof.Fault.CLOCK_STEP;
import static io.reactorscheduler.proof.Fault.DELAY;
import static io.reactorscheduler.proof.Fault.DISK_FULL;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault, and some at once, from a fixed seed. */
class ShortRoundsTest {

    private static final long SEED = 4;

    /** Rounds that broke a promise: another try, which is for a round that broke off, does not make it good. */
    private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

    static Stream<Arguments> rounds() {
        return Stream.of(
                Arguments.of(STANDALONE, List.of(List.of(KILL), List.of(CLOCK_STEP))),
                Arguments.of(STANDALONE, List.of(List.of(CLOCK), List.of(FREEZE))),
                Arguments.of(STANDALONE, List.of(List.of(FREEZE, PARTITION), List.of(DELAY))),
                Arguments.of(STANDALONE, List.of(List.of(DROPPED_REPLIES, MEMORY))),
                Arguments.of(STANDALONE, List.of(List.of(REDIS_CRASH), List.of(DISK_FULL))),
                Arguments.of(STANDALONE, List.of(List.of(ROLLING_RESTART, CLOCK_STEP))),
                Arguments.of(CLUSTER, List.of(List.of(REDIS_CRASH, KILL))),
                Arguments.of(SENTINEL, List.of(List.of(REDIS_CRASH))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rounds")
    void nothingIsLostAndNothingIsDoubled(Servers.Kind servers, List<List<Fault>> asked) {
        List<List<Fault>> strikes = asked.stream()
                .filter(together -> together.stream().allMatch(fault -> fault.isPossible(servers)))
                .toList();
        String round = servers + " " + asked;
        assertThat(BROKEN).as("broken before").doesNotContain(round);
        Round.Result result = Round.run(RoundSettings.brief(SEED, servers, strikes));

        System.out.println(result.figures());
        if (!result.problems().isEmpty()) {
            BROKEN.add(round);
        }
        assertThat(result.problems())
                .as("broken promises; logs in %s", result.logs())
                .isEmpty();
        assertThat(result.figures().strikes().keySet())
                .containsAll(
                        strikes.stream().flatMap(List::stream).map(Fault::name).toList());
        assertThat(result.figures().executions()).isPositive();
    }
}
