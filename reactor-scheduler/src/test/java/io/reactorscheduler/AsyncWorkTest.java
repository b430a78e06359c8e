package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.AsyncCallbacks.Answer;
import io.reactorscheduler.AsyncWork.Status;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Work driven from outside, through the engine, in virtual time: started, polled, fetched. */
class AsyncWorkTest extends AsyncWorkFixture {

    // ---- polls

    @Test
    void workIsStartedPolledUntilDoneAndItsOutputIsTheResult() {
        ReactiveScheduler scheduler =
                cutting(AsyncWork.of(work.says(Status.running(), Status.running(), Status.done())));

        Execution execution = run(scheduler, SECOND.multipliedBy(3));

        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(execution.value()).isEqualTo("cut");
        assertThat(work.starts).hasValue(1);
        assertThat(work.polls).hasValue(3);
        assertThat(work.outputs).hasValue(1);
        assertThat(work.stopped).isEmpty();
    }

    @Test
    void pollsComeOnePauseAfterTheStartAndAfterEachAnswer() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).pollEvery(Duration.ofSeconds(10)));
        work.answers.add(() -> Mono.delay(Duration.ofSeconds(5), time).thenReturn(Status.running()));

        run(scheduler, Duration.ofSeconds(10).minusNanos(1_000));
        assertThat(work.polls).hasValue(0);
        pass(Duration.ofNanos(1_000));
        assertThat(work.polls).hasValue(1);
        pass(Duration.ofSeconds(15).minusNanos(1_000));
        assertThat(work.polls).hasValue(1);
        pass(Duration.ofNanos(1_000));
        assertThat(work.polls).hasValue(2);
    }

    @Test
    void workWithoutOutputIsASuccessWithoutAResult() {
        work.output = Mono::empty;

        Execution execution = run(cutting(AsyncWork.of(work.says(Status.done()))), SECOND);

        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(execution.result()).isNull();
    }

    @Test
    void newProgressOfTheWorkIsProgressOfTheRun() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work.says(
                Status.running(0.25, "a"), Status.running(0.25, "a"), Status.running(0.5, "b"), Status.done())));

        run(scheduler, SECOND.multipliedBy(4));

        assertThat(now(scheduler.events("t#1")).stream().map(ExecutionEvent::progress))
                .containsExactly(0.25, 0.5);
    }

    @Test
    void workThatSaysItFailedFailsTheRunWithItsWordsAndIsNotStopped() {
        Execution execution = run(cutting(AsyncWork.of(work.says(Status.failed("no such film")))), SECOND);

        assertThat(execution.state()).isEqualTo(TaskState.FAILED);
        assertThat(execution.error().thrown()).isInstanceOfSatisfying(AsyncWorkException.class, failed -> {
            assertThat(failed.reference()).isEqualTo("ref-1");
            assertThat(failed).hasMessage("Work \"ref-1\" failed: no such film");
        });
        assertThat(work.outputs).hasValue(0);
        assertThat(work.stopped).isEmpty();
    }

    @Test
    void aFewFailedPollsInARowAreBorne() {
        work.fails(2).says(Status.running()).fails(2).says(Status.done());

        Execution execution = run(cutting(AsyncWork.of(work).tolerate(2)), SECOND.multipliedBy(6));

        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(work.polls).hasValue(6);
    }

    @Test
    void tooManyFailedPollsInARowFailTheRunAndStopTheWork() {
        Execution execution = run(cutting(AsyncWork.of(work.fails(10)).tolerate(2)), SECOND.multipliedBy(10));

        assertThat(execution.state()).isEqualTo(TaskState.FAILED);
        assertThat(execution.error().message()).contains("\"ref-1\"", "3 polls in a row failed", "out of reach");
        assertThat(work.polls).hasValue(3);
        assertThat(work.stopped).containsExactly("ref-1");
    }

    @Test
    void withoutToleranceTheFirstFailedPollFailsTheRun() {
        Execution execution = run(cutting(AsyncWork.of(work.fails(1)).tolerate(0)), SECOND.multipliedBy(2));

        assertThat(execution.error().message()).contains("1 poll failed");
        assertThat(work.stopped).hasSize(1);
    }

    @Test
    void aPollThatIsEmptyThrowsOrTakesTooLongHasFailed() {
        work.answers.add(Mono::empty);
        work.answers.add(() -> {
            throw new IllegalStateException("thrown");
        });
        work.answers.add(Mono::never);
        work.says(Status.done());

        Execution execution =
                run(cutting(AsyncWork.of(work).pollTimeout(SECOND.multipliedBy(2))), SECOND.multipliedBy(6));

        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void anOutputThatCannotBeFetchedFailsTheRunAndIsNotAskedForAgain() {
        work.output = () -> Mono.error(new IllegalStateException("gone"));

        Execution execution = run(cutting(AsyncWork.of(work.says(Status.done()))), SECOND.multipliedBy(5));

        assertThat(execution.error().message()).isEqualTo("gone");
        assertThat(work.outputs).hasValue(1);
        assertThat(work.stopped).isEmpty();
    }

    // ---- the start

    @Test
    void aStartThatFailsThrowsIsEmptyOrGivesABadReferenceFailsTheRun() {
        List<Supplier<Mono<String>>> starts = List.of(
                () -> Mono.error(new IllegalStateException("full")),
                () -> {
                    throw new IllegalStateException("full");
                },
                Mono::empty,
                () -> Mono.just(""),
                () -> Mono.just("x".repeat(AsyncCallbacks.LONGEST_REFERENCE + 1)));
        for (Supplier<Mono<String>> start : starts) {
            StubWork broken = new StubWork();
            broken.starting = start;

            Execution execution = run(cutting(AsyncWork.of(broken).callbacks(callbacks)), SECOND.multipliedBy(2));

            assertThat(execution.state()).isEqualTo(TaskState.FAILED);
            assertThat(broken.polls).hasValue(0);
            assertThat(broken.stopped).isEmpty();
            assertThat(callbacks.done("later")).isEqualTo(Answer.UNKNOWN);
        }
    }

    @Test
    void aRetryStartsTheWorkAnew() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work.says(Status.failed("busy"), Status.done())));

        Execution execution = run(
                scheduler,
                CUT.task("film").retry(RetryPolicy.fixed(1, Duration.ofMillis(100))),
                SECOND.multipliedBy(3));

        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(work.starts).hasValue(2);
        assertThat(work.stopped).isEmpty();
    }

    // ---- by itself

    @Test
    void eachSubscriptionDrivesWorkOfItsOwn() {
        Mono<String> twice =
                Mono.from(AsyncWork.of(work.says(Status.done(), Status.done())).apply("film", new StubRun(time)));

        for (int i = 0; i < 2; i++) {
            StepVerifier.create(twice)
                    .then(() -> pass(SECOND))
                    .expectNext("cut")
                    .verifyComplete();
        }
        assertThat(work.starts).hasValue(2);
    }

    @Test
    void aCancelBeforeAnythingHappenedStopsWhatWasStarted() {
        Disposable driving =
                Mono.from(AsyncWork.of(work).apply("film", new StubRun(time))).subscribe();

        driving.dispose();
        driving.dispose();

        assertThat(work.stopped).containsExactly("ref-1");
    }

    @Test
    void theContextOfTheRunReachesTheWorkAndItsStop() {
        work.stopping = () -> Mono.deferContextual(context -> {
            work.stopped.add(context.get("tenant"));
            return Mono.empty();
        });

        Mono.from(AsyncWork.of(work).apply("film", new StubRun(time)))
                .contextWrite(context -> context.put("tenant", "acme"))
                .subscribe()
                .dispose();

        assertThat(work.stopped).containsExactly("ref-1", "acme");
    }

    @Test
    void optionsHaveDefaultsAndAreChecked() {
        AsyncWorkHandler<String, String> handler = AsyncWork.of(work);

        assertThat(handler.pollEvery()).isEqualTo(AsyncWorkHandler.DEFAULT_POLL);
        assertThat(handler.pollTimeout()).isEqualTo(AsyncWorkHandler.DEFAULT_POLL_TIMEOUT);
        assertThat(handler.tolerated()).isEqualTo(AsyncWorkHandler.DEFAULT_TOLERATED);
        assertThat(handler.callbacks()).isNull();
        assertThat(handler.callbacksOnly(callbacks).pollEvery()).isNull();
        assertThatThrownBy(() -> handler.pollEvery(Duration.ZERO)).hasMessageContaining("pollEvery PT0S");
        assertThatThrownBy(() -> handler.pollTimeout(Duration.ofSeconds(-1))).hasMessageContaining("pollTimeout");
        assertThatThrownBy(() -> handler.tolerate(-1)).hasMessageContaining("tolerate -1");
        assertThatThrownBy(() -> handler.callbacks(null)).hasMessageContaining("callbacks");
        assertThatThrownBy(() -> AsyncWork.of(null)).hasMessageContaining("work");
        assertThatThrownBy(() -> Status.running(1.5, "")).hasMessageContaining("progress 1.5");
    }
}
