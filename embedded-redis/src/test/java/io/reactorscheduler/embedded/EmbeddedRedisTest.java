package io.reactorscheduler.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EmbeddedRedisTest {

    @Test
    void aServerAnswersWhenItHasStarted() {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            assertThat(redis.command("SET", "a", "1")).isEqualTo("OK");
            assertThat(redis.command("GET", "a")).isEqualTo("1");
            assertThat(redis.command("GET", "b")).isNull();
            assertThat(redis.command("INFO", "server")).asString().contains("redis_version:" + EmbeddedRedis.VERSION);
            assertThat(redis.uri()).isEqualTo("redis://127.0.0.1:" + redis.port());
            assertThat(redis.port()).isLessThan(55_000);
        }
    }

    @Test
    void twoServersHaveNothingInCommon() {
        try (EmbeddedRedis one = EmbeddedRedis.start();
                EmbeddedRedis other = EmbeddedRedis.start()) {
            one.command("SET", "a", "1");
            assertThat(other.command("GET", "a")).isNull();
            assertThat(other.pid()).isNotEqualTo(one.pid());
        }
    }

    @Test
    void aDurableServerKeepsWhatItAcknowledgedOverAKill() {
        try (EmbeddedRedis redis = EmbeddedRedis.builder().durable().start()) {
            redis.command("SET", "a", "1");
            long pid = redis.pid();
            int port = redis.port();
            redis.kill();
            assertThat(redis.isRunning()).isFalse();
            assertThat(ProcessHandle.of(pid)).isEmpty();
            assertThatThrownBy(() -> redis.command("GET", "a")).isInstanceOf(UncheckedIOException.class);
            redis.restart();
            assertThat(redis.port()).isEqualTo(port);
            assertThat(redis.pid()).isNotEqualTo(pid);
            assertThat(redis.command("GET", "a")).isEqualTo("1");
        }
    }

    @Test
    void aServerWithDefaultSettingsForgetsWhenItIsRestarted() {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            redis.command("SET", "a", "1");
            redis.restart();
            assertThat(redis.command("GET", "a")).isNull();
        }
    }

    @Test
    void aServerCanBeStoppedPolitely() {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            redis.stop();
            assertThat(redis.isRunning()).isFalse();
            assertThat(redis.log()).contains("Redis is now ready to exit");
        }
    }

    @Test
    void aFrozenServerAnswersOnceItIsThawed() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start();
                Socket socket = new Socket("127.0.0.1", redis.port())) {
            redis.freeze();
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(200);
            assertThatThrownBy(() -> socket.getInputStream().read()).hasMessageContaining("timed out");
            assertThat(redis.isRunning()).isTrue();
            redis.thaw();
            socket.setSoTimeout(5_000);
            assertThat(socket.getInputStream().readNBytes(7))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void aFrozenServerCanBeKilledAndClosed() {
        EmbeddedRedis redis = EmbeddedRedis.start();
        redis.freeze();
        redis.close();
        redis.close();
        assertThat(redis.isRunning()).isFalse();
    }

    @Test
    void linesOfConfigurationHold() {
        try (EmbeddedRedis redis =
                EmbeddedRedis.builder().config("maxmemory 1mb").start()) {
            assertThat(redis.command("CONFIG", "GET", "maxmemory")).asString().contains("1048576");
            assertThatThrownBy(() -> redis.command("SET", "a", "x")).hasMessageStartingWith("OOM");
        }
    }

    @Test
    void aPasswordIsAskedForAndStandsInTheAddress() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.builder().password("secret").start();
                Resp resp = new Resp(new Socket("127.0.0.1", redis.port()))) {
            assertThatThrownBy(() -> resp.send("GET", "a")).hasMessageStartingWith("NOAUTH");
            assertThatThrownBy(() -> resp.send("AUTH", "wrong")).hasMessageStartingWith("WRONGPASS");
            assertThat(resp.send("AUTH", "secret")).isEqualTo("OK");
            assertThat(redis.uri()).isEqualTo("redis://:secret@127.0.0.1:" + redis.port());
            assertThat(redis.command("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void aServerWithTlsSpeaksNothingElse() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.builder().tls().start();
                Resp plain = new Resp(new Socket("127.0.0.1", redis.port()))) {
            assertThat(redis.command("PING")).isEqualTo("PONG");
            assertThat(redis.uri()).isEqualTo("rediss://127.0.0.1:" + redis.port());
            assertThat(redis.certificate()).content().startsWith("-----BEGIN CERTIFICATE-----");
            assertThatThrownBy(() -> plain.send("PING")).isInstanceOf(IOException.class);
            redis.restart();
            assertThat(redis.command("PING")).isEqualTo("PONG");
        }
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            assertThatThrownBy(redis::certificate).hasMessageContaining("build it with tls()");
        }
    }

    @Test
    void usersCanBeGivenAsLinesOfConfiguration() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.builder()
                        .config("user default off")
                        .config("user ada on >pw ~a* &* +@all")
                        .start();
                Resp resp = new Resp(new Socket("127.0.0.1", redis.port()))) {
            resp.send("AUTH", "ada", "pw");
            assertThat(resp.send("SET", "a", "1")).isEqualTo("OK");
            assertThatThrownBy(() -> resp.send("SET", "b", "1")).hasMessageStartingWith("NOPERM");
        }
    }

    @Test
    void aBadLineOfConfigurationIsReportedWithWhatTheServerSaid() {
        assertThatThrownBy(() ->
                        EmbeddedRedis.builder().config("no-such-setting 1").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-setting");
    }

    @Test
    void aPortThatIsTakenIsReported() {
        try (EmbeddedRedis redis = EmbeddedRedis.start()) {
            assertThatThrownBy(() -> EmbeddedRedis.builder().port(redis.port()).start())
                    .hasMessageContaining("Failed listening on port");
        }
    }

    @Test
    void closingDeletesTheFiles() {
        EmbeddedRedis redis = EmbeddedRedis.start();
        Path directory = directoryOf(redis);
        assertThat(directory).exists();
        redis.close();
        assertThat(directory).doesNotExist();
    }

    @Test
    void aServerAndItsFilesGoWithAJvmThatIsKilled() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StartsAndWaits.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = jvm.inputReader()) {
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            Path directory = Path.of(lines.readLine());
            assertThat(directory).exists();
            jvm.destroyForcibly().waitFor();
            Waiting.until(
                    () -> !server.isAlive() && !Files.exists(directory), Duration.ofSeconds(10), () -> "it lives");
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void theProgramFollowsFromSystemAndProcessor() {
        assertThat(RedisBinary.resourceName("Linux", "amd64")).isEqualTo("/redis-server-7.0.15-linux-amd64");
        assertThat(RedisBinary.resourceName("Mac OS X", "aarch64")).isEqualTo("/redis-server-7.0.15-darwin-arm64");
        assertThatThrownBy(() -> RedisBinary.resourceName("Windows 11", "amd64"))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Windows 11")
                .hasMessageContaining("give the address of a Redis server");
        assertThatThrownBy(() -> RedisBinary.resourceName("Linux", "riscv64")).hasMessageContaining("riscv64");
    }

    private static Path directoryOf(EmbeddedRedis redis) {
        return Path.of(((List<?>) redis.command("CONFIG", "GET", "dir")).get(1).toString());
    }

    /** The main of a JVM of its own: prints the server's process and directory, then waits to be killed. */
    static final class StartsAndWaits {
        public static void main(String[] args) throws Exception {
            EmbeddedRedis redis = EmbeddedRedis.start();
            System.out.println(redis.pid());
            System.out.println(directoryOf(redis));
            Thread.currentThread().join();
        }
    }
}
