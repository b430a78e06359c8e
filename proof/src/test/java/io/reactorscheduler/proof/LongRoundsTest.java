package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Round after round of all faults in any order, one after the other on each kind of Redis: {@code -Dseed} begins, {@code
 * -Dminutes} bounds them, and {@code -Dredis} names one kind.
 */
@Tag("long")
class LongRoundsTest {

    private static final long NOT_GIVEN = 0;

    /** Problems of one round that are printed; the figures count all of them. */
    private static final int MOST_TOLD = 20;

    @Test
    void nothingIsLostAndNothingIsDoubled() {
        long seed = Long.getLong("seed", NOT_GIVEN);
        if (seed == NOT_GIVEN) {
            seed = 1 + new Random().nextInt(1_000_000);
        }
        System.out.println("seed " + seed);
        long end = System.nanoTime()
                + Duration.ofMinutes(Integer.getInteger("minutes", 1)).toNanos();
        List<Servers.Kind> kinds = System.getProperty("redis") == null
                ? List.of(Servers.Kind.values())
                : List.of(Servers.Kind.valueOf(System.getProperty("redis")));
        List<String> broken = new ArrayList<>();
        for (int round = 0; round == 0 || System.nanoTime() < end; round++, seed++) {
            Servers.Kind servers = kinds.get(round % kinds.size());
            List<Fault> faults = Arrays.stream(Fault.values())
                    .filter(fault -> servers == Servers.Kind.STANDALONE || !fault.needsProxy())
                    .toList();
            Round.Result result = Round.run(RoundSettings.thorough(seed, servers, faults));
            System.out.println(result.figures());
            for (Problem problem : result.problems().stream().limit(MOST_TOLD).toList()) {
                System.out.println(problem + "; logs in " + result.logs());
                broken.add("seed " + seed + ": " + problem);
            }
        }
        assertThat(broken).as("broken promises").isEmpty();
    }
}
