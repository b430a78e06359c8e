package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class TwoNodesTest extends RedisTest {

    private static final int TASKS = 10_000;
    private static final double MOST_CALLS_PER_JOB = 0.1;
    private static final Handler<Integer, Integer> COUNT = Handler.named("count", Integer.class, Integer.class);

    private final AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
    private final AtomicInteger ran = new AtomicInteger();

    private ReactiveScheduler node(String name, Duration time) {
        return use(ReactiveScheduler.builder()
                .store(store())
                .node(name)
                .queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(200))
                .handle(COUNT, (number, run) -> Mono.delay(time).map(done -> {
                    runs.incrementAndGet(number);
                    ran.incrementAndGet();
                    return number;
                }))
                .build());
    }

    @Test
    void twoNodesRunManyTasksOnceEachAlthoughOneStopsHalfWay() {
        ReactiveScheduler one = node("one", Duration.ofMillis(2));
        ReactiveScheduler two = node("two", Duration.ofMillis(2));
        RedisTaskStore store = store();
        ReactiveScheduler producer =
                use(ReactiveScheduler.builder().store(store).node("producer").build());
        producer.scheduleAll(Flux.range(0, TASKS).map(COUNT::task)).then().block(PATIENCE);
        long before = calls();

        one.start();
        two.start();
        await("half of the work", () -> ran.get() >= TASKS / 2);
        one.disposeGracefully(Duration.ofSeconds(5)).block(PATIENCE);
        await("all of the work", () -> ran.get() >= TASKS);
        await("its records", () -> store.stats().block().tasks().getOrDefault(TaskState.COMPLETED, 0L) == TASKS);

        assertThat(IntStream.range(0, TASKS).map(runs::get)).allMatch(times -> times == 1);
        assertThat(store.stats().block(PATIENCE).queues().values())
                .allMatch(queue -> queue.running() == 0 && queue.due() == 0 && queue.waiting() == 0);
        assertThat((calls() - before) / (double) TASKS)
                .as("calls per job")
                .isLessThan(MOST_CALLS_PER_JOB);
        assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
    }
}
