package io.reactorscheduler.redis;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Words for tests that use the store itself. */
abstract class StoreTest extends RedisTest {

    static final Handler<Void, String> PLAIN = Handler.named("plain", String.class);
    static final Duration LEASE = Duration.ofSeconds(30);
    static final long SECOND_MICROS = 1_000_000;

    static NewTask task(String id, long due, IfExists ifExists) {
        return new NewTask(
                TaskRecord.builder(id, PLAIN.name()).settingsOf(PLAIN.task()).build(), Position.at(due, due), ifExists);
    }

    static NewTask due(TaskStore store, String id) {
        return task(id, store.nowMicros() - SECOND_MICROS, IfExists.REPLACE);
    }

    static List<Claim> claim(TaskStore store, int free) {
        return store.claim(request(free)).block(PATIENCE).claims();
    }

    static ClaimRequest request(int free) {
        return new ClaimRequest("node", LEASE, List.of(new ClaimRequest.Slots("default", free)), Set.of(PLAIN.name()));
    }

    static Completion success(TaskStore store, Claim claim) {
        long now = store.nowMicros();
        return new Completion(claim, Outcome.completed("\"ok\"", "ok"), 1, now, now, Position.ENDED, List.of());
    }

    static Recorded succeed(TaskStore store, Claim claim) {
        return store.complete(List.of(success(store, claim))).block(PATIENCE).get(0);
    }

    /** A key of the namespace. */
    String key(String name) {
        return "{" + namespace + ":0}:" + name;
    }
}
