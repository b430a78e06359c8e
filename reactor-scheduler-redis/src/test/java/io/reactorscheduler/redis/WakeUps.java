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
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
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

    /** How often each kind is tried. */
    abstract int tries();

    /** How soon the quickest try has to come. */
    abstract Duration within();

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

    /** Does something some times, and waits for what comes of it; the quickest counts, as the machine may be busy. */
    private void wakes(IntConsumer before, IntConsumer does, IntPredicate isThere) {
        long quickest = Long.MAX_VALUE;
        for (int i = 0; i < tries(); i++) {
            int number = i;
            before.accept(number);
            long began = System.nanoTime();
            does.accept(number);
            await("try " + number, () -> isThere.test(number));
            quickest = Math.min(quickest, System.nanoTime() - began);
        }
        assertThat(Duration.ofNanos(quickest)).isLessThan(within());
    }

    private void scheduleForLater(int number) {
        schedule(NOTE.task().id("late" + number).after(NEVER));
    }

    private boolean hasRunLate(int number) {
        return ran.contains("late" + number + "#1");
    }

    private void hold(int number) {
        schedule(HOLD.task().id("held" + number));
        await("the run", () -> holding.get() == 1);
    }

    private boolean holdsNothing(int number) {
        return holding.get() == 0;
    }

    @Test
    void somethingEarlierIsScheduled() {
        wakes(
                this::scheduleForLater,
                number -> schedule(NOTE.task().id("soon" + number).after(Duration.ofMillis(50))),
                number -> ran.contains("soon" + number + "#1"));
        wakes(
                number -> {},
                number -> schedule(NOTE.task().id("now" + number)),
                number -> ran.contains("now" + number + "#1"));
        assertThat(ran).noneMatch(execution -> execution.startsWith("late"));
    }

    @Test
    void somethingIsTriggered() {
        wakes(this::scheduleForLater, number -> other.trigger("late" + number).block(PATIENCE), this::hasRunLate);
    }

    @Test
    void somethingIsRescheduled() {
        wakes(
                this::scheduleForLater,
                number -> other.reschedule("late" + number, Trigger.now()).block(PATIENCE),
                this::hasRunLate);
    }

    @Test
    void somethingThatRunsIsCancelled() {
        wakes(this::hold, number -> other.cancel("held" + number).block(PATIENCE), this::holdsNothing);
    }

    @Test
    void anExecutionThatRunsIsCancelled() {
        wakes(
                this::hold,
                number -> other.cancelExecution("held" + number + "#1").block(PATIENCE),
                this::holdsNothing);
    }

    @Test
    void somethingThatRunsIsRemoved() {
        wakes(this::hold, number -> other.remove("held" + number).block(PATIENCE), this::holdsNothing);
    }

    @Test
    void aQueueIsPausedAndGoesOn() {
        wakes(
                number -> {
                    other.pauseQueue("default").block(PATIENCE);
                    schedule(NOTE.task().id("paused" + number));
                    // long enough for the node to hear of the pause by either way
                    Pause.of(Duration.ofMillis(number == 0 ? 700 : 50));
                    assertThat(ran).doesNotContain("paused" + number + "#1");
                },
                number -> other.resumeQueue("default").block(PATIENCE),
                number -> ran.contains("paused" + number + "#1"));
    }

    @Test
    void aQueueIsResized() {
        for (int i = 0; i < 10; i++) {
            schedule(HOLD.task().id("held" + i));
        }
        await("all slots in use", () -> holding.get() == 4);
        wakes(
                number -> {},
                number -> other.resizeQueue("default", 5 + number).block(PATIENCE),
                number -> holding.get() == 5 + number);
    }
}
