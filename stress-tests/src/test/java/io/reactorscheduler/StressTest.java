package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs every jcstress test of this module in a JVM of its own and fails when one has a forbidden outcome, an error or no
 * result. The budget in seconds, {@code -Dstress.budget} (30 by default), is shared by all tests; each gets at least
 * {@link #MIN_MILLIS} a configuration, however small the budget.
 */
class StressTest {

    /** What jcstress needs before its first test, to probe the JVM. */
    private static final long PROBE_MILLIS = 5_000;

    /** How many configurations of compilers and flags a test of two actors has on JDK 17, the most of any JDK. */
    private static final int CONFIGURATIONS = 8;

    /** What each configuration costs beside its measured time: a JVM. */
    private static final long FORK_MILLIS = 300;

    private static final long MIN_MILLIS = 20;

    @Test
    void noRaceHasAForbiddenOutcome() throws Exception {
        Collection<String> tests = TestList.tests();
        Path directory = Files.createDirectories(Path.of("target", "jcstress").toAbsolutePath());
        Path log = directory.resolve("log.txt");
        Path report = Files.createTempDirectory(directory, "report-");

        int exit = runJcstress(tests.size(), directory, log, report);

        assertThat(exit)
                .describedAs(() -> "exit code of jcstress; " + summary(log))
                .isZero();
        assertThat(tests)
                .isNotEmpty()
                .allSatisfy(test -> assertThat(report.resolve(test + ".html"))
                        .describedAs("result of " + test + ", which needs as many processors as it has actors")
                        .exists());
    }

    private static int runJcstress(int tests, Path directory, Path log, Path report) throws Exception {
        Duration budget = Duration.ofSeconds(Long.getLong("stress.budget", 30));
        Process jcstress = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "-sc",
                        "false",
                        "-pth",
                        "false",
                        "-f",
                        "1",
                        "-fsm",
                        "1",
                        "-iters",
                        "1",
                        "-time",
                        String.valueOf(millisPerConfiguration(budget, tests)),
                        "-r",
                        report.toString()))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended =
                    jcstress.waitFor(budget.multipliedBy(5).plusMinutes(5).toSeconds(), TimeUnit.SECONDS);
            assertThat(ended)
                    .describedAs(() -> "jcstress ended; " + summary(log))
                    .isTrue();
            return jcstress.exitValue();
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
    }

    private static long millisPerConfiguration(Duration budget, int tests) {
        long each = (budget.toMillis() - PROBE_MILLIS) / Math.max(1, tests * CONFIGURATIONS);
        return Math.max(MIN_MILLIS, each - FORK_MILLIS);
    }

    /** The log from its results on, or the whole of it when it ends before them. */
    private static String summary(Path log) {
        try {
            String text = Files.readString(log);
            return log + ":\n" + text.substring(Math.max(0, text.indexOf("RUN RESULTS")));
        } catch (IOException e) {
            return log + " cannot be read: " + e;
        }
    }
}
