package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Nodes of one namespace in this JVM that do the same work, each with a store of its own, and what came of it. */
final class Nodes implements Disposable {

    static final Handler<Integer, Integer> WORK = Handler.named("work", Integer.class, Integer.class);

    private static final Duration PATIENCE = RedisTest.PATIENCE;
    private static final int MOST_KEPT = 100_000;

    private final Supplier<RedisStoreBuilder> builders;
    private final List<Disposable> used = new CopyOnWriteArrayList<>();
    private final Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
    private final AtomicInteger ran = new AtomicInteger();
    private Duration lease = Duration.ofSeconds(30);
    private Duration time = Duration.ofMillis(2);
    private int concurrency = 200;

    /** @param builders what knows the server and the namespace */
    Nodes(Supplier<RedisStoreBuilder> builders) {
        this.builders = builders;
    }

    Nodes lease(Duration each) {
        lease = each;
        return this;
    }

    /** How long one piece of work takes. */
    Nodes time(Duration each) {
        time = each;
        return this;
    }

    Nodes concurrency(int ofNode) {
        concurrency = ofNode;
        return this;
    }

    /** A store that keeps all that is recorded. */
    RedisTaskStore store() {
        return store(builders.get());
    }

    RedisTaskStore store(RedisStoreBuilder builder) {
        RedisTaskStore store =
                builder.retention(Retention.defaults().total(MOST_KEPT)).build();
        used.add(store);
        return store;
    }

    /** For what the test itself does, which is not to fail because the machine is busy. */
    private RedisTaskStore patientStore() {
        return store(builders.get().commandTimeout(RedisTest.BUSY_MACHINE));
    }

    /** A node that was not started. */
    ReactiveScheduler node(String name) {
        return node(name, store());
    }

    ReactiveScheduler node(String name, RedisTaskStore store) {
        return use(described(name, store).build());
    }

    SchedulerBuilder described(String name, RedisTaskStore store) {
        return ReactiveScheduler.builder()
                .store(store)
                .node(name)
                .lease(lease)
                .queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(concurrency))
                .handle(
                        WORK,
                        (number, run) -> Mono.delay(time).map(done -> {
                            runs.computeIfAbsent(number, first -> new AtomicInteger())
                                    .incrementAndGet();
                            ran.incrementAndGet();
                            return number;
                        }));
    }

    ReactiveScheduler use(ReactiveScheduler scheduler) {
        // before its store, so that what it gives back is still sent
        used.add(0, scheduler);
        return scheduler;
    }

    /** Saves work with the numbers from 0 on. */
    void save(int tasks) {
        ReactiveScheduler producer = ReactiveScheduler.builder()
                .store(patientStore())
                .node("producer")
                .build();
        producer.scheduleAll(
                        Flux.range(0, tasks).map(number -> WORK.task(number).id("t" + number)))
                .then()
                .block(PATIENCE);
        producer.dispose();
    }

    /** How many runs have ended with success so far. */
    int ran() {
        return ran.get();
    }

    void awaitRuns(int atLeast) {
        RedisTest.await(atLeast + " runs", () -> ran.get() >= atLeast);
    }

    /** Waits until all work is recorded, and checks that it is recorded once, and that all of it has run. */
    void awaitAllRecordedOnce(int tasks) {
        RedisTaskStore looking = patientStore();
        RedisTest.await(tasks + " records", () -> completed(looking) == tasks);
        List<Execution> records = looking.executions(ExecutionQuery.all().limit(2 * tasks))
                .collectList()
                .block(PATIENCE);
        assertThat(records)
                .as("records")
                .hasSize(tasks)
                .allMatch(record -> record.state() == TaskState.COMPLETED)
                .extracting(Execution::taskId)
                .doesNotHaveDuplicates();
        assertThat(IntStream.range(0, tasks).filter(number -> !runs.containsKey(number)))
                .as("work that never ran")
                .isEmpty();
        assertThat(looking.stats().block(PATIENCE).queues().values())
                .allMatch(queue -> queue.running() == 0 && queue.due() == 0 && queue.waiting() == 0);
        assertThat(looking.sweep().block(PATIENCE).findings()).as("findings").isEmpty();
    }

    private static long completed(RedisTaskStore looking) {
        return looking.stats().block(PATIENCE).tasks().getOrDefault(TaskState.COMPLETED, 0L);
    }

    /** Runs that were made again. */
    int repeated() {
        return runs.values().stream().mapToInt(AtomicInteger::get).sum() - runs.size();
    }

    /** Stops the nodes at once and closes what they used. */
    @Override
    public void dispose() {
        used.forEach(Disposable::dispose);
    }
}
