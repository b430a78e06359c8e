package io.reactorscheduler.benchmarks;

import io.reactorscheduler.Handler;
import io.reactorscheduler.HandlerFunction;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Task;
import io.reactorscheduler.redis.RedisTaskStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** This library on Redis, with its defaults. */
final class OursRedisSubject implements Subject {

    private static final Handler<Void, Void> WORK = Handler.named("work", Void.class);

    private final List<ReactiveScheduler> nodes = new ArrayList<>();

    private int partitions = RedisTaskStore.DEFAULT_PARTITIONS;
    private String uri = RedisServer.uri();

    /** Not started: it only enqueues. */
    private ReactiveScheduler client = node();

    OursRedisSubject() {}

    @Override
    public void partition(int number, Supplier<String> at) {
        partitions = number;
        uri = at.get();
        client = node();
    }

    @Override
    public Subjects kind() {
        return Subjects.OURS_REDIS;
    }

    @Override
    public void enqueue(int n) {
        client.scheduleAll(Flux.range(0, n).map(i -> WORK.task())).blockLast();
    }

    @Override
    public void enqueueEach(int n, int calls) {
        Flux.range(0, n).flatMap(i -> client.schedule(WORK.task()), calls).blockLast();
    }

    @Override
    public void enqueueLater(int n) {
        Task<Void, Void> later = WORK.task().after(Duration.ofHours(1));
        client.scheduleAll(Flux.range(0, n).map(i -> later.id("%016d".formatted(i))))
                .blockLast();
    }

    @Override
    public void work(Runnable work) {
        start(HandlerFunction.value((none, run) -> {
            work.run();
            return null;
        }));
    }

    @Override
    public void fireNow(int n, Runnable work) {
        work(work);
        enqueue(n);
    }

    @Override
    public void fireAt(Due due) {
        Lateness lateness = due.lateness();
        start(HandlerFunction.value((none, run) -> {
            lateness.record(micros(run.fireTime()));
            return null;
        }));
        client.scheduleAll(Flux.range(0, due.n()).map(i -> WORK.task().at(due.instant(i))))
                .blockLast();
    }

    @Override
    public void close() {
        nodes.forEach(ReactiveScheduler::dispose);
    }

    private void start(HandlerFunction<Void, Void> code) {
        ReactiveScheduler started =
                ReactiveScheduler.builder().store(store()).handle(WORK, code).start();
        nodes.add(started);
    }

    private ReactiveScheduler node() {
        ReactiveScheduler built = ReactiveScheduler.builder()
                .store(store())
                .handle(WORK, (none, run) -> Flux.empty())
                .build();
        nodes.add(built);
        return built;
    }

    private RedisTaskStore store() {
        return RedisTaskStore.builder().uri(uri).partitions(partitions).build();
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }
}
