package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Execution;
import io.reactorscheduler.Handler;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.TaskFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a node that runs nothing hears of the work of others. */
class ResultsElsewhereTest extends RedisTest {

    private static final Handler<String, String> SHOUT = Handler.named("shout", String.class, String.class);

    /** A busy machine may take its time to connect. */
    @Override
    RedisStoreBuilder builder() {
        return super.builder().commandTimeout(Duration.ofSeconds(10));
    }

    private ReactiveScheduler producer() {
        RedisTaskStore store = store();
        store.stats().block(PATIENCE);
        return use(ReactiveScheduler.builder().store(store).node("producer").start());
    }

    private ReactiveScheduler worker(String node) {
        return use(ReactiveScheduler.builder()
                .store(store())
                .node(node)
                .handle(
                        SHOUT,
                        (word, run) -> word.isEmpty()
                                ? Mono.error(new IllegalStateException("nothing to shout"))
                                : Mono.just(word.toUpperCase(java.util.Locale.ROOT)))
                .start());
    }

    @Test
    void aProducerGetsResultsAndFailuresOfRunsElsewhereAtOnce() {
        ReactiveScheduler producer = producer();
        worker("worker");
        producer.schedule(SHOUT.task("warm"))
                .flatMapMany(ScheduledTask::results)
                .blockLast(PATIENCE);

        long began = System.nanoTime();
        StepVerifier.create(producer.schedule(SHOUT.task("ada")).flatMapMany(ScheduledTask::results))
                .expectNext("ADA")
                .expectComplete()
                .verify(PATIENCE);
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("well before the safety poll")
                .isLessThan(Duration.ofSeconds(3));
        StepVerifier.create(producer.schedule(SHOUT.task("")).flatMapMany(ScheduledTask::results))
                .expectError(TaskFailedException.class)
                .verify(PATIENCE);
    }

    @Test
    void resultsOfManyTasksOfTwoWorkersComeOnceEach() {
        ReactiveScheduler producer = producer();
        worker("one");
        worker("two");

        List<String> words = producer.scheduleAll(Flux.range(0, 300).map(i -> SHOUT.task("w" + i)))
                .flatMap(ScheduledTask::results, 300)
                .collectList()
                .block(PATIENCE);

        assertThat(words)
                .hasSize(300)
                .doesNotHaveDuplicates()
                .containsAll(Flux.range(0, 300).map(i -> "W" + i).toIterable());
    }

    @Test
    void aProducerFollowsARepeatingTaskUntilItIsCancelledElsewhere() {
        ReactiveScheduler producer = producer();
        ReactiveScheduler worker = worker("worker");
        List<String> runs = new CopyOnWriteArrayList<>();

        StepVerifier.create(producer.schedule(SHOUT.task("tick").id("tick").every(Duration.ofMillis(200)))
                        .flatMapMany(ScheduledTask::executions)
                        .filter(Execution::isSuccess)
                        .map(Execution::id)
                        .doOnNext(runs::add)
                        .doOnNext(id -> {
                            if (id.equals("tick#5")) {
                                worker.cancel("tick").subscribe();
                            }
                        })
                        .then())
                .expectComplete()
                .verify(PATIENCE);

        assertThat(runs)
                .startsWith("tick#1", "tick#2", "tick#3", "tick#4", "tick#5")
                .doesNotHaveDuplicates();
    }

    @Test
    void resultsComeAlthoughConnectionsWereKilledMeanwhile() {
        ReactiveScheduler producer = producer();
        Mono<List<String>> result = producer.schedule(SHOUT.task("late"))
                .flatMapMany(ScheduledTask::results)
                .collectList()
                .cache();
        result.subscribe();
        Pause.of(Duration.ofMillis(300));
        server.command("CLIENT", "KILL", "TYPE", "pubsub");
        server.command("CLIENT", "KILL", "TYPE", "normal");
        worker("worker");

        assertThat(result.block(PATIENCE)).containsExactly("LATE");
    }

    @Test
    void theJournalOfTheSchedulerGoesOnFromACursor() {
        ReactiveScheduler producer = producer();
        worker("worker");
        for (String word : List.of("a", "b", "c")) {
            producer.schedule(SHOUT.task(word).id(word))
                    .flatMapMany(ScheduledTask::results)
                    .blockLast(PATIENCE);
        }
        List<JournalEntry> all = new ArrayList<>();
        producer.journal("")
                .filter(entry -> entry.kind() == Kind.COMPLETED)
                .take(3)
                .doOnNext(all::add)
                .blockLast(PATIENCE);

        assertThat(all).extracting(JournalEntry::taskId).containsExactly("a", "b", "c");
        assertThat(all).extracting(JournalEntry::node).containsOnly("worker");
        assertThat(producer.journal(all.get(1).cursor())
                        .filter(entry -> entry.kind() == Kind.COMPLETED)
                        .blockFirst(PATIENCE)
                        .taskId())
                .isEqualTo("c");
    }

    @Test
    void theCursorOfNowIsAfterAllThatHappened() {
        RedisTaskStore store = store();
        ReactiveScheduler worker = worker("worker");
        String empty = store.journalEnd().block(PATIENCE);
        worker.schedule(SHOUT.task("a").id("a"))
                .flatMapMany(ScheduledTask::results)
                .blockLast(PATIENCE);
        String end = store.journalEnd().block(PATIENCE);
        worker.schedule(SHOUT.task("b").id("b"))
                .flatMapMany(ScheduledTask::results)
                .blockLast(PATIENCE);

        assertThat(store.journal(empty).blockFirst(PATIENCE).taskId()).isEqualTo("a");
        assertThat(store.journal(end).blockFirst(PATIENCE).taskId()).isEqualTo("b");
    }

    @Test
    void aStoreWithoutAJournalSaysHowToHaveOne() {
        RedisTaskStore store = use(builder().noJournal().build());

        StepVerifier.create(store.journal(""))
                .expectErrorMatches(error -> error instanceof UnsupportedOperationException
                        && error.getMessage().contains("noJournal()"))
                .verify(PATIENCE);
    }
}
