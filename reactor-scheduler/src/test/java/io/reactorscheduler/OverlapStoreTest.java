package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Overlapping fire times over a store that is slow, loses calls or is away. */
class OverlapStoreTest extends InVirtualTime {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();
    private final ShakyStore shaky = new ShakyStore(memory);
    private final List<String> problems = new ArrayList<>();
    private final List<Long> fired = new ArrayList<>();

    private int active;
    private int mostActive;

    private ReactiveScheduler node(String name) {
        ReactiveScheduler scheduler =
                builder().store(shaky.store()).lease(LEASE).node(name).build();
        scheduler
                .events()
                .filter(event -> event.kind() == SchedulerEvent.Kind.PROBLEM)
                .subscribe(event -> problems.add(event.message()));
        return started(scheduler);
    }

    private ReactiveScheduler started(ReactiveScheduler scheduler) {
        stoppedLater(scheduler.start());
        settle();
        return scheduler;
    }

    /** Each second a run, of so long; notes the seconds of its fire times. */
    private Task<Void, Object> everySecond(Duration length, Overlap overlap) {
        return Task.of("tick", run -> {
                    fired.add(Duration.between(START, run.fireTime()).toSeconds());
                    mostActive = Math.max(mostActive, ++active);
                    return Mono.delay(length, time).then(Mono.empty()).doFinally(end -> active--);
                })
                .id("tick")
                .overlap(overlap)
                .every(SECOND);
    }

    private void schedule(ReactiveScheduler scheduler, Task<?, ?> task) {
        scheduler.schedule(task).subscribe();
        settle();
    }

    private List<Execution> executions(TaskState state) {
        return now(memory.executions(ExecutionQuery.of("tick").state(state).limit(1_000)));
    }

    /** The seconds of all fire times that have run or were skipped, in order; a row of skipped ones each. */
    private List<Long> accounted() {
        List<Long> seconds = new ArrayList<>();
        for (Execution execution :
                now(memory.executions(ExecutionQuery.of("tick").limit(1_000)))) {
            long second = Duration.between(START, execution.fireTime()).toSeconds();
            for (long i = 0; i < execution.fireTimes(); i++) {
                seconds.add(second + i);
            }
        }
        Collections.sort(seconds);
        return seconds;
    }

    @Test
    void runsUpToTheBoundGoOnThoughRecordingIsSlowerThanThePeriod() {
        shaky.always("complete", call -> call.delaySubscription(Duration.ofMillis(3_500), time));
        schedule(node("here"), everySecond(Duration.ofMillis(2_500), Overlap.parallel(2)));

        pass(Duration.ofSeconds(60));

        // an end waits up to seven seconds for the call before its own and for its own
        assertThat(fired).hasSizeGreaterThanOrEqualTo(8);
        assertThat(mostActive).isEqualTo(2);
        assertThat(fired.get(fired.size() - 1)).isGreaterThan(50);
    }

    @Test
    void theBoundHoldsOverAllNodesAndNobodyStarvesThoughRecordingIsSlow() {
        shaky.always("complete", call -> call.delaySubscription(Duration.ofMillis(3_500), time));
        ReactiveScheduler first = node("first");
        node("second");
        node("third");
        schedule(first, everySecond(Duration.ofMillis(2_500), Overlap.parallel(2)));

        pass(Duration.ofSeconds(60));

        assertThat(mostActive).isEqualTo(2);
        assertThat(fired).hasSizeGreaterThanOrEqualTo(8).doesNotHaveDuplicates();
        assertThat(accounted()).doesNotHaveDuplicates();
    }

    @Test
    void everyFireTimeOfAnOverlappingTaskRunsOrIsSkippedOnceWhateverWasMissed() {
        ReactiveScheduler scheduler = node("here");
        schedule(scheduler, everySecond(Duration.ofMillis(2_500), Overlap.parallel(2)));
        pass(Duration.ofSeconds(5));
        scheduler.pauseQueue(TaskQueue.DEFAULT_NAME).subscribe();
        pass(Duration.ofSeconds(10));
        scheduler.resumeQueue(TaskQueue.DEFAULT_NAME).subscribe();
        pass(Duration.ofSeconds(10));
        scheduler.cancel("tick").subscribe();
        pass(Duration.ofSeconds(5));

        List<Long> accounted = accounted();
        assertThat(accounted).doesNotHaveDuplicates().startsWith(1L, 2L, 3L);
        assertThat(accounted).hasSize(Math.toIntExact(accounted.get(accounted.size() - 1)));
    }

    @Test
    void aRunThatIsCancelledBeforeItsNextFireTimeIsWrittenDoesNotEndItsTimeline() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("advance", ShakyStore.lost());
        schedule(scheduler, everySecond(Duration.ofMillis(100), Overlap.parallel(2)));
        pass(SECOND);
        assertThat(fired).isEmpty();

        scheduler.cancelExecution("tick#1").subscribe();
        pass(Duration.ofSeconds(4));

        assertThat(executions(TaskState.CANCELLED)).hasSize(1);
        assertThat(fired).contains(2L, 3L, 4L);
    }

    @Test
    void aRunThatIsCancelledWhenTheReplyOfItsNextFireTimeIsLostRepeatsNone() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("advance", ShakyStore.replyLost());
        schedule(scheduler, everySecond(Duration.ofMillis(100), Overlap.parallel(5)));
        pass(Duration.ofSeconds(3));

        scheduler.cancelExecution("tick#1").subscribe();
        pass(Duration.ofSeconds(4));

        assertThat(fired).containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(accounted()).doesNotHaveDuplicates();
    }

    /** As a replica does that takes over without having heard of it. */
    @Test
    void aTimelineGoesOnThoughTheStoreForgetsANextFireTimeThatItHasConfirmed() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("advance", ShakyStore.forgotten());
        schedule(scheduler, everySecond(Duration.ofMillis(100), Overlap.parallel(2)));

        pass(Duration.ofSeconds(4));

        assertThat(fired).containsExactly(1L, 2L, 3L, 4L);
        assertThat(accounted()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aForgottenNextFireTimeIsWrittenAgainWhileARunLasts() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("advance", ShakyStore.forgotten());
        schedule(scheduler, everySecond(Duration.ofDays(1), Overlap.cancelRunning()));

        pass(LEASE.dividedBy(5).plus(Duration.ofSeconds(3)));

        assertThat(fired).startsWith(1L).endsWith(9L);
        assertThat(accounted()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void aForgottenNextFireTimeIsWrittenAgainBeforeALateRetry() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("advance", ShakyStore.forgotten());
        schedule(
                scheduler,
                Task.of("tick", run -> {
                            fired.add(Duration.between(START, run.fireTime()).toSeconds());
                            return Mono.error(new IllegalStateException("no"));
                        })
                        .id("tick")
                        .retry(RetryPolicy.fixed(1, Duration.ofHours(1)))
                        .overlap(Overlap.parallel(10))
                        .every(SECOND));

        pass(Duration.ofSeconds(3));

        assertThat(fired).containsExactly(1L, 2L, 3L);
    }

    @Test
    void anAdvanceThatIsNeverAnsweredIsWrittenAgainAndToldAsAProblem() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("advance", ShakyStore.lost());
        schedule(scheduler, everySecond(Duration.ofMillis(100), Overlap.parallel(2)));

        pass(SECOND.plus(LEASE.dividedBy(3)).plus(SECOND));

        assertThat(fired).contains(1L);
        assertThat(problems).anyMatch(message -> message.contains("tick#1 could not be written"));
    }

    @Test
    void aRunWhoseNextFireTimeCannotBeWrittenIsGivenBackWhenItsLeaseIsNotTrustedAnyMore() {
        ReactiveScheduler scheduler = node("here");
        shaky.always("advance", ShakyStore.failing()).always("renew", ShakyStore.failing());
        schedule(scheduler, everySecond(Duration.ofMillis(100), Overlap.parallel(2)));
        pass(LEASE);
        assertThat(fired).isEmpty();
        assertThat(problems).anyMatch(message -> message.contains("was lost"));

        shaky.mend("advance").mend("renew");
        pass(Duration.ofSeconds(5));

        assertThat(fired).isNotEmpty();
        assertThat(accounted()).doesNotHaveDuplicates();
    }

    @Test
    void aStopGivesBackARunThatStillWaitsForItsNextFireTimeToBeWritten() {
        List<Stopped> stopped = new ArrayList<>();
        ReactiveScheduler scheduler = node("here");
        shaky.always("advance", ShakyStore.failing());
        schedule(scheduler, everySecond(Duration.ofMillis(100), Overlap.parallel(2)));
        pass(SECOND);

        scheduler.disposeGracefully(SECOND).subscribe(stopped::add);
        pass(SECOND);

        assertThat(stopped).containsExactly(new Stopped(0, 1));
    }

    @Test
    void aRunThatWaitsToCancelTheOneBeforeGoesOnWhenTheCallIsLost() {
        ReactiveScheduler scheduler = node("here");
        shaky.next("cancelExecution", ShakyStore.lost());
        schedule(
                scheduler,
                everySecond(Duration.ofSeconds(100), Overlap.cancelRunning()).every(MINUTE));

        pass(MINUTE.multipliedBy(2).plus(LEASE.dividedBy(3)).plus(SECOND));

        assertThat(fired).containsExactly(60L, 120L);
        assertThat(executions(TaskState.CANCELLED)).hasSize(1);
        assertThat(problems).anyMatch(message -> message.contains("could not be cancelled"));
    }

    @Test
    void aRunThatWaitsForTheListOfThoseBeforeGoesOnWhenTheListIsLost() {
        ReactiveScheduler scheduler = node("here");
        schedule(
                scheduler,
                everySecond(Duration.ofSeconds(100), Overlap.cancelRunning()).every(MINUTE));
        pass(MINUTE);
        shaky.stream("executions", Flux::never);
        pass(MINUTE);
        shaky.mend("executions");

        pass(LEASE.dividedBy(3).plus(SECOND));

        assertThat(fired).containsExactly(60L, 120L);
    }

    @Test
    void anOverlappingTimelineEndsAfterItsMostRunsThoughFireTimesWereMissed() {
        ReactiveScheduler scheduler = node("here");
        scheduler.pauseQueue(TaskQueue.DEFAULT_NAME).subscribe();
        schedule(
                scheduler,
                everySecond(Duration.ofMillis(3_500), Overlap.parallel(10))
                        .trigger(Trigger.every(SECOND).maxRuns(8)));
        pass(Duration.ofMillis(5_500));
        scheduler.resumeQueue(TaskQueue.DEFAULT_NAME).subscribe();

        pass(Duration.ofSeconds(20));

        assertThat(fired).containsExactly(5L, 6L, 7L, 8L);
        assertThat(accounted()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(now(memory.task("tick")).state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void aTimelineEndsAfterItsMostRunsThoughAllOfThemWereMissed() {
        for (Overlap overlap : List.of(Overlap.sequential(), Overlap.skip(), Overlap.parallel(3))) {
            fired.clear();
            ReactiveScheduler scheduler = node("here");
            scheduler.pauseQueue(TaskQueue.DEFAULT_NAME).subscribe();
            long base = Duration.between(START, now()).toSeconds();
            schedule(
                    scheduler,
                    everySecond(Duration.ofMillis(10), overlap)
                            .trigger(Trigger.every(SECOND).maxRuns(3)));
            pass(Duration.ofSeconds(10));
            scheduler.resumeQueue(TaskQueue.DEFAULT_NAME).subscribe();

            pass(Duration.ofSeconds(10));

            assertThat(fired).as("%s", overlap).containsExactly(base + 3);
            assertThat(now(memory.task("tick")).state()).isEqualTo(TaskState.COMPLETED);
            scheduler.remove("tick").subscribe();
            scheduler.dispose();
            settle();
        }
    }

    @Test
    void fireTimesThatPassDuringARunCountAgainstTheMostRuns() {
        ReactiveScheduler scheduler = node("here");
        schedule(
                scheduler,
                everySecond(Duration.ofMillis(3_500), Overlap.sequential())
                        .trigger(Trigger.every(SECOND).maxRuns(4)));

        pass(Duration.ofSeconds(20));

        assertThat(fired).containsExactly(1L, 4L);
        assertThat(accounted()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aRuleThatThrowsFailsAnOverlappingTaskAndNothingElse() {
        ReactiveScheduler scheduler = node("here");
        Trigger broken = Trigger.custom("broken", (previous, now) -> {
            if (previous == null) {
                return now;
            }
            throw new IllegalStateException("rule");
        });
        schedule(
                scheduler,
                everySecond(Duration.ofMillis(10), Overlap.parallel(2)).trigger(broken));
        pass(SECOND);

        assertThat(now(memory.task("tick")).state()).isEqualTo(TaskState.FAILED);
    }

    @Test
    void aRunThatWasGivenBackRunsForItsOwnFireTimeThoughLaterOnesHaveRun() {
        ReactiveScheduler first = node("first");
        ReactiveScheduler second = node("second");
        schedule(first, everySecond(Duration.ofSeconds(10), Overlap.parallel(20)));
        pass(Duration.ofMillis(3_500));
        assertThat(fired).containsExactly(1L, 2L, 3L);

        first.dispose();
        pass(Duration.ofSeconds(2));
        second.cancel("tick").subscribe();
        settle();

        // what the first node had started runs again on the second, each for its own fire time
        assertThat(fired).startsWith(1L, 2L, 3L);
        assertThat(accounted()).doesNotHaveDuplicates();
    }
}
