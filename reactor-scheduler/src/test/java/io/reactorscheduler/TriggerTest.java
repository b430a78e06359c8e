package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** When tasks fire. */
class TriggerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void nowFiresOnceAtTheMomentItIsAsked() {
        assertThat(Trigger.now().next(null, NOW)).isEqualTo(NOW);
        assertThat(Trigger.now().next(NOW, NOW)).isNull();
    }

    @Test
    void atFiresOnceAtItsInstantAlsoWhenThatHasPassed() {
        Instant past = NOW.minusSeconds(10);

        assertThat(Trigger.at(past).next(null, NOW)).isEqualTo(past);
        StepVerifier.create(Trigger.at(past).timeline(NOW)).expectNext(past).verifyComplete();
    }

    @Test
    void everyFiresFirstOnePeriodAfterItIsAskedAndThenWithoutDrift() {
        Trigger trigger = Trigger.every(Duration.ofHours(1));

        assertThat(trigger.next(null, NOW)).isEqualTo(NOW.plus(1, ChronoUnit.HOURS));
        assertThat(trigger.next(NOW, NOW.plusSeconds(59))).isEqualTo(NOW.plus(1, ChronoUnit.HOURS));
    }

    @Test
    void everyWithAStartFiresOnTheGridOfTheStart() {
        Trigger trigger = Trigger.every(Duration.ofHours(1)).startAt(NOW.minus(90, ChronoUnit.MINUTES));

        assertThat(trigger.next(null, NOW)).isEqualTo(NOW.plus(30, ChronoUnit.MINUTES));
        assertThat(trigger.startAt()).isEqualTo(NOW.minus(90, ChronoUnit.MINUTES));
        assertThat(Trigger.every(Duration.ofHours(1))
                        .startAt(NOW.plusSeconds(7))
                        .next(null, NOW))
                .isEqualTo(NOW.plusSeconds(7));
    }

    @Test
    void fixedDelayCountsFromTheEndOfTheRun() {
        Instant end = NOW.plusSeconds(5);

        assertThat(Trigger.fixedDelay(Duration.ofSeconds(10)).next(NOW, end)).isEqualTo(end.plusSeconds(10));
    }

    @Test
    void aTimelineIsLazyAndEndsWithItsTrigger() {
        Trigger bounded = Trigger.every(Duration.ofMinutes(1)).startAt(NOW).endAt(NOW.plus(2, ChronoUnit.MINUTES));

        StepVerifier.create(bounded.timeline(NOW))
                .expectNext(NOW, NOW.plus(1, ChronoUnit.MINUTES), NOW.plus(2, ChronoUnit.MINUTES))
                .verifyComplete();
        StepVerifier.create(Trigger.every(Duration.ofNanos(1_000)).timeline(NOW), 3)
                .expectNextCount(3)
                .thenCancel()
                .verify();
        StepVerifier.create(Trigger.cron("0 0 * * *").maxRuns(2).timeline(NOW))
                .expectNextCount(2)
                .verifyComplete();
    }

    @Test
    void aCustomRuleThatDoesNotAdvanceIsRefusedByName() {
        Trigger stuck = Trigger.custom("stuck", (previous, now) -> NOW);

        assertThat(stuck.next(null, NOW)).isEqualTo(NOW);
        assertThatThrownBy(() -> stuck.next(NOW, NOW))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("stuck")
                .hasMessageContaining("later than");
    }

    @Test
    void refinementsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Trigger.now().maxRuns(3)).hasMessageContaining("repeats");
        assertThatThrownBy(
                        () -> Trigger.every(Duration.ofSeconds(1)).startAt(NOW).endAt(NOW.minusSeconds(1)))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("startAt");
        assertThatThrownBy(() -> Trigger.every(Duration.ofSeconds(1)).maxRuns(0))
                .hasMessageContaining("maxRuns 0");
    }

    @Test
    void durationsThatAreNegativeZeroOrOverflowAreRefused() {
        assertThatThrownBy(() -> Trigger.every(Duration.ZERO)).hasMessageContaining("every PT0S");
        assertThatThrownBy(() -> Trigger.after(Duration.ofSeconds(-1))).hasMessageContaining("after PT-1S");
        assertThatThrownBy(() -> Trigger.after(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> Trigger.every(Duration.ofDays(11_501))).isInstanceOf(InvalidTaskException.class);
    }

    @Test
    void instantsAtTheEndsOfTimeAreRefusedAndAnEndlessEndIsNoEnd() {
        assertThatThrownBy(() -> Trigger.at(Instant.MAX)).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> Trigger.at(Instant.MIN)).isInstanceOf(InvalidTaskException.class);
        assertThat(Trigger.every(Duration.ofDays(1)).endAt(Instant.MAX).endAt()).isNull();
        assertThat(Trigger.every(Duration.ofDays(1)).next(Instant.MAX.minusSeconds(1), NOW))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "EVERY",
                "EVERY in",
                "EVERY in x",
                "AT at 2026",
                "SOMETIMES",
                "CRON zone Mars/Base : 0 0 * * *",
                "EVERY in PT1S max many",
                "EVERY in PT1S gap SKIP",
                "EVERY in PT1S at 2026-01-01T00:00:00Z",
                "NOW in PT1S",
                "CUSTOM"
            })
    void textThatIsNoTriggerIsRefused(String text) {
        assertThatThrownBy(() -> Trigger.parse(text)).isInstanceOf(InvalidTaskException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AT at +10000-01-01T00:00:00Z",
                "AT at -0001-01-01T00:00:00Z",
                "AFTER in PT-1S",
                "AFTER in P12000D",
                "EVERY in PT0S",
                "EVERY in PT-1S",
                "EVERY in PT9999999999999S",
                "FIXED_DELAY in PT0S",
                "EVERY in PT1S start +10000-01-01T00:00:00Z",
                "EVERY in PT1S end -0001-01-01T00:00:00Z",
                "EVERY in PT1S start 2026-01-02T00:00:00Z end 2026-01-01T00:00:00Z",
                "EVERY in PT1S max 0",
                "EVERY in PT1S max -1",
                "EVERY in PT1S jitter PT-1S",
                "EVERY in PT1S jitter P12000D",
                "NOW max 3",
                "NOW start 2026-01-02T00:00:00Z"
            })
    void textOfATriggerThatNobodyCouldMakeIsRefused(String text) {
        assertThatThrownBy(() -> Trigger.parse(text)).isInstanceOf(InvalidTaskException.class);
    }

    @Property
    void textIsReadExactlyWhereTheFactoriesWouldTakeIt(
            @ForAll @LongRange(min = -2, max = 12_000) long days,
            @ForAll @LongRange(min = -2, max = 12_000) long jitter,
            @ForAll @LongRange(min = -2, max = 2) long runs) {
        Duration period = Duration.ofDays(days);
        Trigger made = null;
        try {
            made = Trigger.every(period).maxRuns(runs).jitter(Duration.ofDays(jitter));
        } catch (InvalidTaskException refused) {
            assertThat(refused.field()).isIn("every", "maxRuns", "jitter");
        }
        String text = "EVERY in " + period + " max " + runs + " jitter " + Duration.ofDays(jitter);

        if (made == null) {
            assertThatThrownBy(() -> Trigger.parse(text)).isInstanceOf(InvalidTaskException.class);
        } else {
            assertThat(Trigger.parse(text)).isEqualTo(made);
        }
    }

    @Property
    void everyTriggerSurvivesItsText(@ForAll("triggers") Trigger trigger) {
        assertThat(Trigger.parse(trigger.toString())).isEqualTo(trigger).hasToString(trigger.toString());
    }

    @Property
    void fireTimesIncreaseAndStayWithinTheirBounds(@ForAll("triggers") Trigger trigger) {
        List<Instant> fires = trigger.timeline(NOW).take(50).collectList().block();

        assertThat(fires).isSorted().doesNotHaveDuplicates().size().isLessThanOrEqualTo((int)
                Math.min(50, trigger.maxRuns()));
        for (Instant fire : fires) {
            assertThat(trigger.startAt() == null || !fire.isBefore(trigger.startAt()))
                    .isTrue();
            assertThat(trigger.endAt() == null || !fire.isAfter(trigger.endAt()))
                    .isTrue();
        }
    }

    @Property
    void jitterStaysWithinItsBoundAndIsTheSameEverywhere(
            @ForAll @IntRange(max = 1_000_000) int most, @ForAll @LongRange(max = 4_000_000_000_000_000L) long fire) {
        Trigger trigger = Trigger.every(Duration.ofHours(1)).jitter(Duration.of(most, ChronoUnit.MICROS));

        TaskRecord task = TaskRecord.builder("task", "handler").build();
        long due = FireTimes.due(trigger, task, fire);

        assertThat(due - fire).isBetween(0L, (long) most);
        assertThat(FireTimes.due(trigger, task, fire)).isEqualTo(due);
    }

    @Provide
    Arbitrary<Trigger> triggers() {
        Arbitrary<Duration> durations = Arbitraries.longs()
                .between(1, 10_000_000_000_000L)
                .map(micros -> Duration.of(micros, ChronoUnit.MICROS));
        Arbitrary<Trigger> bases = Arbitraries.oneOf(
                durations.map(Trigger::every),
                durations.map(Trigger::fixedDelay),
                Arbitraries.of("0 0 * * *", "*/5 * * * * *", "0 9 * * MON-FRI", "@hourly", "0 0 L * *")
                        .map(Trigger::cron),
                Arbitraries.of("Europe/Paris", "America/New_York")
                        .map(zone -> Trigger.cron(Cron.parse("30 2 * * *")
                                .zone(zone)
                                .gap(Cron.Gap.SKIP)
                                .twice(Cron.Twice.BOTH))));
        Arbitrary<Integer> seconds =
                Arbitraries.integers().between(-100_000, 100_000).injectNull(0.5);
        return Combinators.combine(
                        bases,
                        seconds,
                        durations.injectNull(0.5),
                        Arbitraries.longs().between(1, 60).injectNull(0.5))
                .as((base, start, length, max) -> {
                    Trigger trigger = start == null ? base : base.startAt(NOW.plusSeconds(start));
                    if (length != null) {
                        trigger = trigger.endAt(NOW.plusSeconds(100_001).plus(length));
                    }
                    return max == null ? trigger : trigger.maxRuns(max).jitter(Duration.ofMillis(max));
                });
    }
}
