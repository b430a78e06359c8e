package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a handler knows of its run and can say during it. */
class RunContextTest extends InVirtualTime {

    record Order(String item, List<Integer> amounts) {}

    @Test
    void aRunKnowsItsTaskItsFireTimeAndItsAttempt() {
        List<String> known = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> {
            known.add(run.taskId() + " " + run.executionId() + " " + run.fireTime() + " " + run.attempt() + " "
                    + run.node());
            return run.attempt() == 1 ? Mono.error(new IllegalStateException()) : Mono.empty();
        }));

        now(scheduler.schedule(DOUBLE.task(1)
                .id("t")
                .after(Duration.ofMinutes(1))
                .retry(RetryPolicy.fixed(1, Duration.ofSeconds(10)))));
        pass(Duration.ofMinutes(2));

        Instant fire = START.plus(Duration.ofMinutes(1));
        assertThat(known).containsExactly("t t#1 " + fire + " 1 here", "t t#1 " + fire + " 2 here");
    }

    @Test
    void fencesGrowWithEveryClaim() {
        List<Long> fences = new ArrayList<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    fences.add(run.fence());
                    return Mono.error(new IllegalStateException());
                })
                .every(Duration.ofMinutes(1))
                .retry(RetryPolicy.fixed(1, Duration.ofSeconds(10)))));
        pass(Duration.ofMinutes(3));

        assertThat(fences).hasSizeGreaterThanOrEqualTo(4).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void inputIsReadAsTheTypeOfItsHandlerOrAsAnyOther() {
        Handler<Order, Integer> sell = Handler.named("sell", Order.class, Integer.class);
        List<Object> inputs = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder().handle(sell, (order, run) -> {
            inputs.add(order);
            inputs.add(run.input(Order.class).amounts().get(1));
            inputs.add(
                    run.input(new TypeRef<java.util.Map<String, Object>>() {}).get("item"));
            return Mono.empty();
        }));
        Order order = new Order("tea", List.of(1, 2));

        now(scheduler.schedule(sell.task(order)));
        settle();

        assertThat(inputs).containsExactly(order, 2, "tea");
    }

    @Test
    void whatAHandlerSaysIsKeptWithItsExecution() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    run.debug("begin");
                    run.progress(0.5, "half");
                    run.info("so far so good");
                    run.warning("slow");
                    run.error("end");
                    return Mono.empty();
                })
                .id("t")));
        settle();

        assertThat(now(scheduler.events("t#1")))
                .extracting(
                        ExecutionEvent::level, ExecutionEvent::message, ExecutionEvent::progress, ExecutionEvent::time)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(ExecutionEvent.Level.DEBUG, "begin", null, START),
                        org.assertj.core.groups.Tuple.tuple(ExecutionEvent.Level.INFO, "half", 0.5, START),
                        org.assertj.core.groups.Tuple.tuple(ExecutionEvent.Level.INFO, "so far so good", null, START),
                        org.assertj.core.groups.Tuple.tuple(ExecutionEvent.Level.WARNING, "slow", null, START),
                        org.assertj.core.groups.Tuple.tuple(ExecutionEvent.Level.ERROR, "end", null, START));
        now(scheduler.remove("t"));
        assertThat(now(scheduler.events("t#1"))).isEmpty();
    }

    @Test
    void aTalkativeHandlerIsCutOffAndTheRestIsCounted() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    for (int i = 0; i < 1_500; i++) {
                        run.event(ExecutionEvent.Level.INFO, "word " + i);
                    }
                    return Mono.empty();
                })
                .id("t")));
        settle();

        List<ExecutionEvent> events = now(scheduler.events("t#1"));
        assertThat(events).hasSize(RunReports.MOST_EVENTS + 1);
        assertThat(events.get(RunReports.MOST_EVENTS).message()).startsWith("500 further events");
    }

    @Test
    void progressOutsideOfZeroToOneIsRefused() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    assertThatThrownBy(() -> run.progress(1.5, "more than all")).hasMessageStartingWith("progress 1.5");
                    return Mono.just(1);
                })
                .id("t")));
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void theContextOfTheCallerReachesTheHandler() {
        List<Object> carried = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder()
                .carryContext("tenant", String.class)
                .carryContext("order", Order.class)
                .handle(
                        DOUBLE,
                        (n, run) -> Mono.deferContextual(context -> {
                            carried.add(context.get("tenant"));
                            carried.add(run.context().get("order"));
                            carried.add(context.hasKey("secret"));
                            return Mono.empty();
                        })));
        Order order = new Order("tea", List.of());

        scheduler
                .schedule(DOUBLE.task(1).after(Duration.ofHours(1)))
                .contextWrite(context ->
                        context.put("tenant", "acme").put("order", order).put("secret", 1))
                .subscribe();
        pass(Duration.ofHours(1));

        assertThat(carried).containsExactly("acme", order, false);
    }

    @Test
    void theRunIsInTheContextOfItsPipeline() {
        AtomicReference<String> current = new AtomicReference<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of(
                        "t",
                        run -> Mono.just(1)
                                .flatMap(n -> RunContext.current())
                                .doOnNext(known -> current.set(known.taskId())))
                .id("t")));
        settle();

        assertThat(current).hasValue("t");
        assertThat(now(RunContext.current())).isNull();
    }

    @Test
    void aRunThatIsEndedFromOutsideIsTold() {
        List<String> told = new ArrayList<>();
        AtomicReference<RunContext> context = new AtomicReference<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    context.set(run);
                    run.cancelled().doOnSuccess(done -> told.add("cancelled")).subscribe();
                    return Mono.never();
                })
                .id("t")));
        settle();
        assertThat(context.get().isCancelled()).isFalse();

        now(scheduler.cancel("t"));
        settle();

        assertThat(told).containsExactly("cancelled");
        assertThat(context.get().isCancelled()).isTrue();
    }

    @Test
    void aCarriedValueThatCannotBeWrittenIsRefusedByItsKey() {
        ReactiveScheduler scheduler = started(builder().carryContext("tenant", Object.class));
        Object unwritable = new Object() {
            @SuppressWarnings("unused")
            public Object getSelf() {
                return this;
            }
        };

        StepVerifier.create(scheduler
                        .schedule(Task.of("t", run -> Mono.empty()))
                        .contextWrite(context -> context.put("tenant", unwritable)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(InvalidTaskException.class)
                        .hasMessageContaining("tenant")
                        .hasMessageContaining("JsonCodec"));
    }

    @Test
    void whatIsCarriedHasTheLimitOfAnInput() {
        ReactiveScheduler scheduler = started(
                builder().maxPayload(100).carryContext("one", String.class).carryContext("two", String.class));

        StepVerifier.create(scheduler
                        .schedule(Task.of("t", run -> Mono.empty()))
                        .contextWrite(
                                context -> context.put("one", "x".repeat(60)).put("two", "y".repeat(60))))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(InvalidTaskException.class)
                        .hasMessageContaining("headers")
                        .hasMessageContaining("maxPayload"));
    }

    @Test
    void aRunThatEndsByItselfWasNotCancelled() {
        List<String> told = new ArrayList<>();
        List<RunContext> contexts = new ArrayList<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("good", run -> {
            contexts.add(run);
            run.cancelled().doOnSuccess(done -> told.add("good")).subscribe();
            return Mono.just(1);
        })));
        now(scheduler.schedule(Task.of("bad", run -> {
            contexts.add(run);
            run.cancelled().doOnSuccess(done -> told.add("bad")).subscribe();
            return Mono.error(new IllegalStateException());
        })));
        settle();

        assertThat(contexts).hasSize(2).noneMatch(RunContext::isCancelled);
        assertThat(told).isEmpty();
    }

    @Test
    void anAttemptThatTimedOutStaysCancelledAndTheNextOneIsNot() {
        List<RunContext> contexts = new ArrayList<>();
        List<String> told = new ArrayList<>();
        List<Boolean> seenByHooks = new ArrayList<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    contexts.add(run);
                    int attempt = run.attempt();
                    run.cancelled()
                            .doOnSuccess(done -> told.add("attempt " + attempt))
                            .subscribe();
                    return attempt == 3
                            ? Mono.just(1)
                            : Mono.never().doOnCancel(() -> seenByHooks.add(run.isCancelled()));
                })
                .id("t")
                .timeout(Duration.ofSeconds(1))
                .retry(RetryPolicy.fixed(5, Duration.ofMillis(100)))));
        pass(Duration.ofMillis(1_050));
        assertThat(contexts).extracting(RunContext::isCancelled).containsExactly(true);
        pass(Duration.ofSeconds(2));

        assertThat(contexts).extracting(RunContext::attempt).containsExactly(1, 2, 3);
        assertThat(contexts).extracting(RunContext::isCancelled).containsExactly(true, true, false);
        assertThat(told).containsExactly("attempt 1", "attempt 2");
        assertThat(seenByHooks).containsExactly(true, true);
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aStreamThatTimedOutWasCancelled() {
        AtomicReference<RunContext> context = new AtomicReference<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.<Object>of("t", run -> {
                    context.set(run);
                    return reactor.core.publisher.Flux.never();
                })
                .timeout(Duration.ofSeconds(1))));
        pass(Duration.ofSeconds(1));

        assertThat(context.get().isCancelled()).isTrue();
    }

    @Test
    void aCancelBetweenAttemptsCancelsNoneOfThem() {
        List<RunContext> contexts = new ArrayList<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    contexts.add(run);
                    return Mono.error(new IllegalStateException());
                })
                .id("t")
                .retry(RetryPolicy.fixed(1, Duration.ofMillis(500)))));
        settle();
        now(scheduler.cancel("t"));
        pass(Duration.ofSeconds(2));

        assertThat(contexts).extracting(RunContext::isCancelled).containsExactly(false);
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void aLaterAttemptIsInTheContextOfItsPipeline() {
        List<Integer> attempts = new ArrayList<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of(
                        "t",
                        run -> RunContext.current()
                                .doOnNext(current -> attempts.add(current.attempt()))
                                .then(Mono.error(new IllegalStateException())))
                .retry(RetryPolicy.fixed(2, Duration.ofMillis(10)))));
        pass(Duration.ofSeconds(1));

        assertThat(attempts).containsExactly(1, 2, 3);
    }
}
