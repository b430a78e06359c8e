package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Tasks as streams: what a stream saved goes with it, what it found stays. */
class StreamTest extends InVirtualTime {

    private final List<Object> seen = new ArrayList<>();

    private static Task<Void, String> hourly() {
        return Task.<String>of("tick", run -> Mono.just(run.executionId()))
                .id("t")
                .every(Duration.ofHours(1));
    }

    @Test
    void aStreamWhoseTaskWasKeptListensAndLeavesItWhenItIsCancelled() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(hourly()));
        pass(Duration.ofHours(1));

        Disposable stream = scheduler.stream(hourly().ifExists(IfExists.KEEP)).subscribe(seen::add);
        pass(Duration.ofHours(1));
        stream.dispose();
        pass(Duration.ofHours(1));

        assertThat(seen).containsExactly("t#1", "t#2");
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aStreamThatReplacedATaskTakesItAway() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(hourly()));

        Disposable stream = scheduler.stream(hourly()).subscribe();
        settle();
        stream.dispose();
        settle();

        assertThat(stateOf(scheduler, "t")).isNull();
    }

    @Test
    void aStreamThatIsCancelledBeforeItsTaskWasSavedLeavesNone() {
        Sinks.Empty<Void> answer = Sinks.empty();
        InMemoryTaskStore store =
                InMemoryTaskStore.builder().scheduler(() -> time).build();
        ReactiveScheduler scheduler = started(builder().store(SlowStore.of(store, "save", answer.asMono())));

        Disposable stream = scheduler.stream(hourly()).subscribe();
        settle();
        stream.dispose();
        settle();
        answer.tryEmitEmpty();
        settle();

        assertThat(stateOf(scheduler, "t")).isNull();
    }

    @Test
    void aStreamThatIsCancelledBeforeItHearsThatItsTaskWasKeptLeavesIt() {
        Sinks.Empty<Void> answer = Sinks.empty();
        InMemoryTaskStore store =
                InMemoryTaskStore.builder().scheduler(() -> time).build();
        now(started(builder().store(store)).schedule(hourly()));
        ReactiveScheduler scheduler = started(builder().store(SlowStore.of(store, "save", answer.asMono())));

        Disposable stream = scheduler.stream(hourly().ifExists(IfExists.KEEP)).subscribe();
        settle();
        stream.dispose();
        answer.tryEmitEmpty();
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aStreamThatIsCancelledAsItIsSubscribedSavesNothing() {
        ReactiveScheduler scheduler = started();

        scheduler.stream(hourly()).take(0).subscribe();
        scheduler.stream(hourly())
                .doOnSubscribe(subscription -> subscription.cancel())
                .subscribe();
        settle();

        assertThat(stateOf(scheduler, "t")).isNull();
    }

    @Test
    void eachSubscriptionOfAStreamIsATaskOfItsOwn() {
        ReactiveScheduler scheduler = started();
        Flux<String> stream = scheduler.stream(Task.of("t", run -> Mono.just(run.taskId())));

        stream.subscribe(seen::add);
        stream.subscribe(seen::add);
        settle();

        assertThat(seen).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void resultsExecutionsEventsAndAlertsCanBeSubscribedTwice() {
        ReactiveScheduler scheduler = started();
        ScheduledTask<String> task =
                now(scheduler.schedule(Task.<String>of("t", run -> Mono.error(new IllegalStateException("broken")))
                        .id("t")
                        .trigger(Trigger.every(Duration.ofMinutes(1)).maxRuns(2))));
        Flux<?> results = task.results().onErrorResume(error -> Mono.just("failed"));
        Flux<?> executions = task.executions().map(Execution::id);
        Flux<?> events = scheduler
                .events()
                .filter(event -> event.kind() == SchedulerEvent.Kind.FAILED)
                .map(SchedulerEvent::executionId)
                .take(2);
        Flux<?> alerts = scheduler
                .alerts(AlertRules.of(
                        AlertRule.failureRateAbove(0.5, Duration.ofMinutes(5)).atLeast(1)))
                .map(alert -> alert.isRaised())
                .take(1);

        List<List<Object>> heard = new ArrayList<>();
        for (Flux<?> flux : List.of(results, executions, events, alerts, results, executions, events, alerts)) {
            List<Object> one = new ArrayList<>();
            heard.add(one);
            flux.subscribe(one::add);
        }
        pass(Duration.ofMinutes(5));

        List<List<?>> once = List.of(List.of("failed"), List.of("t#1", "t#2"), List.of("t#1", "t#2"), List.of(true));
        assertThat(heard.subList(0, 4)).isEqualTo(once);
        assertThat(heard.subList(4, 8)).isEqualTo(once);
    }

    @Test
    void tasksOfOneNameKeepTheirOwnTypesWhenManyAreScheduled() {
        Handler<Void, Integer> number = Handler.named("same", Void.class, Integer.class);
        Handler<Void, String> text = Handler.named("same", Void.class, String.class);
        ReactiveScheduler scheduler = started(builder().handle(number, (none, run) -> Mono.just(1)));

        List<ScheduledTask<Object>> saved =
                now(scheduler.<Object>scheduleAll(Flux.just(number.task(), text.task(), number.task())));

        assertThat(saved)
                .extracting(task -> ((DefaultScheduledTask<Object>) task).outputType())
                .containsExactly(Integer.class, String.class, Integer.class);
    }
}
