package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tasks of this process and durable ones in one scheduler. */
class MixedStoresTest extends RedisTest {

    private static final Handler<Integer, Integer> WORK = Handler.named("work", Integer.class, Integer.class);
    private static final int TASKS = 1_000;

    private final Map<String, String> ranOn = new ConcurrentHashMap<>();

    private ReactiveScheduler node(String name) {
        return use(ReactiveScheduler.builder()
                .store(use(builder().commandTimeout(Duration.ofSeconds(1)).build()))
                .node(name)
                .handle(
                        WORK,
                        (number, run) -> Mono.fromSupplier(() -> {
                            assertThat(ranOn.put(run.executionId(), run.node())).isNull();
                            return number;
                        }))
                .build());
    }

    private static Task<Integer, Integer> task(int number) {
        Task<Integer, Integer> task = WORK.task(number).id("t" + number);
        return number % 2 == 0 ? task.ephemeral() : task;
    }

    @Test
    void bothRunInOneSchedulerAndOnlyDurableOnesAreInRedis() {
        ReactiveScheduler one = node("one");
        ReactiveScheduler two = node("two").start();
        one.scheduleAll(Flux.range(0, TASKS).map(MixedStoresTest::task)).blockLast(PATIENCE);
        one.start();

        await("all runs", () -> ranOn.size() == TASKS);
        await("all records", () -> completed(one) == TASKS);
        await("the durable records", () -> completed(two) == TASKS / 2);
        for (int number = 0; number < TASKS; number += 2) {
            assertThat(ranOn.get("t" + number + "#1")).isEqualTo("one");
        }
        assertThat(one.tasks(TaskQuery.all().limit(2 * TASKS)).collectList().block(PATIENCE))
                .hasSize(TASKS);
        assertThat(server.command("HLEN", "{" + namespace + ":0}:t")).isEqualTo((long) TASKS / 2);
    }

    private static long completed(ReactiveScheduler node) {
        return node.stats().block(PATIENCE).tasks().getOrDefault(TaskState.COMPLETED, 0L);
    }

    @Test
    void durableOnesOutliveTheirNodeAndEphemeralOnesDoNot() {
        ReactiveScheduler one = node("one").start();
        one.schedule(WORK.task(1).id("durable").after(Duration.ofHours(1))).block(PATIENCE);
        one.schedule(WORK.task(2).id("ephemeral").after(Duration.ofHours(1)).ephemeral())
                .block(PATIENCE);
        assertThat(one.task("ephemeral").block(PATIENCE)).isNotNull();
        one.disposeLater().block(PATIENCE);

        ReactiveScheduler two = node("two").start();

        assertThat(two.tasks(TaskQuery.all()).map(TaskInfo::id).collectList().block(PATIENCE))
                .containsExactly("durable");
        two.trigger("durable").block(PATIENCE);
        await("the run", () -> "two".equals(ranOn.get("durable#1")));
    }

    @Test
    void ephemeralOnesRunWhileTheServerIsAway() {
        ReactiveScheduler one = node("one").start();
        one.schedule(task(1)).block(PATIENCE);
        await("the first run", () -> ranOn.containsKey("t1#1"));
        server.stop();

        // its id is made here, so no other task can have it
        one.schedule(WORK.task(2).ephemeral()).block(PATIENCE);

        await("the second run", () -> ranOn.size() == 2);
        server.restart();
        one.schedule(task(3)).block(PATIENCE);
        await("the third run", () -> ranOn.containsKey("t3#1"));
    }
}
