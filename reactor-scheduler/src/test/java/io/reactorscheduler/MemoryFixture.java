package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** An in-memory store in virtual time, and short ways to use it. */
abstract class MemoryFixture {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration LEASE = Duration.ofSeconds(30);
    static final String QUEUE = TaskQueue.DEFAULT_NAME;
    static final String HANDLER = "h";
    static final int ALL = Integer.MAX_VALUE;

    final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    MemoryFixture() {
        time.advanceTimeTo(START);
    }

    static MemoryShared shared() {
        return new MemoryShared(Retention.defaults(), InMemoryTaskStore.DEFAULT_QUARANTINE_AFTER);
    }

    static MemoryLane lane(String name) {
        return new MemoryLane(name, 1, shared());
    }

    InMemoryTaskStore store(Retention retention) {
        return InMemoryTaskStore.builder()
                .scheduler(() -> time)
                .retention(retention)
                .build();
    }

    InMemoryTaskStore store() {
        return store(Retention.defaults());
    }

    void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(mono.block());
    }

    static TaskRecord record(String id) {
        return TaskRecord.builder(id, HANDLER).build();
    }

    static TaskRecord keyed(String id, String key, int priority) {
        return TaskRecord.builder(id, HANDLER)
                .settingsOf(Task.of(HANDLER, run -> Mono.empty()).key(key).priority(priority))
                .build();
    }

    static void save(TaskStore store, TaskRecord record, long dueMicros) {
        get(store.save(new NewTask(record, Position.at(dueMicros, dueMicros), IfExists.REPLACE)));
    }

    static ClaimBatch ask(TaskStore store, int free, String... handlers) {
        Set<String> known = handlers.length == 0 ? Set.of(HANDLER) : Set.of(handlers);
        return get(store.claim(new ClaimRequest("node", LEASE, List.of(new ClaimRequest.Slots(QUEUE, free)), known)));
    }

    static List<Claim> claim(TaskStore store, int free) {
        return ask(store, free).claims();
    }

    static List<String> ids(List<Claim> claims) {
        return claims.stream().map(claim -> claim.task().id()).toList();
    }

    static TaskStore.Recorded succeed(TaskStore store, Claim claim) {
        return end(store, claim, Outcome.completed(null, null), Position.ENDED);
    }

    static TaskStore.Recorded end(TaskStore store, Claim claim, Outcome outcome, Position next) {
        long now = store.nowMicros();
        return get(store.complete(List.of(new Completion(claim, outcome, claim.attempt(), now, now, next, List.of()))))
                .get(0);
    }

    /** Every task of the store in exactly one index, as far as the sweep can tell. */
    static void assertSound(TaskStore store) {
        // a sweep looks at a part of the tasks: so many see all
        for (int i = 0; i < MemoryIds.STRIPES; i++) {
            assertThat(get(store.sweep()).findings()).isEmpty();
        }
    }

    /** Runs these at the same moment, each on its own thread, and waits for all. */
    static void together(List<Runnable> runners) {
        ExecutorService threads = Executors.newFixedThreadPool(runners.size());
        try {
            CountDownLatch start = new CountDownLatch(runners.size());
            List<Future<?>> ends = new ArrayList<>();
            for (Runnable runner : runners) {
                ends.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    runner.run();
                    return null;
                }));
            }
            for (Future<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }
}
