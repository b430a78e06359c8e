package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.AsyncCallbacks.Answer;
import io.reactorscheduler.AsyncWork.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Work that calls back when it has ended, beside polls or without them. */
class AsyncWorkCallbackTest extends AsyncWorkFixture {

    @Test
    void aCallbackEndsTheRunBeforeTheNextPoll() {
        ReactiveScheduler scheduler =
                cutting(AsyncWork.of(work).pollEvery(Duration.ofMinutes(1)).callbacks(callbacks));
        run(scheduler, SECOND);

        assertThat(callbacks.done("ref-1")).isEqualTo(Answer.DELIVERED);
        assertThat(callbacks.done("ref-1")).isEqualTo(Answer.REPEATED);
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
        assertThat(callbacks.done("ref-1")).isEqualTo(Answer.REPEATED);
        pass(Duration.ofMinutes(5));
        assertThat(work.polls).hasValue(0);
        assertThat(work.outputs).hasValue(1);
        assertThat(work.stopped).isEmpty();
    }

    @Test
    void aCallbackOfAFailureFailsTheRun() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).callbacksOnly(callbacks));
        run(scheduler, SECOND);

        callbacks.failed("ref-1", "no such film");
        settle();

        assertThat(executionsOf(scheduler, "t").get(0).error().message())
                .isEqualTo("Work \"ref-1\" failed: no such film");
        assertThat(work.stopped).isEmpty();
    }

    @Test
    void aHandlerByCallbacksOnlyNeverPolls() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).callbacksOnly(callbacks));
        run(scheduler, Duration.ofHours(1));
        assertThat(work.polls).hasValue(0);

        callbacks.done("ref-1");
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aCallbackThatComesBeforeTheStartGaveItsReferenceIsKept() {
        Sinks.One<String> reference = Sinks.one();
        work.starting = reference::asMono;
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).callbacksOnly(callbacks));
        run(scheduler, SECOND);

        assertThat(callbacks.done("hasty")).isEqualTo(Answer.KEPT);
        assertThat(callbacks.failed("hasty", "twice")).isEqualTo(Answer.REPEATED);
        reference.tryEmitValue("hasty");
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
        assertThat(work.outputs).hasValue(1);
    }

    @Test
    void pollsFindWhatNoCallbackTold() {
        ReactiveScheduler scheduler =
                cutting(AsyncWork.of(work.says(Status.done())).callbacks(callbacks));

        Execution execution = run(scheduler, SECOND);

        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(callbacks.done("ref-1")).isEqualTo(Answer.REPEATED);
        settle();
        assertThat(work.outputs).hasValue(1);
    }

    @Test
    void aPollThatIsUnderWayIsDroppedWhenTheCallbackComes() {
        Sinks.One<Status> answer = Sinks.one();
        work.answers.add(answer::asMono);
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).callbacks(callbacks));
        run(scheduler, SECOND);

        callbacks.done("ref-1");
        settle();
        answer.tryEmitValue(Status.failed("late"));
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
        assertThat(work.outputs).hasValue(1);
    }

    @Test
    void onRealThreadsAllRunsEndOnceByPollOrCallback() {
        AtomicInteger outputs = new AtomicInteger();
        AsyncWork<String, String> quick = new AsyncWork<>() {
            @Override
            public Mono<String> start(String film, RunContext run) {
                return Mono.just(film)
                        .doOnNext(reference -> Schedulers.boundedElastic().schedule(() -> callbacks.done(reference)));
            }

            @Override
            public Mono<Status> status(String film) {
                return Mono.just(Status.done());
            }

            @Override
            public Mono<String> output(String film) {
                outputs.incrementAndGet();
                return Mono.just(film);
            }

            @Override
            public Mono<Void> stop(String film) {
                return Mono.error(new AssertionError("nobody stops it"));
            }
        };
        ReactiveScheduler scheduler = stoppedLater(ReactiveScheduler.builder()
                .handle(CUT, AsyncWork.of(quick).pollEvery(Duration.ofMillis(1)).callbacks(callbacks))
                .start());

        StepVerifier.create(Flux.range(0, 1_000)
                        .flatMap(i -> scheduler.schedule(CUT.task("film-" + i)).flatMapMany(ScheduledTask::results)))
                .expectNextCount(1_000)
                .expectComplete()
                .verify(Duration.ofMinutes(1));
        assertThat(outputs).hasValue(1_000);
        assertThat(callbacks.size()).isZero();
    }
}
