package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** What callers see of the output of their tasks. */
class ResultsTest extends InVirtualTime {

    private final List<Object> seen = new ArrayList<>();

    @Test
    void resultsOfATaskThatHasEndedAreTheStoredOnes() {
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> Mono.just(2 * n)));
        ScheduledTask<Integer> task = now(scheduler.schedule(DOUBLE.task(21).id("t")));
        settle();

        task.results().subscribe(seen::add, seen::add, () -> seen.add("complete"));
        settle();
        scheduler.results("t", DOUBLE).subscribe(seen::add);
        settle();

        assertThat(seen).containsExactly(42, "complete", 42);
    }

    @Test
    void aRunThatIsUnderWayGivesItsStoredResultToThoseWhoCameLate() {
        Sinks.One<Integer> outcome = Sinks.one();
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> outcome.asMono()));
        ScheduledTask<Integer> task = now(scheduler.schedule(DOUBLE.task(1)));
        settle();

        task.results().subscribe(seen::add);
        settle();
        outcome.tryEmitValue(7);
        settle();

        assertThat(seen).containsExactly(7);
    }

    @Test
    void aRepeatingTaskGoesOnAfterAFailedRunAndShowsItAmongItsExecutions() {
        ReactiveScheduler scheduler = started();
        ScheduledTask<String> task = now(scheduler.schedule(Task.<String>of(
                        "t",
                        run -> run.executionId().endsWith("#2")
                                ? Mono.error(new IllegalStateException("second"))
                                : Mono.just(run.executionId()))
                .id("t")
                .trigger(Trigger.every(Duration.ofMinutes(1)).maxRuns(3))));
        List<TaskState> states = new ArrayList<>();

        task.results().subscribe(seen::add, seen::add, () -> seen.add("complete"));
        task.executions().map(Execution::state).subscribe(states::add);
        pass(Duration.ofMinutes(4));

        assertThat(seen).containsExactly("t#1", "t#3", "complete");
        assertThat(states).containsExactly(TaskState.COMPLETED, TaskState.FAILED, TaskState.COMPLETED);
        List<TaskState> again = now(task.executions().map(Execution::state));
        settle();
        assertThat(again).isEqualTo(states);
    }

    @Test
    void theLastRunThatFailsFailsTheStreamWithTheHandlersError() {
        ReactiveScheduler scheduler = started();
        IllegalStateException thrown = new IllegalStateException("broken");
        ScheduledTask<Object> task = now(scheduler.schedule(Task.of("t", run -> Mono.error(thrown))));

        StepVerifier.create(task.results())
                .then(this::settle)
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TaskFailedException.class)
                        .hasCause(thrown));
        StepVerifier.create(task.results()).then(this::settle).verifyError(TaskFailedException.class);
    }

    @Test
    void aCancelledOrRemovedTaskCompletesItsStreams() {
        ReactiveScheduler scheduler = started();
        Task<Void, Object> task = Task.of("t", run -> Mono.never());
        ScheduledTask<Object> cancelled = now(scheduler.schedule(task));
        ScheduledTask<Object> removed = now(scheduler.schedule(task));
        cancelled.results().subscribe(seen::add, seen::add, () -> seen.add("cancelled"));
        removed.results().subscribe(seen::add, seen::add, () -> seen.add("removed"));
        settle();

        now(cancelled.cancel());
        now(removed.remove());
        settle();

        assertThat(seen).containsExactly("cancelled", "removed");
    }

    @Test
    void cancellingAStreamRemovesItsTaskAndCancelsItsRun() {
        ReactiveScheduler scheduler = started();
        AtomicReference<String> end = new AtomicReference<>();
        Task<Void, Integer> task = Task.<Integer>of(
                        "t",
                        run -> Flux.interval(Duration.ofSeconds(1), time)
                                .map(Long::intValue)
                                .doOnCancel(() -> end.set("cancelled")))
                .id("t");

        scheduler.stream(task).take(3).subscribe(seen::add);
        pass(Duration.ofSeconds(10));

        assertThat(seen).containsExactly(0, 1, 2);
        assertThat(end).hasValue("cancelled");
        assertThat(stateOf(scheduler, "t")).isNull();
    }

    @Test
    void allElementsAreStoredWhereTheTaskSaysSo() {
        Handler<Void, Integer> count = Handler.named("count", Void.class, Integer.class);
        ReactiveScheduler scheduler = started(builder().handle(count, (none, run) -> Flux.range(1, 3)));
        ScheduledTask<Integer> task =
                now(scheduler.schedule(count.task().id("t").collectResults()));
        settle();

        task.results().subscribe(seen::add);
        settle();

        assertThat(seen).containsExactly(1, 2, 3);
        assertThat(executionsOf(scheduler, "t"))
                .singleElement()
                .extracting(Execution::result)
                .isEqualTo("[1,2,3]");
    }

    @Test
    void anEmptyRunIsASuccessWithoutResult() {
        ReactiveScheduler scheduler = started();
        ScheduledTask<Object> task =
                now(scheduler.schedule(Task.of("t", run -> Mono.empty()).id("t")));

        StepVerifier.create(task.results()).then(this::settle).verifyComplete();
        assertThat(executionsOf(scheduler, "t"))
                .singleElement()
                .extracting(Execution::result)
                .isNull();
    }

    @Test
    void resultsGoWhereTheDestinationPutsThemBeforeTheRunCountsAsDoneAndAreDeletedWithTheRecord() {
        Map<String, String> bucket = new ConcurrentHashMap<>();
        ResultDestination destination = new ResultDestination() {
            @Override
            public Mono<String> write(String executionId, String json) {
                return Mono.delay(Duration.ofSeconds(1), time).map(done -> {
                    bucket.put("ref-" + executionId, json);
                    return "ref-" + executionId;
                });
            }

            @Override
            public Mono<String> read(String reference) {
                return Mono.justOrEmpty(bucket.get(reference));
            }

            @Override
            public Mono<Void> delete(String reference) {
                return Mono.fromRunnable(() -> bucket.remove(reference));
            }
        };
        Handler<Void, Integer> seven = Handler.named("seven", Void.class, Integer.class);
        ReactiveScheduler scheduler = started(builder()
                .store(InMemoryTaskStore.builder()
                        .scheduler(() -> time)
                        .retention(Retention.defaults().perTask(2))
                        .build())
                .results(destination)
                .handle(seven, (none, run) -> Mono.just(7)));
        now(scheduler.schedule(seven.task().id("t").every(Duration.ofMinutes(1))));
        pass(Duration.ofSeconds(60));
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.RUNNING);
        pass(Duration.ofSeconds(1));
        assertThat(bucket).containsExactly(Map.entry("ref-t#1", "7"));
        assertThat(executionsOf(scheduler, "t"))
                .first()
                .extracting(Execution::result)
                .isEqualTo("ref-t#1");
        scheduler.results("t", seven).subscribe(seen::add);
        settle();
        assertThat(seen).containsExactly(7);

        pass(Duration.ofMinutes(3));

        assertThat(bucket).containsOnlyKeys("ref-t#3", "ref-t#4");
    }

    @Test
    void aDestinationThatFailsFailsTheRun() {
        ReactiveScheduler scheduler = started(builder().results(new ResultDestination() {
            @Override
            public Mono<String> write(String executionId, String json) {
                throw new IllegalStateException("disk full");
            }

            @Override
            public Mono<String> read(String reference) {
                return Mono.empty();
            }

            @Override
            public Mono<Void> delete(String reference) {
                return Mono.empty();
            }
        }));
        now(scheduler.schedule(Task.of("t", run -> Mono.just(1)).id("t")));
        settle();

        assertThat(executionsOf(scheduler, "t")).singleElement().satisfies(execution -> {
            assertThat(execution.state()).isEqualTo(TaskState.FAILED);
            assertThat(execution.error().message()).isEqualTo("disk full");
        });
    }

    @Test
    void theEventsOfARunTellItsLife() {
        ReactiveScheduler scheduler = started();
        List<SchedulerEvent.Kind> kinds = new ArrayList<>();
        scheduler.events().map(SchedulerEvent::kind).subscribe(kinds::add);

        now(scheduler.schedule(Task.of("t", run -> {
                    run.event(ExecutionEvent.Level.INFO, "at work");
                    return run.attempt() == 1 ? Mono.error(new IllegalStateException()) : Mono.just(1);
                })
                .after(Duration.ofMillis(1))
                .retry(RetryPolicy.fixed(1, Duration.ofMillis(1)))));
        pass(Duration.ofSeconds(1));

        assertThat(kinds)
                .containsExactly(
                        SchedulerEvent.Kind.SCHEDULED,
                        SchedulerEvent.Kind.STARTED,
                        SchedulerEvent.Kind.LOGGED,
                        SchedulerEvent.Kind.RETRYING,
                        SchedulerEvent.Kind.STARTED,
                        SchedulerEvent.Kind.LOGGED,
                        SchedulerEvent.Kind.RESULT,
                        SchedulerEvent.Kind.COMPLETED);
    }

    @Test
    void aSlowSubscriberOfEventsIsToldHowManyItMissed() {
        ReactiveScheduler scheduler = started();
        List<SchedulerEvent> events = new ArrayList<>();
        BaseSubscriber<SchedulerEvent> slow = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(SchedulerEvent event) {
                events.add(event);
            }
        };
        scheduler.events().subscribe(slow);
        now(scheduler.schedule(Task.of("t", run -> Flux.range(0, 3_000))));
        settle();
        assertThat(events).hasSize(1);

        slow.request(Long.MAX_VALUE);
        settle();

        assertThat(events).anyMatch(event -> event.missed() > 1_000);
    }

    @Test
    void aRunThatCollectsMoreThanFitsFailsAtOnceAndNotAtItsEnd() {
        AtomicReference<Integer> last = new AtomicReference<>();
        ReactiveScheduler scheduler = started(builder().maxPayload(100));
        now(scheduler.schedule(Task.of("t", run -> Flux.range(1, 1_000_000).doOnNext(last::set))
                .id("t")
                .collectResults()));
        settle();

        assertThat(last).hasValue(51);
        assertThat(executionsOf(scheduler, "t")).singleElement().satisfies(execution -> {
            assertThat(execution.state()).isEqualTo(TaskState.FAILED);
            assertThat(execution.error().message()).contains("more than 50 elements", "maxPayload");
        });
    }
}
