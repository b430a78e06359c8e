package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What something else wrote into the namespace, or a later release, stops no other work. */
class DamageTest extends StoreTest {

    private TaskStore store;

    /** Two tasks that are due, the first of which will be damaged. */
    private void save() {
        store = store();
        store.save(due(store, "bad")).block(PATIENCE);
        store.save(due(store, "good")).block(PATIENCE);
    }

    /** Changes the row of a task; {@code t} is the row. */
    private void damage(String lua) {
        String script = "local t=cmsgpack.unpack(redis.call('HGET',KEYS[1],'bad')) " + lua
                + " redis.call('HSET',KEYS[1],'bad',cmsgpack.pack(t))";
        server.command("EVAL", script, "1", key("t"));
    }

    private static List<String> ids(List<Claim> claims) {
        return claims.stream().map(claim -> claim.task().id()).toList();
    }

    private List<String> listed() {
        return store.tasks(TaskQuery.all()).map(TaskInfo::id).collectList().block(PATIENCE);
    }

    private void assertTheOtherRuns() {
        List<Claim> claims = claim(store, 10);
        assertThat(ids(claims)).contains("good");
        for (Claim claim : claims) {
            if (claim.task().id().equals("good")) {
                assertThat(succeed(store, claim).state()).isEqualTo(TaskState.COMPLETED);
            }
        }
        store.sweep().block(PATIENCE);
        store.stats().block(PATIENCE);
    }

    private void assertDamaged() {
        assertTheOtherRuns();
        assertThat(listed()).contains("good").doesNotContain("bad");
        assertThatThrownBy(() -> store.task("bad").block(PATIENCE))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("\"bad\"");
        assertThat(server.command("HEXISTS", key("t"), "bad"))
                .as("left as it is")
                .isEqualTo(1L);
    }

    @Test
    void aTriggerOfALaterRelease() {
        save();
        damage("t.t='WHEN THE MOON IS FULL'");
        assertDamaged();
    }

    @Test
    void settingsOfALaterRelease() {
        save();
        damage("t.x='r9:sometimes'");
        assertDamaged();
    }

    @Test
    void whatCannotBeReadEndsInQuarantineAndNotInALoop() {
        save();
        damage("t.t='WHEN THE MOON IS FULL'");
        ClaimRequest brief = new ClaimRequest(
                "node", Duration.ofMillis(1), List.of(new ClaimRequest.Slots("default", 1)), Set.of(PLAIN.name()));
        List<String> quarantined = new ArrayList<>();
        await("quarantine", () -> {
            store.claim(brief).block(PATIENCE);
            Pause.of(Duration.ofMillis(2));
            quarantined.addAll(store.sweep().block(PATIENCE).quarantined());
            return quarantined.contains("bad");
        });
    }

    @Test
    void fieldsOfOtherTypes() {
        for (String lua : List.of(
                "t.e='open'",
                "t.e={[1]=7}",
                "t.e={[1]={f='x'}}",
                "t.d={}",
                "t.p='high'",
                "t.h={}",
                "t.c='many'",
                "t.n='place'",
                "t.q=5 t.k={}")) {
            server.command("FLUSHALL");
            save();
            damage(lua);
            try {
                assertDamaged();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("with " + lua, e);
            }
        }
    }

    @Test
    void triggeredExecutions() {
        save();
        store.enqueue("bad", new Extra(store.nowMicros(), null)).block(PATIENCE);
        server.command("LSET", key("a:bad"), "0", "garbage");
        assertTheOtherRuns();
        server.command("FLUSHALL");
        save();
        store.enqueue("bad", new Extra(store.nowMicros(), null)).block(PATIENCE);
        server.command("DEL", key("a:bad"));
        assertTheOtherRuns();
        assertTheEndComes("bad");
    }

    /** It can be claimed and ended as often as it says, and then no more. */
    private void assertTheEndComes(String id) {
        for (int times = 0; times < 5; times++) {
            for (Claim claim : claim(store, 10)) {
                succeed(store, claim);
            }
        }
        assertThat(claim(store, 10)).isEmpty();
        store.remove(id).block(PATIENCE);
    }

    @Test
    void history() {
        save();
        for (Claim claim : claim(store, 10)) {
            succeed(store, claim);
        }
        server.command("RPUSH", key("h:bad"), "garbage");
        server.command("ZADD", key("f"), "1", "garbage");
        server.command("ZADD", key("f"), "2", "1:x:nobody");

        assertThat(store.executions(ExecutionQuery.all()).collectList().block(PATIENCE))
                .hasSize(2);
        assertThat(store.executions(ExecutionQuery.of("bad")).collectList().block(PATIENCE))
                .hasSize(1);
        store.save(due(store, "more")).block(PATIENCE);
        assertThat(succeed(store, claim(store, 1).get(0)).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(store.stats().block(PATIENCE).queues().get("default").running())
                .isZero();
        store.remove("bad").block(PATIENCE);
    }

    @Test
    void leasesAndLanes() {
        save();
        server.command("ZADD", key("e"), "1", "garbage");
        server.command("ZADD", key("e"), "1", "1:1:");
        server.command("ZADD", key("l:default"), "1", "garbage");
        server.command("ZADD", key("w:7:default:0:plain"), "1", "short");
        server.command("SADD", key("q"), "strange");
        server.command("HSET", key("Q:strange"), "C", "garbage");

        var hints = store.hints().subscribe();
        assertTheOtherRuns();
        hints.dispose();
        assertThat(store.queues().collectList().block(PATIENCE)).isEmpty();
    }

    @Test
    void counters() {
        save();
        server.command("HSET", key("m"), "s", "garbage", "h", "", "J", "many");
        server.command("HSET", key("Q:default"), "u", "garbage", "g", "x", "G", "y");
        assertTheOtherRuns();
        store.save(due(store, "more")).block(PATIENCE);
    }
}
