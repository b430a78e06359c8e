package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What is recorded is over: whoever is told of it, and on whichever thread the store answers. */
class RecorderTest extends InVirtualTime {

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();
    private final ShakyStore shaky = new ShakyStore(memory);
    private final AtomicInteger runs = new AtomicInteger();

    private Task<Void, Object> counting() {
        return Task.of("count", run -> Mono.fromRunnable(runs::incrementAndGet)).queue("one");
    }

    @Test
    void anAnswerThatCannotBeToldHoldsNoSlot() {
        ReactiveScheduler scheduler = started(
                builder().store(shaky.store()).queue(TaskQueue.named("one").concurrency(1)));
        List<TaskStore.Recorded> unreadable = new ArrayList<>();
        unreadable.add(null);
        for (int i = 0; i < 3; i++) {
            shaky.next("complete", call -> call.thenReturn(unreadable));
        }

        for (int i = 0; i < 6; i++) {
            scheduler.schedule(counting()).subscribe();
            pass(Duration.ofSeconds(1));
        }

        assertThat(runs).hasValue(6);
    }

    @Test
    void aStoreThatThrowsInsteadOfRecordingIsToldAgain() {
        ReactiveScheduler scheduler = started(
                builder().store(shaky.store()).queue(TaskQueue.named("one").concurrency(1)));
        for (int i = 0; i < 3; i++) {
            shaky.next("complete", call -> {
                throw new IllegalStateException("no connection");
            });
        }

        for (int i = 0; i < 6; i++) {
            scheduler.schedule(counting()).subscribe();
            pass(Duration.ofSeconds(5));
        }

        assertThat(runs).hasValue(6);
    }

    @Test
    void anErrorThatReactorThrowsThroughItsOperatorsDoesNotEndTheRecording() {
        ReactiveScheduler scheduler = started(
                builder().store(shaky.store()).queue(TaskQueue.named("one").concurrency(2)));
        shaky.next("complete", call -> {
            throw new StackOverflowError("deep");
        });

        for (int i = 0; i < 6; i++) {
            scheduler.schedule(counting()).subscribe();
            pass(Duration.ofSeconds(5));
        }

        assertThat(runs.get()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void nothingOfTheUsersRunsOnTheThreadOnWhichASharedStoreAnswers() throws Exception {
        Scheduler client = Schedulers.newSingle("client-loop", true);
        Scheduler own = Schedulers.newParallel("own", 2, true);
        ShakyStore elsewhere = new ShakyStore(InMemoryTaskStore.create());
        for (String method : List.of("save", "claim", "complete", "advance", "task", "cancel")) {
            elsewhere.always(method, call -> call.publishOn(client));
        }
        List<String> strangers = new java.util.concurrent.CopyOnWriteArrayList<>();
        CountDownLatch done = new CountDownLatch(20);
        Runnable look = () -> {
            String thread = Thread.currentThread().getName();
            if (thread.startsWith("client-loop")) {
                strangers.add(thread);
            }
        };
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .store(elsewhere.store())
                .scheduler(() -> own)
                .instrument(new Instrumentation() {
                    @Override
                    public void onEvent(SchedulerEvent event) {
                        look.run();
                    }
                })
                .start();
        try {
            Flux.merge(
                            scheduler
                                    .schedule(Task.of(
                                                    "tick",
                                                    run -> Mono.fromRunnable(() -> {
                                                        look.run();
                                                        done.countDown();
                                                    }))
                                            .id("tick")
                                            .every(Duration.ofMillis(5))
                                            .overlap(Overlap.parallel(3)))
                                    .doOnNext(saved -> look.run()),
                            scheduler
                                    .schedule(Task.of("once", run -> Mono.fromRunnable(look)))
                                    .flatMapMany(ScheduledTask::results)
                                    .doFinally(end -> look.run()),
                            scheduler.task("tick").doFinally(end -> look.run()),
                            scheduler.cancel("nobody").onErrorComplete().doFinally(end -> look.run()))
                    .subscribe();

            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(strangers).isEmpty();
        } finally {
            scheduler.dispose();
            own.dispose();
            client.dispose();
        }
    }
}
