package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What those see of a stream of elements who subscribe when it is under way or over. */
class LateResultsTest extends InVirtualTime {

    private static final Handler<Integer, Integer> COUNT = Handler.named("count", Integer.class, Integer.class);

    private final List<Object> seen = new ArrayList<>();

    private static List<Integer> upTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private void see(Flux<?> results) {
        results.subscribe(seen::add, seen::add, () -> seen.add("complete"));
        settle();
    }

    private ReactiveScheduler counting() {
        return started(builder().handle(COUNT, (most, run) -> Flux.range(1, most)));
    }

    @Test
    void aStreamThatIsOverIsGivenFromItsFirstElementOn() {
        ReactiveScheduler scheduler = counting();
        ScheduledTask<Integer> task = now(scheduler.schedule(COUNT.task(3)));
        settle();

        see(task.results());
        see(scheduler.results(task.id(), COUNT));

        assertThat(seen).containsExactly(1, 2, 3, "complete", 1, 2, 3, "complete");
    }

    @Test
    void aStreamThatIsUnderWayIsGivenFromItsFirstElementOnAndEachOnce() {
        Sinks.Many<Integer> source = Sinks.many().unicast().onBackpressureBuffer();
        ReactiveScheduler scheduler = started(builder().handle(COUNT, (most, run) -> source.asFlux()));
        ScheduledTask<Integer> task = now(scheduler.schedule(COUNT.task(3)));
        settle();
        source.tryEmitNext(1);
        settle();

        see(task.results());
        assertThat(seen).containsExactly(1);
        source.tryEmitNext(2);
        settle();
        see(task.results());
        source.tryEmitNext(3);
        source.tryEmitComplete();
        settle();

        assertThat(seen).containsExactly(1, 2, 1, 2, 3, 3, "complete", "complete");
    }

    @Test
    void elementsThatCameWhileTheRecordWasReadAreGivenOnce() {
        Sinks.Many<Integer> source = Sinks.many().unicast().onBackpressureBuffer();
        InMemoryTaskStore store =
                InMemoryTaskStore.builder().scheduler(() -> time).build();
        Sinks.Empty<Void> answer = Sinks.empty();
        ReactiveScheduler scheduler = started(builder()
                .store(SlowStore.of(store, "executions", answer.asMono()))
                .handle(COUNT, (most, run) -> source.asFlux()));
        ScheduledTask<Integer> task = now(scheduler.schedule(COUNT.task(3)));
        settle();
        source.tryEmitNext(1);
        see(task.results());
        source.tryEmitNext(2);
        settle();
        assertThat(seen).isEmpty();

        answer.tryEmitEmpty();
        settle();
        source.tryEmitNext(3);
        settle();

        assertThat(seen).containsExactly(1, 2, 3);
    }

    @Test
    void anAttemptThatStartedAgainIsGivenWithTheOneBefore() {
        ReactiveScheduler scheduler = started(builder()
                .handle(
                        COUNT,
                        (most, run) -> run.attempt() < 3
                                ? Flux.range(1, most).concatWith(Mono.error(new IllegalStateException("again")))
                                : Flux.range(1, most)));
        RetryPolicy inPlaceThenLater = RetryPolicy.linear(2, Duration.ofMillis(900));
        ScheduledTask<Integer> task = now(scheduler.schedule(COUNT.task(2).retry(inPlaceThenLater)));
        pass(Duration.ofSeconds(1));
        see(task.results());
        assertThat(seen).containsExactly(1, 2, 1, 2);
        pass(Duration.ofSeconds(10));
        see(task.results());

        assertThat(seen).containsExactly(1, 2, 1, 2, 1, 2, "complete", 1, 2, 1, 2, 1, 2, "complete");
    }

    @Test
    void ofAVeryLongStreamTheNewestElementsAreKept() {
        ReactiveScheduler scheduler = counting();
        ScheduledTask<Integer> task = now(scheduler.schedule(COUNT.task(5_000)));
        settle();

        see(task.results());

        assertThat(seen)
                .hasSize(RecentElements.OF_RUN + 1)
                .startsWith(5_000 - RecentElements.OF_RUN + 1)
                .endsWith(5_000, "complete");
    }

    @Test
    void aVeryLongStreamThatIsCollectedIsGivenWhole() {
        ReactiveScheduler scheduler = counting();
        ScheduledTask<Integer> task = now(scheduler.schedule(COUNT.task(5_000).collectResults()));
        settle();

        see(task.results());

        assertThat(seen).hasSize(5_001).startsWith(1);
    }

    @Test
    void streamsThatAreOverArePushedOutByNewerOnesAndLeaveTheirStoredResult() {
        ReactiveScheduler scheduler = counting();
        ScheduledTask<Integer> first = now(scheduler.schedule(COUNT.task(1_000)));
        settle();
        for (int i = 0; i < 16; i++) {
            now(scheduler.schedule(COUNT.task(1_000)));
        }
        settle();

        see(first.results());

        assertThat(seen).containsExactly(1_000, "complete");
    }

    @Test
    void aFailedStreamGivesItsElementsBeforeItsError() {
        ReactiveScheduler scheduler = started();
        ScheduledTask<Integer> task = now(scheduler.schedule(
                Task.of("t", run -> Flux.range(1, 2).concatWith(Mono.error(new IllegalStateException("third"))))));
        settle();

        see(task.results());

        assertThat(seen).startsWith(1, 2).hasSize(3);
        assertThat(seen.get(2)).isInstanceOf(TaskFailedException.class);
    }

    @Test
    void aTaskThatWasRemovedLeavesNoElementsToANewOneOfItsId() {
        ReactiveScheduler scheduler =
                started(builder().handle(COUNT, (most, run) -> most == 1 ? Mono.just(77) : Flux.range(1, most)));
        now(scheduler.schedule(COUNT.task(3).id("t")));
        settle();
        now(scheduler.remove("t"));
        ScheduledTask<Integer> fresh = now(scheduler.schedule(COUNT.task(1).id("t")));
        settle();

        see(fresh.results());

        assertThat(seen).containsExactly(77, "complete");
    }

    @Test
    void resultsOfATaskThatWasReplacedBeginWithItsReplacement() {
        ReactiveScheduler scheduler = counting();
        now(scheduler.schedule(COUNT.task(2).id("t")));
        settle();
        ScheduledTask<Integer> replaced = now(scheduler.schedule(COUNT.task(3).id("t")));
        settle();

        see(replaced.results());
        assertThat(seen).containsExactly(1, 2, 3, "complete");
        seen.clear();
        see(scheduler.results("t", COUNT));
        assertThat(seen).containsExactly(1, 2, 1, 2, 3, "complete");
        seen.clear();
        see(replaced.executions().map(Execution::id));
        assertThat(seen).containsExactly("t#1", "t#2", "complete");
    }

    @Test
    void aRunOfTheDefinitionBeforeIsNotAmongTheResultsOfTheReplacement() {
        Sinks.Many<Integer> source = Sinks.many().unicast().onBackpressureBuffer();
        ReactiveScheduler scheduler =
                started(builder().handle(COUNT, (most, run) -> most == 0 ? source.asFlux() : Flux.range(1, most)));
        now(scheduler.schedule(COUNT.task(0).id("t")));
        settle();
        source.tryEmitNext(-1);

        ScheduledTask<Integer> replaced = now(scheduler.schedule(COUNT.task(2).id("t")));
        see(replaced.results());
        see(scheduler.stream(COUNT.task(2).id("t")));
        source.tryEmitNext(-2);
        source.tryEmitComplete();
        settle();

        assertThat(seen).containsOnly(1, 2, "complete");
    }

    @Test
    void aTaskThatWasKeptGivesAllThatIsRecorded() {
        ReactiveScheduler scheduler = counting();
        now(scheduler.schedule(COUNT.task(2).id("t")));
        settle();

        see(now(scheduler.schedule(COUNT.task(3).id("t").ifExists(IfExists.KEEP)))
                .results());

        assertThat(seen).containsExactly(1, 2, "complete");
    }
}
