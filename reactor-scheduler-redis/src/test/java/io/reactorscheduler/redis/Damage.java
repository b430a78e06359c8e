package io.reactorscheduler.redis;

import static io.reactorscheduler.redis.RedisTest.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.SchedulerException;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.TaskStore.Said;
import io.reactorscheduler.Trigger;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A namespace in which something is damaged, words for what was there before, and every path that may meet it. */
final class Damage implements AutoCloseable {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final EmbeddedRedis server;
    private final String namespace = UUID.randomUUID().toString();
    private final RedisTaskStore store;
    private final List<String> findings = new ArrayList<>();
    private List<Claim> claimed = List.of();

    Damage(EmbeddedRedis server, RedisStoreBuilder builder) {
        this.server = server;
        this.store = builder.namespace(namespace).commandTimeout(PATIENCE).build();
        store.stats().block(PATIENCE);
    }

    @Override
    public void close() {
        store.dispose();
    }

    // ---- what is there

    /** Each word is one thing that is done to the task "bad". */
    void does(String steps) {
        for (String step : steps.isEmpty() ? new String[0] : steps.split(", ")) {
            switch (step) {
                case "save" -> save("bad", StoreTest.PLAIN.task(), SECOND.negated());
                case "save for later" -> save("bad", StoreTest.PLAIN.task(), HOUR);
                case "save with key" -> save("bad", StoreTest.PLAIN.task().key("k"), SECOND.negated());
                case "trigger" ->
                    store.enqueue("bad", new Extra(store.nowMicros(), "1")).block(PATIENCE);
                case "claim" -> claimed = claim();
                case "run" -> claim().forEach(claim -> StoreTest.succeed(store, claim));
                case "say" ->
                    store.append(List.of(new Said(
                                    claimed.get(0),
                                    new ExecutionEvent(
                                            "bad#1", Instant.now(), ExecutionEvent.Level.INFO, "here", null))))
                            .block(PATIENCE);
                case "cancel" -> store.cancel("bad").block(PATIENCE);
                case "reschedule" ->
                    store.reschedule("bad", Trigger.every(HOUR), head(HOUR)).block(PATIENCE);
                case "declare" ->
                    store.declareQueue(TaskQueue.named("default").capacity(1_000))
                            .block(PATIENCE);
                case "declare keys" ->
                    store.declareQueue(
                                    TaskQueue.named("default").keyConcurrency(1).keyRateLimit(1_000, SECOND))
                            .block(PATIENCE);
                case "sweep" -> sweep();
                default -> throw new IllegalArgumentException(step);
            }
        }
    }

    private void save(String id, Task<Void, String> task, Duration until) {
        TaskRecord record =
                TaskRecord.builder(id, StoreTest.PLAIN.name()).settingsOf(task).build();
        store.save(new NewTask(record, head(until), IfExists.REPLACE)).block(PATIENCE);
    }

    private Position head(Duration until) {
        long due = store.nowMicros() + until.toNanos() / 1_000;
        return Position.at(due, due);
    }

    private List<Claim> claim() {
        return StoreTest.claim(store, 10);
    }

    private void sweep() {
        findings.addAll(store.sweep().block(PATIENCE).findings());
    }

    /** Runs a script that finds the prefix of all keys in {@code P}; {@code pack} and {@code unpack} are of rows. */
    Object lua(String body) {
        return server.command(
                "EVAL",
                "local P,c,pack,unpack=KEYS[1],redis.call,cmsgpack.pack,cmsgpack.unpack " + body,
                "1",
                "{" + namespace + ":0}:");
    }

    // ---- what goes on

    /** All that a store can be asked for; the task that is damaged may be refused, by its name. */
    void everythingElseGoesOn() {
        Flux<?> journal = store.journal("").take(Duration.ofMillis(30));
        passes(journal);
        save("good", StoreTest.PLAIN.task(), SECOND.negated());
        mayRefuse(store.task("bad"));
        passes(store.tasks(TaskQuery.all()));
        passes(store.executions(ExecutionQuery.all()));
        passes(store.executions(ExecutionQuery.of("bad")));
        passes(store.events("bad#1"));
        passes(store.queues());
        passes(store.stats());
        passes(store.renew(claimed, StoreTest.LEASE));
        passes(store.complete(
                claimed.stream().map(claim -> StoreTest.success(store, claim)).toList()));
        boolean hasRun = false;
        for (int times = 0; times < 3; times++) {
            for (Claim claim : claim()) {
                hasRun |= claim.task().id().equals("good");
                StoreTest.succeed(store, claim);
            }
            mayRefuse(store.enqueue("bad", new Extra(store.nowMicros(), "1")));
        }
        assertThat(hasRun).as("the other task has run").isTrue();
        mayRefuse(store.cancel("bad"));
        mayRefuse(store.resume("bad", head(HOUR)));
        passes(store.hints().take(Duration.ofMillis(1)));
        for (int times = 0; times < 3; times++) {
            sweep();
        }
        passes(store.executions(ExecutionQuery.all()));
        assertThat(store.task("good").block(PATIENCE)).isNotNull();
    }

    private static void passes(Publisher<?> call) {
        Flux.from(call).collectList().block(PATIENCE);
    }

    private static void mayRefuse(Publisher<?> call) {
        try {
            passes(call);
        } catch (SchedulerException refused) {
            assertThat(refused).hasMessageContaining("\"bad\"");
        }
    }

    List<String> findings() {
        return List.copyOf(findings);
    }
}
