package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            */15 * * * *         | 2024-01-01T00:00:00Z | 2024-01-01T00:15 2024-01-01T00:30 2024-01-01T00:45
            5,35 8-9 * * *       | 2024-01-01T08:05:00Z | 2024-01-01T08:35 2024-01-01T09:05 2024-01-01T09:35
            0 20/2 * * *         | 2024-01-01T20:00:00Z | 2024-01-01T22:00 2024-01-02T20:00
            10-30/10 0 * * *     | 2024-01-01T00:10:00Z | 2024-01-01T00:20 2024-01-01T00:30 2024-01-02T00:10
            0 9 * * MON-FRI      | 2024-01-05T09:00:00Z | 2024-01-08T09:00 2024-01-09T09:00
            0 0 * * 0            | 2024-01-01T00:00:00Z | 2024-01-07T00:00 2024-01-14T00:00
            0 0 * * 7            | 2024-01-01T00:00:00Z | 2024-01-07T00:00 2024-01-14T00:00
            0 0 * * FRI-MON      | 2024-01-01T00:00:00Z | 2024-01-05T00:00 2024-01-06T00:00 2024-01-07T00:00 2024-01-08T00:00
            0 0 * * SUN-TUE      | 2024-01-02T00:00:00Z | 2024-01-07T00:00 2024-01-08T00:00 2024-01-09T00:00
            0 0 * JAN,jul 1      | 2024-01-29T00:00:00Z | 2024-07-01T00:00 2024-07-08T00:00
            0 0 31 * *           | 2024-01-31T00:00:00Z | 2024-03-31T00:00 2024-05-31T00:00 2024-07-31T00:00
            0 0 L * *            | 2024-01-31T00:00:00Z | 2024-02-29T00:00 2024-03-31T00:00 2024-04-30T00:00
            0 0 ? * FRIL         | 2024-01-01T00:00:00Z | 2024-01-26T00:00 2024-02-23T00:00
            0 0 13 * FRI         | 2024-01-01T00:00:00Z | 2024-01-05T00:00 2024-01-12T00:00 2024-01-13T00:00 2024-01-19T00:00
            0 0 */10 * MON       | 2024-01-01T00:00:00Z | 2024-01-08T00:00 2024-01-11T00:00 2024-01-15T00:00 2024-01-21T00:00
            0 0 13 * *           | 2024-01-01T00:00:00Z | 2024-01-13T00:00 2024-02-13T00:00
            """)
    void aUnixExpressionFires(String expression, Instant after, String expected) {
        assertThat(fires(Cron.parse(expression), after, expected)).isEqualTo(expected);
        assertThat(Cron.parse(expression)).isEqualTo(Cron.unix(expression));
        assertThat(Cron.parse(expression).dialect()).isEqualTo(Cron.Dialect.UNIX);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            */5 * * * * *           | 2024-01-01T00:00:00Z | 2024-01-01T00:00:05 2024-01-01T00:00:10
            30 59 23 * * *          | 2024-01-01T00:00:00Z | 2024-01-01T23:59:30 2024-01-02T23:59:30
            0 0 12 ? * 2            | 2024-01-01T00:00:00Z | 2024-01-02T12:00 2024-01-09T12:00
            0 0 0 13 * FRI          | 2024-01-01T00:00:00Z | 2024-09-13T00:00 2024-12-13T00:00
            0 0 0 ? * ?             | 2024-01-01T00:00:00Z | 2024-01-02T00:00 2024-01-03T00:00
            0 0 0 L-3 * *           | 2024-02-01T00:00:00Z | 2024-02-26T00:00 2024-03-28T00:00
            0 0 0 LW * *            | 2024-03-01T00:00:00Z | 2024-03-29T00:00 2024-04-30T00:00
            0 0 0 1W * *            | 2024-05-02T00:00:00Z | 2024-06-03T00:00 2024-07-01T00:00
            0 0 0 15W * *           | 2024-06-01T00:00:00Z | 2024-06-14T00:00 2024-07-15T00:00
            0 0 0 * * MON#1         | 2024-01-01T00:00:00Z | 2024-02-05T00:00 2024-03-04T00:00
            0 0 0 * * 1L,FRI#2      | 2024-01-01T00:00:00Z | 2024-01-12T00:00 2024-01-29T00:00 2024-02-09T00:00
            0 0 0 * NOV-FEB MON#1   | 2024-02-06T00:00:00Z | 2024-11-04T00:00 2024-12-02T00:00 2025-01-06T00:00
            0 0 0 29 2 MON          | 2024-01-01T00:00:00Z | 2044-02-29T00:00 2072-02-29T00:00 2112-02-29T00:00
            """)
    void aSpringExpressionFires(String expression, Instant after, String expected) {
        assertThat(fires(Cron.parse(expression), after, expected)).isEqualTo(expected);
        assertThat(Cron.parse(expression)).isEqualTo(Cron.spring(expression));
        assertThat(Cron.parse(expression).dialect()).isEqualTo(Cron.Dialect.SPRING);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0 12 ? * 2               | 2024-01-01T12:00:00Z | 2024-01-08T12:00 2024-01-15T12:00
            0 0 12 ? * 2 *             | 2024-01-01T12:00:00Z | 2024-01-08T12:00 2024-01-15T12:00
            0 0 0 ? * L                | 2024-01-01T00:00:00Z | 2024-01-06T00:00 2024-01-13T00:00
            0 0 0 ? * 6L               | 2024-01-01T00:00:00Z | 2024-01-26T00:00 2024-02-23T00:00
            0 0 0 ? * FRI#5            | 2024-01-01T00:00:00Z | 2024-03-29T00:00 2024-05-31T00:00
            0 0 0 ? * MONL,FRIL        | 2024-01-01T00:00:00Z | 2024-01-26T00:00 2024-01-29T00:00 2024-02-23T00:00
            0 0 22-2 ? * *             | 2024-01-01T22:00:00Z | 2024-01-01T23:00 2024-01-02T00:00 2024-01-02T01:00
            0 0 22-2/2 ? * *           | 2024-01-01T22:00:00Z | 2024-01-02T00:00 2024-01-02T02:00 2024-01-02T22:00
            0 0 0 1 1 ? 2030-2040/10   | 2024-01-01T00:00:00Z | 2030-01-01T00:00 2040-01-01T00:00
            0 0 0 1 1 ? 2030,2032      | 2024-01-01T00:00:00Z | 2030-01-01T00:00 2032-01-01T00:00
            """)
    void aQuartzExpressionFires(String expression, Instant after, String expected) {
        assertThat(fires(Cron.quartz(expression), after, expected)).isEqualTo(expected);
        assertThat(Cron.quartz(expression).dialect()).isEqualTo(Cron.Dialect.QUARTZ);
    }

    @ParameterizedTest
    @CsvSource({
        "@yearly, 2025-01-01T00:00",
        "@annually, 2025-01-01T00:00",
        "@monthly, 2024-03-01T00:00",
        "@weekly, 2024-02-18T00:00",
        "@daily, 2024-02-15T00:00",
        "@midnight, 2024-02-15T00:00",
        "@hourly, 2024-02-14T13:00",
        "@Daily, 2024-02-15T00:00"
    })
    void aNicknameFires(String nickname, String expected) {
        Instant after = Instant.parse("2024-02-14T12:34:56Z");
        assertThat(fires(Cron.parse(nickname), after, expected)).isEqualTo(expected);
        assertThat(fires(Cron.spring(nickname), after, expected)).isEqualTo(expected);
    }

    @Test
    void sevenFieldsAreQuartz() {
        assertThat(Cron.parse("0 0 12 ? * 2 *")).isEqualTo(Cron.quartz("0 0 12 ? * 2 *"));
    }

    @Test
    void sixFieldsWithTheSameTextMeanOtherWeekdaysInSpringAndQuartz() {
        assertThat(Cron.spring("0 0 12 ? * 2")).isNotEqualTo(Cron.quartz("0 0 12 ? * 2"));
    }

    /** quartz#1298: the last day was missed in months of fewer than 31 days. */
    @Test
    void theLastDayComesInMonthsOfAnyLength() {
        Cron cron = Cron.quartz("0 0 11 L * ?");
        assertThat(cron.next(Instant.parse("2017-02-28T05:00:00Z"))).isEqualTo("2017-02-28T11:00:00Z");
        assertThat(Cron.quartz("0 0 23 L * ?").next(Instant.parse("2025-08-31T23:00:00Z")))
                .isEqualTo("2025-09-30T23:00:00Z");
    }

    /** cron-utils#539: {@code L} and {@code W} were ignored beside other days. */
    @Test
    void theLastDayAndTheNearestWorkdayComeAlsoInLists() {
        assertThat(fires(Cron.parse("0 0 L,15 * *"), Instant.parse("2022-10-04T00:00:00Z"), "a b c"))
                .isEqualTo("2022-10-15T00:00 2022-10-31T00:00 2022-11-15T00:00");
        assertThat(fires(Cron.spring("0 0 0 1,15W * *"), Instant.parse("2024-06-02T00:00:00Z"), "a b"))
                .isEqualTo("2024-06-14T00:00 2024-07-01T00:00");
    }

    /** cron-utils#715: failed in shorter months, and fired on the Sunday when that was the last of the month. */
    @Test
    void theWorkdayNearestToThe31stComesInMonthsThatHaveOne() {
        assertThat(fires(Cron.quartz("0 0 0 31W * ?"), Instant.parse("2025-06-01T00:00:00Z"), "a b c d e"))
                .isEqualTo("2025-07-31T00:00 2025-08-29T00:00 2025-10-31T00:00 2025-12-31T00:00 2026-01-30T00:00");
    }

    @ParameterizedTest
    @CsvSource({
        "1896-02-29T00:00:00Z, 1904-02-29T00:00:00Z",
        "1996-02-29T00:00:00Z, 2000-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z, 2004-02-29T00:00:00Z",
        "2096-02-29T00:00:00Z, 2104-02-29T00:00:00Z",
        "-0001-01-01T00:00:00Z, 0000-02-29T00:00:00Z",
        "9996-02-28T23:59:59Z, 9996-02-29T00:00:00Z",
    })
    void theLeapDayComesInLeapYearsOnly(Instant after, Instant expected) {
        assertThat(Cron.parse("0 0 29 2 *").next(after)).isEqualTo(expected);
    }

    @Test
    void thereIsNoFireTimeAfterTheLastOfTheYears() {
        Cron cron = Cron.parse("0 0 0 1 1 ? 2026-2028");
        assertThat(cron.next(Instant.MIN)).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(cron.next(Instant.parse("-2027-06-01T00:00:00Z"))).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(cron.next(Instant.parse("2027-12-31T23:59:59.999999999Z"))).isEqualTo("2028-01-01T00:00:00Z");
        assertThat(cron.next(Instant.parse("2028-01-01T00:00:00Z"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"* * * * * *", "0 0 * * *", "0 0 29 2 *", "0 0 0 L 12 ? *", "0 0 ? * MON#5"})
    void thereIsNoFireTimeAfterTheYear9999(String expression) {
        for (String zone : List.of("UTC", "Pacific/Kiritimati", "-18:00", "+18:00")) {
            Cron cron = Cron.parse(expression).zone(zone);
            Instant end = Instant.parse("9999-12-31T23:59:59Z").minusSeconds(offset(zone));
            assertThat(cron.next(end)).isNull();
            assertThat(cron.next(Instant.MAX)).isNull();
            assertThat(cron.next(end.minusSeconds(86_400 * 366 * 9)))
                    .isNotNull()
                    .isBeforeOrEqualTo(end);
        }
    }

    private static int offset(String zone) {
        return ZoneId.of(zone)
                .getRules()
                .getOffset(Instant.parse("9999-12-31T00:00:00Z"))
                .getTotalSeconds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"* * * * * *", "0 0 * * *", "0 0 29 2 *", "0 0 0 29 2 MON"})
    void theEarliestInstantHasAFireTimeInEveryZone(String expression) {
        for (String zone : ZoneId.getAvailableZoneIds()) {
            assertThat(Cron.parse(expression).zone(zone).next(Instant.MIN)).isAfter(Instant.MIN);
        }
    }

    @Test
    void fireTimesAreOnWholeSecondsLaterThanTheInstant() {
        Cron cron = Cron.parse("* * * * * *");
        Instant second = Instant.parse("2024-01-01T00:00:00Z");
        assertThat(cron.next(second.minusNanos(1))).isEqualTo(second);
        assertThat(cron.next(second)).isEqualTo(second.plusSeconds(1));
        assertThat(cron.next(second.plusNanos(1))).isEqualTo(second.plusSeconds(1));
        assertThat(cron.next(Instant.EPOCH.minusSeconds(2).plusNanos(1))).isEqualTo(Instant.EPOCH.minusSeconds(1));
    }

    @Test
    void caseAndSpacesAndTheDefaultLocaleDoNotMatter() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            Cron cron = Cron.parse(" \t0  9 * apr-jun\nfri ");
            assertThat(cron.expression()).isEqualTo("0 9 * apr-jun fri");
            assertThat(fires(cron, Instant.parse("2024-01-01T00:00:00Z"), "a")).isEqualTo("2024-04-05T09:00");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void eachChoiceMakesAnotherValueAndHasADefault() {
        Cron cron = Cron.parse("30 2 * * *");
        assertThat(cron.zone()).isEqualTo(Cron.DEFAULT_ZONE).isEqualTo(ZoneId.of("UTC"));
        assertThat(cron.gap()).isEqualTo(Cron.DEFAULT_GAP).isEqualTo(Cron.Gap.AFTER_GAP);
        assertThat(cron.twice()).isEqualTo(Cron.DEFAULT_TWICE).isEqualTo(Cron.Twice.FIRST);

        Cron other = cron.zone("Europe/Paris").gap(Cron.Gap.SKIP).twice(Cron.Twice.BOTH);
        assertThat(other.expression()).isEqualTo("30 2 * * *");
        assertThat(other.zone()).isEqualTo(ZoneId.of("Europe/Paris"));
        assertThat(other.gap()).isEqualTo(Cron.Gap.SKIP);
        assertThat(other.twice()).isEqualTo(Cron.Twice.BOTH);
        assertThat(cron).isEqualTo(Cron.parse("30 2 * * *")).hasSameHashCodeAs(Cron.parse("30 2 * * *"));
        assertThat(other)
                .isNotEqualTo(cron)
                .isNotEqualTo(other.zone("UTC"))
                .isNotEqualTo(other.gap(Cron.Gap.AFTER_GAP));
        assertThat(other)
                .isNotEqualTo(other.twice(Cron.Twice.SECOND))
                .hasToString("Cron[30 2 * * *, UNIX, Europe/Paris, SKIP, BOTH]");
    }

    @ParameterizedTest
    @EnumSource(Cron.Dialect.class)
    void theDialectAndTheTextMakeTheSameValueAgain(Cron.Dialect dialect) {
        Cron cron = switch (dialect) {
            case UNIX -> Cron.unix("0 9 * * MON");
            case SPRING -> Cron.spring("0 0 9 * * MON");
            case QUARTZ -> Cron.quartz("0 0 9 ? * MON");
        };
        assertThat(Cron.of(cron.dialect(), cron.expression())).isEqualTo(cron);
    }

    @Test
    void theDescriptionIsInTheLanguageAskedFor() {
        Cron cron = Cron.parse("0 9 * * MON-FRI");
        assertThat(cron.describe(Locale.ENGLISH)).isEqualTo("at 09:00 every day between Monday and Friday");
        assertThat(cron.describe(Locale.GERMAN)).contains("Montag").contains("Freitag");
        assertThat(Cron.parse("@daily").describe(Locale.ENGLISH)).isEqualTo("at 00:00");
    }

    /** As many fire times as there are words in the last parameter, without the {@code Z}. */
    private static String fires(Cron cron, Instant after, String words) {
        List<String> fires = new ArrayList<>();
        Instant at = after;
        for (int i = 0; i < words.split(" ", -1).length; i++) {
            at = Objects.requireNonNull(cron.next(at), "no fire time");
            fires.add(at.atZone(ZoneId.of("UTC")).toLocalDateTime().toString());
        }
        return String.join(" ", fires);
    }
}
