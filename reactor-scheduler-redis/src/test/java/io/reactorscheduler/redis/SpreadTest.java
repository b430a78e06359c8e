package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A namespace whose tasks are spread over the masters of a cluster. */
class SpreadTest {

    private static final int PARTITIONS = 8;
    private static final int TASKS = 500;
    private static final int MANY_PARTITIONS = 16;
    private static final int MANY_TASKS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Handler<Void, String> PLAIN = Handler.named("plain", String.class);

    private static EmbeddedRedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedRedisCluster.start(3, 0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static RedisTaskStore store(String namespace) {
        return RedisTaskStore.builder()
                .uri(cluster.uris().get(0))
                .namespace(namespace)
                .partitions(PARTITIONS)
                .build();
    }

    @Test
    void tasksOnAllMastersRunAndAreListedTogether() {
        RedisTaskStore store = store("run");
        Set<String> ran = ConcurrentHashMap.newKeySet();
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .store(store)
                .handle(PLAIN, (none, run) -> Mono.fromRunnable(() -> ran.add(run.taskId())))
                .start();
        try {
            scheduler
                    .scheduleAll(Flux.range(0, TASKS).map(i -> PLAIN.task().id("t" + i)))
                    .blockLast(PATIENCE);
            RedisTest.await("all runs", () -> ran.size() == TASKS);
            RedisTest.await(
                    "all records",
                    () -> store.stats().block(PATIENCE).tasks().getOrDefault(TaskState.COMPLETED, 0L) == TASKS);

            Set<String> ids = IntStream.range(0, TASKS).mapToObj(i -> "t" + i).collect(Collectors.toSet());
            assertThat(store.tasks(TaskQuery.all().limit(TASKS + 1))
                            .collectList()
                            .block(PATIENCE))
                    .extracting(task -> task.id())
                    .isSorted()
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(store.executions(ExecutionQuery.all().limit(TASKS + 1))
                            .collectList()
                            .block(PATIENCE))
                    .hasSize(TASKS)
                    .extracting(execution -> execution.fence())
                    .isSortedAccordingTo((one, other) -> Long.compare(other, one));
            assertThat(cluster.nodes()).allMatch(node -> (Long) node.command("DBSIZE") > 0, "has some of the tasks");
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void eachMasterHasItsShareOfThePartitions() {
        RedisKeys keys = new RedisKeys("reactor-scheduler", MANY_PARTITIONS);
        assertThat(IntStream.range(0, MANY_PARTITIONS)
                        .boxed()
                        .collect(Collectors.groupingBy(
                                partition -> cluster.masterOf(keys.prefix(partition)), Collectors.counting()))
                        .values())
                .containsExactlyInAnyOrder(5L, 5L, 6L);
    }

    @Test
    void nothingIsLostOn16PartitionsWhenANodeStopsHalfWay() {
        stopHalfWay(
                "graceful", one -> one.disposeGracefully(Duration.ofSeconds(5)).block(PATIENCE));
    }

    @Test
    void nothingIsLostOn16PartitionsWhenANodeStopsAtOnceHalfWay() {
        stopHalfWay("at once", ReactiveScheduler::dispose);
    }

    private static void stopHalfWay(String namespace, Consumer<ReactiveScheduler> stop) {
        Nodes nodes = new Nodes(() -> RedisTaskStore.builder()
                .uri(cluster.uris().get(0))
                .namespace(namespace)
                .partitions(MANY_PARTITIONS));
        try {
            nodes.save(MANY_TASKS);
            ReactiveScheduler one = nodes.node("one").start();
            nodes.node("two").start();
            nodes.awaitRuns(MANY_TASKS / 2);
            stop.accept(one);
            nodes.awaitAllRecordedOnce(MANY_TASKS);
        } finally {
            nodes.dispose();
        }
    }

    @Test
    void theJournalOfAllMastersIsReadAsOneAndGoesOnFromACursor() {
        JournalTest.readAndGoOn(cluster.uris().get(0), PARTITIONS);
    }

    @Test
    void aRateIsSplitAndLimitsOfKeysAreRefused() {
        RedisTaskStore store = store("limits");
        try {
            store.declareQueue(TaskQueue.named("default").rateLimit(80, Duration.ofHours(1)))
                    .block(PATIENCE);
            store.saveAll(Flux.range(0, 1_000).map(i -> StoreTest.due(store, "t" + i)))
                    .blockLast(PATIENCE);

            assertThat(StoreTest.claim(store, 1_000)).hasSize(80);
            assertThatThrownBy(() -> store.declareQueue(TaskQueue.named("keys").keyConcurrency(1))
                            .block(PATIENCE))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("partitions(1)");
        } finally {
            store.dispose();
        }
    }
}
