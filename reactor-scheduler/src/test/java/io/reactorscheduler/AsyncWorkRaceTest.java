package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.AsyncCallbacks.Answer;
import io.reactorscheduler.AsyncWork.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Ends that come at the same time, thousands of times over. */
class AsyncWorkRaceTest {

    private static final int ROUNDS = 5_000;

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Scheduler timer = Schedulers.immediate();
    private final AsyncCallbacks callbacks = AsyncCallbacks.create();

    /** What one round saw. */
    private static final class Round {
        final StubWork work = new StubWork();
        final Sinks.One<String> reference = Sinks.one();
        final Sinks.One<Status> poll = Sinks.one();
        final AtomicInteger results = new AtomicInteger();
        final AtomicInteger errors = new AtomicInteger();
        Disposable driving;
    }

    @BeforeEach
    @AfterEach
    void nothingIsLeftWaiting() {
        assertThat(callbacks.size()).isZero();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Runs all at once; fails with what any of them throws. */
    private <T> List<T> atOnce(List<Callable<T>> all) throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(all.size());
        List<Future<T>> running = new ArrayList<>();
        for (Callable<T> one : all) {
            running.add(threads.submit(() -> {
                barrier.await();
                return one.call();
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> one : running) {
            results.add(one.get(1, TimeUnit.MINUTES));
        }
        return results;
    }

    /** A run whose first poll is answered by the round; the poll is asked for as soon as the reference is known. */
    private Round driven(String reference) {
        Round round = new Round();
        round.work.starting = round.reference::asMono;
        round.work.answers.add(round.poll::asMono);
        AsyncWorkHandler<String, String> handler = AsyncWork.of(round.work).callbacks(callbacks);
        round.driving = Mono.from(handler.apply(reference, new StubRun(new AtOnce())))
                .subscribe(result -> round.results.incrementAndGet(), error -> round.errors.incrementAndGet());
        return round;
    }

    @Test
    void aPollAndTwoCallbacksEndTheRunOnceAndFetchTheOutputOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String reference = "ref-" + i;
            Round round = driven(reference);
            round.reference.tryEmitValue(reference);

            List<Object> answers = atOnce(List.of(
                    () -> round.poll.tryEmitValue(Status.done()),
                    () -> callbacks.done(reference),
                    () -> callbacks.done(reference)));

            assertThat(answers.subList(1, 3)).doesNotContain(Answer.UNKNOWN, Answer.KEPT);
            assertThat(answers.subList(1, 3).stream().filter(Answer.DELIVERED::equals))
                    .hasSizeLessThan(2);
            assertThat(round.results).hasValue(1);
            assertThat(round.work.outputs).hasValue(1);
            assertThat(round.work.stopped).isEmpty();
        }
    }

    @Test
    void aDoneAndAFailureAtOnceAreOneEnd() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String reference = "ref-" + i;
            Round round = driven(reference);
            round.reference.tryEmitValue(reference);

            atOnce(List.<Callable<Object>>of(
                    () -> round.poll.tryEmitValue(Status.failed("no")), () -> callbacks.done(reference)));

            assertThat(round.results.get() + round.errors.get()).isEqualTo(1);
            assertThat(round.work.outputs).hasValue(round.results.get());
            assertThat(round.work.stopped).isEmpty();
        }
    }

    @Test
    void aCallbackThatRacesWithTheReferenceIsNeverLost() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String reference = "ref-" + i;
            Round round = driven(reference);

            List<Object> answers =
                    atOnce(List.of(() -> round.reference.tryEmitValue(reference), () -> callbacks.done(reference)));

            assertThat(answers.get(1)).isIn(Answer.KEPT, Answer.DELIVERED);
            assertThat(round.results).hasValue(1);
            assertThat(round.work.outputs).hasValue(1);
        }
    }

    @Test
    void aCancelThatRacesWithTheEndStopsTheWorkOrLeavesItButNeverBoth() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String reference = "ref-" + i;
            Round round = driven(reference);
            round.reference.tryEmitValue(reference);

            atOnce(List.of(() -> round.poll.tryEmitValue(Status.done()), () -> callbacks.done(reference), () -> {
                round.driving.dispose();
                return true;
            }));

            assertThat(round.work.stopped.size() + round.work.outputs.get()).isEqualTo(1);
        }
    }

    @Test
    void aCancelThatRacesWithTheReferenceStopsTheWorkExactlyOnce() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String reference = "ref-" + i;
            Round round = driven(reference);

            atOnce(List.of(
                    () -> round.reference.tryEmitValue(reference),
                    () -> {
                        round.driving.dispose();
                        return true;
                    },
                    () -> {
                        round.driving.dispose();
                        return true;
                    }));

            assertThat(round.work.stopped).containsExactly(reference);
            assertThat(round.work.outputs).hasValue(0);
        }
    }

    /** Every wait is over at once, except that nobody's patience ends. */
    private final class AtOnce implements Scheduler {

        @Override
        public Disposable schedule(Runnable task) {
            return timer.schedule(task);
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            boolean isPoll = unit.toMillis(delay) <= Duration.ofSeconds(1).toMillis();
            return isPoll ? timer.schedule(task) : () -> {};
        }

        @Override
        public Worker createWorker() {
            return timer.createWorker();
        }
    }
}
