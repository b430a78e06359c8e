package io.reactorscheduler.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Load for the scheduler in memory, in a JVM with a small fixed heap. */
class SoakTest {

    private static final String HEAP = "64m";

    private static void soak(Duration duration, int rate, int many) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms" + HEAP,
                        "-Xmx" + HEAP,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dlogback.configurationFile=logback-soak.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SoakMain.class.getName(),
                        String.valueOf(duration.toSeconds()),
                        String.valueOf(rate),
                        String.valueOf(many))
                .redirectErrorStream(true)
                .start();
        StringBuilder all = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                all.append(line).append('\n');
            }
        }
        String said = all.toString();
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said)
                .contains(
                        "\"soak\":\"steady\"", "\"soak\":\"overload\"", "\"soak\":\"failures\"", "\"soak\":\"cancels\"")
                .contains("\"early\":0,");
    }

    @Test
    void aSmallHeapIsEnoughForLoadOverloadFailuresAndCancels() throws Exception {
        soak(Duration.ofSeconds(3), 10_000, 20_000);
    }

    @Test
    @Tag("long")
    void aSmallHeapIsEnoughForLong() throws Exception {
        soak(Duration.ofMinutes(Math.max(1, Integer.getInteger("minutes", 1))), 50_000, 100_000);
    }
}
