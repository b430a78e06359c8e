package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.Trigger;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What one node does another one hears of. */
abstract class WakeUps extends RedisTest {

    private static final Handler<Void, String> NOTE = Handler.named("note", String.class);
    private static final Handler<Void, String> HOLD = Handler.named("hold", String.class);
    static final Duration NEVER = Duration.ofHours(1);

    private final Set<String> ran = ConcurrentHashMap.newKeySet();
    private final AtomicInteger holding = new AtomicInteger();
    private FaultProxy proxy;
    private ReactiveScheduler worker;
    private ReactiveScheduler other;

    /** Prepares the way of the worker to the server, and gives how often it polls. */
    abstract Duration prepare(FaultProxy way);

    abstract Duration lease();

    @AfterEach
    void closeProxy() {
        // what it holds is given back while it still can be, else it would try for the rest of its lease
        worker.disposeGracefully(Duration.ZERO).block(PATIENCE);
        proxy.close();
    }

    @BeforeEach
    void startNodes() {
        proxy = FaultProxy.to(server);
        Duration poll = prepare(proxy);
        RedisTaskStore store = use(RedisTaskStore.builder()
                .uri(proxy.uri())
                .namespace(namespace)
                .safetyPoll(poll)
                .commandTimeout(BUSY_MACHINE)
                .build());
        worker = use(ReactiveScheduler.builder()
                .store(store)
                .node("worker")
                .lease(lease())
                .queue(TaskQueue.named("default").concurrency(4))
                .handle(
                        NOTE,
                        (none, run) -> Mono.fromSupplier(() -> {
                            ran.add(run.executionId());
                            return "done";
                        }))
                .handle(
                        HOLD,
                        (none, run) -> Mono.<String>never()
                                .doOnSubscribe(on -> holding.incrementAndGet())
                                .doOnCancel(holding::decrementAndGet))
                .start());
        other = use(ReactiveScheduler.builder().store(store()).node("other").build());
        // idle, and everything it told itself at its start is over
        schedule(NOTE.task().id("first"));
        awaitRun("first#1");
        Pause.of(Duration.ofMillis(200));
    }

    private void schedule(Task<?, ?> task) {
        other.schedule(task).block(PATIENCE);
    }

    private void awaitRun(String execution) {
        await(execution, () -> ran.contains(execution));
    }

    @Test
    void somethingEarlierIsScheduled() {
        schedule(NOTE.task().id("late").after(NEVER));
        schedule(NOTE.task().id("soon").after(Duration.ofMillis(50)));
        awaitRun("soon#1");
        schedule(NOTE.task().id("now"));
        awaitRun("now#1");
        assertThat(ran).doesNotContain("late#1");
    }

    @Test
    void somethingIsTriggered() {
        schedule(NOTE.task().id("late").after(NEVER));
        other.trigger("late").block(PATIENCE);
        awaitRun("late#1");
    }

    @Test
    void somethingIsRescheduled() {
        schedule(NOTE.task().id("late").after(NEVER));
        other.reschedule("late", Trigger.now()).block(PATIENCE);
        awaitRun("late#1");
    }

    @Test
    void somethingThatRunsIsCancelled() {
        schedule(HOLD.task().id("held"));
        await("the run", () -> holding.get() == 1);
        other.cancel("held").block(PATIENCE);
        await("its end", () -> holding.get() == 0);
    }

    @Test
    void anExecutionThatRunsIsCancelled() {
        schedule(HOLD.task().id("held"));
        await("the run", () -> holding.get() == 1);
        other.cancelExecution("held#1").block(PATIENCE);
        await("its end", () -> holding.get() == 0);
    }

    @Test
    void somethingThatRunsIsRemoved() {
        schedule(HOLD.task().id("held"));
        await("the run", () -> holding.get() == 1);
        other.remove("held").block(PATIENCE);
        await("its end", () -> holding.get() == 0);
    }

    @Test
    void aQueueIsPausedAndGoesOn() {
        other.pauseQueue("default").block(PATIENCE);
        schedule(NOTE.task().id("paused"));
        // long enough for the node to hear of the pause by either way
        Pause.of(Duration.ofMillis(700));
        assertThat(ran).doesNotContain("paused#1");
        other.resumeQueue("default").block(PATIENCE);
        awaitRun("paused#1");
    }

    @Test
    void aQueueIsResized() {
        for (int i = 0; i < 7; i++) {
            schedule(HOLD.task().id("held" + i));
        }
        await("all slots in use", () -> holding.get() == 4);
        other.resizeQueue("default", 6).block(PATIENCE);
        await("more slots in use", () -> holding.get() == 6);
    }
}
