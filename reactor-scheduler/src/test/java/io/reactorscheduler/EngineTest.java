package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What happens to a fire time, in virtual time from a fixed instant. */
class EngineTest extends InVirtualTime {

    @Test
    void aTaskForNowRunsAtOnceAndItsResultArrives() {
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> Mono.just(2 * n)));

        StepVerifier.create(scheduler.schedule(DOUBLE.task(21)).flatMapMany(ScheduledTask::results))
                .then(() -> settle())
                .expectNext(42)
                .verifyComplete();
    }

    @Test
    void aStoreThatWasToldNoSchedulerReadsTheTimeOfTheOneThatIsBuiltOverIt() {
        ReactiveScheduler scheduler = started(builder().store(InMemoryTaskStore.create()));
        now(scheduler.schedule(Task.of("t", run -> Mono.empty()).id("t").after(Duration.ofHours(1))));

        pass(Duration.ofHours(1));

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void nothingHappensBeforeScheduleIsSubscribed() {
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> Mono.just(2 * n)));

        scheduler.schedule(DOUBLE.task(21).id("never"));
        pass(Duration.ofHours(1));

        StepVerifier.create(scheduler.task("never")).verifyComplete();
    }

    @Test
    void aDelayedTaskRunsAtItsTimeAndNotBefore() {
        ReactiveScheduler scheduler = started();
        List<Instant> runs = new ArrayList<>();

        scheduler
                .schedule(Task.of("later", run -> Mono.fromRunnable(() -> runs.add(now())))
                        .after(Duration.ofMinutes(5)))
                .subscribe();
        pass(Duration.ofMinutes(5).minusNanos(1_000));
        assertThat(runs).isEmpty();
        pass(Duration.ofNanos(1_000));

        assertThat(runs).containsExactly(START.plus(Duration.ofMinutes(5)));
    }

    @Test
    void aFixedRateDoesNotDriftWhateverRunsTake() {
        ReactiveScheduler scheduler = started();
        List<Instant> runs = new ArrayList<>();

        scheduler
                .schedule(Task.of(
                                "tick",
                                run -> Mono.delay(Duration.ofMillis(300), time)
                                        .doOnSubscribe(s -> runs.add(run.fireTime())))
                        .every(Duration.ofSeconds(1)))
                .subscribe();
        pass(Duration.ofSeconds(5));

        assertThat(runs)
                .containsExactly(
                        START.plusSeconds(1),
                        START.plusSeconds(2),
                        START.plusSeconds(3),
                        START.plusSeconds(4),
                        START.plusSeconds(5));
    }

    @Test
    void aDayOfHourlyRunsPassesInVirtualTimeWithoutAnyConfiguration() {
        StepVerifier.withVirtualTime(() -> ReactiveScheduler.inMemory().stream(
                        Task.of("tick", run -> Mono.just(run.fireTime())).every(Duration.ofHours(1))))
                .thenAwait(Duration.ofDays(1))
                .expectNextCount(24)
                .thenCancel()
                .verify();
    }

    @Test
    void everyElementOfAFluxHandlerReachesTheStreamAndTheLastIsStored() {
        ReactiveScheduler scheduler = started();
        Task<Void, Integer> task =
                Task.<Integer>of("count", run -> Flux.range(1, 3)).id("count");

        StepVerifier.create(scheduler.stream(task))
                .then(() -> settle())
                .expectNext(1, 2, 3)
                .verifyComplete();
        StepVerifier.create(scheduler.executions(ExecutionQuery.of("count")).map(Execution::result))
                .expectNext("3")
                .verifyComplete();
    }

    @Test
    void aFailedRunIsRetriedInPlaceAndThenSucceeds() {
        AtomicInteger calls = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder()
                .handle(
                        DOUBLE,
                        (n, run) -> calls.incrementAndGet() < 3
                                ? Mono.error(new IllegalStateException("not yet"))
                                : Mono.just(run.attempt())));

        StepVerifier.create(scheduler
                        .schedule(DOUBLE.task(1).retry(RetryPolicy.fixed(5, Duration.ofMillis(100))))
                        .flatMapMany(ScheduledTask::results))
                .then(() -> pass(Duration.ofMillis(200)))
                .expectNext(3)
                .verifyComplete();
    }

    @Test
    void aLongRetryDelayFreesTheSlotAndTheAttemptGoesOn() {
        AtomicInteger calls = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder()
                .queue(TaskQueue.named("one").concurrency(1))
                .handle(
                        DOUBLE,
                        (n, run) -> calls.incrementAndGet() == 1
                                ? Mono.error(new IllegalStateException("not yet"))
                                : Mono.just(run.attempt())));
        List<Integer> results = new ArrayList<>();

        scheduler
                .schedule(DOUBLE.task(1).id("slow").queue("one").retry(RetryPolicy.fixed(1, Duration.ofMinutes(1))))
                .flatMapMany(ScheduledTask::results)
                .subscribe(results::add);
        pass(Duration.ofSeconds(1));
        assertThat(stateOf(scheduler, "slow")).isEqualTo(TaskState.RETRYING);
        scheduler.schedule(DOUBLE.task(2).id("quick").queue("one")).subscribe();
        pass(Duration.ofSeconds(1));
        assertThat(stateOf(scheduler, "quick")).isEqualTo(TaskState.COMPLETED);
        pass(Duration.ofMinutes(1));

        assertThat(results).containsExactly(2);
    }

    @Test
    void aRetryDelayUpToTheOneThatIsSaidIsWaitedForInTheSlot() {
        AtomicInteger calls = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder()
                .retryInPlace(Duration.ofMinutes(1))
                .queue(TaskQueue.named("one").concurrency(1))
                .handle(
                        DOUBLE,
                        (n, run) -> calls.incrementAndGet() == 1
                                ? Mono.error(new IllegalStateException("not yet"))
                                : Mono.just(run.attempt())));

        now(scheduler.schedule(
                DOUBLE.task(1).id("slow").queue("one").retry(RetryPolicy.fixed(1, Duration.ofMinutes(1)))));
        now(scheduler.schedule(DOUBLE.task(2).id("next").queue("one")));
        pass(Duration.ofSeconds(59));
        assertThat(stateOf(scheduler, "slow")).isEqualTo(TaskState.RUNNING);
        assertThat(stateOf(scheduler, "next")).isEqualTo(TaskState.PENDING);
        pass(Duration.ofSeconds(1));

        assertThat(stateOf(scheduler, "slow")).isEqualTo(TaskState.COMPLETED);
        assertThat(stateOf(scheduler, "next")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aRunThatTakesTooLongIsCancelledAndRecordedAsFailed() {
        AtomicInteger cancelled = new AtomicInteger();
        ReactiveScheduler scheduler = started();

        StepVerifier.create(scheduler
                        .schedule(Task.of("hangs", run -> Mono.never().doOnCancel(cancelled::incrementAndGet))
                                .timeout(Duration.ofSeconds(30)))
                        .flatMapMany(ScheduledTask::results))
                .then(() -> pass(Duration.ofSeconds(30)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TaskFailedException.class)
                        .hasMessageContaining("took longer than its timeout of PT30S"));
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void cancellingATaskCancelsTheSubscriptionOfItsRun() {
        AtomicInteger cancelled = new AtomicInteger();
        ReactiveScheduler scheduler = started();
        scheduler
                .schedule(Task.of("hangs", run -> Mono.never().doOnCancel(cancelled::incrementAndGet))
                        .id("hangs"))
                .subscribe();
        pass(Duration.ofSeconds(1));

        TaskInfo after = now(scheduler.cancel("hangs"));
        pass(Duration.ofSeconds(1));

        assertThat(cancelled).hasValue(1);
        assertThat(after).isNotNull();
        assertThat(after.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(now(scheduler.stats().map(SchedulerStats::running))).isZero();
    }

    @Test
    void highPriorityRunsFirstWhenASlotIsFree() {
        List<String> order = new ArrayList<>();
        ReactiveScheduler scheduler =
                builder().queue(TaskQueue.named("one").concurrency(1)).build();
        stoppedLater(scheduler);
        for (int priority : new int[] {0, 5, 1}) {
            scheduler
                    .schedule(Task.of(
                                    "p",
                                    run -> Mono.fromRunnable(
                                            () -> order.add("p" + run.task().priority())))
                            .queue("one")
                            .priority(priority))
                    .subscribe();
        }

        scheduler.start();
        pass(Duration.ofSeconds(1));

        assertThat(order).containsExactly("p5", "p1", "p0");
    }
}
