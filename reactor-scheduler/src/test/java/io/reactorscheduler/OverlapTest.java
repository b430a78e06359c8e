package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Fire times that come while the run before is active, and fire times that nobody could run. */
class OverlapTest extends InVirtualTime {

    private final List<Long> fired = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    /** Notes the seconds of its fire time, then takes so long. */
    private Task<Void, Object> every10s(Duration length) {
        return Task.of("tick", run -> {
                    long second = seconds(run.fireTime());
                    fired.add(second);
                    return Mono.delay(length, time)
                            .then(Mono.empty())
                            .doOnSuccess(done -> ended.add("done " + second))
                            .doOnCancel(() -> ended.add("cancelled " + second));
                })
                .id("tick")
                .every(Duration.ofSeconds(10));
    }

    private static long seconds(Instant instant) {
        return Duration.between(START, instant).toSeconds();
    }

    private List<String> skips(ReactiveScheduler scheduler) {
        return now(scheduler.executions(ExecutionQuery.of("tick").state(TaskState.SKIPPED))).stream()
                .map(skip -> seconds(skip.fireTime()) + " x" + skip.fireTimes() + " "
                        + skip.reason().split(":")[0])
                .toList();
    }

    @Test
    void sequentialKeepsOneFireTimeWaitingAndSkipsTheOlderOnes() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(34))));

        pass(Duration.ofSeconds(90));

        assertThat(fired).containsExactly(10L, 40L, 70L);
        assertThat(skips(scheduler)).containsExactly("50 x2 overlapped", "20 x2 overlapped");
    }

    @Test
    void sequentialWithABufferRunsAllThatFit() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(15)).overlap(Overlap.sequential(10))));

        pass(Duration.ofSeconds(60));

        assertThat(fired).containsExactly(10L, 20L, 30L, 40L);
        assertThat(skips(scheduler)).isEmpty();
    }

    @Test
    void skipWaitsForTheNextFireTimeAfterTheRun() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(25)).overlap(Overlap.skip())));

        pass(Duration.ofSeconds(75));

        assertThat(fired).containsExactly(10L, 40L, 70L);
        assertThat(skips(scheduler)).containsExactly("50 x2 overlapped", "20 x2 overlapped");
    }

    @Test
    void parallelRunsUpToItsBoundAndSkipsBeyond() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(25)).overlap(Overlap.parallel(2))));

        pass(Duration.ofSeconds(50));

        assertThat(fired).containsExactly(10L, 20L, 40L, 50L);
        assertThat(skips(scheduler)).containsExactly("30 x1 overlapped");
        assertThat(now(scheduler.task("tick")).running()).isEqualTo(2);
    }

    @Test
    void cancelRunningEndsTheRunBefore() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(15)).overlap(Overlap.cancelRunning())));

        pass(Duration.ofSeconds(35));

        assertThat(fired).containsExactly(10L, 20L, 30L);
        assertThat(ended).containsExactly("cancelled 10", "cancelled 20");
        assertThat(now(scheduler.executions(ExecutionQuery.of("tick").state(TaskState.CANCELLED))))
                .hasSize(2);
    }

    @Test
    void aRetryThatComesWhileALaterRunIsActiveIsCancelledInstead() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("tick", run -> {
                    long second = seconds(run.fireTime());
                    fired.add(second);
                    return second == 10
                            ? Mono.error(new IllegalStateException())
                            : Mono.never().doOnCancel(() -> ended.add("cancelled " + second));
                })
                .id("tick")
                .every(Duration.ofSeconds(10))
                .overlap(Overlap.cancelRunning())
                .retry(RetryPolicy.fixed(1, Duration.ofSeconds(15)))));

        pass(Duration.ofSeconds(29));

        assertThat(fired).containsExactly(10L, 20L);
        assertThat(ended).isEmpty();
        assertThat(now(scheduler.executions(ExecutionQuery.of("tick").state(TaskState.CANCELLED))))
                .singleElement()
                .satisfies(retry -> {
                    assertThat(retry.id()).isEqualTo("tick#1");
                    assertThat(retry.reason()).isEqualTo("overlapped: a later run is active");
                });
    }

    @Test
    void aRetryIsNotCancelledByALaterFireTimeThatIsSkipped() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("tick", run -> {
                    fired.add(seconds(run.fireTime()));
                    return run.attempt() == 1 ? Mono.error(new IllegalStateException()) : Mono.never();
                })
                .id("tick")
                .every(Duration.ofHours(1))
                .overlap(Overlap.cancelRunning())
                .misfire(Misfire.skip(Duration.ofMinutes(1)))
                .retry(RetryPolicy.fixed(1, Duration.ofMinutes(30)))));
        pass(Duration.ofMinutes(70));
        now(scheduler.pauseQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofMinutes(60));

        now(scheduler.resumeQueue(TaskQueue.DEFAULT_NAME));
        settle();

        assertThat(fired).containsExactly(3_600L, 3_600L);
        assertThat(now(scheduler.task("tick")).running()).isOne();
    }

    @Test
    void aTriggeredRunStandsBesideTheActiveOneUntilTheNextFireTime() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(30)).overlap(Overlap.cancelRunning())));
        pass(Duration.ofSeconds(12));

        now(scheduler.trigger("tick"));
        settle();
        assertThat(now(scheduler.task("tick")).running()).isEqualTo(2);
        pass(Duration.ofSeconds(10));

        assertThat(fired).containsExactly(10L, 12L, 20L);
        assertThat(ended).containsExactlyInAnyOrder("cancelled 10", "cancelled 12");
    }

    @Test
    void waitingForARetryCountsAsActive() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(Task.of("tick", run -> {
                    fired.add(seconds(run.fireTime()));
                    return run.attempt() == 1 ? Mono.error(new IllegalStateException()) : Mono.empty();
                })
                .id("tick")
                .every(Duration.ofSeconds(10))
                .retry(RetryPolicy.fixed(1, Duration.ofSeconds(25)))));

        pass(Duration.ofSeconds(36));

        assertThat(fired).containsExactly(10L, 10L, 30L);
        assertThat(skips(scheduler)).containsExactly("20 x1 overlapped");
    }

    @Test
    void aTriggeredRunOfASequentialTaskWaitsForTheActiveOne() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(5))));
        pass(Duration.ofSeconds(12));

        now(scheduler.trigger("tick"));
        settle();
        assertThat(fired).containsExactly(10L);
        pass(Duration.ofSeconds(3));

        assertThat(fired).containsExactly(10L, 12L);
    }

    @Test
    void aPausedQueueMissesFireTimesAndTheLatestRunsWhenItIsResumed() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(1))));
        now(scheduler.pauseQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofSeconds(45));
        assertThat(fired).isEmpty();

        now(scheduler.resumeQueue(TaskQueue.DEFAULT_NAME));
        settle();

        assertThat(fired).containsExactly(40L);
        pass(Duration.ofSeconds(1));
        assertThat(skips(scheduler)).containsExactly("10 x3 misfired");
    }

    @Test
    void missedFireTimesAreSkippedWhereTheTaskSaysSo() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofSeconds(1)).misfire(Misfire.skip())));
        now(scheduler.pauseQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofSeconds(45));
        now(scheduler.resumeQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofSeconds(6));

        assertThat(fired).containsExactly(50L);
        assertThat(skips(scheduler)).isNotEmpty();
    }

    @Test
    void missedFireTimesAllRunWithinWindowAndBound() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(every10s(Duration.ofMillis(10)).misfire(Misfire.all(Duration.ofSeconds(30), 2))));
        now(scheduler.pauseQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofSeconds(65));
        now(scheduler.resumeQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofSeconds(1));

        assertThat(fired).containsExactly(50L, 60L);
    }

    @Test
    void aLateOneShotAlwaysRuns() {
        ReactiveScheduler scheduler = started();
        now(scheduler.schedule(
                every10s(Duration.ofSeconds(1)).after(Duration.ofSeconds(1)).misfire(Misfire.skip())));
        now(scheduler.pauseQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofDays(1));
        now(scheduler.resumeQueue(TaskQueue.DEFAULT_NAME));
        settle();

        assertThat(fired).containsExactly(1L);
    }

    @Test
    void aTriggerThatThrowsEndsItsTaskAndNothingElse() {
        ReactiveScheduler scheduler = started();
        Trigger broken = Trigger.custom("broken", (previous, now) -> {
            if (previous == null) {
                return now;
            }
            throw new IllegalStateException("rule");
        });
        now(scheduler.schedule(Task.of("t", run -> Mono.empty()).id("broken").trigger(broken)));
        now(scheduler.schedule(every10s(Duration.ZERO)));
        pass(Duration.ofSeconds(10));

        assertThat(stateOf(scheduler, "broken")).isEqualTo(TaskState.FAILED);
        assertThat(executionsOf(scheduler, "broken").get(0).error().message()).isEqualTo("rule");
        assertThat(fired).containsExactly(10L);
    }
}
