package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronClockChangeTest {

    /** In Paris 2:30 is both in the gap and in the overlap; in New York only in the gap, and 1:30 in the overlap. */
    @ParameterizedTest
    @CsvSource({
        "30 2 * * *, Europe/Paris,     AFTER_GAP, FIRST,  3653",
        "30 2 * * *, Europe/Paris,     AFTER_GAP, SECOND, 3653",
        "30 2 * * *, Europe/Paris,     AFTER_GAP, BOTH,   3663",
        "30 2 * * *, Europe/Paris,     SKIP,      FIRST,  3643",
        "30 2 * * *, Europe/Paris,     SKIP,      SECOND, 3643",
        "30 2 * * *, Europe/Paris,     SKIP,      BOTH,   3653",
        "30 2 * * *, America/New_York, AFTER_GAP, FIRST,  3653",
        "30 2 * * *, America/New_York, AFTER_GAP, SECOND, 3653",
        "30 2 * * *, America/New_York, AFTER_GAP, BOTH,   3653",
        "30 2 * * *, America/New_York, SKIP,      FIRST,  3643",
        "30 2 * * *, America/New_York, SKIP,      SECOND, 3643",
        "30 2 * * *, America/New_York, SKIP,      BOTH,   3643",
        "30 1 * * *, America/New_York, SKIP,      FIRST,  3653",
        "30 1 * * *, America/New_York, SKIP,      SECOND, 3653",
        "30 1 * * *, America/New_York, SKIP,      BOTH,   3663",
        "30 2 * * *, UTC,              SKIP,      BOTH,   3653"
    })
    void tenYearsOfADailyJobHaveTheFireTimesThatThePoliciesSay(
            String expression, ZoneId zone, Cron.Gap gap, Cron.Twice overlap, int expected) {
        Cron cron = Cron.parse(expression).zone(zone).gap(gap).twice(overlap);
        Instant end = LocalDateTime.parse("2034-01-01T00:00").atZone(zone).toInstant();
        Instant at =
                cron.next(LocalDateTime.parse("2024-01-01T00:00").atZone(zone).toInstant());
        int count = 0;
        while (at != null && at.isBefore(end)) {
            count++;
            Instant next = cron.next(at);
            assertThat(next).isNotNull().isAfter(at);
            at = next;
        }
        assertThat(count).isEqualTo(expected);
    }

    @Test
    void aTimeInAGapFiresAtTheFirstInstantAfterItOrNotAtAll() {
        Cron cron = Cron.parse("30 2 * * *").zone("Europe/Paris");
        assertThat(fires(cron, "2024-03-30T02:30+01:00", 3))
                .containsExactly("2024-03-31T03:00+02:00", "2024-04-01T02:30+02:00", "2024-04-02T02:30+02:00");
        assertThat(fires(cron.gap(Cron.Gap.SKIP), "2024-03-30T02:30+01:00", 2))
                .containsExactly("2024-04-01T02:30+02:00", "2024-04-02T02:30+02:00");
    }

    @Test
    void severalTimesInAGapFireOnceAfterIt() {
        Cron cron = Cron.parse("*/10 1-2 * * *").zone("Europe/Paris");
        assertThat(fires(cron, "2024-03-31T01:40+01:00", 3))
                .containsExactly("2024-03-31T01:50+01:00", "2024-03-31T03:00+02:00", "2024-04-01T01:00+02:00");
        Cron alsoAfter = Cron.parse("0 2,3 * * *").zone("Europe/Paris");
        assertThat(fires(alsoAfter, "2024-03-31T00:00+01:00", 2))
                .containsExactly("2024-03-31T03:00+02:00", "2024-04-01T02:00+02:00");
    }

    @Test
    void theEndsOfAGapBelongToTheTimesBeforeAndAfterIt() {
        Cron cron = Cron.parse("59 59 1 * * *").zone("Europe/Paris").gap(Cron.Gap.SKIP);
        assertThat(fires(cron, "2024-03-31T00:00+01:00", 1)).containsExactly("2024-03-31T01:59:59+01:00");
        assertThat(fires(Cron.parse("0 3 * * *").zone("Europe/Paris").gap(Cron.Gap.SKIP), "2024-03-31T00:00+01:00", 1))
                .containsExactly("2024-03-31T03:00+02:00");
        assertThat(fires(Cron.parse("0 2 * * *").zone("Europe/Paris").gap(Cron.Gap.SKIP), "2024-03-31T00:00+01:00", 1))
                .containsExactly("2024-04-01T02:00+02:00");
    }

    @Test
    void aTimeThatComesTwiceFiresAsChosen() {
        Cron cron = Cron.parse("30 2 * * *").zone("Europe/Paris");
        String before = "2024-10-26T02:30+02:00";
        assertThat(fires(cron, before, 2)).containsExactly("2024-10-27T02:30+02:00", "2024-10-28T02:30+01:00");
        assertThat(fires(cron.twice(Cron.Twice.SECOND), before, 2))
                .containsExactly("2024-10-27T02:30+01:00", "2024-10-28T02:30+01:00");
        assertThat(fires(cron.twice(Cron.Twice.BOTH), before, 3))
                .containsExactly("2024-10-27T02:30+02:00", "2024-10-27T02:30+01:00", "2024-10-28T02:30+01:00");
    }

    @Test
    void askedInTheSecondPassageAJobThatFiredInTheFirstDoesNotFireAgain() {
        Cron cron = Cron.parse("30,45 2 * * *").zone("Europe/Paris");
        assertThat(fires(cron, "2024-10-27T02:00+01:00", 1)).containsExactly("2024-10-28T02:30+01:00");
        assertThat(fires(cron.twice(Cron.Twice.SECOND), "2024-10-27T02:00+02:00", 2))
                .containsExactly("2024-10-27T02:30+01:00", "2024-10-27T02:45+01:00");
    }

    /** cron-utils#446: a yearly job at 2:00 on the day of the change fired in both passages of that hour. */
    @Test
    void aYearlyJobOnTheDayOfTheChangeFiresOnce() {
        Cron cron = Cron.parse("0 2 25 10 *").zone("Europe/Rome");
        assertThat(fires(cron, "2020-10-25T00:00+02:00", 2))
                .containsExactly("2020-10-25T02:00+02:00", "2021-10-25T02:00+02:00");
        assertThat(fires(cron.twice(Cron.Twice.BOTH), "2020-10-25T02:00+02:00", 2))
                .containsExactly("2020-10-25T02:00+01:00", "2021-10-25T02:00+02:00");
    }

    /** cron-utils#213: what a change of the clocks does is for the user to say, for each cron. */
    @Test
    void evenTheSameExpressionMayHaveOtherChoicesBesideIt() {
        Cron cron = Cron.parse("15 1 * * *").zone("America/New_York");
        assertThat(fires(cron, "2024-11-03T00:00-04:00", 2))
                .containsExactly("2024-11-03T01:15-04:00", "2024-11-04T01:15-05:00");
        assertThat(fires(cron.twice(Cron.Twice.SECOND), "2024-11-03T00:00-04:00", 1))
                .containsExactly("2024-11-03T01:15-05:00");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 * * * *", "0 0-23 * * *", "0 */1 * * *", "0 0/1 * * *"})
    void anExpressionThatAdmitsEveryHourFollowsElapsedTime(String expression) {
        for (Cron.Gap gap : Cron.Gap.values()) {
            for (Cron.Twice overlap : Cron.Twice.values()) {
                Cron cron = Cron.parse(expression).zone("Europe/Paris").gap(gap).twice(overlap);
                assertThat(fires(cron, "2024-03-31T00:00+01:00", 3))
                        .containsExactly("2024-03-31T01:00+01:00", "2024-03-31T03:00+02:00", "2024-03-31T04:00+02:00");
                assertThat(fires(cron, "2024-10-27T01:00+02:00", 3))
                        .containsExactly("2024-10-27T02:00+02:00", "2024-10-27T02:00+01:00", "2024-10-27T03:00+01:00");
            }
        }
    }

    @Test
    void aStepOfHoursNamesHoursAndIsNeitherLostNorDoubled() {
        Cron cron = Cron.parse("0 */2 * * *").zone("Europe/Paris");
        assertThat(fires(cron, "2024-03-31T00:00+01:00", 2))
                .containsExactly("2024-03-31T03:00+02:00", "2024-03-31T04:00+02:00");
        assertThat(fires(cron, "2024-10-27T00:00+02:00", 2))
                .containsExactly("2024-10-27T02:00+02:00", "2024-10-27T04:00+01:00");
    }

    @Test
    void aMinutelyJobFiresOnceInEachMinuteOfAYear() {
        Cron cron = Cron.parse("* * * * *").zone("Europe/Paris");
        Instant start = Instant.parse("2024-01-01T00:00:00Z");
        Instant at = start;
        for (int minute = 1; minute <= 366 * 24 * 60; minute++) {
            at = Objects.requireNonNull(cron.next(at), "no fire time");
            assertThat(at).isEqualTo(start.plusSeconds(minute * 60L));
        }
    }

    /** In Sao Paulo midnight of 2018-11-04 did not come, and 23:00 to midnight of 2018-02-17 came twice. */
    @Test
    void aMidnightThatDoesNotComeFiresAtTheStartOfItsDay() {
        Cron cron = Cron.parse("@daily").zone("America/Sao_Paulo");
        assertThat(fires(cron, "2018-11-03T00:00-03:00", 2))
                .containsExactly("2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00");
        assertThat(fires(cron.gap(Cron.Gap.SKIP), "2018-11-03T00:00-03:00", 1))
                .containsExactly("2018-11-05T00:00-02:00");
        assertThat(fires(Cron.parse("0 0 4 11 *").zone("America/Sao_Paulo"), "2018-01-01T00:00-02:00", 1))
                .containsExactly("2018-11-04T01:00-02:00");
        Cron late = Cron.parse("30 23 17 2 *").zone("America/Sao_Paulo").twice(Cron.Twice.BOTH);
        assertThat(fires(late, "2018-01-01T00:00-02:00", 2))
                .containsExactly("2018-02-17T23:30-02:00", "2018-02-17T23:30-03:00");
    }

    /** Lord Howe's clocks move by half an hour: 2:00 to 2:30 on 2024-10-06, and back to 1:30 on 2024-04-07. */
    @Test
    void aChangeByHalfAnHourConcernsThatHalfHourOnly() {
        Cron cron = Cron.parse("15,45 1-2 * * *").zone("Australia/Lord_Howe");
        assertThat(fires(cron, "2024-10-06T01:45+10:30", 2))
                .containsExactly("2024-10-06T02:30+11:00", "2024-10-06T02:45+11:00");
        assertThat(fires(cron, "2024-04-07T01:15+11:00", 2))
                .containsExactly("2024-04-07T01:45+11:00", "2024-04-07T02:15+10:30");
        assertThat(fires(cron.twice(Cron.Twice.BOTH), "2024-04-07T01:15+11:00", 3))
                .containsExactly("2024-04-07T01:45+11:00", "2024-04-07T01:45+10:30", "2024-04-07T02:15+10:30");
        Cron elapsed = Cron.parse("*/15 * * * *").zone("Australia/Lord_Howe");
        assertThat(fires(elapsed, "2024-04-07T01:30+11:00", 3))
                .containsExactly("2024-04-07T01:45+11:00", "2024-04-07T01:30+10:30", "2024-04-07T01:45+10:30");
    }

    /** Samoa left out 2011-12-30. */
    @Test
    void aDayThatDoesNotComeFiresWhenTheNextBeginsOrNotAtAll() {
        Cron cron = Cron.parse("0 9 * * *").zone("Pacific/Apia");
        assertThat(fires(cron, "2011-12-29T09:00-10:00", 3))
                .containsExactly("2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00", "2012-01-01T09:00+14:00");
        assertThat(fires(cron.gap(Cron.Gap.SKIP), "2011-12-29T09:00-10:00", 1))
                .containsExactly("2011-12-31T09:00+14:00");
        Cron thatDay = Cron.parse("0 9 30 12 *").zone("Pacific/Apia");
        assertThat(fires(thatDay, "2011-01-01T00:00-11:00", 2))
                .containsExactly("2011-12-31T00:00+14:00", "2012-12-30T09:00+14:00");
        assertThat(fires(Cron.parse("0 * 30 12 *").zone("Pacific/Apia"), "2011-01-01T00:00-11:00", 1))
                .containsExactly("2012-12-30T00:00+14:00");
    }

    /** In Paris clocks went back by 9 minutes and 21 seconds at midnight of 1911-03-11. */
    @Test
    void aChangeByOddSecondsIsExact() {
        Cron cron = Cron.parse("0 55 23 * * *").zone("Europe/Paris").twice(Cron.Twice.BOTH);
        assertThat(fires(cron, "1911-03-10T00:00:00+00:09:21", 3))
                .containsExactly("1911-03-10T23:55+00:09:21", "1911-03-10T23:55Z", "1911-03-11T23:55Z");
        assertThat(fires(cron.twice(Cron.Twice.FIRST), "1911-03-10T00:00:00+00:09:21", 2))
                .containsExactly("1911-03-10T23:55+00:09:21", "1911-03-11T23:55Z");
        Cron before = Cron.parse("0 50 23 * * *").zone("Europe/Paris").twice(Cron.Twice.BOTH);
        assertThat(fires(before, "1911-03-10T00:00:00+00:09:21", 2))
                .containsExactly("1911-03-10T23:50+00:09:21", "1911-03-11T23:50Z");
    }

    /** Every match of this one is lost: its day is the day of the change in each year to come. */
    @Test
    @Timeout(30)
    void anExpressionOfWhichEveryTimeIsSkippedHasNoFireTime() {
        Cron cron = Cron.quartz("0 30 2 ? 3 SUNL").zone("Europe/Paris");
        assertThat(fires(cron, "2024-01-01T00:00+01:00", 2))
                .containsExactly("2024-03-31T03:00+02:00", "2025-03-30T03:00+02:00");
        for (int i = 0; i < 100; i++) {
            assertThat(cron.gap(Cron.Gap.SKIP).next(Instant.parse("2024-01-01T00:00:00Z")))
                    .isNull();
        }
    }

    /** In Moscow this one was lost from 1993 to 2011, the last year in which clocks were put forward. */
    @Test
    void anExpressionOfWhichYearsOfTimesAreSkippedFiresWhenOneComes() {
        Cron cron = Cron.quartz("0 30 2 ? 3 SUNL").zone("Europe/Moscow").gap(Cron.Gap.SKIP);
        assertThat(fires(cron, "1993-01-01T00:00+03:00", 2))
                .containsExactly("2012-03-25T02:30+04:00", "2013-03-31T02:30+04:00");
    }

    @Test
    @Timeout(30)
    void aRareTimeIsFoundAtOnceFromAfar() {
        Cron rare = Cron.spring("0 30 2 29 2 SUN").zone("Europe/Paris");
        for (int i = 0; i < 10_000; i++) {
            assertThat(rare.next(Instant.parse("1884-01-01T00:00:00Z"))).isEqualTo("1920-02-29T01:30:00Z");
            assertThat(rare.next(Instant.MIN)).isNotNull();
        }
        Cron last = Cron.parse("0 0 0 ? 12 THUL 2099").zone("Europe/Paris");
        for (int i = 0; i < 10_000; i++) {
            assertThat(last.next(Instant.MIN)).isEqualTo("2099-12-30T23:00:00Z");
        }
    }

    private static List<String> fires(Cron cron, String after, int count) {
        List<String> fires = new ArrayList<>();
        Instant at = OffsetDateTime.parse(after).toInstant();
        for (int i = 0; i < count; i++) {
            at = Objects.requireNonNull(cron.next(at), "no fire time");
            fires.add(at.atZone(cron.zone()).toOffsetDateTime().toString());
        }
        return fires;
    }
}
