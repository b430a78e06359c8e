package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What can be done with tasks that are known. */
class ControlTest extends InVirtualTime {

    private final List<String> ran = new ArrayList<>();

    private Task<Void, Object> noted(String id) {
        return Task.of("note", run -> Mono.fromRunnable(() -> ran.add(run.executionId())))
                .id(id);
    }

    @Test
    void aCancelledOneShotThatIsOverdueFiresAtOnceWhenItIsResumed() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("once").after(Duration.ofMinutes(1))));
        assertThat(now(scheduler.cancel("once")).state()).isEqualTo(TaskState.CANCELLED);
        pass(Duration.ofHours(1));
        assertThat(ran).isEmpty();

        now(scheduler.resume("once"));
        settle();

        assertThat(ran).containsExactly("once#1");
        assertThat(stateOf(scheduler, "once")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aCancelledOneShotThatIsNotOverdueKeepsItsTimeWhenItIsResumed() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("once").after(Duration.ofMinutes(10))));
        now(scheduler.cancel("once"));
        pass(Duration.ofMinutes(1));

        TaskInfo resumed = now(scheduler.resume("once"));

        assertThat(resumed.nextFireTime()).isEqualTo(START.plus(Duration.ofMinutes(10)));
        pass(Duration.ofMinutes(9));
        assertThat(ran).containsExactly("once#1");
    }

    @Test
    void aResumedCronGoesOnAtItsNextTimeFromNow() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("cron").cron("0 * * * *")));
        now(scheduler.cancel("cron"));
        pass(Duration.ofMinutes(150));

        TaskInfo resumed = now(scheduler.resume("cron"));

        assertThat(resumed.nextFireTime()).isEqualTo(START.plus(Duration.ofHours(3)));
        assertThat(resumed.state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aResumedFixedRateKeepsItsPhase() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("t").every(Duration.ofHours(1))));
        pass(Duration.ofMinutes(150));
        now(scheduler.cancel("t"));
        pass(Duration.ofHours(5));

        assertThat(now(scheduler.resume("t")).nextFireTime()).isEqualTo(START.plus(Duration.ofHours(8)));
    }

    @Test
    void aTriggerWithoutAnyFireTimeIsRefused() {
        ReactiveScheduler scheduler = started();
        Trigger over = Trigger.every(Duration.ofSeconds(1)).endAt(START.minusSeconds(10));

        StepVerifier.create(scheduler.schedule(noted("t").trigger(over)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(InvalidTaskException.class)
                        .hasMessageContaining("this one has none"));
    }

    @Test
    void resumingWhatIsNotCancelledChangesNothing() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("t").after(Duration.ofMinutes(10))));

        assertThat(now(scheduler.resume("t")).state()).isEqualTo(TaskState.PENDING);
        pass(Duration.ofMinutes(9));
        assertThat(ran).isEmpty();
    }

    @Test
    void triggerRunsATaskNowWithOtherInputAndLeavesItsTimelineAlone() {
        List<Integer> inputs = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> {
            inputs.add(n);
            return Mono.just(2 * n);
        }));
        now(scheduler.schedule(DOUBLE.task(1).id("t").every(Duration.ofHours(1))));

        assertThat(now(scheduler.trigger("t", 7))).isEqualTo("t#1");
        settle();
        assertThat(inputs).containsExactly(7);
        assertThat(now(scheduler.task("t")).nextFireTime()).isEqualTo(START.plus(Duration.ofHours(1)));
        pass(Duration.ofHours(1));

        assertThat(inputs).containsExactly(7, 1);
    }

    @Test
    void aFinishedOneShotCanBeTriggeredAgain() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("once")));
        settle();

        now(scheduler.trigger("once"));
        settle();

        assertThat(ran).containsExactly("once#1", "once#2");
        assertThat(stateOf(scheduler, "once")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void reschedulingGivesANewTimelineFromNow() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("t").every(Duration.ofHours(1))));
        pass(Duration.ofMinutes(30));

        TaskInfo changed = now(scheduler.reschedule("t", Trigger.every(Duration.ofMinutes(1))));

        assertThat(changed.nextFireTime()).isEqualTo(START.plus(Duration.ofMinutes(31)));
        pass(Duration.ofMinutes(3));
        assertThat(ran).hasSize(3);
    }

    @Test
    void aRemovedTaskIsGoneWithItsHistory() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(noted("t").every(Duration.ofHours(1))));
        pass(Duration.ofHours(2));

        now(scheduler.remove("t"));
        pass(Duration.ofHours(2));

        assertThat(ran).hasSize(2);
        assertThat(stateOf(scheduler, "t")).isNull();
        assertThat(executionsOf(scheduler, "t")).isEmpty();
    }

    @Test
    void removingARunningTaskCancelsItsRun() {
        AtomicInteger cancelled = new AtomicInteger();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("hangs", run -> Mono.never().doOnCancel(cancelled::incrementAndGet))
                .id("t")));
        settle();

        now(scheduler.remove("t"));
        settle();

        assertThat(cancelled).hasValue(1);
        assertThat(now(scheduler.stats()).running()).isZero();
    }

    @Test
    void aFailedTaskIsRetriedWithItsInputAndAllItsRetries() {
        AtomicInteger calls = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder()
                .handle(
                        DOUBLE,
                        (n, run) -> calls.incrementAndGet() <= 2
                                ? Mono.error(new IllegalStateException("no"))
                                : Mono.just(2 * n)));
        now(scheduler.schedule(DOUBLE.task(21).id("t").retry(RetryPolicy.fixed(1, Duration.ZERO))));
        pass(Duration.ofSeconds(1));
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.FAILED);

        assertThat(now(scheduler.retry("t"))).isEqualTo("t#2");
        settle();

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.COMPLETED);
        assertThat(executionsOf(scheduler, "t")).extracting(Execution::result).containsExactly("42", null);
    }

    @Test
    void aDeadlineOfRetriesCountsAnewForWorkThatIsRetriedByHand() {
        AtomicInteger calls = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> {
            calls.incrementAndGet();
            return Mono.error(new IllegalStateException("no"));
        }));
        now(scheduler.schedule(DOUBLE.task(1)
                .id("t")
                .retry(RetryPolicy.fixed(2, Duration.ofMillis(500)).deadline(Duration.ofMinutes(1)))));
        pass(Duration.ofMinutes(5));
        assertThat(calls).hasValue(3);

        now(scheduler.retry("t"));
        pass(Duration.ofMinutes(5));

        assertThat(calls).hasValue(6);
    }

    @Test
    void retriesEndAtTheirDeadline() {
        AtomicInteger calls = new AtomicInteger();
        ReactiveScheduler scheduler = started(builder().handle(DOUBLE, (n, run) -> {
            calls.incrementAndGet();
            return Mono.error(new IllegalStateException("no"));
        }));
        now(scheduler.schedule(DOUBLE.task(1)
                .id("t")
                .retry(RetryPolicy.fixed(100, Duration.ofSeconds(10)).deadline(Duration.ofSeconds(35)))));

        pass(Duration.ofMinutes(5));

        assertThat(calls).hasValue(4);
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.FAILED);
    }

    @Test
    void oneFailedExecutionOfARepeatingTaskCanBeRunAgainForItsFireTime() {
        List<Instant> fires = new ArrayList<>();
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> {
                    fires.add(run.fireTime());
                    return fires.size() == 1 ? Mono.error(new IllegalStateException("no")) : Mono.empty();
                })
                .id("t")
                .every(Duration.ofHours(1))));
        pass(Duration.ofHours(2));

        assertThat(now(scheduler.retry("t#1"))).isEqualTo("t#3");
        settle();

        assertThat(fires)
                .containsExactly(
                        START.plus(Duration.ofHours(1)),
                        START.plus(Duration.ofHours(2)),
                        START.plus(Duration.ofHours(1)));
    }

    @Test
    void oneRunningExecutionCanBeCancelledWhileItsTaskGoesOn() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("hangs", run -> Mono.never()).id("t").every(Duration.ofHours(1))));
        pass(Duration.ofHours(1));

        assertThat(now(scheduler.cancelExecution("t#1"))).isTrue();
        settle();
        assertThat(now(scheduler.cancelExecution("t#1"))).isFalse();
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.PENDING);
        pass(Duration.ofHours(1));

        assertThat(executionsOf(scheduler, "t"))
                .extracting(Execution::state)
                .containsExactly(TaskState.RUNNING, TaskState.CANCELLED);
    }

    @Test
    void registeringAScheduleAgainKeepsItsPlaceInTheTimeline() {
        ReactiveScheduler scheduler = started();
        Task<Void, Object> task = noted("t").every(Duration.ofHours(1));
        now(scheduler.schedule(task));
        pass(Duration.ofMinutes(59));

        now(scheduler.schedule(task));
        pass(Duration.ofMinutes(1));

        assertThat(ran).hasSize(1);
    }

    @Test
    void tasksAreFoundByStateQueueHandlerAndTagInPages() {
        ReactiveScheduler scheduler = started();
        for (int i = 0; i < 5; i++) {
            now(scheduler.schedule(noted("later" + i).after(Duration.ofHours(1)).tags("odd" + i % 2)));
        }
        now(scheduler.schedule(noted("done").queue("one")));
        settle();

        assertThat(ids(scheduler, TaskQuery.all().state(TaskState.COMPLETED))).containsExactly("done");
        assertThat(ids(scheduler, TaskQuery.all().queue("one"))).containsExactly("done");
        assertThat(ids(scheduler, TaskQuery.all().tag("odd1"))).containsExactly("later1", "later3");
        assertThat(ids(scheduler, TaskQuery.all().handler("note").limit(2).offset(1)))
                .containsExactly("later0", "later1");
        assertThat(ids(scheduler, TaskQuery.all().after("later2"))).containsExactly("later3", "later4");
        assertThat(now(scheduler.stats()).tasks())
                .containsEntry(TaskState.PENDING, 5L)
                .containsEntry(TaskState.COMPLETED, 1L);
    }

    private static List<String> ids(ReactiveScheduler scheduler, TaskQuery query) {
        return now(scheduler.tasks(query).map(TaskInfo::id));
    }

    @Test
    void generatedIdsAreUniqueAndSortByTime() {
        ReactiveScheduler scheduler = started();
        Task<Void, Object> task = Task.of("t", run -> Mono.empty());
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ids.add(now(scheduler.schedule(task)).id());
            if (i % 10 == 0) {
                pass(Duration.ofMillis(1));
            }
        }

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void eachSubscriptionOfACallDoesItAgain() {
        ReactiveScheduler scheduler = started();
        Mono<ScheduledTask<Object>> schedule = scheduler.schedule(Task.of("t", run -> Mono.empty()));
        Mono<String> trigger = scheduler.trigger("t");
        now(scheduler.schedule(noted("t")));

        assertThat(now(schedule).id()).isNotEqualTo(now(schedule).id());
        StepVerifier.create(trigger).expectNext("t#2").verifyComplete();
        StepVerifier.create(trigger).expectNext("t#3").verifyComplete();
    }

    @Test
    void removingManyGoesOnAfterThoseThatAreUnknown() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("t", run -> Mono.empty()).id("last").after(Duration.ofHours(1))));
        Flux<String> ids = Flux.range(0, 500).map(i -> "unknown" + i).concatWithValues("last");

        StepVerifier.create(ids.flatMapDelayError(scheduler::remove, 4, 32))
                .expectNextMatches(removed -> removed.id().equals("last"))
                .expectError()
                .verify(Duration.ofSeconds(10));
    }
}
