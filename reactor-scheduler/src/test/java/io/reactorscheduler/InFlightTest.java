package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a node asks of the store for its runs: no more claims than it has free slots, few renewals for many leases. */
class InFlightTest extends InVirtualTime {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Handler<Integer, Void> WORK = Handler.named("work", Integer.class, Void.class);

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();

    private ReactiveScheduler node(TaskStore store, int concurrency, Duration length) {
        return started(builder()
                .store(store)
                .lease(LEASE)
                .queue(TaskQueue.named("q").concurrency(concurrency))
                .handle(
                        WORK,
                        (n, run) -> Mono.delay(length, run.timer())
                                .doOnSubscribe(start -> running.incrementAndGet())
                                .doOnCancel(cancelled::incrementAndGet)
                                .doFinally(end -> running.decrementAndGet())
                                .then()));
    }

    private static Flux<Task<Integer, Void>> tasks(int number) {
        return Flux.range(0, number).map(n -> WORK.task(n).queue("q"));
    }

    @Test
    void aNodeAsksForExactlyItsFreeSlotsAndLeavesTheRestToOthers() {
        List<Integer> asked = new ArrayList<>();
        TaskStore watched = StandInStore.over(memory, (called, arguments, through) -> {
            if (called.getName().equals("claim")) {
                ((ClaimRequest) arguments[0])
                        .slots().stream()
                                .filter(slots -> slots.queue().equals("q"))
                                .forEach(slots -> asked.add(slots.free() + running.get()));
            }
            return through.get();
        });
        ReactiveScheduler one = node(watched, 10, Duration.ofSeconds(5));
        now(one.scheduleAll(tasks(100)));
        settle();
        assertThat(running).hasValue(10);

        node(memory, 90, Duration.ofSeconds(5));
        settle();
        assertThat(running).hasValue(100);
        pass(Duration.ofSeconds(10));

        assertThat(running).hasValue(0);
        assertThat(asked.get(0)).isEqualTo(10);
        assertThat(asked.subList(0, asked.size() / 2)).allMatch(together -> together <= 10);
    }

    @Test
    void theLeasesOfTenThousandRunsAreRenewedInAFewCalls() {
        int runs = 10_000;
        ShakyStore counted = new ShakyStore(memory);
        ReactiveScheduler scheduler = node(counted.store(), runs, Duration.ofMinutes(2));
        now(scheduler.scheduleAll(tasks(runs)));
        settle();
        assertThat(running).hasValue(runs);

        pass(Duration.ofMinutes(1));

        int fiveHundredAtATime = runs / 500;
        int fiveTimesALease = 5 * 2;
        assertThat(counted.calls("renew")).isBetween(fiveHundredAtATime, fiveHundredAtATime * fiveTimesALease);
        assertThat(cancelled).hasValue(0);
        pass(Duration.ofMinutes(1));
        assertThat(now(memory.stats()).tasks()).containsEntry(TaskState.COMPLETED, (long) runs);
    }
}
