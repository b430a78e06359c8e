package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Handlers that hold their threads for long hold up nothing that another thread could run. On real threads, of which any
 * takes what is next: {@code Schedulers.parallel()} ties tasks to threads in turn, so there it is mostly but not always so.
 */
class HoggingTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Handler<Integer, Boolean> HOG = Handler.named("hog", Integer.class, Boolean.class);
    private static final Handler<Integer, Integer> QUICK = Handler.named("quick", Integer.class, Integer.class);

    private final AtomicInteger arrived = new AtomicInteger();
    private Scheduler threads;
    private ReactiveScheduler scheduler;

    @BeforeEach
    void start() {
        threads = Schedulers.fromExecutorService(Executors.newScheduledThreadPool(2));
        scheduler = ReactiveScheduler.builder()
                .scheduler(() -> threads)
                .queue(TaskQueue.named("two").concurrency(2))
                .handle(HOG, HandlerFunction.value((expected, run) -> meets(expected)))
                .handle(QUICK, HandlerFunction.value((n, run) -> {
                    arrived.addAndGet(n);
                    return n;
                }))
                .start();
    }

    @AfterEach
    void stop() {
        scheduler.disposeGracefully(Duration.ZERO).block(PATIENCE);
        threads.dispose();
    }

    /** Holds the thread until so many have arrived; false when they do not for ten seconds. */
    private boolean meets(int expected) {
        arrived.incrementAndGet();
        long started = threads.now(TimeUnit.MILLISECONDS);
        boolean met;
        do {
            met = arrived.get() >= expected;
        } while (!met && threads.now(TimeUnit.MILLISECONDS) - started < 10_000);
        return met;
    }

    @Test
    void twoThatAreDueTogetherRunSideBySide() {
        for (int round = 0; round < 20; round++) {
            assertThat(allMeet(HOG.task(2).queue("two"), HOG.task(2).queue("two")))
                    .as("round %d", round)
                    .isTrue();
        }
    }

    @Test
    void twoOfDifferentQueuesThatAreDueTogetherRunSideBySide() {
        for (int round = 0; round < 20; round++) {
            assertThat(allMeet(HOG.task(2).queue("two"), HOG.task(2)))
                    .as("round %d", round)
                    .isTrue();
        }
    }

    @Test
    void oneThatHogsAThreadHoldsUpNoneOfAFewThatAreDueWithIt() {
        for (int round = 0; round < 20; round++) {
            // one for each lane of the default queue
            assertThat(allMeet(HOG.task(4), QUICK.task(1), QUICK.task(1), QUICK.task(1)))
                    .as("round %d", round)
                    .isTrue();
        }
    }

    /**
     * Whether those that hog a thread meet, when all are due at one moment before which nothing is due: while much is going
     * on, a few claims are not spread, because most handlers are done sooner than another thread wakes.
     */
    private boolean allMeet(Task<?, ?>... tasks) {
        arrived.set(0);
        Instant due = Instant.ofEpochMilli(threads.now(TimeUnit.MILLISECONDS)).plusMillis(30);
        return Boolean.TRUE.equals(Flux.fromArray(tasks)
                .concatMap(task -> scheduler.schedule(task.at(due)))
                .collectList()
                .flatMapMany(saved -> Flux.fromIterable(saved).flatMap(ScheduledTask::results))
                .all(result -> !Boolean.FALSE.equals(result))
                .block(PATIENCE));
    }

    @Test
    void twoThatAreDueOneAfterTheOtherRunSideBySideWhateverRunsBetween() {
        for (int round = 0; round < 20; round++) {
            arrived.set(0);
            Flux<Integer> between = Flux.range(0, round % 5)
                    .concatMap(n -> scheduler.schedule(QUICK.task(0)).flatMapMany(ScheduledTask::results));

            Boolean both = scheduler
                    .schedule(HOG.task(2))
                    .flatMapMany(first -> untilArrived(1)
                            .thenMany(between)
                            .then(scheduler.schedule(HOG.task(2)))
                            .flatMapMany(second -> Flux.merge(first.results(), second.results())))
                    .all(met -> met)
                    .block(PATIENCE);

            assertThat(both).as("round %d", round).isTrue();
        }
    }

    @Test
    void oneThatHogsAThreadDelaysNoTimeoutOfAnotherAndNoEnd() {
        for (int round = 0; round < 20; round++) {
            arrived.set(0);
            Task<Void, Object> hangs = Task.of(
                    "hangs",
                    run -> Mono.never()
                            .doOnCancel(() -> scheduler
                                    .executions(ExecutionQuery.of(run.taskId()).state(TaskState.FAILED))
                                    .hasElements()
                                    .filter(hasEnded -> hasEnded)
                                    .repeatWhenEmpty(looks -> looks.delayElements(Duration.ofMillis(1)))
                                    .subscribe(hasEnded -> arrived.incrementAndGet())));

            Boolean met = scheduler
                    .schedule(HOG.task(2))
                    .flatMap(hog -> untilArrived(1)
                            .then(scheduler.schedule(hangs.timeout(Duration.ofMillis(50))))
                            .thenMany(hog.results())
                            .next())
                    .block(PATIENCE);

            assertThat(met).as("round %d", round).isTrue();
        }
    }

    private Mono<Void> untilArrived(int most) {
        return Flux.interval(Duration.ofMillis(1), Schedulers.boundedElastic())
                .takeUntil(tick -> arrived.get() >= most)
                .then();
    }
}
