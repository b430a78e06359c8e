package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What Redis keeps does not grow with what was executed. */
class MemoryTest extends RedisTest {

    private static final Handler<Integer, Integer> WORK = Handler.named("work", Integer.class, Integer.class);
    private static final int ROUND = Integer.getInteger("memory.round", 8_000);
    private static final int KEPT = 500;
    private static final double MOST_GROWTH_BYTES = 200_000;

    private final AtomicInteger ran = new AtomicInteger();

    private RedisStoreBuilder small() {
        return builder().journal(50).retention(new Retention(10, Duration.ofHours(1), KEPT));
    }

    private void round(ReactiveScheduler node, int number) {
        int before = ran.get();
        node.scheduleAll(Flux.range(0, ROUND).map(i -> WORK.task(i).id("r" + number + "-" + i)))
                .then()
                .block(PATIENCE);
        await("the runs of round " + number, () -> ran.get() == before + ROUND);
    }

    /** Bytes in use when nothing runs and what is kept for seconds is gone. */
    private double bytes() {
        await("all records", () -> (Long) server.command("ZCARD", key("e")) == 0);
        for (Object token : (Iterable<?>) server.command("KEYS", key("i:*"))) {
            server.command("DEL", token.toString());
        }
        server.command("MEMORY", "PURGE");
        return info("memory", "used_memory_dataset");
    }

    private String key(String name) {
        return "{" + namespace + ":0}:" + name;
    }

    @Test
    void ofOneShotTasksOnlyWhatRetentionKeepsStays() {
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(use(small().build()))
                .handle(
                        WORK,
                        (number, run) -> Mono.fromSupplier(() -> {
                            ran.incrementAndGet();
                            return number;
                        }))
                .start());
        round(node, 0);
        double before = bytes();

        round(node, 1);
        round(node, 2);
        double after = bytes();

        System.out.printf("bytes after %d and %d runs: %.0f %.0f%n", ROUND, 3 * ROUND, before, after);
        assertThat(after - before).isLessThan(MOST_GROWTH_BYTES);
        assertThat((Long) server.command("HLEN", key("t"))).isLessThanOrEqualTo(KEPT + 1);
    }

    @Test
    void whatRetentionHasDeletedLeavesNothing() {
        RedisTaskStore store = use(
                small().retention(new Retention(10, Duration.ofMillis(1), KEPT)).build());
        store.stats().block(PATIENCE);
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(store)
                .handle(
                        WORK,
                        (number, run) -> Mono.fromSupplier(() -> {
                            run.info("said");
                            ran.incrementAndGet();
                            return number;
                        }))
                .start());
        node.scheduleAll(Flux.range(0, 1_000)
                        .map(i -> WORK.task(i).id("t" + i).key("k" + i % 7).priority(i % 3)))
                .then()
                .block(PATIENCE);
        await("the runs", () -> ran.get() == 1_000);
        node.disposeLater().block(PATIENCE);
        await("the sweeps", () -> {
            store.sweep().block(PATIENCE);
            return (Long) server.command("HLEN", key("t")) == 0;
        });

        for (Object token : (Iterable<?>) server.command("KEYS", key("i:*"))) {
            server.command("DEL", token.toString());
        }
        assertThat((Iterable<?>) server.command("KEYS", "*"))
                .extracting(Object::toString)
                .containsOnly(key("m"), key("j"), key("q"), key("Q:default"), key("c"));
    }
}
