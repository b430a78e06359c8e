package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class EngineClockTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void virtualTimeIsReadFromItsOneSourceAndCannotStep() {
        VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
        EngineClock clock = new EngineClock(virtual);

        virtual.advanceTimeBy(Duration.ofNanos(1_234_567_891));

        assertThat(clock.steps()).isFalse();
        assertThat(clock.nowMicros()).isEqualTo(1_234_567);
        assertThat(clock.monotonicMicros()).isEqualTo(1_234_567);
        assertThat(now(clock)).isEqualTo(Instant.ofEpochSecond(1, 234_567_000));
    }

    @Test
    void aSchedulerWithTwoClocksCanStep() {
        assertThat(new EngineClock(Schedulers.parallel()).steps()).isTrue();
        assertThat(new EngineClock(SteppingScheduler.startingAt(START)).steps()).isTrue();
    }

    @Test
    void timePassesWithMicrosecondResolutionBetweenMilliseconds() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START);
        EngineClock clock = new EngineClock(scheduler);

        scheduler.advanceTimeBy(Duration.ofNanos(1_500_250_000));

        assertThat(now(clock)).isEqualTo(START.plusNanos(1_500_250_000));
    }

    @Test
    void stepsForwardsAndBackwardsByHoursAreFollowedAtOnce() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START);
        EngineClock clock = new EngineClock(scheduler);

        scheduler.stepWallBy(Duration.ofHours(5));
        assertThat(Duration.between(scheduler.wall(), now(clock)).abs()).isLessThan(Duration.ofMillis(1));

        scheduler.stepWallBy(Duration.ofHours(-11));
        assertThat(Duration.between(scheduler.wall(), now(clock)).abs()).isLessThan(Duration.ofMillis(1));

        scheduler.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(Duration.between(scheduler.wall(), now(clock)).abs()).isLessThan(Duration.ofMillis(1));
    }

    @Property(tries = 200)
    void readingsStayWithinTheMillisecondTheWallClockShows(
            @ForAll @Size(max = 60)
                    java.util.List<@LongRange(min = -20_000_000_000L, max = 20_000_000_000L) Long> moves,
            @ForAll @IntRange(max = 999_999) int phaseNanos) {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START.plusNanos(phaseNanos));
        EngineClock clock = new EngineClock(scheduler);
        for (long move : moves) {
            if (move % 2 == 0) {
                scheduler.stepWallBy(Duration.ofNanos(move));
            } else {
                scheduler.advanceTimeBy(Duration.ofNanos(Math.abs(move) / 1000));
            }
            scheduler.advanceTimeBy(Duration.ofNanos(EngineClock.CHECKED_FOR_MICROS * 1_000));
            long millis = scheduler.now(TimeUnit.MILLISECONDS);
            assertThat(clock.nowMicros()).isBetween(millis * 1_000, millis * 1_000 + 999);
        }
    }

    @Test
    void forSomeMicrosecondsAfterALookAtTheWallClockTimeGoesOnByTheMonotonicOne() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START);
        EngineClock clock = new EngineClock(scheduler);
        long first = clock.nowMicros();
        scheduler.stepWallBy(Duration.ofHours(1));

        scheduler.advanceTimeBy(Duration.ofNanos((EngineClock.CHECKED_FOR_MICROS - 1) * 1_000));
        assertThat(clock.nowMicros()).isEqualTo(first + EngineClock.CHECKED_FOR_MICROS - 1);
        scheduler.advanceTimeBy(Duration.ofNanos(1_000));
        assertThat(now(clock)).isCloseTo(scheduler.wall(), within(1, ChronoUnit.MILLIS));
    }

    @Test
    void aSlewedWallClockIsFollowedForHours() {
        SteppingScheduler scheduler = SteppingScheduler.startingAt(START);
        EngineClock clock = new EngineClock(scheduler);
        for (int second = 0; second < 7_200; second++) {
            scheduler.advanceTimeBy(Duration.ofNanos(1_000_000_123));
            scheduler.stepWallBy(Duration.ofNanos(second < 3_600 ? 500_000 : -500_000));
            assertThat(now(clock).toEpochMilli()).isEqualTo(scheduler.now(TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void onARealSchedulerTheFirstReadingAlreadyKnowsThePhaseOfTheMillisecond() {
        List<Long> errors = new ArrayList<>();
        for (int round = 0; round < 25; round++) {
            EngineClock clock = new EngineClock(Schedulers.parallel());
            long wall = clock.nowMicros();
            long monotonic = clock.monotonicMicros();
            while (clock.monotonicMicros() - monotonic < 4_000) {
                clock.nowMicros();
            }
            errors.add(Math.abs((clock.nowMicros() - wall) - (clock.monotonicMicros() - monotonic)));
        }
        // the median, because a thread may be paused between two readings; a guessed phase is wrong by 500 as a rule
        errors.sort(null);
        assertThat(errors.get(errors.size() / 2)).isLessThan(200);
    }

    @Test
    void aSchedulerWhoseTimeStandsStillOrCrawlsOnlyDelaysTheStart() {
        assertThat(new EngineClock(new FixedScheduler(1_000, 77, 0)).nowMicros())
                .isEqualTo(1_000_000);
        assertThat(new EngineClock(new FixedScheduler(1_000, -77_000_000, 1)).nowMicros())
                .isBetween(1_000_000L, 1_000_999L);
        assertThat(new EngineClock(new FixedScheduler(-1_000, Long.MAX_VALUE, 100)).nowMicros())
                .isBetween(-1_000_000L, -999_001L);
    }

    @Test
    void microsOfAnInstantAreRoundedUpSoThatNothingIsEarly() {
        assertThat(EngineClock.toMicros(Instant.ofEpochSecond(1, 1))).isEqualTo(1_000_001);
        assertThat(EngineClock.toMicros(Instant.ofEpochSecond(1, 1_000))).isEqualTo(1_000_001);
        assertThat(EngineClock.toMicros(Instant.ofEpochSecond(-1, 999_999_999))).isZero();
    }

    @Test
    void theEndsOfInstantSaturate() {
        assertThat(EngineClock.toMicros(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
        assertThat(EngineClock.toMicros(Instant.MIN)).isEqualTo(Long.MIN_VALUE);
    }

    @Property
    void everyMicrosecondHasAnInstantAndComesBack(@ForAll long micros) {
        assertThat(EngineClock.toMicros(EngineClock.toInstant(micros))).isEqualTo(micros);
    }

    @Property
    void conversionEqualsExactArithmetic(
            @ForAll @LongRange(min = -31_557_014_167_219_200L, max = 31_556_889_864_403_199L) long seconds,
            @ForAll @LongRange(min = -3, max = 3) long aroundTheEnd,
            @ForAll @IntRange(max = 999_999_999) int nanos) {
        for (long second : new long[] {
            seconds, Long.MAX_VALUE / 1_000_000 + aroundTheEnd, Long.MIN_VALUE / 1_000_000 + aroundTheEnd
        }) {
            BigInteger exact = BigInteger.valueOf(second)
                    .multiply(BigInteger.valueOf(1_000_000))
                    .add(BigInteger.valueOf((nanos + 999L) / 1_000));
            BigInteger saturated =
                    exact.min(BigInteger.valueOf(Long.MAX_VALUE)).max(BigInteger.valueOf(Long.MIN_VALUE));
            assertThat(EngineClock.toMicros(Instant.ofEpochSecond(second, nanos)))
                    .isEqualTo(saturated.longValueExact());
        }
    }

    /** Two clocks, of which the monotonic one moves by a fixed number of nanoseconds a reading and the other not at all. */
    private static final class FixedScheduler implements Scheduler {
        private final long millis;
        private final long nanosPerReading;
        private long nanos;

        FixedScheduler(long millis, long nanos, long nanosPerReading) {
            this.millis = millis;
            this.nanos = nanos;
            this.nanosPerReading = nanosPerReading;
        }

        @Override
        public long now(TimeUnit unit) {
            if (unit.compareTo(TimeUnit.MILLISECONDS) >= 0) {
                return unit.convert(millis, TimeUnit.MILLISECONDS);
            }
            nanos += nanosPerReading;
            return unit.convert(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public Disposable schedule(Runnable task) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }
    }

    private static Instant now(EngineClock clock) {
        return EngineClock.toInstant(clock.nowMicros());
    }
}
