package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What callers get wrong is refused with the parameter, the value and the way out. */
class BadInputTest extends InVirtualTime {

    private static final String LONG = "x".repeat(10_000);

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " "})
    void idsThatAreNoneAreRefused(String id) {
        assertThatThrownBy(() -> DOUBLE.task(1).id(id))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageStartingWith("id ");
        assertThatThrownBy(() -> DOUBLE.task(1).queue(id)).hasMessageStartingWith("queue ");
        assertThatThrownBy(() -> DOUBLE.task(1).key(id)).hasMessageStartingWith("key ");
        assertThatThrownBy(() -> Handler.named(id, Integer.class, Integer.class))
                .hasMessageStartingWith("handler ");
        assertThatThrownBy(() -> started().task(id)).hasMessageStartingWith("taskId ");
    }

    @Test
    void idsThatAreTooLongAreRefusedWithoutRepeatingThem() {
        assertThatThrownBy(() -> DOUBLE.task(1).id(LONG))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("10000 characters")
                .extracting(Throwable::getMessage)
                .satisfies(message -> assertThat(message.toString()).hasSizeLessThan(300));
        assertThatThrownBy(() -> Handler.named(LONG, Integer.class, Integer.class))
                .isInstanceOf(InvalidTaskException.class);
    }

    /** Each call that takes an id, with what it calls it. */
    static Stream<Arguments> callsWithAnId() {
        return Stream.of(
                call("taskId", ReactiveScheduler::task),
                call("taskId", ReactiveScheduler::cancel),
                call("taskId", ReactiveScheduler::resume),
                call("taskId", ReactiveScheduler::remove),
                call("taskId", (scheduler, id) -> scheduler.trigger(id)),
                call("taskId", (scheduler, id) -> scheduler.trigger(id, 1)),
                call("taskId", (scheduler, id) -> scheduler.reschedule(id, Trigger.now())),
                call("taskId", (scheduler, id) -> scheduler.results(id, DOUBLE)),
                call("id", ReactiveScheduler::retry),
                call("executionId", ReactiveScheduler::cancelExecution),
                call("executionId", (scheduler, id) -> scheduler.events(id)),
                call("queue", ReactiveScheduler::pauseQueue),
                call("queue", ReactiveScheduler::resumeQueue),
                call("queue", (scheduler, id) -> scheduler.resizeQueue(id, 1)));
    }

    private static Arguments call(String parameter, BiFunction<ReactiveScheduler, String, Publisher<?>> call) {
        return Arguments.of(parameter, call);
    }

    @ParameterizedTest
    @MethodSource("callsWithAnId")
    void aCallWithoutAUsableIdIsRefused(String parameter, BiFunction<ReactiveScheduler, String, Publisher<?>> call) {
        ReactiveScheduler scheduler = started();

        for (String id : new String[] {null, "", " ", LONG, "half \uD83D"}) {
            assertThatThrownBy(() -> call.apply(scheduler, id))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageStartingWith(parameter + " ")
                    .extracting(Throwable::getMessage)
                    .satisfies(message -> assertThat(message.toString()).hasSizeLessThan(300));
        }
    }

    @Test
    void anIdOfCharactersThatTakeTwoCharsIsFine() {
        assertThat(DOUBLE.task(1).id("\uD83D\uDE80 launch").id()).isEqualTo("\uD83D\uDE80 launch");
        assertThatThrownBy(() -> DOUBLE.task(1).id("\uDE80 launch")).hasMessageContaining("half a character at 0");
    }

    @Test
    void anUnknownHandlerIsRefusedWhenNobodyElseCouldRunIt() {
        StepVerifier.create(started().schedule(DOUBLE.task(1).id("lost")))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnknownHandlerException.class)
                        .hasMessageContaining("builder.handle")
                        .extracting(e -> ((SchedulerException) e).taskId())
                        .isEqualTo("lost"));
    }

    @Test
    void anUnknownQueueIsRefused() {
        StepVerifier.create(started().schedule(Task.of("t", run -> Mono.empty()).queue("nowhere")))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(InvalidTaskException.class)
                        .hasMessageContaining("queue \"nowhere\"")
                        .hasMessageContaining("builder.queue"));
    }

    @Test
    void aKnownIdReplacesKeepsOrFailsAsTheCallerSays() {
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> Mono.just(2 * n)));
        Task<Integer, Integer> task = DOUBLE.task(1).id("once").after(Duration.ofHours(1));
        now(scheduler.schedule(task));

        assertThat(now(scheduler.schedule(DOUBLE.task(2)
                                .id("once")
                                .after(Duration.ofHours(1))
                                .ifExists(IfExists.KEEP)))
                        .isKept())
                .isTrue();
        StepVerifier.create(scheduler.schedule(task.ifExists(IfExists.FAIL)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(DuplicateTaskException.class)
                        .hasMessageContaining("once"));
        assertThat(now(scheduler.schedule(DOUBLE.task(3).id("once").after(Duration.ofHours(1))))
                        .isKept())
                .isFalse();
        pass(Duration.ofHours(1));

        assertThat(executionsOf(scheduler, "once"))
                .singleElement()
                .extracting(Execution::result)
                .isEqualTo("6");
    }

    @Test
    void inputThatCannotBeSerialisedIsRefusedNotScheduled() {
        Handler<Object, Integer> any = Handler.named("any", Object.class, Integer.class);
        ReactiveScheduler scheduler = started(builder().handle(any, (input, run) -> Mono.empty()));

        StepVerifier.create(scheduler.schedule(any.task(new Cyclic()).id("cyclic")))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(InvalidTaskException.class)
                        .hasMessageStartingWith("input ")
                        .hasMessageContaining("JsonCodec"));
        StepVerifier.create(scheduler.task("cyclic")).verifyComplete();
    }

    @Test
    void inputOverTheLimitIsRefused() {
        Handler<String, Integer> text = Handler.named("text", String.class, Integer.class);
        ReactiveScheduler scheduler = started(builder().maxPayload(100).handle(text, (input, run) -> Mono.empty()));

        StepVerifier.create(scheduler.schedule(text.task(LONG)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(InvalidTaskException.class)
                        .hasMessageContaining("10002 characters")
                        .hasMessageContaining("maxPayload"));
    }

    @Test
    void aResultThatCannotBeSerialisedOrIsOverTheLimitFailsItsRun() {
        ReactiveScheduler scheduler = started(builder().maxPayload(100));
        scheduler
                .schedule(Task.of("cyclic", run -> Mono.just(new Cyclic())).id("cyclic"))
                .subscribe();
        scheduler.schedule(Task.of("long", run -> Mono.just(LONG)).id("long")).subscribe();
        settle();

        assertThat(stateOf(scheduler, "cyclic")).isEqualTo(TaskState.FAILED);
        assertThat(executionsOf(scheduler, "long")).singleElement().satisfies(execution -> {
            assertThat(execution.state()).isEqualTo(TaskState.FAILED);
            assertThat(execution.error().message()).contains("maxPayload");
        });
    }

    @Test
    void inputThatDoesNotFitTheHandlerFailsItsRun() {
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> Mono.just(2 * n)));
        now(scheduler.schedule(DOUBLE.task(1).id("odd").after(Duration.ofHours(1))));

        now(scheduler.trigger("odd", "not a number"));
        settle();

        assertThat(executionsOf(scheduler, "odd"))
                .singleElement()
                .extracting(Execution::state)
                .isEqualTo(TaskState.FAILED);
    }

    @Test
    void aFullQueueRejectsAndNamesItsCapacity() {
        ReactiveScheduler scheduler =
                started(builder().queue(TaskQueue.named("small").capacity(2)));
        Task<Void, Object> task =
                Task.of("t", run -> Mono.empty()).queue("small").after(Duration.ofHours(1));
        now(scheduler.schedule(task));
        now(scheduler.schedule(task));

        StepVerifier.create(scheduler.schedule(task))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(RejectedTaskException.class)
                        .hasMessageContaining("\"small\"")
                        .hasMessageContaining("capacity of 2"));
        pass(Duration.ofHours(1));
        StepVerifier.create(scheduler.schedule(task)).expectNextCount(1).verifyComplete();
    }

    @Test
    void whatIsUnknownCannotBeChanged() {
        ReactiveScheduler scheduler = started();

        for (Mono<?> call : List.of(
                scheduler.cancel("ghost"),
                scheduler.resume("ghost"),
                scheduler.remove("ghost"),
                scheduler.trigger("ghost"),
                scheduler.reschedule("ghost", Trigger.now()))) {
            StepVerifier.create(call)
                    .verifyErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(UnknownTaskException.class)
                            .hasMessageContaining("ghost"));
        }
        StepVerifier.create(scheduler.retry("ghost")).verifyError(InvalidTaskException.class);
        StepVerifier.create(scheduler.pauseQueue("ghost")).verifyError(InvalidTaskException.class);
        StepVerifier.create(scheduler.executions(ExecutionQuery.of("ghost"))).verifyComplete();
    }

    @Test
    void buildersRefuseWhatMakesNoSense() {
        assertThatThrownBy(() -> builder().lease(Duration.ofMillis(1))).hasMessageStartingWith("lease PT0.001S");
        assertThatThrownBy(() -> builder().maxPayload(0)).hasMessageStartingWith("maxPayload 0");
        assertThatThrownBy(() -> builder().retryIf(DOUBLE, error -> true).build())
                .hasMessageContaining("handle(");
        assertThatThrownBy(() -> TaskQueue.named("q").concurrency(0)).hasMessageStartingWith("concurrency 0");
        assertThatThrownBy(() -> TaskQueue.named("q").rateLimit(0, Duration.ofSeconds(1)))
                .hasMessageStartingWith("rateLimit 0");
        assertThatThrownBy(() -> Overlap.parallel(1)).hasMessageStartingWith("max 1");
        assertThatThrownBy(() -> Misfire.all(Duration.ZERO, 1)).hasMessageStartingWith("window PT0S");
        assertThatThrownBy(() -> TaskQuery.all().limit(0)).hasMessageStartingWith("limit 0");
    }

    @Test
    void aListenerThatThrowsHurtsNobody() {
        ReactiveScheduler scheduler = started(builder().instrument(new Instrumentation() {
            @Override
            public void onEvent(SchedulerEvent event) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void onRecorded(Completion completion) {
                throw new IllegalStateException("listener");
            }

            @Override
            public <T> org.reactivestreams.Publisher<T> around(
                    RunContext run, org.reactivestreams.Publisher<T> attempt) {
                throw new IllegalStateException("listener");
            }

            @Override
            public java.util.Map<String, String> headers(Task<?, ?> task, reactor.util.context.ContextView context) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void started(ReactiveScheduler started) {
                throw new IllegalStateException("listener");
            }
        }));
        scheduler
                .events()
                .subscribe(
                        event -> {
                            throw new IllegalStateException("subscriber");
                        },
                        error -> {});

        now(scheduler.schedule(Task.of("t", run -> Mono.just(1)).id("t")));
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aSubscriberThatNeverRequestsHurtsNobodyAndIsToldThatItOverflowed() {
        ReactiveScheduler scheduler = started();
        AtomicReference<Throwable> overflow = new AtomicReference<>();
        List<Object> seen = new ArrayList<>();
        BaseSubscriber<Object> stuck = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnError(Throwable throwable) {
                overflow.set(throwable);
            }
        };
        Task<Void, Integer> task =
                Task.<Integer>of("many", run -> Flux.range(0, 5_000)).id("many");
        scheduler.events().subscribe(new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}
        });
        scheduler.stream(task).cast(Object.class).subscribe(stuck);
        scheduler
                .results("many", Handler.named("many", Void.class, Integer.class))
                .subscribe(seen::add);
        settle();

        assertThat(stateOf(scheduler, "many")).isEqualTo(TaskState.COMPLETED);
        stuck.request(Long.MAX_VALUE);
        settle();
        assertThat(overflow.get()).hasMessageContaining("more signals");
    }

    @Test
    void afterAStopEveryCallIsRefused() {
        ReactiveScheduler scheduler = started();
        scheduler.dispose();
        settle();

        StepVerifier.create(scheduler.schedule(Task.of("t", run -> Mono.empty())))
                .verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.scheduleAll(Flux.just(Task.<Object>of("t", run -> Mono.empty()))))
                .verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.stream(Task.of("t", run -> Mono.empty())))
                .verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.tasks(TaskQuery.all())).verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.executions(ExecutionQuery.all())).verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.stats()).verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.events()).verifyError(SchedulerStoppedException.class);
        StepVerifier.create(scheduler.alerts(AlertRules.of(AlertRule.backlogAbove(1))))
                .verifyError(SchedulerStoppedException.class);
        assertThat(scheduler.isRunning()).isFalse();
        assertThat(scheduler.start().isRunning()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("callsWithAnId")
    void afterAStopACallWithAnIdIsRefused(String parameter, BiFunction<ReactiveScheduler, String, Publisher<?>> call) {
        ReactiveScheduler scheduler = started();
        scheduler.dispose();
        settle();

        StepVerifier.create(call.apply(scheduler, "t#1")).verifyError(SchedulerStoppedException.class);
    }

    /** Refers to itself, as no JSON can. */
    private static final class Cyclic {
        @SuppressWarnings("unused")
        public Cyclic getSelf() {
            return this;
        }
    }
}
