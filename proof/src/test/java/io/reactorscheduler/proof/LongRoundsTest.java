package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Round after round of all faults in any order, one after the other on each kind of Redis: {@code -Dseed} begins, {@code
 * -Dminutes} bounds them, {@code -Dredis} names one kind, and {@code -Dfault} one fault.
 */
@Tag("long")
class LongRoundsTest {

    private static final long NOT_GIVEN = 0;

    /** All lines of all rounds since the module was cleaned. */
    private static final Path TOLD = Path.of("target", "proof", "rounds.txt");

    /** Problems of one round that are printed; the figures count all of them. */
    private static final int MOST_TOLD = 20;

    @Test
    void nothingIsLostAndNothingIsDoubled() {
        long seed = Long.getLong("seed", NOT_GIVEN);
        if (seed == NOT_GIVEN) {
            seed = 1 + new Random().nextInt(1_000_000);
        }
        tell("rounds from seed " + seed);
        long end = System.nanoTime()
                + Duration.ofMinutes(Integer.getInteger("minutes", 1)).toNanos();
        List<Servers.Kind> kinds = kinds();
        List<String> broken = new ArrayList<>();
        for (int round = 0; round == 0 || System.nanoTime() < end; round++, seed++) {
            Servers.Kind servers = kinds.get(round % kinds.size());
            List<Fault> faults =
                    chosen().stream().filter(fault -> fault.isPossible(servers)).toList();
            broken.addAll(round(RoundSettings.thorough(seed, servers, faults)));
        }
        assertThat(broken).as("broken promises").isEmpty();
    }

    /** Those that were asked for and can suffer what was asked for. */
    private static List<Servers.Kind> kinds() {
        String one = System.getProperty("redis");
        List<Servers.Kind> asked = one == null ? List.of(Servers.Kind.values()) : List.of(Servers.Kind.valueOf(one));
        List<Servers.Kind> able = asked.stream()
                .filter(servers -> chosen().stream().anyMatch(fault -> fault.isPossible(servers)))
                .toList();
        assertThat(able)
                .as("-Dfault=%s is not possible with -Dredis=%s on this machine", System.getProperty("fault"), one)
                .isNotEmpty();
        return able;
    }

    private static List<Fault> chosen() {
        String one = System.getProperty("fault");
        return one == null ? List.of(Fault.values()) : List.of(Fault.valueOf(one));
    }

    /** One round; a harness that fails is told, and the next round tries again. */
    private static List<String> round(RoundSettings settings) {
        String name = "seed " + settings.seed() + " " + settings.servers() + ": ";
        try {
            Round.Result result = Round.run(settings);
            tell(result.figures().toString());
            List<String> problems = result.problems().stream()
                    .limit(MOST_TOLD)
                    .map(problem -> name + problem + "; logs in " + result.logs())
                    .toList();
            problems.forEach(LongRoundsTest::tell);
            return problems;
        } catch (IllegalStateException | UncheckedIOException e) {
            tell(name + e.getMessage());
            return List.of(name + e.getMessage());
        }
    }

    /** At once: on the console, and in a file that stays when the run is broken off. */
    private static void tell(String line) {
        System.out.println(line);
        try {
            Files.createDirectories(TOLD.getParent());
            Files.writeString(TOLD, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write into " + TOLD, e);
        }
    }
}
