package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** How a scheduler stops, and what becomes of the work. */
class StopTest extends InVirtualTime {

    private final List<Stopped> stopped = new ArrayList<>();

    private static Task<Void, Object> takes(Duration length, InVirtualTime test) {
        return Task.of("work", run -> Mono.delay(length, test.time).then(Mono.empty()));
    }

    @Test
    void disposeLaterWaitsForRunsAndClaimsNothingMore() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(takes(Duration.ofSeconds(5), this).id("a")));
        now(scheduler.schedule(takes(Duration.ofSeconds(5), this).id("b").after(Duration.ofSeconds(2))));
        settle();

        scheduler.disposeLater().subscribe(stopped::add);
        assertThat(scheduler.isDisposed()).isTrue();
        pass(Duration.ofSeconds(4));
        assertThat(stopped).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(stopped).containsExactly(new Stopped(1, 0));
    }

    @Test
    void disposeGracefullyGivesBackWhatIsLeftAndAnotherNodeRunsItAtOnce() {
        InMemoryTaskStore store =
                InMemoryTaskStore.builder().scheduler(() -> time).build();
        List<String> ran = new ArrayList<>();
        AtomicInteger cancelled = new AtomicInteger();
        Handler<Integer, String> where = Handler.named("where", Integer.class, String.class);
        ReactiveScheduler first = started(ReactiveScheduler.builder()
                .scheduler(() -> time)
                .store(store)
                .node("first")
                .handle(where, (n, run) -> Mono.<String>never().doOnCancel(cancelled::incrementAndGet)));
        now(first.schedule(where.task(1).id("work")));
        settle();

        first.disposeGracefully(Duration.ofSeconds(10)).subscribe(stopped::add);
        pass(Duration.ofSeconds(10));
        started(ReactiveScheduler.builder()
                .scheduler(() -> time)
                .store(store)
                .node("second")
                .handle(where, (n, run) -> Mono.fromRunnable(() -> ran.add(run.node() + " attempt " + run.attempt()))));
        settle();

        assertThat(stopped).containsExactly(new Stopped(0, 1));
        assertThat(cancelled).hasValue(1);
        assertThat(ran).containsExactly("second attempt 1");
    }

    @Test
    void disposeStopsAtOnce() {
        AtomicInteger cancelled = new AtomicInteger();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("stuck", run -> Mono.never().doOnCancel(cancelled::incrementAndGet))));
        settle();

        scheduler.dispose();

        assertThat(cancelled).hasValue(1);
        assertThat(scheduler.isRunning()).isFalse();
    }

    @Test
    void aStopMayBeAskedForTwiceAndAPatientOneCanBeCutShort() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("stuck", run -> Mono.never())));
        settle();

        scheduler.disposeLater().subscribe(stopped::add);
        scheduler.disposeGracefully(Duration.ofSeconds(1)).subscribe(stopped::add);
        pass(Duration.ofSeconds(1));
        scheduler.disposeLater().subscribe(stopped::add);
        scheduler.dispose();

        assertThat(stopped).hasSize(3).allMatch(stop -> stop.equals(new Stopped(0, 1)));
    }

    @Test
    void whoeverStopsWaitingForAStopDoesNotEndIt() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(takes(Duration.ofSeconds(5), this).id("work")));
        settle();

        scheduler.disposeLater().timeout(Duration.ofSeconds(1), time).subscribe(stopped::add, error -> {});
        scheduler.disposeLater().subscribe(stopped::add);
        pass(Duration.ofSeconds(4));
        assertThat(stopped).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(stopped).containsExactly(new Stopped(1, 0));
    }

    @Test
    void aSchedulerThatWasNeverStartedStopsToo() {
        ReactiveScheduler scheduler = builder().build();

        StepVerifier.create(scheduler.disposeLater())
                .expectNext(new Stopped(0, 0))
                .verifyComplete();
        scheduler.start();

        assertThat(scheduler.isRunning()).isFalse();
    }

    @Test
    void aSchedulerThatIsNotStartedTakesTasksAndRunsThemOnceItIs() {
        ReactiveScheduler scheduler = stoppedLater(builder().build());
        now(scheduler.schedule(takes(Duration.ZERO, this).id("early")));
        pass(Duration.ofMinutes(1));
        assertThat(stateOf(scheduler, "early")).isEqualTo(TaskState.PENDING);

        scheduler.start().start();
        settle();

        assertThat(stateOf(scheduler, "early")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void startingTwiceIsStartingOnce() {
        AtomicInteger starts = new AtomicInteger();
        AtomicInteger runs = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder().instrument(new Instrumentation() {
            @Override
            public void started(ReactiveScheduler started) {
                starts.incrementAndGet();
            }
        }));

        assertThat(scheduler.start()).isSameAs(scheduler);
        now(scheduler.schedule(
                Task.of("tick", run -> Mono.fromRunnable(runs::incrementAndGet)).every(Duration.ofSeconds(1))));
        pass(Duration.ofSeconds(3));

        assertThat(starts).hasValue(1);
        assertThat(runs).hasValue(3);
    }

    @Test
    void aStopFromWithinTheStartStopsAndRunsNothing() {
        AtomicInteger runs = new AtomicInteger();
        ReactiveScheduler scheduler = stoppedLater(builder()
                .instrument(new Instrumentation() {
                    @Override
                    public void started(ReactiveScheduler started) {
                        started.disposeGracefully(Duration.ofSeconds(1)).subscribe(stopped::add);
                    }
                })
                .build());
        now(scheduler.schedule(Task.of("later", run -> Mono.fromRunnable(runs::incrementAndGet))
                .after(Duration.ofMillis(1))));

        scheduler.start();
        pass(Duration.ofMinutes(1));

        assertThat(stopped).containsExactly(new Stopped(0, 0));
        assertThat(scheduler.isRunning()).isFalse();
        assertThat(runs).hasValue(0);
    }

    @Test
    void aStopBesideTheStartOnAnotherThreadAlwaysStops() {
        for (int round = 0; round < 1_000; round++) {
            AtomicInteger late = new AtomicInteger();
            AtomicBoolean isStopped = new AtomicBoolean();
            InMemoryTaskStore store = InMemoryTaskStore.create();
            ReactiveScheduler scheduler =
                    ReactiveScheduler.builder().store(store).build();
            scheduler
                    .schedule(Task.of(
                                    "tick",
                                    run -> Mono.fromRunnable(() -> {
                                        if (isStopped.get()) {
                                            late.incrementAndGet();
                                        }
                                    }))
                            .every(Duration.ofNanos(10_000)))
                    .block(Duration.ofSeconds(10));

            Mono.when(
                            Mono.fromRunnable(scheduler::start).subscribeOn(Schedulers.parallel()),
                            scheduler
                                    .disposeLater()
                                    .doOnNext(end -> isStopped.set(true))
                                    .subscribeOn(Schedulers.parallel()))
                    .block(Duration.ofSeconds(10));

            assertThat(scheduler.isRunning()).isFalse();
            assertThat(store.stats().block(Duration.ofSeconds(10)).queues().values())
                    .as("round %d", round)
                    .allMatch(queue -> queue.running() == 0);
            assertThat(late).as("round %d", round).hasValue(0);
        }
    }

    @Test
    void streamsEndWhenTheSchedulerStops() {
        ReactiveScheduler scheduler = started();
        List<String> ends = new ArrayList<>();
        scheduler.events().doOnComplete(() -> ends.add("events complete")).subscribe();
        scheduler.stream(Task.of("tick", run -> Mono.just(1)).every(Duration.ofHours(1)))
                .subscribe(n -> {}, error -> ends.add(error.getClass().getSimpleName()));
        settle();

        scheduler.dispose();
        settle();

        assertThat(ends).containsExactlyInAnyOrder("events complete", "SchedulerStoppedException");
    }

    @RepeatedTest(50)
    void aStopDuringStartAndScheduleLeavesNothingRunning() {
        AtomicInteger running = new AtomicInteger();
        ReactiveScheduler scheduler = ReactiveScheduler.builder().build();
        Mono<Void> start = Mono.<Void>fromRunnable(scheduler::start).subscribeOn(Schedulers.boundedElastic());
        Mono<Void> schedule = Flux.range(0, 100)
                .flatMap(n -> scheduler.schedule(Task.of(
                        "work",
                        run -> Mono.never()
                                .doOnSubscribe(s -> running.incrementAndGet())
                                .doOnCancel(running::decrementAndGet))))
                .onErrorComplete(SchedulerStoppedException.class)
                .then()
                .subscribeOn(Schedulers.boundedElastic());
        Mono<Stopped> stop = scheduler.disposeGracefully(Duration.ZERO).subscribeOn(Schedulers.boundedElastic());

        StepVerifier.create(Mono.when(start, schedule, stop)).expectComplete().verify(Duration.ofSeconds(10));
        StepVerifier.create(scheduler.disposeGracefully(Duration.ZERO))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(running).hasValue(0);
        assertThat(scheduler.isRunning()).isFalse();
    }
}
