package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * Whatever stands in the row of a task, each call gives something or fails with an error of ours, in bounded time, and other
 * tasks run.
 *
 * <p>The rows that all begins with are in {@code src/test/resources/fuzz/rows.txt}, in hexadecimal digits.
 */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
class StoredRowsFuzzTest extends StoreTest {

    /** Far longer than all calls take together on a busy machine; one that hangs takes longer. */
    private static final Duration BOUND = Duration.ofSeconds(9);

    private static final HexFormat HEX = HexFormat.of();

    private static final String WRITE =
            "redis.call('HSET',KEYS[1],ARGV[1],(string.gsub(ARGV[2],'..',function(h) return string.char(tonumber(h,16)) end)))";

    private TaskStore store;
    private int used;

    private static List<byte[]> corpus() {
        try (InputStream in = StoredRowsFuzzTest.class.getResourceAsStream("/fuzz/rows.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(HEX::parseHex)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeProperty
    void start() {
        startServer();
        store = store();
        store.stats().block(PATIENCE);
    }

    @AfterProperty
    void stop() {
        stopServer();
    }

    private void write(byte[] row) {
        server.command("EVAL", WRITE, "1", key("t"), "bad", HEX.formatHex(row));
    }

    private void useAll() {
        String good = "good" + ++used;
        store.save(due(store, good)).block(PATIENCE);
        List<Claim> claims = claim(store, 10);
        assertThat(claims).extracting(claim -> claim.task().id()).contains(good);
        for (Claim claim : claims) {
            if (claim.task().id().equals(good)) {
                assertThat(succeed(store, claim).state()).isEqualTo(TaskState.COMPLETED);
            } else {
                Fuzz.answered(store.renew(List.of(claim), LEASE));
                Fuzz.answered(store.complete(List.of(success(store, claim))));
            }
        }
        Fuzz.answered(store.task("bad"));
        Fuzz.answered(store.tasks(TaskQuery.all()).collectList());
        Fuzz.answered(store.executions(ExecutionQuery.of("bad")).collectList());
        Fuzz.answered(store.enqueue("bad", new Extra(store.nowMicros(), null)));
        Fuzz.answered(store.cancel("bad"));
        Fuzz.answered(store.resume("bad", Position.at(store.nowMicros(), store.nowMicros())));
        Fuzz.answered(store.save(due(store, "bad")));
        Fuzz.answered(store.sweep());
        Fuzz.answered(store.stats());
        Fuzz.answered(store.remove("bad"));
    }

    @Provide
    Arbitrary<byte[]> rows() {
        return Fuzz.rows(corpus());
    }

    @Property
    void whateverStandsInARowEachCallIsAnsweredAndOtherTasksRun(@ForAll("rows") byte[] row) {
        try {
            store.save(due(store, "bad")).block(PATIENCE);
            write(row);
            assertTimeout(BOUND, this::useAll);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("row " + HEX.formatHex(row) + ": " + e, e);
        } finally {
            server.command("HDEL", key("t"), "bad");
        }
    }

    @Example
    void soItIsForEachRowThatAllBeginsWith() {
        corpus().forEach(this::whateverStandsInARowEachCallIsAnsweredAndOtherTasksRun);
    }
}
