package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a later release writes beside what this one knows is still there after this one has written the same row. */
class UnknownFieldsTest extends StoreTest {

    private TaskStore store;

    @BeforeEach
    void save() {
        store = store();
        store.save(due(store, "a")).block(PATIENCE);
    }

    /** Runs a script in which {@code t} is the row of the task, and writes that back. */
    private void change(String lua) {
        lua("local t={unpack(c('HGET',P..'t','a'))} t=t[#t] " + lua + " c('HSET',P..'t','a',pack(t))");
    }

    /** Gives what a script makes of {@code t}, the row of the task. */
    private Object inRow(String lua) {
        return lua("local t={unpack(c('HGET',P..'t','a'))} t=t[#t] return " + lua);
    }

    private Object lua(String body) {
        return server.command(
                "EVAL", "local P,c,pack,unpack=KEYS[1],redis.call,cmsgpack.pack,cmsgpack.unpack " + body, "1", key(""));
    }

    private void trigger() {
        store.enqueue("a", new Extra(store.nowMicros(), null)).block(PATIENCE);
    }

    private Claim claim() {
        return claim(store, 1).get(0);
    }

    private void tryAgain(Claim claim) {
        // a store may be a round trip ahead of its server
        long now = store.nowMicros() - SECOND_MICROS;
        ExecutionError error = ExecutionError.of("java.lang.IllegalStateException", "no", "");
        store.complete(List.of(
                        new Completion(claim, Outcome.retryAt(now, error), 1, now, now, Position.UNCHANGED, List.of())))
                .block(PATIENCE);
    }

    @Test
    void ofATaskThroughItsWholeLife() {
        change("t.later={kept='kept'}");

        succeed(store, claim());
        trigger();
        tryAgain(claim());
        succeed(store, claim());
        store.cancel("a").block(PATIENCE);
        long due = store.nowMicros() + 1_000 * SECOND_MICROS;
        store.save(task("a", due, IfExists.REPLACE)).block(PATIENCE);
        store.cancel("a").block(PATIENCE);
        store.resume("a", Position.at(due, due)).block(PATIENCE);
        store.sweep().block(PATIENCE);

        assertThat(inRow("t.later.kept")).isEqualTo("kept");
    }

    @Test
    void ofAnExecutionUntilItEnds() {
        trigger();
        succeed(store, claim());
        Claim claim = claim();
        String number = claim.executionId().substring(claim.executionId().indexOf('#') + 1);
        change("t.e[" + number + "].later='kept'");

        tryAgain(claim);
        Claim again = claim();
        store.cancelExecution(again.executionId()).block(PATIENCE);
        store.renew(List.of(again), LEASE).block(PATIENCE);
        trigger();

        assertThat(inRow("t.e[" + number + "].later")).isEqualTo("kept");
    }

    @Test
    void ofAFinishedExecutionThatMovesFromTheRowOfItsTaskToTheHistory() {
        succeed(store, claim());
        trigger();
        change("t.R.later='kept'");

        succeed(store, claim());
        trigger();
        succeed(store, claim());
        store.sweep().block(PATIENCE);

        assertThat(lua("return unpack(c('LINDEX',P..'h:a',0)).later")).isEqualTo("kept");
    }

    @Test
    void ofATriggeredExecutionThatWaitsWithOthers() {
        store.cancel("a").block(PATIENCE);
        trigger();
        trigger();
        lua("local x=unpack(c('LINDEX',P..'a:a',1)) x.later='kept' c('LSET',P..'a:a',1,pack(x))");

        succeed(store, claim());
        trigger();
        store.sweep().block(PATIENCE);

        assertThat(lua("return unpack(c('LINDEX',P..'a:a',0)).later")).isEqualTo("kept");
    }

    @Test
    void ofAQueueAndItsSettings() {
        TaskQueue queue = TaskQueue.named("default").capacity(100).rateLimit(50, Duration.ofSeconds(1));
        store.declareQueue(queue).block(PATIENCE);
        lua("local q=P..'Q:default' c('HSET',q,'later','kept') c('HSET',q,'C',c('HGET',q,'C')..'z5:later')");

        store.pauseQueue("default", true).block(PATIENCE);
        store.resizeQueue("default", 3).block(PATIENCE);
        store.pauseQueue("default", false).block(PATIENCE);
        store.declareQueue(queue).block(PATIENCE);
        succeed(store, claim());

        assertThat(lua("return c('HGET',P..'Q:default','C')")).asString().endsWith("z5:later");
        assertThat(store.queues().blockLast(PATIENCE)).isEqualTo(queue.concurrency(3));
        store.declareQueue(queue.capacity(200)).block(PATIENCE);
        assertThat(lua("return c('HGET',P..'Q:default','later')")).isEqualTo("kept");
    }

    @Test
    void ofTheNamespaceAndOfItsNumbers() {
        lua("c('HSET',P..'m','later','kept') c('HSET',P..'c','L','1')");

        succeed(store, claim());
        store.sweep().block(PATIENCE);
        store().stats().block(PATIENCE);

        assertThat(lua("return c('HGET',P..'m','later')")).isEqualTo("kept");
        assertThat(lua("return c('HGET',P..'c','L')")).isEqualTo("1");
    }

    @Test
    void ofALock() {
        RedisLock locks = RedisLock.connect(server.uri());
        use(locks::close);
        LockLease held = locks.acquire("a", LEASE).block(PATIENCE);
        String hash = ((List<?>) server.command("KEYS", "*:lock:a}")).get(0).toString();
        server.command("HSET", hash, "later", "kept");

        held.renew().block(PATIENCE);
        held.release().block(PATIENCE);
        locks.acquire("a", LEASE).block(PATIENCE);

        assertThat(server.command("HGET", hash, "later")).isEqualTo("kept");
    }
}
