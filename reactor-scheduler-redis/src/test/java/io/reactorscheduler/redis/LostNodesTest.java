package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Nodes that stand still, die, or stop in the midst of a run, and what becomes of it on another node. */
class LostNodesTest extends RedisTest {

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration LONG_LEASE = Duration.ofMinutes(10);

    private WorkerProcess worker(String node, Duration lease) {
        WorkerProcess worker = use(WorkerProcess.start(server.uri(), namespace, node, lease));
        worker.awaitLine("UP");
        return worker;
    }

    private ReactiveScheduler client() {
        return use(ReactiveScheduler.builder().store(store()).build());
    }

    /** A node of this JVM that ends at once what other nodes do not. */
    private ReactiveScheduler quick(AtomicLong fence) {
        return use(ReactiveScheduler.builder()
                .store(store())
                .node("quick")
                .lease(LEASE)
                .handle(
                        WorkerProcess.HOLD,
                        (none, run) -> Mono.fromSupplier(() -> {
                            fence.set(run.fence());
                            return "by quick";
                        }))
                .handle(
                        WorkerProcess.LAST,
                        (millis, run) -> Mono.fromSupplier(() -> {
                            fence.set(run.fence());
                            return "by quick";
                        }))
                .handle(WorkerProcess.HALT, (none, run) -> Mono.just("by quick"))
                .start());
    }

    private void awaitState(ReactiveScheduler client, String id, TaskState state) {
        await(id + " to be " + state, () -> client.task(id).block(PATIENCE).state() == state);
    }

    private void assertRecordedOnce(ReactiveScheduler client, String id, long fence) {
        assertThat(client.executions(ExecutionQuery.of(id)).collectList().block(PATIENCE))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.state()).isEqualTo(TaskState.COMPLETED);
                    assertThat(record.node()).isEqualTo("quick");
                    assertThat(record.result()).isEqualTo("\"by quick\"");
                    assertThat(record.fence()).isEqualTo(fence);
                    assertThat(record.attempt())
                            .as("a lost node uses up no attempt")
                            .isOne();
                });
    }

    @Test
    void aRunOfAFrozenNodeIsTakenOverAndCancelledWhenTheNodeGoesOn() {
        WorkerProcess frozen = worker("frozen", LEASE);
        ReactiveScheduler client = client();
        client.schedule(WorkerProcess.HOLD.task().id("a")).block(PATIENCE);
        frozen.awaitLine("BEGINS");

        frozen.freeze();
        AtomicLong fence = new AtomicLong();
        quick(fence);
        awaitState(client, "a", TaskState.COMPLETED);
        assertThat(fence.get()).isGreaterThan(frozen.fence("BEGINS"));
        frozen.thaw();

        frozen.awaitLine("CANCELLED");
        frozen.awaitLine("EVENT LOST a#1");
        assertRecordedOnce(client, "a", fence.get());
        assertThat(client.task("a").block(PATIENCE).crashes()).isZero();
    }

    @Test
    void whatAFrozenNodeCompletesTooLateChangesNothing() {
        WorkerProcess frozen = worker("frozen", LEASE);
        ReactiveScheduler client = client();
        client.schedule(WorkerProcess.LAST.task(500L).id("a")).block(PATIENCE);
        frozen.awaitLine("BEGINS");

        frozen.freeze();
        AtomicLong fence = new AtomicLong();
        quick(fence);
        awaitState(client, "a", TaskState.COMPLETED);
        frozen.thaw();

        frozen.awaitLine("EVENT LOST a#1");
        assertThat(frozen.lines()).noneMatch(line -> line.startsWith("EVENT COMPLETED"));
        assertRecordedOnce(client, "a", fence.get());
    }

    @Test
    void aRunOfAKilledNodeReturnsToTheLineAndTheCrashIsCountedApart() {
        WorkerProcess killed = worker("killed", LEASE);
        ReactiveScheduler client = client();
        client.schedule(WorkerProcess.HOLD.task().id("a")).block(PATIENCE);
        killed.awaitLine("BEGINS");
        killed.kill();
        killed.awaitEnd();
        RedisTaskStore store = store();
        await(
                "the end of the lease",
                () -> !store.sweep().block(PATIENCE).expired().isEmpty());

        TaskInfo waiting = client.task("a").block(PATIENCE);
        assertThat(waiting.crashes()).isOne();
        assertThat(waiting.attempt()).isOne();
        assertThat(waiting.state()).isEqualTo(TaskState.PENDING);
        AtomicLong fence = new AtomicLong();
        quick(fence);
        awaitState(client, "a", TaskState.COMPLETED);
        assertRecordedOnce(client, "a", fence.get());
        assertThat(client.task("a").block(PATIENCE).crashes()).isZero();
    }

    /** A node that sweeps, and what it tells. */
    private List<SchedulerEvent> watching(RedisStoreBuilder store) {
        ReactiveScheduler watching = use(ReactiveScheduler.builder()
                .store(use(store.build()))
                .node("watching")
                .lease(LEASE)
                .build());
        List<SchedulerEvent> events = new CopyOnWriteArrayList<>();
        watching.events().subscribe(events::add);
        watching.start();
        return events;
    }

    /** Saves a task that takes down so many nodes, one after the other. */
    private void killNodes(ReactiveScheduler client, int nodes) {
        client.schedule(WorkerProcess.HALT.task().id("killer")).block(PATIENCE);
        for (int crashes = 1; crashes <= nodes; crashes++) {
            int expected = crashes;
            use(WorkerProcess.start(server.uri(), namespace, "victim" + crashes, LEASE))
                    .awaitEnd();
            await(
                    "crash " + crashes,
                    () -> client.task("killer").block(PATIENCE).crashes() == expected);
        }
    }

    private static boolean tellsQuarantine(List<SchedulerEvent> events) {
        return events.stream()
                .anyMatch(event -> event.kind() == SchedulerEvent.Kind.QUARANTINED && "killer".equals(event.taskId()));
    }

    @Test
    void aTaskThatKillsItsNodeThreeTimesIsInQuarantineUntilItIsReleased() {
        ReactiveScheduler client = client();
        List<SchedulerEvent> events = watching(builder());

        killNodes(client, 3);

        awaitState(client, "killer", TaskState.QUARANTINED);
        await("its event", () -> tellsQuarantine(events));
        assertThat(client.executions(ExecutionQuery.of("killer")).collectList().block(PATIENCE))
                .singleElement()
                .satisfies(record -> {
                    assertThat(record.state()).isEqualTo(TaskState.FAILED);
                    assertThat(record.error().message()).contains("3");
                });
        quick(new AtomicLong());
        client.resume("killer").block(PATIENCE);
        awaitState(client, "killer", TaskState.COMPLETED);
    }

    @Test
    void quarantineAfterIsHowManyNodesATaskMayKill() {
        ReactiveScheduler client = client();
        List<SchedulerEvent> events = watching(builder().quarantineAfter(1));

        killNodes(client, 1);

        awaitState(client, "killer", TaskState.QUARANTINED);
        await("its event", () -> tellsQuarantine(events));
    }

    @Test
    void withNeverQuarantineATaskRunsHoweverManyNodesItKilled() {
        ReactiveScheduler client = client();
        List<SchedulerEvent> events = watching(builder().neverQuarantine());

        killNodes(client, RedisTaskStore.DEFAULT_QUARANTINE_AFTER + 1);

        assertThat(client.task("killer").block(PATIENCE).state()).isEqualTo(TaskState.PENDING);
        quick(new AtomicLong());
        awaitState(client, "killer", TaskState.COMPLETED);
        assertThat(tellsQuarantine(events)).isFalse();
    }

    @Test
    void whatANodeGivesBackWhenItStopsIsRunElsewhereAtOnce() {
        ReactiveScheduler one = use(ReactiveScheduler.builder()
                .store(store())
                .node("one")
                .lease(LONG_LEASE)
                .handle(WorkerProcess.HOLD, (none, run) -> Mono.never())
                .start());
        one.schedule(WorkerProcess.HOLD.task().id("a")).block(PATIENCE);
        ReactiveScheduler client = client();
        awaitState(client, "a", TaskState.RUNNING);
        AtomicLong fence = new AtomicLong();
        quick(fence);
        long began = System.nanoTime();

        assertThat(one.disposeGracefully(Duration.ofMillis(10)).block(PATIENCE).givenBack())
                .isOne();

        awaitState(client, "a", TaskState.COMPLETED);
        System.out.println("from stop to end elsewhere: " + (System.nanoTime() - began) / 1_000 + " us");
        assertRecordedOnce(client, "a", fence.get());
        List<Execution> all =
                client.executions(ExecutionQuery.all()).collectList().block(PATIENCE);
        assertThat(all).hasSize(1);
    }
}
