package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;

/** How many runs a queue has at once, in which order and how fast they start. */
class QueueTest extends InVirtualTime {

    private final List<String> started = new ArrayList<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private Task<Void, Object> takes(Duration length, String id) {
        return Task.of(
                        "work",
                        run -> Mono.delay(length, time)
                                .then(Mono.empty())
                                .doOnSubscribe(s -> {
                                    started.add(run.taskId());
                                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                                })
                                .doFinally(end -> running.decrementAndGet()))
                .id(id)
                .queue("q");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 47, 70, 94, 140})
    void runsThatEndAtOnceTakeNoSlotsFromThoseThatLast(int ended) {
        int slots = 64;
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").concurrency(slots)));
        for (int n = 0; n < ended; n++) {
            now(scheduler.schedule(Task.of("short", run -> Mono.empty()).queue("q")));
        }
        settle();
        AtomicInteger started = new AtomicInteger();

        now(scheduler.scheduleAll(Flux.range(0, slots)
                .map(n -> Task.of("long", run -> {
                            started.incrementAndGet();
                            return Mono.never();
                        })
                        .queue("q"))));
        settle();

        assertThat(started).hasValue(slots);
    }

    @Test
    void neverMoreRunsAtOnceThanItsConcurrency() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").concurrency(3)));
        for (int i = 0; i < 10; i++) {
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "t" + i)));
        }

        pass(Duration.ofSeconds(4));

        assertThat(most).hasValue(3);
        assertThat(started).hasSize(10);
    }

    @Test
    void aWideQueueRunsAsManyAsItsConcurrencyOverAllItsLanes() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").concurrency(1_000)));
        for (int i = 0; i < 2_000; i++) {
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "t" + i)));
        }

        pass(Duration.ofMillis(500));
        assertThat(running).hasValue(1_000);
        pass(Duration.ofSeconds(2));

        assertThat(most).hasValue(1_000);
        assertThat(started).hasSize(2_000);
    }

    @Test
    void aQueueThatAllowsAnyNumberRunsTenThousandAtOnce() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").concurrency(1_000_000)));
        for (int i = 0; i < 10_000; i++) {
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "t" + i)));
        }

        pass(Duration.ofMillis(500));
        assertThat(running).hasValue(10_000);
        pass(Duration.ofSeconds(1));

        assertThat(started).hasSize(10_000);
        assertThat(running).hasValue(0);
    }

    @Test
    void resizingChangesHowManyRunAndLeavesRunsAlone() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").concurrency(2)));
        for (int i = 0; i < 200; i++) {
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "t" + i)));
        }
        settle();
        assertThat(running).hasValue(2);

        assertThat(now(scheduler.resizeQueue("q", 100)).concurrency()).isEqualTo(100);
        settle();
        assertThat(running).hasValue(100);
        now(scheduler.resizeQueue("q", 1));
        pass(Duration.ofMillis(1_500));

        assertThat(running).hasValue(1);
    }

    @Test
    void aPausedQueueStartsNothingUntilItIsResumed() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").paused(true)));
        now(scheduler.schedule(takes(Duration.ZERO, "t")));
        pass(Duration.ofHours(1));
        assertThat(started).isEmpty();
        assertThat(now(scheduler.stats()).queues().get("q").isPaused()).isTrue();
        assertThat(now(scheduler.stats()).queues().get("q").backlog()).isEqualTo(1);
        assertThat(now(scheduler.stats()).queues().get("q").lateness()).isEqualTo(Duration.ofHours(1));

        now(scheduler.resumeQueue("q"));
        settle();

        assertThat(started).containsExactly("t");
    }

    @Test
    void aRateLimitSpreadsStartsEvenlyOverTime() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").rateLimit(10, Duration.ofSeconds(1))));
        for (int i = 0; i < 50; i++) {
            now(scheduler.schedule(takes(Duration.ZERO, "t" + i)));
        }
        settle();
        assertThat(started).hasSize(10);

        pass(Duration.ofSeconds(1));
        assertThat(started).hasSize(20);
        pass(Duration.ofMillis(300));
        assertThat(started).hasSize(23);
        pass(Duration.ofSeconds(3));
        assertThat(started).hasSize(50);
    }

    @Test
    void keysTakeTurnsSoThatABusyOneDoesNotHoldUpTheOthers() {
        ReactiveScheduler scheduler = stoppedLater(builder()
                .queue(TaskQueue.named("q").concurrency(2).keyConcurrency(1))
                .build());
        for (int i = 0; i < 100; i++) {
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "busy" + i).key("busy")));
        }
        now(scheduler.schedule(takes(Duration.ofSeconds(1), "a0").key("a")));
        now(scheduler.schedule(takes(Duration.ofSeconds(1), "b0").key("b")));

        scheduler.start();
        pass(Duration.ofMillis(1_500));

        assertThat(started).contains("a0", "b0").hasSize(4);
        assertThat(most).hasValue(2);
    }

    @Test
    void neverMoreRunsOfAKeyAtOnceThanItsQueueAllows() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").keyConcurrency(2)));
        for (int i = 0; i < 10; i++) {
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "a" + i).key("a")));
            now(scheduler.schedule(takes(Duration.ofSeconds(1), "none" + i)));
        }
        settle();

        Map<Boolean, Integer> byKey = new HashMap<>();
        started.forEach(id -> byKey.merge(id.startsWith("a"), 1, Integer::sum));
        assertThat(byKey).containsEntry(true, 2).containsEntry(false, 10);
        pass(Duration.ofSeconds(5));
        assertThat(started).hasSize(20);
    }

    @Test
    void aRatePerKeyHoldsForEachKey() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("q").keyRateLimit(1, Duration.ofSeconds(1))));
        for (int i = 0; i < 3; i++) {
            now(scheduler.schedule(takes(Duration.ZERO, "a" + i).key("a")));
            now(scheduler.schedule(takes(Duration.ZERO, "b" + i).key("b")));
        }
        settle();
        assertThat(started).containsExactlyInAnyOrder("a0", "b0");

        pass(Duration.ofSeconds(2));
        assertThat(started).hasSize(6);
    }

    @Test
    void dueTasksStartByPriorityThenDueTimeThenOrderOfSaving() {
        ReactiveScheduler scheduler = stoppedLater(
                builder().queue(TaskQueue.named("q").concurrency(1)).build());
        now(scheduler.schedule(takes(Duration.ZERO, "second").after(Duration.ofSeconds(2))));
        now(scheduler.schedule(takes(Duration.ZERO, "third").after(Duration.ofSeconds(2))));
        now(scheduler.schedule(takes(Duration.ZERO, "first").after(Duration.ofSeconds(1))));
        now(scheduler.schedule(
                takes(Duration.ZERO, "urgent").after(Duration.ofSeconds(3)).priority(9)));
        pass(Duration.ofSeconds(5));

        scheduler.start();
        settle();

        assertThat(started).containsExactly("urgent", "first", "second", "third");
    }

    @Test
    void theDefaultsOfAQueueApplyToTasksThatSayNothing() {
        ReactiveScheduler scheduler = started(builder()
                .queue(TaskQueue.named("q")
                        .timeout(Duration.ofSeconds(1))
                        .retry(RetryPolicy.fixed(1, Duration.ofMillis(100)))));
        now(scheduler.schedule(Task.of("hangs", run -> Mono.never()).id("hangs").queue("q")));

        pass(Duration.ofMillis(2_100));

        assertThat(executionsOf(scheduler, "hangs")).singleElement().satisfies(execution -> {
            assertThat(execution.state()).isEqualTo(TaskState.FAILED);
            assertThat(execution.attempt()).isEqualTo(2);
        });
    }

    @Test
    void schedulingManyAsksTheSourceForNoMoreThanIsBeingSaved() {
        ReactiveScheduler scheduler = started(builder().queue(TaskQueue.named("q")));
        TestPublisher<Task<Void, Object>> source = TestPublisher.create();
        List<String> saved = new ArrayList<>();

        scheduler.scheduleAll(source.flux()).limitRate(4).map(ScheduledTask::id).subscribe(saved::add);
        source.assertMinRequested(1);
        source.assertMaxRequested(1_000);
        source.next(takes(Duration.ZERO, "a"), takes(Duration.ZERO, "b"));
        source.complete();
        settle();

        assertThat(saved).containsExactly("a", "b");
        assertThat(started).containsExactly("a", "b");
    }
}
