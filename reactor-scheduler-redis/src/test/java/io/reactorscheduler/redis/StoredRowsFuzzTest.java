package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Position;
import io.reactorscheduler.SchedulerException;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/**
 * Whatever stands in the row of a task, each call gives something or fails with an error of ours, in bounded time, and other
 * tasks run.
 *
 * <p>The rows that all begins with are in {@code src/test/resources/fuzz/rows.txt}, in hexadecimal digits.
 */
class StoredRowsFuzzTest extends StoreTest {

    private static final int TRIES = Integer.getInteger("fuzz.tries", 60);
    private static final long SEED = Long.getLong("fuzz.seed", new Random().nextLong());
    private static final HexFormat HEX = HexFormat.of();

    private static final String WRITE =
            "redis.call('HSET',KEYS[1],ARGV[1],(string.gsub(ARGV[2],'..',function(h) return string.char(tonumber(h,16)) end)))";

    private TaskStore store;
    private int used;

    private static List<byte[]> corpus() throws IOException {
        try (InputStream in = StoredRowsFuzzTest.class.getResourceAsStream("/fuzz/rows.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(HEX::parseHex)
                    .toList();
        }
    }

    private void write(byte[] row) {
        server.command("EVAL", WRITE, "1", key("t"), "bad", HEX.formatHex(row));
    }

    private static byte[] changed(List<byte[]> corpus, Random random) {
        byte[] row = corpus.get(random.nextInt(corpus.size())).clone();
        for (int changes = random.nextInt(4); changes >= 0 && row.length > 0; changes--) {
            int at = random.nextInt(row.length);
            switch (random.nextInt(6)) {
                case 0 -> row[at] = (byte) random.nextInt(256);
                case 1 -> row[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> row = Arrays.copyOf(row, at);
                case 3 ->
                    row = joined(
                            Arrays.copyOf(row, at), Arrays.copyOfRange(row, Math.min(row.length, at + 3), row.length));
                case 4 -> row = joined(row, Arrays.copyOfRange(row, at, row.length));
                default -> {
                    byte[] other = corpus.get(random.nextInt(corpus.size()));
                    row = joined(
                            Arrays.copyOf(row, at),
                            Arrays.copyOfRange(other, Math.min(other.length, at), other.length));
                }
            }
        }
        return row;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** What a call gives, or one of our errors; nothing else, and not never. */
    private static void answered(Mono<?> call) {
        try {
            call.block(PATIENCE);
        } catch (SchedulerException typed) {
            assertThat(typed).hasMessageContaining(" ");
        }
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
                answered(store.renew(List.of(claim), LEASE));
                answered(store.complete(List.of(success(store, claim))));
            }
        }
        answered(store.task("bad"));
        answered(store.tasks(TaskQuery.all()).collectList());
        answered(store.executions(ExecutionQuery.of("bad")).collectList());
        answered(store.enqueue("bad", new Extra(store.nowMicros(), null)));
        answered(store.cancel("bad"));
        answered(store.resume("bad", Position.at(store.nowMicros(), store.nowMicros())));
        answered(store.save(due(store, "bad")));
        answered(store.sweep());
        answered(store.stats());
        answered(store.remove("bad"));
    }

    @Test
    @Timeout(60)
    void whateverStandsInARowEachCallIsAnsweredAndOtherTasksRun() throws IOException {
        List<byte[]> corpus = corpus();
        Random random = new Random(SEED);
        store = store();
        store.stats().block(PATIENCE);
        for (byte[] row : corpus) {
            use(row);
        }
        for (int i = 0; i < TRIES; i++) {
            use(changed(corpus, random));
        }
    }

    private void use(byte[] row) {
        store.save(due(store, "bad")).block(PATIENCE);
        write(row);
        try {
            useAll();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + SEED + ", row " + HEX.formatHex(row) + ": " + e, e);
        }
        server.command("HDEL", key("t"), "bad");
    }
}
