package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.IfExists;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that somebody else has written over: whatever stands there, other work goes on. */
class DamagedRowsTest extends StoreTest {

    private static final int CLAIMS = 3;
    private static final int FLIPS = 300;

    private RedisTaskStore store;

    @BeforeEach
    void connect() {
        store = store();
    }

    /** Changes the unpacked row T of a task by a statement. */
    private void change(String id, String statement) {
        server.command(
                "EVAL",
                "local raw = redis.call('HGET', KEYS[1], ARGV[1]) local T = cmsgpack.unpack(raw) " + statement
                        + " redis.call('HSET', KEYS[1], ARGV[1], cmsgpack.pack(T))",
                "1",
                key("t"),
                id);
    }

    private void flip(String id, Random random) {
        server.command(
                "EVAL",
                "local raw = redis.call('HGET', KEYS[1], ARGV[1]) local i = 1 + ARGV[2] % #raw"
                        + " redis.call('HSET', KEYS[1], ARGV[1],"
                        + " string.sub(raw, 1, i - 1) .. string.char(ARGV[3]) .. string.sub(raw, i + 1))",
                "1",
                key("t"),
                id,
                String.valueOf(random.nextInt(1_000_000)),
                String.valueOf(random.nextInt(256)));
    }

    private boolean isClaimed(String id) {
        for (int i = 0; i < CLAIMS; i++) {
            List<Claim> claims = claim(store, 10);
            if (claims.stream().anyMatch(claim -> claim.task().id().equals(id))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aTaskWhoseSettingsNobodyUnderstandsDoesNotHoldUpOthers() {
        for (String statement : List.of("T.t = 'every nonsense'", "T.x = 'garbage'", "T.p = 'high'")) {
            store.save(due(store, "bad")).block(PATIENCE);
            change("bad", statement);
            store.save(due(store, "good")).block(PATIENCE);

            assertThat(isClaimed("good")).as(statement).isTrue();
            server.command("FLUSHALL");
        }
    }

    /** Each flip of a row is a fixed choice of the seed, so that what was found once is found again. */
    @Test
    void aRowWithAnyOtherByteDoesNotHoldUpOthers() {
        Random random = new Random(11);
        List<String> heldUp = new ArrayList<>();
        for (int i = 0; i < FLIPS; i++) {
            store.save(task("bad", store.nowMicros() - SECOND_MICROS, IfExists.REPLACE))
                    .block(PATIENCE);
            flip("bad", random);
            store.save(due(store, "good")).block(PATIENCE);
            if (!isClaimed("good")) {
                heldUp.add(String.valueOf(i));
            }
            store.sweep().block(PATIENCE);
            server.command("FLUSHALL");
        }
        assertThat(heldUp).isEmpty();
    }
}
