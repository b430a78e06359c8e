package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Attempts that follow a failed one in the slot of their run. */
class RetryTest extends InVirtualTime {

    private static final IllegalStateException NOT_YET = new IllegalStateException("not yet");

    @Test
    void aFirstRetryWithoutDelayFollowsAtOnceWhenTheFailedAttemptHasLetGo() {
        ReactiveScheduler scheduler = started();
        List<String> order = new ArrayList<>();

        now(scheduler.schedule(Task.of("fails", run -> {
                    order.add("attempt " + run.attempt());
                    time.schedule(() -> order.add("next of " + run.attempt()));
                    return run.attempt() == 1
                            ? Mono.error(NOT_YET).doFinally(end -> order.add("let go"))
                            : Mono.empty();
                })
                .retry(RetryPolicy.fixed(1, Duration.ZERO))));
        settle();

        assertThat(order).containsExactly("attempt 1", "let go", "attempt 2", "next of 1", "next of 2");
    }

    @Test
    void aRetryAfterAFailureOnAThreadOfOthersDoesNotRunThere() throws Exception {
        ReactiveScheduler scheduler =
                stoppedLater(ReactiveScheduler.builder().node("here").start());
        CompletableFuture<MonoSink<Object>> first = new CompletableFuture<>();
        CompletableFuture<Thread> second = new CompletableFuture<>();
        scheduler
                .schedule(Task.of("t", run -> {
                            if (run.attempt() == 2) {
                                second.complete(Thread.currentThread());
                            }
                            return Mono.create(first::complete);
                        })
                        .retry(RetryPolicy.fixed(1, Duration.ZERO)))
                .subscribe();

        first.get(10, TimeUnit.SECONDS).error(NOT_YET);

        assertThat(second.get(10, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aStreamThatOnlyWorksAtTheRetryIsSeenByThoseWhoComeLate() {
        ReactiveScheduler scheduler = started();
        Task<Void, Integer> task = Task.<Integer>of("stream", run -> {
                    if (run.attempt() == 1) {
                        throw NOT_YET;
                    }
                    return Flux.just(1, 2).concatWith(Flux.never());
                })
                .retry(RetryPolicy.fixed(1, Duration.ZERO));
        ScheduledTask<Integer> scheduled = now(scheduler.schedule(task));
        settle();
        List<Integer> seen = new ArrayList<>();

        scheduled.results().subscribe(seen::add);
        settle();

        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    void laterRetriesWithoutDelayLeaveTheThreadToOthers() throws InterruptedException {
        int retries = 1_000;
        Scheduler oneThread = Schedulers.newSingle("one");
        try {
            ReactiveScheduler scheduler = stoppedLater(
                    ReactiveScheduler.builder().scheduler(() -> oneThread).start());
            AtomicInteger attempts = new AtomicInteger();
            AtomicInteger before = new AtomicInteger(retries + 1);
            CountDownLatch last = new CountDownLatch(1);

            scheduler
                    .schedule(Task.of("fails", run -> {
                                if (attempts.incrementAndGet() == 1) {
                                    scheduler
                                            .schedule(Task.of(
                                                    "other",
                                                    other -> Mono.fromRunnable(() -> before.set(attempts.get()))))
                                            .subscribe();
                                }
                                if (attempts.get() > retries) {
                                    last.countDown();
                                }
                                return Mono.error(NOT_YET);
                            })
                            .retry(RetryPolicy.fixed(retries, Duration.ZERO)))
                    .subscribe();

            assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(before.get()).isLessThan(retries);
        } finally {
            oneThread.dispose();
        }
    }

    @Test
    void aRunThatIsEndedWhileItsFirstErrorIsLookedAtIsNotTriedAgain() {
        AtomicInteger calls = new AtomicInteger();
        List<MonoSink<Integer>> sinks = new ArrayList<>();
        ReactiveScheduler[] self = new ReactiveScheduler[1];
        ReactiveScheduler scheduler = started(builder()
                .handle(DOUBLE, (n, run) -> {
                    calls.incrementAndGet();
                    return Mono.create(sinks::add);
                })
                .retryIf(DOUBLE, error -> {
                    now(self[0].cancel("t"));
                    return true;
                }));
        self[0] = scheduler;
        now(scheduler.schedule(DOUBLE.task(1).id("t").retry(RetryPolicy.fixed(5, Duration.ZERO))));
        settle();

        sinks.get(0).error(NOT_YET);
        settle();

        assertThat(calls).hasValue(1);
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void theElementsOfAllAttemptsAreToldAndTheLastOneIsTheResult() {
        ReactiveScheduler scheduler = started();
        List<Integer> seen = new ArrayList<>();
        Task<Void, Integer> task = Task.<Integer>of(
                        "count",
                        run -> run.attempt() < 3
                                ? Flux.just(run.attempt()).concatWith(Mono.error(NOT_YET))
                                : Flux.just(7, 8))
                .id("count")
                .retry(RetryPolicy.fixed(2, Duration.ZERO));

        scheduler.stream(task).subscribe(seen::add);
        settle();

        assertThat(seen).containsExactly(1, 2, 7, 8);
        Execution execution =
                now(scheduler.executions(ExecutionQuery.of("count"))).get(0);
        assertThat(execution.result()).isEqualTo("8");
        assertThat(execution.attempt()).isEqualTo(3);
    }

    @Test
    void whatIsLeftOverWhenAllAttemptsHaveFailedIsTheLastError() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of(
                        "fails", run -> Mono.error(new IllegalStateException("attempt " + run.attempt())))
                .id("fails")
                .retry(RetryPolicy.fixed(2, Duration.ZERO))));
        settle();

        Execution execution =
                now(scheduler.executions(ExecutionQuery.of("fails"))).get(0);
        assertThat(execution.state()).isEqualTo(TaskState.FAILED);
        assertThat(execution.attempt()).isEqualTo(3);
        assertThat(execution.error()).hasToString("java.lang.IllegalStateException: attempt 3");
    }
}
