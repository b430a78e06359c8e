package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class WakeUpTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final long SAFETY_POLL = TimeUnit.SECONDS.toMicros(30);

    private final List<Throwable> errors = new ArrayList<>();
    private final List<Long> wakings = new ArrayList<>();

    private static TimeBase wallMicros(EngineClock clock) {
        return new TimeBase(clock.scheduler(), clock::nowMicros, TimeUnit.MICROSECONDS);
    }

    private WakeUp recording(EngineClock clock, long longestDelay) {
        return new WakeUp(wallMicros(clock), longestDelay, () -> wakings.add(clock.nowMicros()), errors::add);
    }

    @Test
    void theEarliestOfAllTimesWins() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        WakeUp wakeUp = recording(new EngineClock(virtual), Long.MAX_VALUE);

        wakeUp.at(3_000);
        wakeUp.at(1_000);
        wakeUp.at(2_000);
        virtual.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(wakings).containsExactly(1_000L);
        assertThat(wakeUp.dueTime()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aPastTimeWakesAtOnce() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        virtual.advanceTimeBy(Duration.ofSeconds(5));
        WakeUp wakeUp = recording(new EngineClock(virtual), Long.MAX_VALUE);

        assertThat(wakeUp.at(Long.MIN_VALUE)).isTrue();

        assertThat(wakings).containsExactly(5_000_000L);
    }

    @Test
    void theActionCanAskForTheNextTime() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        EngineClock clock = new EngineClock(virtual);
        AtomicReference<WakeUp> self = new AtomicReference<>();
        WakeUp wakeUp = new WakeUp(
                wallMicros(clock),
                Long.MAX_VALUE,
                () -> {
                    wakings.add(clock.nowMicros());
                    Objects.requireNonNull(self.get()).at(clock.nowMicros() + 1_000_000);
                },
                errors::add);
        self.set(wakeUp);

        wakeUp.at(1_000_000);
        virtual.advanceTimeBy(Duration.ofSeconds(3));

        assertThat(wakings).containsExactly(1_000_000L, 2_000_000L, 3_000_000L);
    }

    @Test
    void neverMeansNothingIsScheduled() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        WakeUp wakeUp = recording(new EngineClock(virtual), Long.MAX_VALUE);

        assertThat(wakeUp.at(Long.MAX_VALUE)).isTrue();

        assertThat(virtual.getScheduledTaskCount()).isZero();
        assertThat(wakeUp.dueTime()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aTimeAtTheEndOfLongDoesNotOverflowIntoThePresent() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(Instant.parse("1903-01-01T00:00:00Z"));
        WakeUp wakeUp = recording(new EngineClock(scheduler), Long.MAX_VALUE);

        wakeUp.at(Long.MAX_VALUE - 1);
        scheduler.advanceTimeBy(Duration.ofDays(1_000));

        assertThat(wakings).isEmpty();
        assertThat(wakeUp.dueTime()).isEqualTo(Long.MAX_VALUE - 1);
    }

    @Test
    void aTimeDecadesAheadComesToItsMicrosecond() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        WakeUp wakeUp = recording(new EngineClock(virtual), Long.MAX_VALUE);
        long due = TimeUnit.DAYS.toMicros(36_525) + 1;

        wakeUp.at(due);
        virtual.advanceTimeBy(Duration.ofDays(40_000));

        assertThat(wakings).containsExactly(due);
    }

    @Test
    void aClockSetBackMakesItWaitAndNotWakeEarly() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START);
        EngineClock clock = new EngineClock(scheduler);
        WakeUp wakeUp = recording(clock, SAFETY_POLL);
        long due = clock.nowMicros() + TimeUnit.MINUTES.toMicros(10);

        wakeUp.at(due);
        scheduler.stepWallBy(Duration.ofHours(-2));
        scheduler.advanceTimeBy(Duration.ofMinutes(119));
        assertThat(wakings).isEmpty();
        scheduler.advanceTimeBy(Duration.ofMinutes(12));

        assertThat(wakings).hasSize(1);
        assertThat(wakings.get(0)).isBetween(due, due + 1_000);
    }

    @Test
    void aClockSetForwardsIsNoticedWithinTheLongestDelay() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START);
        EngineClock clock = new EngineClock(scheduler);
        WakeUp wakeUp = recording(clock, SAFETY_POLL);

        wakeUp.at(clock.nowMicros() + TimeUnit.HOURS.toMicros(3));
        scheduler.stepWallBy(Duration.ofHours(4));
        scheduler.advanceTimeBy(Duration.ofSeconds(30));

        assertThat(wakings).hasSize(1);
    }

    @Test
    void disposingIsFinalAndIdempotent() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        WakeUp wakeUp = recording(new EngineClock(virtual), Long.MAX_VALUE);

        wakeUp.at(1_000);
        wakeUp.dispose();
        wakeUp.dispose();

        assertThat(wakeUp.at(1)).isFalse();
        assertThat(wakeUp.isDisposed()).isTrue();
        virtual.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(wakings).isEmpty();
        assertThat(errors).isEmpty();
    }

    @Test
    void aRefusalOfTheSchedulerIsReportedAndNothingStaysPending() {
        Scheduler scheduler = Schedulers.newSingle("refusing");
        EngineClock clock = new EngineClock(scheduler);
        scheduler.dispose();
        WakeUp wakeUp = recording(clock, Long.MAX_VALUE);

        assertThat(wakeUp.at(1)).isFalse();

        assertThat(errors).singleElement().isInstanceOf(RejectedExecutionException.class);
        assertThat(wakeUp.dueTime()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anActionThatThrowsIsReportedAndCanBeWokenAgain() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        EngineClock clock = new EngineClock(virtual);
        WakeUp wakeUp = new WakeUp(
                wallMicros(clock),
                Long.MAX_VALUE,
                () -> {
                    throw new StackOverflowError("thrown by the action");
                },
                errors::add);

        wakeUp.at(1_000);
        virtual.advanceTimeBy(Duration.ofMillis(1));
        wakeUp.at(2_000);
        virtual.advanceTimeBy(Duration.ofMillis(1));

        assertThat(errors).hasSize(2).allMatch(StackOverflowError.class::isInstance);
    }

    @Test
    void aLongestDelayOfNothingIsRefused() {
        EngineClock clock = new EngineClock(VirtualTimeScheduler.create());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> recording(clock, 0))
                .withMessageContaining("longestDelay");
    }

    @Test
    void onARealSchedulerItIsNeverEarlyByTheClock() throws InterruptedException {
        Scheduler scheduler = Schedulers.parallel();
        EngineClock clock = new EngineClock(scheduler);
        int rounds = 300;
        AtomicInteger left = new AtomicInteger(rounds);
        AtomicInteger early = new AtomicInteger();
        AtomicLong due = new AtomicLong();
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<WakeUp> self = new AtomicReference<>();
        self.set(new WakeUp(
                wallMicros(clock),
                SAFETY_POLL,
                () -> {
                    if (clock.nowMicros() < due.get()) {
                        early.incrementAndGet();
                    }
                    if (left.decrementAndGet() == 0) {
                        done.countDown();
                    } else {
                        due.set(clock.nowMicros() + 137 + left.get() * 3L);
                        Objects.requireNonNull(self.get()).at(due.get());
                    }
                },
                errors::add));
        due.set(clock.nowMicros() + 100);
        Objects.requireNonNull(self.get()).at(due.get());

        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(early).hasValue(0);
    }

    @Test
    void workPublishedBeforeAskingIsNeverOverlooked() throws InterruptedException {
        Scheduler scheduler = Schedulers.newParallel("wake-up-race", 2);
        try {
            EngineClock clock = new EngineClock(scheduler);
            int producers = 3;
            int perProducer = 20_000;
            AtomicInteger work = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(producers * perProducer);
            WakeUp wakeUp = new WakeUp(
                    wallMicros(clock),
                    SAFETY_POLL,
                    () -> {
                        for (int taken = work.getAndSet(0); taken > 0; taken--) {
                            done.countDown();
                        }
                    },
                    errors::add);
            for (int p = 0; p < producers; p++) {
                int producer = p;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < perProducer; i++) {
                        work.incrementAndGet();
                        wakeUp.at(clock.nowMicros() + (i + producer) % 3 * 20L);
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(errors).isEmpty();
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void disposingWhileItFiresEitherRunsTheActionOnceOrNotAtAll() throws InterruptedException {
        Scheduler scheduler = Schedulers.newParallel("wake-up-dispose", 2);
        try {
            EngineClock clock = new EngineClock(scheduler);
            for (int round = 0; round < 5_000; round++) {
                AtomicInteger runs = new AtomicInteger();
                AtomicInteger interrupted = new AtomicInteger();
                CountDownLatch settled = new CountDownLatch(1);
                WakeUp wakeUp = new WakeUp(
                        wallMicros(clock),
                        SAFETY_POLL,
                        () -> {
                            runs.incrementAndGet();
                            if (Thread.currentThread().isInterrupted()) {
                                interrupted.incrementAndGet();
                            }
                        },
                        errors::add);
                wakeUp.at(clock.nowMicros() + round % 50);
                scheduler.schedule(() -> {
                    wakeUp.dispose();
                    settled.countDown();
                });
                assertThat(settled.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(runs.get()).isLessThanOrEqualTo(1);
                assertThat(interrupted).hasValue(0);
                assertThat(wakeUp.at(0)).isFalse();
            }
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void anActionThatBlocksItsThreadDoesNotHoldUpLaterWakeUps() throws InterruptedException {
        Scheduler scheduler = Schedulers.newParallel("wake-up-blocked", 2);
        CountDownLatch blocked = new CountDownLatch(1);
        try {
            EngineClock clock = new EngineClock(scheduler);
            CountDownLatch later = new CountDownLatch(100);
            AtomicBoolean first = new AtomicBoolean(true);
            AtomicReference<WakeUp> self = new AtomicReference<>();
            WakeUp wakeUp = new WakeUp(
                    wallMicros(clock),
                    SAFETY_POLL,
                    () -> {
                        Objects.requireNonNull(self.get()).at(clock.nowMicros() + 100);
                        if (first.getAndSet(false)) {
                            try {
                                blocked.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        } else {
                            later.countDown();
                        }
                    },
                    errors::add);
            self.set(wakeUp);
            wakeUp.at(0);

            assertThat(later.await(30, TimeUnit.SECONDS)).isTrue();
            wakeUp.dispose();
        } finally {
            blocked.countDown();
            scheduler.dispose();
        }
    }

    @Test
    void aThreadThatIsHeldByOtherWorkAfterTheArmingDoesNotHoldUpTheWakeUp() throws InterruptedException {
        Scheduler scheduler = Schedulers.newParallel("wake-up-held", 2);
        try {
            for (int round = 0; round < 20; round++) {
                TimeBase time = wallMicros(new EngineClock(scheduler));
                CountDownLatch woken = new CountDownLatch(1);
                WakeUp wakeUp = new WakeUp(time, SAFETY_POLL, woken::countDown, errors::add);

                wakeUp.at(time.now() + 20_000);
                for (int i = 0; i < round % 2; i++) {
                    scheduler.schedule(() -> {}); // so that the held thread is each in turn
                }
                scheduler.schedule(() -> time.threads().hold(() -> spinUntil(woken)));

                assertThat(woken.await(5, TimeUnit.SECONDS))
                        .as("round %d", round)
                        .isTrue();
                wakeUp.dispose();
            }
        } finally {
            scheduler.dispose();
        }
        assertThat(errors).isEmpty();
    }

    private static void spinUntil(CountDownLatch latch) {
        boolean isOpen;
        do {
            isOpen = latch.getCount() == 0;
        } while (!isOpen);
    }

    @Test
    void spareTasksAddNoWakings() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        EngineClock clock = new EngineClock(virtual);
        AtomicReference<WakeUp> self = new AtomicReference<>();
        WakeUp wakeUp = new WakeUp(
                wallMicros(clock),
                Long.MAX_VALUE,
                () -> {
                    wakings.add(clock.nowMicros());
                    Objects.requireNonNull(self.get()).at(clock.nowMicros() + 10_000);
                },
                errors::add);
        self.set(wakeUp);

        wakeUp.at(10_000);
        virtual.advanceTimeBy(Duration.ofMillis(35));

        assertThat(wakings).containsExactly(10_000L, 20_000L, 30_000L);
    }
}
