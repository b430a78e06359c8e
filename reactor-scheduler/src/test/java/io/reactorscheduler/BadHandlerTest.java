package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Whatever a handler does, its run gets an outcome and other runs do not notice. */
class BadHandlerTest extends InVirtualTime {

    static Stream<Arguments> failures() {
        return Stream.of(
                failure("throws", run -> {
                    throw new IllegalStateException("broken");
                }),
                failure("signals an error", run -> Mono.error(new IllegalStateException("broken"))),
                failure("throws a StackOverflowError", run -> {
                    throw new StackOverflowError("broken");
                }),
                failure("throws an OutOfMemoryError", run -> {
                    throw new OutOfMemoryError("broken");
                }),
                failure("throws a LinkageError", run -> {
                    throw new NoClassDefFoundError("broken");
                }),
                failure(
                        "throws an Error when subscribed",
                        run -> Mono.fromCallable(() -> {
                            throw new StackOverflowError("broken");
                        })),
                failure(
                        "throws an Error within an operator",
                        run -> Mono.just(1).map(n -> {
                            throw new LinkageError("broken");
                        })),
                failure(
                        "throws in the middle of a stream",
                        run -> Flux.range(1, 3).map(n -> {
                            if (n == 2) {
                                throw new IllegalStateException("broken");
                            }
                            return n;
                        })),
                failure("signals an Error", run -> Mono.error(new AssertionError("broken"))),
                failure("throws what cannot be printed", run -> {
                    throw new Unprintable();
                }));
    }

    private static Arguments failure(String name, Function<RunContext, Publisher<?>> code) {
        return Arguments.of(name, code);
    }

    @ParameterizedTest(name = "a handler that {0}")
    @MethodSource("failures")
    void failsItsRunAndNothingElse(String name, Function<RunContext, Publisher<Object>> code) {
        ReactiveScheduler scheduler = started();
        scheduler.schedule(Task.of("bad", code).id("bad").queue("one")).subscribe();
        scheduler
                .schedule(Task.of("good", run -> Mono.just(1)).id("good").queue("one"))
                .subscribe();
        settle();

        assertThat(stateOf(scheduler, "bad")).isEqualTo(TaskState.FAILED);
        assertThat(stateOf(scheduler, "good")).isEqualTo(TaskState.COMPLETED);
        assertThat(executionsOf(scheduler, "bad")).singleElement().satisfies(execution -> {
            assertThat(execution.error()).isNotNull();
            assertThat(execution.error().message()).containsAnyOf("broken", "could not be read");
            assertThat(execution.error().stackTrace()).isNotEmpty();
        });
    }

    @Test
    void aRepeatingTaskGoesOnAfterAFailedRun() {
        ReactiveScheduler scheduler = started();
        AtomicInteger runs = new AtomicInteger();
        scheduler
                .schedule(Task.of("flaky", run -> {
                            runs.incrementAndGet();
                            throw new StackOverflowError();
                        })
                        .every(Duration.ofMinutes(1)))
                .subscribe();

        pass(Duration.ofMinutes(3));

        assertThat(runs).hasValue(3);
    }

    @Test
    void aHandlerThatReturnsNullIsToldWhatToReturn() {
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> null));
        scheduler.schedule(DOUBLE.task(1).id("null")).subscribe();
        settle();

        assertThat(executionsOf(scheduler, "null").get(0).error().message()).contains("return Mono.empty()");
    }

    @Test
    void aHandlerThatNeverCompletesKeepsItsSlotUntilItIsCancelled() {
        ReactiveScheduler scheduler = started();
        scheduler
                .schedule(Task.of("stuck", run -> Mono.never()).id("stuck").queue("one"))
                .subscribe();
        scheduler
                .schedule(Task.of("next", run -> Mono.empty()).id("next").queue("one"))
                .subscribe();
        pass(Duration.ofDays(1));
        assertThat(stateOf(scheduler, "next")).isEqualTo(TaskState.PENDING);

        scheduler.cancel("stuck").subscribe();
        settle();

        assertThat(stateOf(scheduler, "stuck")).isEqualTo(TaskState.CANCELLED);
        assertThat(stateOf(scheduler, "next")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aPublisherThatIgnoresTheRulesIsHeardOnce() {
        ReactiveScheduler scheduler = started();
        AtomicReference<Subscriber<? super Integer>> rude = new AtomicReference<>();
        Publisher<Integer> publisher = subscriber -> {
            rude.set(subscriber);
            subscriber.onSubscribe(new Deaf());
        };
        List<Object> results = new ArrayList<>();
        scheduler.stream(Task.of("rude", run -> publisher).id("rude")).subscribe(results::add);
        settle();

        rude.get().onSubscribe(new Deaf());
        rude.get().onNext(1);
        rude.get().onComplete();
        rude.get().onComplete();
        rude.get().onNext(2);
        rude.get().onError(new IllegalStateException("too late"));
        settle();

        assertThat(results).containsExactly(1);
        assertThat(executionsOf(scheduler, "rude")).singleElement().matches(Execution::isSuccess);
    }

    @Test
    void aPublisherThatIgnoresCancellationFreesItsSlotAndItsLateResultIsDropped() {
        ReactiveScheduler scheduler = started();
        AtomicReference<Subscriber<? super Integer>> deaf = new AtomicReference<>();
        Publisher<Integer> publisher = subscriber -> {
            deaf.set(subscriber);
            subscriber.onSubscribe(new Deaf());
        };
        scheduler
                .schedule(Task.of("deaf", run -> publisher).id("deaf").queue("one"))
                .subscribe();
        settle();
        scheduler.cancel("deaf").subscribe();
        scheduler
                .schedule(Task.of("next", run -> Mono.empty()).id("next").queue("one"))
                .subscribe();
        settle();

        deaf.get().onNext(1);
        deaf.get().onComplete();
        settle();

        assertThat(stateOf(scheduler, "next")).isEqualTo(TaskState.COMPLETED);
        assertThat(executionsOf(scheduler, "deaf")).singleElement().satisfies(execution -> {
            assertThat(execution.state()).isEqualTo(TaskState.CANCELLED);
            assertThat(execution.result()).isNull();
        });
    }

    @Test
    void aPublisherWhoseCancelThrowsFreesItsSlot() {
        ReactiveScheduler scheduler = started();
        Publisher<Object> bomb = subscriber -> subscriber.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                throw new IllegalStateException("cancel");
            }
        });
        now(scheduler.schedule(Task.of("bomb", run -> bomb).id("bomb").queue("one")));
        settle();

        now(scheduler.cancel("bomb"));
        now(scheduler.schedule(Task.of("next", run -> Mono.empty()).id("next").queue("one")));
        settle();

        assertThat(stateOf(scheduler, "bomb")).isEqualTo(TaskState.CANCELLED);
        assertThat(stateOf(scheduler, "next")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aRetryTestThatThrowsMeansNoRetry() {
        ReactiveScheduler scheduler = started(builder()
                .handle(DOUBLE, (n, run) -> Mono.error(new IllegalStateException("broken")))
                .retryIf(DOUBLE, error -> {
                    throw new IllegalArgumentException("test");
                }));
        now(scheduler.schedule(DOUBLE.task(1).id("t").retry(RetryPolicy.fixed(3, Duration.ZERO))));
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.FAILED);
        assertThat(executionsOf(scheduler, "t").get(0).error().message()).isEqualTo("broken");
    }

    @Test
    void aHandlerThatHoldsItsThreadForLongerThanTheLeaseRunsOnce() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        // long enough that a machine with much else to do gives the threads their turn within it
        Duration lease = Duration.ofSeconds(1);
        ReactiveScheduler scheduler = ReactiveScheduler.builder().lease(lease).start();
        try {
            scheduler
                    .schedule(Task.of("slow", run -> {
                        starts.incrementAndGet();
                        long until = System.nanoTime() + lease.multipliedBy(2).toNanos();
                        while (System.nanoTime() < until) {
                            starts.get();
                        }
                        return Mono.fromRunnable(done::countDown);
                    }))
                    .subscribe();

            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(starts).hasValue(1);
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void aHandlerThatBlocksAThreadWithoutSayingSoDoesNotStopTheOthers() throws Exception {
        Scheduler threads = Schedulers.newParallel("blocked", 2, true);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(100);
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .scheduler(() -> threads)
                .queue(TaskQueue.named("slow").concurrency(1))
                .start();
        try {
            scheduler
                    .schedule(Task.of("blocks", run -> Mono.fromRunnable(() -> spinUntil(release)))
                            .queue("slow"))
                    .subscribe();
            Flux.range(0, 100)
                    .concatMap(n -> scheduler.schedule(Task.of("other", run -> Mono.fromRunnable(others::countDown))
                            .after(Duration.ofMillis(n))))
                    .subscribe();

            assertThat(others.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            release.countDown();
            scheduler.dispose();
            threads.dispose();
        }
    }

    @Test
    void aBlockingHandlerThatSaysSoMayBlockAndItsThreadIsInterruptedWhenItIsCancelled() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        try {
            scheduler
                    .schedule(Task.of("blocks", HandlerFunction.<Void, Integer>blocking((none, run) -> {
                                started.countDown();
                                try {
                                    new CountDownLatch(1).await();
                                } catch (InterruptedException expected) {
                                    interrupted.countDown();
                                }
                                return 1;
                            }))
                            .id("blocks"))
                    .subscribe();
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

            scheduler.cancel("blocks").subscribe();

            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void anErrorInABlockingHandlerFailsItsRun() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        Task<Void, Integer> task = Task.of("blocks", HandlerFunction.blocking((none, run) -> {
            throw new StackOverflowError("too deep");
        }));

        StepVerifier.create(scheduler.schedule(task).flatMapMany(ScheduledTask::results))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TaskFailedException.class)
                        .hasRootCauseInstanceOf(StackOverflowError.class))
                .verify(Duration.ofSeconds(10));
        scheduler.dispose();
    }

    /** Holds a thread as a handler does that blocks without saying so, unseen by BlockHound. */
    private static void spinUntil(CountDownLatch release) {
        long looks = 0;
        while (release.getCount() > 0) {
            looks++;
        }
        assertThat(looks).isNotNegative();
    }

    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    /** A subscription that does nothing that it is asked. */
    private static final class Deaf implements Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }

    @Test
    void aRetryIfDecidesWhichErrorsOfAHandlerAreWorthAnotherAttempt() {
        List<String> attempts = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder()
                .handle(DOUBLE, (n, run) -> {
                    attempts.add(n + "." + run.attempt());
                    return Mono.error(new IllegalStateException(n == 1 ? "busy" : "refused"));
                })
                .retryIf(DOUBLE, error -> error.getMessage().equals("busy")));
        Task<Integer, Integer> busy = DOUBLE.task(1).retry(RetryPolicy.fixed(2, Duration.ofSeconds(1)));
        Task<Integer, Integer> refused = DOUBLE.task(2).retry(RetryPolicy.fixed(2, Duration.ofSeconds(1)));

        now(scheduler.schedule(busy.id("busy")));
        now(scheduler.schedule(refused.id("refused")));
        pass(Duration.ofSeconds(10));

        assertThat(attempts).containsExactlyInAnyOrder("1.1", "1.2", "1.3", "2.1");
        assertThat(stateOf(scheduler, "busy")).isEqualTo(TaskState.FAILED);
        assertThat(stateOf(scheduler, "refused")).isEqualTo(TaskState.FAILED);
    }

    @Test
    void instrumentationsSeeAnErrorAsTheHandlerThrewIt() {
        List<Throwable> seen = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder().instrument(new Instrumentation() {
            @Override
            public <T> Publisher<T> around(RunContext run, Publisher<T> attempt) {
                return Flux.from(attempt).doOnError(seen::add);
            }
        }));
        StackOverflowError thrown = new StackOverflowError("too deep");
        LinkageError blocked = new LinkageError("no such class");

        now(scheduler.schedule(Task.of("a", (RunContext run) -> {
                    throw thrown;
                })
                .id("a")));
        now(scheduler.schedule(Task.<Object>of("b", HandlerFunction.blocking((none, run) -> {
                    throw blocked;
                }))
                .id("b")));
        settle();

        assertThat(seen).containsExactly(thrown, blocked);
        assertThat(stateOf(scheduler, "a")).isEqualTo(TaskState.FAILED);
        assertThat(executionsOf(scheduler, "b").get(0).error().thrown()).isSameAs(blocked);
    }
}
