package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Things that happen at the same moment, on real threads, thousands of times. */
class RaceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Handler<Integer, Void> NOTE = Handler.named("note", Integer.class, Void.class);

    private final Map<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
    private ReactiveScheduler scheduler;

    @AfterEach
    void stop() {
        scheduler.dispose();
    }

    private void note(int number) {
        runs.computeIfAbsent(number, key -> new AtomicInteger()).incrementAndGet();
    }

    @Test
    void cancelAgainstFireEachTaskRunsOnceOrNotAtAllAndIsInAFinalState() {
        int tasks = 20_000;
        scheduler = ReactiveScheduler.builder()
                .handle(NOTE, (n, run) -> Mono.fromRunnable(() -> note(n)))
                .start();

        Map<TaskState, Long> states = Flux.range(0, tasks)
                .flatMap(
                        n -> scheduler
                                .schedule(NOTE.task(n).id("t" + n).after(Duration.ofNanos(n % 1_000 * 1_000L)))
                                .then(scheduler.cancel("t" + n))
                                .subscribeOn(Schedulers.boundedElastic()),
                        64)
                .then(untilIdle())
                .thenMany(scheduler.tasks(TaskQuery.all().limit(tasks)))
                .collect(
                        java.util.stream.Collectors.groupingBy(TaskInfo::state, java.util.stream.Collectors.counting()))
                .subscribeOn(Schedulers.boundedElastic())
                .block(PATIENCE);

        assertThat(states)
                .containsOnlyKeys(
                        states.containsKey(TaskState.COMPLETED)
                                ? new TaskState[] {TaskState.CANCELLED, TaskState.COMPLETED}
                                : new TaskState[] {TaskState.CANCELLED});
        assertThat(runs.values()).allMatch(count -> count.get() == 1);
        assertThat((long) runs.size()).isGreaterThanOrEqualTo(states.getOrDefault(TaskState.COMPLETED, 0L));
    }

    @Test
    void cancelAgainstTheStartOfALongRunAlwaysCancelsIt() {
        int tasks = 5_000;
        AtomicInteger active = new AtomicInteger();
        scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("wide").concurrency(tasks))
                .handle(
                        NOTE,
                        (n, run) -> Mono.<Void>never()
                                .doOnSubscribe(s -> active.incrementAndGet())
                                .doOnCancel(active::decrementAndGet))
                .start();

        Flux.range(0, tasks)
                .flatMap(
                        n -> scheduler
                                .schedule(NOTE.task(n).id("t" + n).queue("wide"))
                                .then(scheduler.cancel("t" + n))
                                .subscribeOn(Schedulers.boundedElastic()),
                        64)
                .then(untilIdle())
                .block(PATIENCE);

        assertThat(active).hasValue(0);
    }

    @Test
    void resizeAgainstClaimLosesNoTaskAndRepeatsNone() throws Exception {
        int tasks = 20_000;
        CountDownLatch done = new CountDownLatch(tasks);
        scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("q").concurrency(1))
                .handle(
                        NOTE,
                        (n, run) -> Mono.fromRunnable(() -> {
                            note(n);
                            done.countDown();
                        }))
                .start();

        Mono<Void> schedule = Flux.range(0, tasks)
                .concatMap(n -> scheduler.schedule(NOTE.task(n).queue("q")))
                .then()
                .subscribeOn(Schedulers.boundedElastic());
        Mono<Void> resize = Flux.range(0, 2_000)
                .concatMap(n -> scheduler.resizeQueue("q", 1 + n * 37 % 300))
                .then()
                .subscribeOn(Schedulers.boundedElastic());
        Mono.when(schedule, resize).block(PATIENCE);

        assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasSize(tasks);
        assertThat(runs.values()).allMatch(count -> count.get() == 1);
    }

    @Test
    void completionsOnForeignThreadsNeverRunTheNextHandlerThere() throws Exception {
        int tasks = 5_000;
        CountDownLatch done = new CountDownLatch(tasks);
        AtomicInteger strangers = new AtomicInteger();
        scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("q").concurrency(3))
                .handle(NOTE, (n, run) -> {
                    if (!Thread.currentThread().getName().startsWith("parallel")) {
                        strangers.incrementAndGet();
                    }
                    return Mono.<Void>fromRunnable(done::countDown).subscribeOn(Schedulers.boundedElastic());
                })
                .start();

        Flux.range(0, tasks)
                .concatMap(n -> scheduler.schedule(NOTE.task(n).queue("q")))
                .then()
                .block(PATIENCE);

        assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(strangers).hasValue(0);
    }

    @Test
    void resultsThatAreSubscribedWhileTheRunEndsArriveExactlyOnce() {
        int tasks = 20_000;
        Handler<Integer, Integer> same = Handler.named("same", Integer.class, Integer.class);
        scheduler = ReactiveScheduler.builder()
                .handle(same, (n, run) -> Mono.just(n))
                .start();

        java.util.List<Integer> results = Flux.range(0, tasks)
                .flatMap(n -> scheduler.schedule(same.task(n)).flatMapMany(ScheduledTask::results), 64)
                .collectList()
                .block(PATIENCE);

        assertThat(results).hasSize(tasks).doesNotHaveDuplicates();
    }

    @Test
    void stopAgainstScheduleRunsNothingAfterTheStop() {
        AtomicInteger late = new AtomicInteger();
        for (int round = 0; round < 2_000; round++) {
            runs.clear();
            AtomicBoolean isStopped = new AtomicBoolean();
            scheduler = ReactiveScheduler.builder()
                    .handle(
                            NOTE,
                            (n, run) -> Mono.fromRunnable(() -> {
                                note(n);
                                if (isStopped.get()) {
                                    late.incrementAndGet();
                                }
                            }))
                    .start();
            Mono<Void> schedule = Flux.range(0, 20)
                    .concatMap(n -> scheduler.schedule(NOTE.task(n)))
                    .onErrorComplete(SchedulerStoppedException.class)
                    .then()
                    .subscribeOn(Schedulers.boundedElastic());
            Mono<Stopped> stop = scheduler
                    .disposeGracefully(Duration.ofSeconds(5))
                    .doOnNext(stopped -> isStopped.set(true))
                    .subscribeOn(Schedulers.boundedElastic());

            Mono.when(schedule, stop).block(PATIENCE);

            assertThat(runs.values()).allMatch(count -> count.get() == 1);
        }
        assertThat(late).hasValue(0);
    }

    /** Waits, by asking, until no task is pending or running. */
    private Mono<Void> untilIdle() {
        return scheduler
                .stats()
                .filter(stats -> stats.running() == 0
                        && stats.tasks().getOrDefault(TaskState.PENDING, 0L) == 0
                        && stats.tasks().getOrDefault(TaskState.RUNNING, 0L) == 0)
                .repeatWhenEmpty(10_000, again -> again.delayElements(Duration.ofMillis(5)))
                .then();
    }

    @Test
    void everyElementOfAStreamReachesWhoeverComesWhileItRunsAndOnce() {
        Handler<Integer, Integer> count = Handler.named("count", Integer.class, Integer.class);
        scheduler = ReactiveScheduler.builder()
                .handle(count, (most, run) -> Flux.range(1, most))
                .start();

        List<List<Integer>> all = Flux.range(0, 3_000)
                .flatMap(
                        n -> scheduler
                                .schedule(count.task(20))
                                .flatMapMany(ScheduledTask::results)
                                .collectList(),
                        16)
                .collectList()
                .block(PATIENCE);

        List<Integer> upTo20 = IntStream.rangeClosed(1, 20).boxed().toList();
        assertThat(all).hasSize(3_000).allMatch(upTo20::equals);
    }

    @Test
    void pausingAgainstResizingAQueueLosesNeither() {
        TaskStore store = InMemoryTaskStore.create();
        scheduler = ReactiveScheduler.builder()
                .store(store)
                .queue(TaskQueue.named("q").concurrency(1))
                .start();

        for (int round = 0; round < 5_000; round++) {
            boolean isPaused = round % 2 == 0;
            int concurrency = 1 + round % 7;
            Mono.zip(
                            (isPaused ? scheduler.pauseQueue("q") : scheduler.resumeQueue("q"))
                                    .subscribeOn(Schedulers.parallel()),
                            scheduler.resizeQueue("q", concurrency).subscribeOn(Schedulers.parallel()))
                    .block(PATIENCE);

            TaskQueue queue =
                    store.queues().filter(known -> known.name().equals("q")).blockFirst(PATIENCE);
            assertThat(queue.isPaused()).as("paused in round %d", round).isEqualTo(isPaused);
            assertThat(queue.concurrency()).as("round %d", round).isEqualTo(concurrency);
        }
    }
}
