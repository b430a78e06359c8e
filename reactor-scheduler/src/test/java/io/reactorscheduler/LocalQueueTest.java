package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/** How many lanes a queue has. */
class LocalQueueTest {

    private final AtomicInteger widened = new AtomicInteger();

    private LocalQueue queue(int concurrency) {
        return new LocalQueue(TaskQueue.named("q").concurrency(concurrency), null, null, () -> {}, queue -> {
            widened.incrementAndGet();
            open(queue);
        });
    }

    /** As the engine does, with as much demand per lane as one has there. */
    private static void open(LocalQueue queue) {
        int needed = queue.lanesNeeded();
        for (int open = queue.size(); open < needed; open++) {
            Disposable ignored = new Timeline(queue).limitRate(LocalQueue.SLOTS).subscribe();
        }
    }

    @Test
    void aNarrowQueueHasALaneForEachCoreButNotMoreThanRuns() {
        assertThat(queue(1).lanesNeeded()).isEqualTo(1);
        assertThat(queue(2).lanesNeeded()).isEqualTo(Math.min(2, Schedulers.DEFAULT_POOL_SIZE));
        assertThat(queue(256).lanesNeeded()).isEqualTo(Math.max(8, Math.min(16, Schedulers.DEFAULT_POOL_SIZE)));
    }

    @Test
    void aQueueThatAllowsAnyNumberOpensLanesAsItUsesThem() {
        LocalQueue queue = queue(1_000_000);
        open(queue);
        assertThat(queue.size()).isEqualTo(32);

        queue.hold(32 * LocalQueue.SLOTS / 2 - 1);
        queue.free();
        assertThat(widened).hasValue(0);
        queue.hold(1);
        queue.free();

        assertThat(widened).hasValue(1);
        assertThat(queue.size()).isEqualTo(64);
    }

    @Test
    void itNeverOpensMoreThanItsConcurrencyTakes() {
        LocalQueue queue = queue(1_100);
        open(queue);

        queue.hold(1_000);
        queue.free();
        queue.free();

        assertThat(queue.size()).isEqualTo((1_100 + LocalQueue.SLOTS - 1) / LocalQueue.SLOTS);
        assertThat(widened).hasValue(1);
    }
}
