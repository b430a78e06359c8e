package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** Many runs of one node that wait at the same time, for longer than their lease. */
class InFlightTest extends RedisTest {

    private static final Handler<Integer, Integer> WAIT = Handler.named("wait", Integer.class, Integer.class);
    private static final int RUNS = 10_000;
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Sinks.Empty<Void> answer = Sinks.empty();

    @Test
    void tenThousandRunsAtOnceOutliveTheirLeaseAndNoneIsLost() {
        RedisTaskStore store = store();
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(store)
                .lease(LEASE)
                .queue(TaskQueue.named("default").concurrency(RUNS))
                .handle(
                        WAIT,
                        (number, run) -> answer.asMono()
                                .thenReturn(number)
                                .doOnSubscribe(on -> begun.incrementAndGet())
                                .doOnCancel(cancelled::incrementAndGet))
                .build());
        List<SchedulerEvent> bad = new CopyOnWriteArrayList<>();
        node.events()
                .filter(event -> event.kind() == Kind.LOST || event.kind() == Kind.PROBLEM)
                .subscribe(bad::add);
        node.scheduleAll(Flux.range(0, RUNS).map(i -> WAIT.task(i).id("t" + i)))
                .then()
                .block(PATIENCE);
        node.start();
        await("all runs", () -> begun.get() == RUNS);
        assertThat(store.stats().block(PATIENCE).queues().get("default").running())
                .isEqualTo(RUNS);

        long before = calls();
        Pause.of(LEASE.plus(LEASE.dividedBy(2)));
        long calls = calls() - before;

        System.out.println("calls of a node with " + RUNS + " runs in one and a half leases: " + calls);
        // each run is renewed some five times
        assertThat(calls).as("renewals are batched").isBetween(10L, RUNS / 20L);
        answer.tryEmitEmpty();
        await("all records", () -> store.stats().block(PATIENCE).tasks().getOrDefault(TaskState.COMPLETED, 0L) == RUNS);
        assertThat(begun).as("nothing ran twice").hasValue(RUNS);
        assertThat(cancelled).hasValue(0);
        assertThat(bad).isEmpty();
    }
}
