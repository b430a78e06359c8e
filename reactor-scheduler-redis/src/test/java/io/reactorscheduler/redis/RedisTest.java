package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.Disposable;

/** A server and a namespace of its own for each test, and what tests count there. */
abstract class RedisTest {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** A machine that compiles beside the tests may take its time to load the classes of a client. */
    static final Duration BUSY_MACHINE = Duration.ofSeconds(10);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    final String namespace = UUID.randomUUID().toString();
    private final List<Disposable> used = new ArrayList<>();
    EmbeddedRedis server;

    @BeforeEach
    void startServer() {
        server = EmbeddedRedis.start();
    }

    @AfterEach
    void stopServer() {
        used.forEach(Disposable::dispose);
        server.close();
    }

    /** Something to dispose after the test. */
    <T extends Disposable> T use(T disposable) {
        used.add(disposable);
        return disposable;
    }

    RedisStoreBuilder builder() {
        return RedisTaskStore.builder().uri(server.uri()).namespace(namespace).commandTimeout(BUSY_MACHINE);
    }

    RedisTaskStore store() {
        return use(builder().build());
    }

    static void await(String what, BooleanSupplier isThere) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isThere.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it did not come: " + what);
            }
            Pause.of(LOOK_AGAIN);
        }
    }

    // ---- counting

    /** A figure of INFO. */
    double info(String section, String name) {
        return String.valueOf(server.command("INFO", section))
                .lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(name.length() + 1).trim()))
                .findFirst()
                .orElse(0);
    }

    /** How many functions clients have called so far. */
    long calls() {
        return String.valueOf(server.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_fcall"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=([0-9]+).*", "$1")))
                .sum();
    }
}
