package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Scannable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.retry.Retry;

class SharedTimerTest {
    private final VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
    private final SharedTimer timer = new SharedTimer(virtual);
    private final List<String> ran = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();

    @BeforeEach
    void recordDroppedErrors() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void forgetDroppedErrors() {
        Hooks.resetOnErrorDropped();
    }

    private Runnable note(String what) {
        return () -> ran.add(what + "@" + virtual.now(TimeUnit.NANOSECONDS));
    }

    @Test
    void tasksRunAtTheirNanosecondInOrderOfDueTimeThenOfScheduling() {
        timer.schedule(note("c"), 1_500, TimeUnit.NANOSECONDS);
        timer.schedule(note("a"), 1_001, TimeUnit.NANOSECONDS);
        timer.schedule(note("d"), 1_500, TimeUnit.NANOSECONDS);
        timer.schedule(note("b"), 1_002, TimeUnit.NANOSECONDS);

        virtual.advanceTimeBy(Duration.ofNanos(1_499));
        assertThat(ran).containsExactly("a@1001", "b@1002");
        virtual.advanceTimeBy(Duration.ofNanos(1));
        assertThat(ran).containsExactly("a@1001", "b@1002", "c@1500", "d@1500");
        assertThat(timer.size()).isZero();
    }

    @Property(tries = 100)
    void oneAdvanceRunsEverythingDueWithinItInOrder(
            @ForAll @Size(max = 200) List<@LongRange(min = 1, max = 5_000_000) Long> delays,
            @ForAll @LongRange(max = 5_000_000) long advance) {
        VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
        SharedTimer shared = new SharedTimer(scheduler);
        List<Long> times = new ArrayList<>();
        for (long delay : delays) {
            shared.schedule(() -> times.add(scheduler.now(TimeUnit.NANOSECONDS)), delay, TimeUnit.NANOSECONDS);
        }
        scheduler.advanceTimeBy(Duration.ofNanos(advance));

        assertThat(times)
                .isEqualTo(delays.stream().filter(d -> d <= advance).sorted().toList());
        assertThat(shared.size()).isEqualTo(delays.size() - times.size());
    }

    @Test
    void aDisposedTimerLeavesTheHeapAtOnceAndNeverRuns() {
        Disposable first = timer.schedule(note("first"), 1, TimeUnit.SECONDS);
        Disposable second = timer.schedule(note("second"), 2, TimeUnit.SECONDS);
        first.dispose();
        first.dispose();

        assertThat(first.isDisposed()).isTrue();
        assertThat(second.isDisposed()).isFalse();
        assertThat(timer.size()).isEqualTo(1);
        virtual.advanceTimeBy(Duration.ofSeconds(3));
        assertThat(ran).containsExactly("second@2000000000");
        assertThat(second.isDisposed()).isTrue();
    }

    @Test
    void timersWithoutEndShareOneTaskOfTheBaseScheduler() {
        for (int i = 0; i < 100_000; i++) {
            timer.schedule(note("never"), 30, TimeUnit.SECONDS).dispose();
        }
        assertThat(timer.size()).isZero();
        assertThat(virtual.getScheduledTaskCount()).isEqualTo(1);
    }

    @Test
    void aHundredThousandTimersRunInOrder() {
        SplittableRandom random = new SplittableRandom(42);
        List<Long> times = new ArrayList<>();
        long[] delays = random.longs(100_000, 1, TimeUnit.HOURS.toNanos(1)).toArray();
        for (long delay : delays) {
            timer.schedule(() -> times.add(virtual.now(TimeUnit.NANOSECONDS)), delay, TimeUnit.NANOSECONDS);
        }
        virtual.advanceTimeBy(Duration.ofHours(1));

        Arrays.sort(delays);
        assertThat(times.stream().mapToLong(Long::longValue).toArray()).isEqualTo(delays);
        assertThat(timer.size()).isZero();
    }

    @Test
    void aTaskThatThrowsIsDroppedAndTheNextOneRuns() {
        timer.schedule(
                () -> {
                    throw new IllegalStateException("thrown by the task");
                },
                1,
                TimeUnit.SECONDS);
        timer.schedule(
                () -> {
                    throw new LinkageError("thrown by the task");
                },
                1,
                TimeUnit.SECONDS);
        timer.schedule(note("next"), 1, TimeUnit.SECONDS);
        virtual.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(ran).containsExactly("next@1000000000");
        assertThat(dropped)
                .extracting(Throwable::getMessage)
                .containsExactly("thrown by the task", "thrown by the task");
    }

    @Test
    void aDroppedErrorHookThatThrowsDoesNotStopTheTimer() {
        Hooks.onErrorDropped(error -> {
            throw new IllegalStateException("thrown by the hook", error);
        });
        Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
        Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> ran.add(error.getMessage()));
        try {
            timer.schedule(
                    () -> {
                        throw new IllegalStateException("thrown by the task");
                    },
                    1,
                    TimeUnit.SECONDS);
            timer.schedule(note("next"), 1, TimeUnit.SECONDS);
            virtual.advanceTimeBy(Duration.ofSeconds(1));
        } finally {
            Thread.currentThread().setUncaughtExceptionHandler(before);
        }
        assertThat(ran).containsExactly("thrown by the hook", "next@1000000000");
    }

    @Test
    void aTaskMayScheduleAndDisposeOthers() {
        Disposable victim = timer.schedule(note("victim"), 2, TimeUnit.SECONDS);
        timer.schedule(
                () -> {
                    victim.dispose();
                    timer.schedule(note("child"), 1, TimeUnit.SECONDS);
                },
                1,
                TimeUnit.SECONDS);
        virtual.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(ran).containsExactly("child@2000000000");
    }

    @Test
    void disposingCancelsAllAndRefusesMoreButLeavesTheBaseAlone() {
        Disposable waiting = timer.schedule(note("waiting"), 1, TimeUnit.SECONDS);
        timer.schedulePeriodically(note("tick"), 1, 1, TimeUnit.SECONDS);
        Scheduler.Worker worker = timer.createWorker();
        worker.schedule(note("worker"), 1, TimeUnit.SECONDS);
        timer.dispose();
        timer.dispose();

        assertThat(timer.size()).isZero();
        assertThat(timer.isDisposed()).isTrue();
        assertThat(waiting.isDisposed()).isTrue();
        virtual.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(ran).isEmpty();
        assertThat(virtual.isDisposed()).isFalse();
        assertRejected(() -> timer.schedule(note("late")));
        assertRejected(() -> timer.schedule(note("late"), 1, TimeUnit.SECONDS));
        assertRejected(() -> timer.schedulePeriodically(note("late"), 1, 1, TimeUnit.SECONDS));
        assertRejected(timer::createWorker);
        assertRejected(() -> worker.schedule(note("late")));
        assertRejected(() -> worker.schedule(note("late"), 1, TimeUnit.SECONDS));
    }

    @Test
    void aDisposedBaseIsAnErrorOfTheCallerAndLeavesNothingBehind() {
        virtual.dispose();

        assertRejected(() -> timer.schedule(note("late"), 1, TimeUnit.SECONDS));
        assertThat(timer.size()).isZero();
        StepVerifier.create(Mono.delay(Duration.ofSeconds(1), timer))
                .expectError(RejectedExecutionException.class)
                .verify(Duration.ofSeconds(5));
    }

    private static void assertRejected(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aTimeoutThatIsNotNeededLeavesNothing() {
        StepVerifier.create(Mono.just(1).timeout(Duration.ofSeconds(1), timer))
                .expectNext(1)
                .verifyComplete();
        assertThat(timer.size()).isZero();
    }

    @Test
    void aTimeoutFiresAtItsTimeAndCancelsTheSource() {
        AtomicBoolean cancelled = new AtomicBoolean();
        StepVerifier.withVirtualTime(
                        () -> Mono.never().doOnCancel(() -> cancelled.set(true)).timeout(Duration.ofSeconds(30), timer),
                        () -> virtual,
                        Long.MAX_VALUE)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(29_999))
                .thenAwait(Duration.ofMillis(1))
                .expectError(TimeoutException.class)
                .verify(Duration.ofSeconds(5));

        assertThat(cancelled).isTrue();
        assertThat(timer.size()).isZero();
    }

    @Test
    void aDeferringVirtualSchedulerNeverFiresEarly() {
        VirtualTimeScheduler deferring = VirtualTimeScheduler.create(true);
        SharedTimer shared = new SharedTimer(deferring);
        deferring.advanceTimeBy(Duration.ofHours(1));
        shared.schedule(() -> ran.add("due"), 1, TimeUnit.HOURS);
        assertThat(ran).isEmpty();
        deferring.advanceTimeBy(Duration.ofMinutes(59));
        assertThat(ran).isEmpty();
        deferring.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("due");
    }

    @Test
    void retryBacksOffOverIt() {
        AtomicInteger attempts = new AtomicInteger();
        List<Long> times = new ArrayList<>();
        StepVerifier.withVirtualTime(
                        () -> Mono.<Integer>defer(() -> {
                                    times.add(virtual.now(TimeUnit.SECONDS));
                                    return attempts.incrementAndGet() < 4
                                            ? Mono.error(new IllegalStateException("attempt " + attempts.get()))
                                            : Mono.just(attempts.get());
                                })
                                .retryWhen(Retry.backoff(5, Duration.ofSeconds(1))
                                        .jitter(0)
                                        .scheduler(timer)),
                        () -> virtual,
                        Long.MAX_VALUE)
                .thenAwait(Duration.ofSeconds(7))
                .expectNext(4)
                .expectComplete()
                .verify(Duration.ofSeconds(5));

        assertThat(times).containsExactly(0L, 1L, 3L, 7L);
        assertThat(timer.size()).isZero();
    }

    @Test
    void stepsOfTheWallClockDisturbNoTimer() {
        SteppingScheduler stepping = SteppingScheduler.startingAt(Instant.parse("2030-01-01T00:00:00Z"));
        SharedTimer shared = new SharedTimer(stepping);
        shared.schedule(() -> ran.add("due"), 10, TimeUnit.MINUTES);

        stepping.stepWallBy(Duration.ofHours(5));
        stepping.advanceTimeBy(Duration.ofMinutes(5));
        stepping.stepWallBy(Duration.ofHours(-9));
        stepping.advanceTimeBy(Duration.ofMinutes(4));
        assertThat(ran).isEmpty();
        stepping.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(ran).containsExactly("due");
    }

    @Test
    void aDelayBeyondAllTimeWaitsForEver() {
        timer.schedule(note("never"), Long.MAX_VALUE, TimeUnit.DAYS);
        timer.schedule(note("soon"), 1, TimeUnit.SECONDS);
        virtual.advanceTimeBy(Duration.ofDays(36_500));

        assertThat(ran).containsExactly("soon@1000000000");
        assertThat(timer.size()).isEqualTo(1);
    }

    @Test
    void noDelayGoesStraightToTheBase() {
        timer.schedule(note("now"));
        timer.schedule(note("zero"), 0, TimeUnit.SECONDS);
        timer.schedule(note("negative"), -5, TimeUnit.SECONDS);
        virtual.advanceTime();

        assertThat(ran).containsExactly("now@0", "zero@0", "negative@0");
    }

    @Test
    void aPeriodicTaskKeepsItsRateAndSurvivesItsErrors() {
        AtomicInteger runs = new AtomicInteger();
        Disposable ticking = timer.schedulePeriodically(
                () -> {
                    note("tick").run();
                    if (runs.incrementAndGet() == 2) {
                        throw new IllegalStateException("second run");
                    }
                },
                1,
                2,
                TimeUnit.NANOSECONDS);
        virtual.advanceTimeBy(Duration.ofNanos(6));
        assertThat(ran).containsExactly("tick@1", "tick@3", "tick@5");
        assertThat(dropped).hasSize(1);

        ticking.dispose();
        assertThat(timer.size()).isZero();
        virtual.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(ran).hasSize(3);
    }

    @Test
    void aPeriodicTaskCanDisposeItself() {
        Disposable.Swap self = Disposables.swap();
        self.replace(timer.schedulePeriodically(
                () -> {
                    note("tick").run();
                    self.dispose();
                },
                1,
                1,
                TimeUnit.SECONDS));
        virtual.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(ran).containsExactly("tick@1000000000");
        assertThat(timer.size()).isZero();
    }

    @Test
    void theTasksOfAWorkerRunInOrderAndGoWithIt() {
        Scheduler.Worker worker = timer.createWorker();
        worker.schedule(note("now"));
        worker.schedule(note("two"), 2, TimeUnit.SECONDS);
        worker.schedule(note("one"), 1, TimeUnit.SECONDS);
        Disposable cancelled = worker.schedule(note("cancelled"), 1, TimeUnit.SECONDS);
        worker.schedulePeriodically(note("tick"), 1, 1, TimeUnit.SECONDS);
        timer.schedule(note("other"), 4, TimeUnit.SECONDS);
        cancelled.dispose();
        virtual.advanceTimeBy(Duration.ofSeconds(2));

        assertThat(ran)
                .containsExactly("now@0", "one@1000000000", "tick@1000000000", "two@2000000000", "tick@2000000000");
        worker.dispose();
        assertThat(worker.isDisposed()).isTrue();
        assertThat(timer.size()).isEqualTo(1);
        assertRejected(() -> worker.schedule(note("late"), 1, TimeUnit.SECONDS));
        virtual.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(ran).hasSize(6).last().isEqualTo("other@4000000000");
    }

    @Test
    void itCanBeScanned() {
        timer.schedule(note("waiting"), 1, TimeUnit.SECONDS);
        Scannable scannable = Scannable.from(timer);
        assertThat(scannable.scan(Scannable.Attr.BUFFERED)).isEqualTo(1);
        assertThat(scannable.scan(Scannable.Attr.TERMINATED)).isFalse();
        assertThat(scannable.scan(Scannable.Attr.NAME)).startsWith("SharedTimer(");
        timer.dispose();
        assertThat(scannable.scan(Scannable.Attr.TERMINATED)).isTrue();
    }
}
