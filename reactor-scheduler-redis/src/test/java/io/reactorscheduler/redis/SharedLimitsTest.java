package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Limits of a queue and of its keys hold over two nodes together; its settings reach both. */
class SharedLimitsTest extends RedisTest {

    private static final Handler<Integer, String> WORK = Handler.named("work", Integer.class, String.class);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> most = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> ran = new ConcurrentHashMap<>();
    private final Set<String> ranOn = ConcurrentHashMap.newKeySet();
    private Duration time = Duration.ofMillis(3);

    private ReactiveScheduler node(String name, TaskQueue queue) {
        return use(ReactiveScheduler.builder()
                .store(store())
                .node(name)
                .queue(queue)
                .handle(
                        WORK,
                        (number, run) -> Mono.defer(() -> {
                                    String key = String.valueOf(run.task().key());
                                    ranOn.add(name);
                                    int now = counter(running, key).incrementAndGet();
                                    counter(most, key).accumulateAndGet(now, Math::max);
                                    counter(most, "node " + name)
                                            .accumulateAndGet(
                                                    counter(running, "node " + name)
                                                            .incrementAndGet(),
                                                    Math::max);
                                    return Mono.delay(time);
                                })
                                .map(done -> {
                                    String key = String.valueOf(run.task().key());
                                    counter(running, key).decrementAndGet();
                                    counter(running, "node " + name).decrementAndGet();
                                    counter(ran, key).incrementAndGet();
                                    return "done";
                                }))
                .build());
    }

    private static AtomicInteger counter(Map<String, AtomicInteger> counters, String name) {
        return counters.computeIfAbsent(name, first -> new AtomicInteger());
    }

    private void save(ReactiveScheduler node, int from, int to, int keys) {
        node.scheduleAll(Flux.range(from, to - from)
                        .map(i -> keys == 0
                                ? WORK.task(i).id("t" + i)
                                : WORK.task(i).id("t" + i).key("k" + i % keys)))
                .blockLast(PATIENCE);
    }

    private int total() {
        return ran.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    private void awaitTotal(int expected) {
        await(expected + " runs", () -> total() == expected);
        // more would come within this time
        Pause.of(Duration.ofMillis(300));
        assertThat(total()).isEqualTo(expected);
    }

    @Test
    void aRateHoldsOverBothNodes() {
        TaskQueue queue = TaskQueue.named("default").concurrency(5).rateLimit(60, HOUR);
        ReactiveScheduler one = node("one", queue).start();
        save(one, 0, 200, 0);
        node("two", queue).start();

        awaitTotal(60);
        assertThat(one.stats().block(PATIENCE).tasks()).containsEntry(TaskState.PENDING, 140L);
    }

    @Test
    void anotherRateOfANewReleaseReachesTheNodesThatRun() {
        node("one", TaskQueue.named("default").concurrency(5).rateLimit(10, HOUR))
                .start();
        ReactiveScheduler two =
                node("two", TaskQueue.named("default").concurrency(5).rateLimit(10, HOUR));
        save(two, 0, 100, 0);
        awaitTotal(10);

        ReactiveScheduler three =
                node("three", TaskQueue.named("default").concurrency(5).rateLimit(50, HOUR));
        three.start();

        awaitTotal(60);
    }

    @Test
    void aKeyHasOneRunAtATimeOverBothNodes() {
        TaskQueue queue = TaskQueue.named("default").keyConcurrency(1);
        ReactiveScheduler one = node("one", queue);
        save(one, 0, 400, 10);
        one.start();
        node("two", queue).start();

        awaitTotal(400);
        for (int key = 0; key < 10; key++) {
            assertThat(most.get("k" + key).get()).isOne();
        }
        assertThat(ranOn).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void aRateOfAKeyHoldsOverBothNodes() {
        TaskQueue queue = TaskQueue.named("default").keyRateLimit(7, HOUR);
        ReactiveScheduler one = node("one", queue);
        save(one, 0, 200, 10);
        one.start();
        node("two", queue).start();

        awaitTotal(70);
        for (int key = 0; key < 10; key++) {
            assertThat(ran.get("k" + key).get()).isEqualTo(7);
        }
    }

    @Test
    void concurrencyIsOfEachNodeAndAPauseOfAll() {
        TaskQueue queue = TaskQueue.named("default").concurrency(8);
        ReactiveScheduler one = node("one", queue).start();
        ReactiveScheduler two = node("two", queue).start();
        ReactiveScheduler client =
                use(ReactiveScheduler.builder().store(store()).build());
        save(client, 0, 20, 0);
        awaitTotal(20);

        client.pauseQueue("default").block(PATIENCE);
        save(client, 100, 400, 0);
        Pause.of(Duration.ofMillis(200));
        assertThat(total()).isEqualTo(20);
        assertThat(client.resizeQueue("default", 3).block(PATIENCE).concurrency())
                .isEqualTo(3);
        await("both nodes know", () -> one.stats().block(PATIENCE) != null && two.isRunning());
        most.clear();
        time = Duration.ofMillis(5);
        client.resumeQueue("default").block(PATIENCE);

        awaitTotal(320);
        assertThat(most.get("node one").get()).isBetween(1, 3);
        assertThat(most.get("node two").get()).isBetween(1, 3);
    }
}
