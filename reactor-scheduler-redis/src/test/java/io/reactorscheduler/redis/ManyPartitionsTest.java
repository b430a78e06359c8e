package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Partitions do not hold up each other, and cost a node nothing where there is nothing to do. */
class ManyPartitionsTest extends StoreTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SHORT_LEASE = Duration.ofSeconds(1);

    /** So long a lease takes to come back on a machine that does a lot besides, and no longer. */
    private static final Duration MANY_LEASES = SHORT_LEASE.multipliedBy(8);

    private static final String HELD = "t-held";

    private final Set<String> ran = ConcurrentHashMap.newKeySet();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final Sinks.One<String> heldEnd = Sinks.one();
    private WatchedLink link;

    /** @param timeout how long answers are waited for that do not come */
    private RedisTaskStore watched(int partitions, Duration safetyPoll, Duration timeout) {
        link = new WatchedLink(server.uri(), timeout);
        return use(new RedisTaskStore(
                new RedisSettings(namespace, partitions, Retention.defaults(), safetyPoll, null, 3, 0), link));
    }

    private SchedulerBuilder node(RedisTaskStore store, Duration lease) {
        return ReactiveScheduler.builder()
                .store(store)
                .lease(lease)
                .handle(
                        PLAIN,
                        (none, run) -> run.taskId().equals(HELD)
                                ? heldEnd.asMono()
                                : Mono.fromSupplier(() -> {
                                    ran.add(run.taskId());
                                    return "ok";
                                }));
    }

    private void start(SchedulerBuilder builder) {
        ReactiveScheduler node = use(builder.build());
        node.events()
                .filter(event -> event.kind() == SchedulerEvent.Kind.PROBLEM)
                .subscribe(event -> problems.add(event.message()));
        node.start();
    }

    private String prefix(int partition, int partitions) {
        return new RedisKeys(namespace, partitions).prefix(partition);
    }

    /** The id of a task that lives in a partition. */
    private static String idIn(int partition, int partitions) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "t" + i)
                .filter(id -> RedisKeys.partitionOf(id, partitions) == partition)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aLeaseThatEndsComesBackInTimeWhileAnotherPartitionFailsAndAThirdOneIsSilent() {
        int partitions = 3;
        int healthy = RedisKeys.partitionOf(HELD, partitions);
        int failing = (healthy + 1) % partitions;
        int mute = (healthy + 2) % partitions;
        RedisTaskStore store = watched(partitions, Duration.ofSeconds(5), Duration.ofMillis(500));
        RedisTaskStore dead = use(builder().partitions(partitions).build());
        dead.save(due(dead, HELD)).block(PATIENCE);
        start(node(store, SHORT_LEASE)
                .queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(1)));
        await("the only slot in use", () -> dead.task(HELD).block(PATIENCE).state() == TaskState.RUNNING);
        server.command("SET", prefix(failing, partitions) + "e", "of another type");
        link.silence(prefix(mute, partitions));
        String lost = idIn(healthy, partitions);
        dead.save(due(dead, lost)).block(PATIENCE);
        ClaimRequest claim = new ClaimRequest(
                "dead", SHORT_LEASE, List.of(new ClaimRequest.Slots("default", 1)), Set.of(PLAIN.name()));
        assertThat(dead.claim(claim).block(PATIENCE).claims()).hasSize(1);
        heldEnd.tryEmitValue("ok");

        long began = System.nanoTime();
        await("the run", () -> ran.contains(lost));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(MANY_LEASES);
        await(
                "the report of the one that fails",
                () -> tells("partition " + failing + " of 3, where leases that ended are not given back yet"));
        await(
                "the report of the silent one",
                () -> tells("partition " + mute + " of 3, where leases that ended are not given back yet"));
    }

    private boolean tells(String text) {
        return problems.stream().anyMatch(problem -> problem.contains(text));
    }

    @Test
    void workOfOthersIsClaimedWhileOnePartitionIsSilent() {
        int partitions = 3;
        RedisTaskStore store = watched(partitions, Duration.ofSeconds(5), NEVER);
        RedisTaskStore other = use(builder().partitions(partitions).build());
        start(node(store, LEASE));
        await("the node", () -> link.calls(Scripts.CLAIM) >= partitions);
        link.silence(prefix(0, partitions));
        other.save(due(other, idIn(0, partitions))).block(PATIENCE);
        other.save(due(other, idIn(1, partitions))).block(PATIENCE);
        other.save(due(other, idIn(2, partitions))).block(PATIENCE);

        // whoever waited for the answer of the silent one would wait for an hour
        await("the others", () -> ran.size() == 2);
        assertThat(ran).doesNotContain(idIn(0, partitions));
    }

    @Test
    void whatALostClaimTookIsGivenBackAlsoWhenAllSlotsAreInUse() {
        // the first partition is asked first, and another one fills the only slot
        int partitions = IntStream.iterate(2, n -> n + 1)
                .filter(n -> RedisKeys.partitionOf(HELD, n) > 0)
                .findFirst()
                .orElseThrow();
        String lost = idIn(0, partitions);
        RedisTaskStore store = watched(partitions, Duration.ofSeconds(5), BUSY_MACHINE);
        RedisTaskStore other = use(builder().partitions(partitions).build());
        other.save(due(other, lost)).block(PATIENCE);
        other.save(due(other, HELD)).block(PATIENCE);
        link.loseNextAnswer(Scripts.CLAIM, prefix(0, partitions));
        start(node(store, LEASE).queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(1)));

        await("the other one", () -> stateOf(other, HELD) == TaskState.RUNNING);
        await("the task in line again", () -> stateOf(other, lost) == TaskState.PENDING);
        assertThat(ran).isEmpty();
    }

    private static TaskState stateOf(RedisTaskStore store, String id) {
        return store.task(id).block(PATIENCE).state();
    }

    @Test
    void withOneSlotTheWorkOfAllPartitionsRunsWithoutASafetyPoll() {
        int partitions = 8;
        RedisTaskStore store = watched(partitions, NEVER, BUSY_MACHINE);
        Set<String> ids = IntStream.range(0, partitions)
                .mapToObj(partition -> idIn(partition, partitions))
                .collect(Collectors.toSet());
        ids.forEach(id -> store.save(due(store, id)).block(PATIENCE));
        start(node(store, LEASE).queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(1)));

        await("all runs", () -> ran.equals(ids));
    }

    @Test
    void onlyThePartitionThatToldOfWorkIsAskedForIt() {
        int partitions = 16;
        RedisTaskStore store = watched(partitions, NEVER, BUSY_MACHINE);
        RedisTaskStore other = use(builder().partitions(partitions).build());
        start(node(store, LEASE));
        await("that it listens", () -> link.calls(Scripts.MISSED) == partitions);
        Pause.of(Duration.ofMillis(300));
        long before = link.calls(Scripts.CLAIM);

        for (int partition = 0; partition < partitions; partition++) {
            other.save(due(other, idIn(partition, partitions))).block(PATIENCE);
        }

        await("all runs", () -> ran.size() == partitions);
        assertThat(link.calls(Scripts.CLAIM) - before).isLessThanOrEqualTo(4 * partitions);
    }

    @Test
    void whatNoHintToldOfIsFoundBecausePartitionsAreAskedInTurn() {
        int partitions = 4;
        RedisTaskStore store = watched(partitions, Duration.ofMillis(300), BUSY_MACHINE);
        RedisTaskStore other = use(builder().partitions(partitions).build());
        other.stats().block(PATIENCE);
        start(node(store, LEASE));
        await("that it listens", () -> link.calls(Scripts.MISSED) == partitions);
        Pause.of(Duration.ofMillis(300));
        String id = idIn(3, partitions);
        // nobody is told of what is due later than nodes wake up by themselves
        server.command("HSET", prefix(3, partitions) + "Q:default", "o", "0");
        other.save(due(other, id)).block(PATIENCE);

        await("its run", () -> ran.contains(id));
    }

    @Test
    void aPartitionIsSweptOnceALeaseByANodeAndEachTimeByWhoeverOnlySweeps() {
        int partitions = 16;
        RedisTaskStore store = watched(partitions, NEVER, BUSY_MACHINE);
        assertThat(sweptBy(store)).isEqualTo(partitions);
        assertThat(sweptBy(store)).isEqualTo(partitions);
        Disposable node = store.hints().subscribe();
        claim(store, 1);

        assertThat(sweptBy(store)).as("within half a lease").isZero();

        node.dispose();
        assertThat(sweptBy(store)).isEqualTo(partitions);
    }

    private long sweptBy(RedisTaskStore store) {
        long before = link.calls(Scripts.SWEEP);
        store.sweep().block(PATIENCE);
        return link.calls(Scripts.SWEEP) - before;
    }
}
