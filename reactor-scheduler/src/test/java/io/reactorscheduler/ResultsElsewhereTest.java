package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What a node hears of runs on other nodes of a shared store. */
class ResultsElsewhereTest extends InVirtualTime {

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();
    private final JournalledStore shared = new JournalledStore(memory);
    private final List<Object> seen = new ArrayList<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final ReactiveScheduler producer =
            started(builder().node("producer").store(CountedReads.of(shared.store(), reads)));

    private ReactiveScheduler worker(String node) {
        return started(builder().node(node).store(shared.store()).handle(DOUBLE, (n, run) -> Mono.just(2 * n)));
    }

    private void see(Flux<?> results) {
        results.subscribe(
                value -> seen.add(value instanceof Execution execution ? execution.id() : value),
                seen::add,
                () -> seen.add("complete"));
        settle();
    }

    @Test
    void aProducerWithoutHandlersGetsTheResultOfARunElsewhere() {
        ScheduledTask<Integer> task = now(producer.schedule(DOUBLE.task(21)));
        see(task.results());
        assertThat(seen).isEmpty();

        worker("worker");
        settle();

        assertThat(seen).containsExactly(42, "complete");
    }

    /** As when a replica takes over that has not heard of the save: nothing is ever told of the task. */
    @Test
    void resultsOfATaskThatTheStoreHasForgottenEnd() {
        ScheduledTask<Integer> task = now(producer.schedule(DOUBLE.task(21)));
        see(task.results());
        now(memory.remove(task.id()));
        settle();
        assertThat(seen).isEmpty();

        pass(SchedulerBuilder.DEFAULT_LEASE.multipliedBy(10).plusSeconds(1));

        assertThat(seen).containsExactly("complete");
    }

    @Test
    void aProducerHearsHowRunsEndedElsewhere() {
        ScheduledTask<Integer> task = now(producer.schedule(
                DOUBLE.task(1).id("t").every(Duration.ofSeconds(10)).maxRuns(3)));
        see(task.executions());
        worker("worker");

        pass(Duration.ofMinutes(1));

        assertThat(seen).containsExactly("t#1", "t#2", "t#3", "complete");
    }

    @Test
    void eachRunIsGivenOnceWhicheverNodeRanIt() {
        ReactiveScheduler one = worker("one");
        ReactiveScheduler two = worker("two");
        ScheduledTask<Integer> task =
                now(one.schedule(DOUBLE.task(3).every(Duration.ofSeconds(10)).maxRuns(20)));
        see(task.results());
        for (int i = 0; i < 20; i++) {
            now((i % 2 == 0 ? one : two).pauseQueue(TaskQueue.DEFAULT_NAME));
            now((i % 2 == 0 ? one : two).resumeQueue(TaskQueue.DEFAULT_NAME));
            pass(Duration.ofSeconds(10));
        }
        pass(Duration.ofMinutes(1));

        assertThat(seen).hasSize(21).endsWith("complete");
        assertThat(seen.subList(0, 20)).containsOnly(6);
    }

    @Test
    void aRunThatFailedElsewhereFailsTheResults() {
        started(builder()
                .node("worker")
                .store(shared.store())
                .handle(DOUBLE, (n, run) -> Mono.error(new IllegalStateException("no"))));
        ScheduledTask<Integer> task = now(producer.schedule(DOUBLE.task(1)));

        see(task.results());

        assertThat(seen).singleElement().isInstanceOf(TaskFailedException.class);
    }

    @Test
    void aTaskThatWasCancelledOrRemovedElsewhereEndsItsResults() {
        ReactiveScheduler other = started(builder().node("other").store(shared.store()));
        ScheduledTask<Integer> first = now(producer.schedule(DOUBLE.task(1).after(Duration.ofHours(1))));
        ScheduledTask<Integer> second = now(producer.schedule(DOUBLE.task(1).after(Duration.ofHours(1))));
        see(first.results());
        see(second.executions());

        now(other.cancel(first.id()));
        settle();
        assertThat(seen).containsExactly("complete");
        now(other.remove(second.id()));
        settle();

        assertThat(seen).containsExactly("complete", "complete");
    }

    @Test
    void theJournalIsFollowedOnceForAllWhoListenAndNotAtAllForNobody() {
        worker("worker");
        ScheduledTask<Integer> first = now(producer.schedule(DOUBLE.task(1).after(Duration.ofSeconds(1))));
        ScheduledTask<Integer> second = now(producer.schedule(DOUBLE.task(2).after(Duration.ofSeconds(2))));
        settle();
        assertThat(shared.followed).hasValue(0);

        see(first.results());
        see(second.results());
        see(second.executions());
        assertThat(shared.followed).hasValue(1);
        pass(Duration.ofSeconds(1));
        assertThat(shared.followers).hasValue(1);
        pass(Duration.ofSeconds(1));

        assertThat(shared.followers).hasValue(0);
        assertThat(seen).containsExactlyInAnyOrder(2, "complete", 4, "complete", second.id() + "#1", "complete");
    }

    @Test
    void runsOfThisNodeAreNotReadFromTheStore() {
        ReactiveScheduler own = started(builder()
                .node("own")
                .store(CountedReads.of(shared.store(), reads))
                .handle(DOUBLE, (n, run) -> Mono.just(2 * n)));
        ScheduledTask<Integer> task =
                now(own.schedule(DOUBLE.task(3).every(Duration.ofSeconds(10)).maxRuns(5)));
        see(task.results());
        int before = reads.get();

        pass(Duration.ofMinutes(2));

        assertThat(seen).containsExactly(6, 6, 6, 6, 6, "complete");
        assertThat(reads).hasValue(before);
    }

    @Test
    void streamsElsewhereGiveTheirStoredResult() {
        started(builder().node("worker").store(shared.store()).handle(DOUBLE, (n, run) -> Flux.range(1, n)));
        ScheduledTask<Integer> last = now(producer.schedule(DOUBLE.task(3)));
        see(last.results());
        see(now(producer.schedule(DOUBLE.task(3).collectResults())).results());

        assertThat(seen).containsExactly(3, "complete", 1, 2, 3, "complete");
    }

    @Test
    void aRunOfAnotherNodeOfTheSameNameIsGivenAMomentLater() {
        ScheduledTask<Integer> task = now(producer.schedule(DOUBLE.task(21)));
        see(task.results());
        worker("producer");
        settle();
        assertThat(seen).isEmpty();

        pass(Duration.ofSeconds(2));

        assertThat(seen).containsExactly(42, "complete");
    }

    @Test
    void aRunHereAndOneElsewhereAreBothGivenBeforeTheEnd() {
        Sinks.One<Integer> here = Sinks.one();
        ReactiveScheduler own =
                started(builder().node("own").store(shared.store()).handle(DOUBLE, (n, run) -> here.asMono()));
        ScheduledTask<Integer> task = now(own.schedule(
                DOUBLE.task(1).every(Duration.ofSeconds(10)).maxRuns(2).overlap(Overlap.parallel(2))));
        see(task.results());
        now(own.pauseQueue(TaskQueue.DEFAULT_NAME));
        now(own.resumeQueue(TaskQueue.DEFAULT_NAME));
        settle();
        worker("other");
        pass(Duration.ofSeconds(10));
        here.tryEmitValue(7);
        pass(Duration.ofSeconds(30));

        assertThat(seen)
                .as("%s", executionsOf(own, task.id()))
                .hasSize(3)
                .contains(7)
                .endsWith("complete");
    }

    @Test
    void entriesThatWereMissedMakeEachListenerLookForHimself() {
        ScheduledTask<Integer> task = now(producer.schedule(DOUBLE.task(21)));
        shared.broken = new StoreUnavailableException("away", null);
        see(task.results());
        worker("worker");
        pass(Duration.ofSeconds(5));
        assertThat(seen).isEmpty();

        shared.broken = null;
        pass(Duration.ofSeconds(5));

        assertThat(seen).containsExactly(42, "complete");
    }

    @Test
    void aRunThatEndedBetweenTheTwoReadsOfTheRecordEndsTheResults() {
        Sinks.Empty<Void> begin = Sinks.empty();
        ReactiveScheduler reader = started(
                builder().node("reader").store(SlowStore.readLater(shared.store(), "executions", begin.asMono())));
        ScheduledTask<Integer> task = now(reader.schedule(DOUBLE.task(21)));
        see(task.results());
        worker("worker");
        settle();
        assertThat(seen).isEmpty();

        begin.tryEmitEmpty();
        settle();

        assertThat(seen).containsExactly(42, "complete");
    }

    @Test
    void theJournalOfAllNodesIsReadFromACursorOnAndEndsWithTheScheduler() {
        worker("worker");
        now(producer.schedule(DOUBLE.task(1).id("a")));
        settle();
        now(producer.schedule(DOUBLE.task(1).id("b")));
        settle();
        List<JournalEntry> all = new ArrayList<>();
        producer.journal("").subscribe(all::add);
        settle();
        assertThat(all).extracting(JournalEntry::taskId).containsExactly("a", "b");

        see(producer.journal(all.get(0).cursor()).map(JournalEntry::taskId));
        producer.dispose();
        settle();

        assertThat(seen).containsExactly("b", "complete");
    }

    @Test
    void aStoreWithoutAJournalSaysSoAndItsOwnRunsAreHeard() {
        ReactiveScheduler alone = started(builder().handle(DOUBLE, (n, run) -> Mono.just(2 * n)));

        see(alone.journal(null));
        see(now(alone.schedule(DOUBLE.task(2))).results());

        assertThat(seen.get(0)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(seen.subList(1, seen.size())).containsExactly(4, "complete");
    }
}
