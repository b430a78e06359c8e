package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Who is told how a run ended, whichever comes first, its end or its subscriber. */
class RunTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicInteger calls = new AtomicInteger();
    private final List<Completion> told = new CopyOnWriteArrayList<>();
    private volatile Supplier<Mono<Object>> answer = Mono::empty;
    private ReactiveScheduler scheduler;

    @AfterEach
    void stop() {
        scheduler.dispose();
    }

    @Test
    void aRunThatHasEndedWhenItWasStartedIsToldWithoutASubscriber() throws Exception {
        Run run = run();

        assertThat(run.start(told::add)).isTrue();

        assertThat(told).extracting(completion -> completion.outcome().kind()).containsExactly(Outcome.Kind.COMPLETED);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aRunThatEndsBetweenItsStartAndItsSubscriptionIsToldOnceAndCompletesEmpty() throws Exception {
        Sinks.One<Object> sink = Sinks.one();
        Run run = run();
        answer = sink::asMono;

        assertThat(run.start(told::add)).isFalse();
        sink.tryEmitValue("done");

        assertThat(told).hasSize(1);
        StepVerifier.create(run).expectComplete().verify(PATIENCE);
        assertThat(told).hasSize(1);
    }

    @Test
    void aRunThatIsEndedWhileItsHandlerHoldsTheThreadIsToldAtOnce() throws Exception {
        Run run = run();
        List<Integer> toldWithinTheHandler = new CopyOnWriteArrayList<>();
        answer = () -> {
            run.end(Outcome.released());
            toldWithinTheHandler.add(told.size());
            return Mono.never();
        };

        assertThat(run.start(told::add)).isTrue();

        assertThat(toldWithinTheHandler).containsExactly(1);
        assertThat(told).extracting(completion -> completion.outcome().kind()).containsExactly(Outcome.Kind.RELEASED);
    }

    @Test
    void aRunThatEndsAfterItsSubscriptionGivesItsCompletionToTheSubscriber() throws Exception {
        Sinks.One<Object> sink = Sinks.one();
        Run run = run();
        answer = sink::asMono;
        assertThat(run.start(told::add)).isFalse();

        StepVerifier.create(run)
                .then(() -> sink.tryEmitValue("done"))
                .expectNextMatches(completion -> completion.outcome().kind() == Outcome.Kind.COMPLETED)
                .expectComplete()
                .verify(PATIENCE);
        StepVerifier.create(run).expectError(IllegalStateException.class).verify(PATIENCE);
    }

    @Test
    void aRunThatWasNotStartedRunsWhenItIsSubscribed() throws Exception {
        Run run = run();

        expectCompletion(run);

        assertThat(calls).hasValue(2);
    }

    @Test
    void failuresOnThreadsThatStartNoRunsLeaveNothingBehindForThem() throws Exception {
        Run first = run();
        ActiveRuns active = first.runner().active;
        assertThat(first.start(told::add)).isTrue();
        int starting = active.startingThreads();
        for (int i = 0; i < 20; i++) {
            Sinks.One<Object> sink = Sinks.one();
            answer = sink::asMono;
            assertThat(new Run(first.runner(), first.plan()).start(told::add)).isFalse();
            Thread elsewhere = new Thread(() -> sink.tryEmitError(new IllegalStateException("no")));
            elsewhere.start();
            elsewhere.join();
        }

        assertThat(told).hasSize(21);
        assertThat(active.startingThreads()).isEqualTo(starting);
    }

    private static void expectCompletion(Run run) {
        StepVerifier.create(run)
                .expectNextMatches(completion -> completion.outcome().kind() == Outcome.Kind.COMPLETED)
                .expectComplete()
                .verify(PATIENCE);
    }

    /** Another run of a claim that has been run: the context of a first attempt is its run. */
    private Run run() throws Exception {
        CompletableFuture<Run> first = new CompletableFuture<>();
        scheduler = ReactiveScheduler.inMemory();
        scheduler
                .schedule(Task.of("work", context -> {
                    calls.incrementAndGet();
                    first.complete((Run) context);
                    return answer.get();
                }))
                .block(PATIENCE);
        Run known = first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return new Run(known.runner(), known.plan());
    }
}
