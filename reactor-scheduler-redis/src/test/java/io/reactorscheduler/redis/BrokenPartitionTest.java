package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Claims over partitions of which some give errors, as when one master of a cluster is away. */
class BrokenPartitionTest extends StoreTest {

    private static final int TASKS = 60;
    private static final int PARTITIONS = 3;
    private static final String LANES = "l:default";
    private static final String ALL_TASKS = "t";
    private static final String LEASES = "e";

    private TaskStore saved() {
        TaskStore store = use(builder().partitions(PARTITIONS).build());
        store.saveAll(Flux.range(0, TASKS).map(i -> due(store, "t" + i))).blockLast(PATIENCE);
        return store;
    }

    private String key(int partition, String name) {
        return new RedisKeys(namespace, PARTITIONS).prefix(partition) + name;
    }

    private void breakIt(int partition, String name) {
        server.command("RENAME", key(partition, name), key(partition, name) + ":kept");
        server.command("SET", key(partition, name), "of another type");
    }

    private void mend(int partition, String name) {
        server.command("RENAME", key(partition, name) + ":kept", key(partition, name));
    }

    private static Stream<String> ids() {
        return IntStream.range(0, TASKS).mapToObj(i -> "t" + i);
    }

    private static boolean isLong(String id) {
        return Integer.parseInt(id.substring(1)) % 3 == 0;
    }

    private static TaskState state(TaskStore store, String id) {
        return store.task(id).map(TaskInfo::state).block(PATIENCE);
    }

    private static List<String> ids(List<Claim> claims) {
        return claims.stream().map(claim -> claim.task().id()).toList();
    }

    @Test
    void whatTheOthersGaveIsNotLostAndTheBrokenOneIsAskedAgain() {
        TaskStore store = saved();
        breakIt(1, LANES);

        List<String> claimed = new ArrayList<>(ids(claim(store, TASKS)));

        assertThat(claimed)
                .containsExactlyInAnyOrderElementsOf(Flux.range(0, TASKS)
                        .map(i -> "t" + i)
                        .filter(id -> RedisKeys.partitionOf(id, PARTITIONS) != 1)
                        .collectList()
                        .block(PATIENCE));
        long asked = store.nowMicros();
        long next = store.claim(request(TASKS)).block(PATIENCE).nextDueMicros()[0];
        assertThat(next - asked).as("when to ask again").isBetween(0L, SECOND_MICROS);
        mend(1, LANES);
        await("the rest", () -> {
            claimed.addAll(ids(claim(store, TASKS)));
            return claimed.size() == TASKS;
        });
        assertThat(claimed).doesNotHaveDuplicates();
    }

    /** What was given is not given again, so an error in its place would leave it to the end of its lease. */
    @Test
    void whatTheFirstCallOfALargeClaimGaveIsKeptWhenTheNextOneFails() {
        WatchedLink link = new WatchedLink(server.uri(), PATIENCE);
        RedisTaskStore store = use(new RedisTaskStore(
                new RedisSettings(namespace, 1, Retention.defaults(), Duration.ofSeconds(5), null, 3, 0), link));
        int many = 600;
        store.saveAll(Flux.range(0, many).map(i -> due(store, "t" + i))).blockLast(PATIENCE);
        link.refuseAfter(1, Scripts.CLAIM);

        List<Claim> given = claim(store, many);
        link.heal();

        assertThat(given).isNotEmpty().hasSizeLessThan(many);
        assertThat(claim(store, many)).hasSize(many - given.size());
    }

    @Test
    void runsOfTheOthersEndAndAreRenewedAndThoseOfTheBrokenOneEndWhenItIsThereAgain() {
        Duration lease = Duration.ofSeconds(2);
        Sinks.One<String> firstEnd = Sinks.one();
        Sinks.One<String> secondEnd = Sinks.one();
        Set<String> cancelled = ConcurrentHashMap.newKeySet();
        TaskStore store = use(builder().partitions(PARTITIONS).build());
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .store(store)
                .lease(lease)
                .queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(TASKS))
                .handle(
                        PLAIN,
                        (none, run) -> (isLong(run.taskId()) ? secondEnd : firstEnd)
                                .asMono()
                                .doOnCancel(() -> cancelled.add(run.taskId())))
                .start();
        try {
            scheduler
                    .scheduleAll(Flux.range(0, TASKS).map(i -> PLAIN.task().id("t" + i)))
                    .blockLast(PATIENCE);
            await("all runs", () -> ids().allMatch(id -> state(store, id) == TaskState.RUNNING));
            breakIt(1, ALL_TASKS);
            breakIt(1, LEASES);
            firstEnd.tryEmitValue("first");

            List<String> healthy = ids().filter(id -> RedisKeys.partitionOf(id, PARTITIONS) != 1)
                    .toList();
            List<String> ended = healthy.stream().filter(id -> !isLong(id)).toList();
            await(
                    "the ends of the others",
                    () -> ended.stream().allMatch(id -> state(store, id) == TaskState.COMPLETED));
            await("the loss of the broken one's leases", () -> !cancelled.isEmpty());
            mend(1, ALL_TASKS);
            mend(1, LEASES);
            secondEnd.tryEmitValue("second");
            await("all ends", () -> ids().allMatch(id -> state(store, id) == TaskState.COMPLETED));

            assertThat(cancelled).doesNotContainAnyElementsOf(healthy);
            assertThat(healthy.stream()
                            .flatMap(id ->
                                    store.executions(ExecutionQuery.of(id)).collectList().block(PATIENCE).stream()))
                    .allMatch(execution -> execution.attempt() == 1 && execution.state() == TaskState.COMPLETED)
                    .hasSameSizeAs(healthy);
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void thatAllAreBrokenIsAnError() {
        TaskStore store = saved();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            breakIt(partition, LANES);
        }

        assertThatThrownBy(() -> claim(store, TASKS)).isInstanceOf(StoreUnavailableException.class);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            mend(partition, LANES);
        }
        List<String> claimed = new ArrayList<>();
        await("all", () -> {
            store.claim(request(TASKS))
                    .onErrorComplete()
                    .blockOptional(PATIENCE)
                    .ifPresent(batch -> claimed.addAll(ids(batch.claims())));
            return claimed.size() == TASKS;
        });
    }

    @Test
    void whatRunsSaidIsAddedOnceByACallThatIsMadeAgain() {
        TaskStore store = saved();
        List<TaskStore.Said> said = claim(store, TASKS).stream()
                .map(claim -> new TaskStore.Said(
                        claim,
                        new ExecutionEvent(
                                claim.executionId(), Instant.EPOCH, ExecutionEvent.Level.INFO, "said", null)))
                .toList();
        breakIt(1, ALL_TASKS);
        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> store.append("token", said).block(PATIENCE))
                    .isInstanceOf(StoreUnavailableException.class);
        }
        mend(1, ALL_TASKS);

        assertThat(store.append("token", said).block(PATIENCE)).as("refused").isEmpty();

        assertThat(said)
                .allSatisfy(each -> assertThat(store.events(each.claim().executionId())
                                .collectList()
                                .block(PATIENCE))
                        .hasSize(1));
    }
}
