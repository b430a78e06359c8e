package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.ZoneId;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class CronRefusalTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            60 * * * * *       | second must be 0-59, not "60"
            61 * * * *         | minute must be 0-59, not "61"
            -1 * * * *         | minute must be 0-59, not "-1"
            */0 * * * *        | minute must be 0-59, not "*/0"
            */60 * * * *       | minute must be 0-59, not "*/60"
            */ * * * *         | minute must be 0-59, not "*/"
            /5 * * * *         | minute must be 0-59, not "/5"
            5/ * * * *         | minute must be 0-59, not "5/"
            1-5/ * * * *       | minute must be 0-59, not "1-5/"
            5- * * * *         | minute must be 0-59, not "5-"
            5-- * * * *        | minute must be 0-59, not "5--"
            1-2-3 * * * *      | minute must be 0-59, not "1-2-3"
            1,,2 * * * *       | minute must be 0-59, not "1,,2"
            ,1 * * * *         | minute must be 0-59, not ",1"
            1, * * * *         | minute must be 0-59, not "1,"
            30-10 * * * *      | minute must be 0-59, not "30-10"
            MON * * * *        | minute must be 0-59, not "MON"
            ? * * * *          | minute must be 0-59, not "?"
            +5 * * * *         | minute must be 0-59, not "+5"
            0x1 * * * *        | minute must be 0-59, not "0x1"
            99999999999 * * * *| minute must be 0-59, not "99999999999"
            \u0663 * * * *     | minute must be 0-59, not "\u0663"
            0 24 * * *         | hour must be 0-23, not "24"
            0 22-2 * * *       | hour must be 0-23, not "22-2"
            0 0 0 * *          | day-of-month must be 1-31, not "0"
            0 0 32 * *         | day-of-month must be 1-31, not "32"
            0 0 32W * *        | day-of-month must be 1-31, not "32W"
            0 0 W * *          | day-of-month must be 1-31, not "W"
            0 0 1W5 * *        | day-of-month must be 1-31, not "1W5"
            0 0 5L * *         | day-of-month must be 1-31, not "5L"
            0 0 L-0 * *        | day-of-month must be 1-31, not "L-0"
            0 0 5-L * *        | day-of-month must be 1-31, not "5-L"
            0 0 LWLW * *       | day-of-month must be 1-31, not "LWLW"
            0 0 ?,5 * *        | day-of-month must be 1-31, not "?,5"
            0 0 1\u20135 * *   | day-of-month must be 1-31, not "1\u20135"
            0 0 * 13 *         | month must be 1-12 or JAN-DEC, not "13"
            0 0 * 0 *          | month must be 1-12 or JAN-DEC, not "0"
            0 0 * JANUARY *    | month must be 1-12 or JAN-DEC, not "JANUARY"
            0 0 * FRI *        | month must be 1-12 or JAN-DEC, not "FRI"
            0 0 * * 8          | day-of-week must be 0-7 (0 and 7 are Sunday) or SUN-SAT, not "8"
            0 0 * * L          | day-of-week must be 0-7 (0 and 7 are Sunday) or SUN-SAT, not "L"
            0 0 * * 5#         | day-of-week must be 0-7 (0 and 7 are Sunday) or SUN-SAT, not "5#"
            0 0 * * #2         | day-of-week must be 0-7 (0 and 7 are Sunday) or SUN-SAT, not "#2"
            0 0 * * 5#2#3      | day-of-week must be 0-7 (0 and 7 are Sunday) or SUN-SAT, not "5#2#3"
            0 0 * * FR\u0131   | day-of-week must be 0-7 (0 and 7 are Sunday) or SUN-SAT, not "FR\u0131"
            0 0 0 ? * 0 *      | day-of-week must be 1-7 (1 is Sunday) or SUN-SAT, not "0"
            0 0 0 1 1 ? 1969   | year must be 1970-2099, not "1969"
            0 0 0 1 1 ? 2100   | year must be 1970-2099, not "2100"
            0 0 0 1 1 ? 20244  | year must be 1970-2099, not "20244"
            """)
    void aFieldThatIsWrongIsNamed(String expression, String message) {
        assertRefused(expression, message + "; write *");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 0 30 2 *            | day-of-month "30" never comes in month "2"
            0 0 30,31 FEB *       | day-of-month "30,31" never comes in month "FEB"
            0 0 31 2 *            | day-of-month "31" never comes in month "2"
            0 0 31 4,6,9,11 ?     | day-of-month "31" never comes in month "4,6,9,11"
            0 0 31W 4 *           | day-of-month "31W" never comes in month "4"
            0 0 L-30 4 *          | day-of-month "L-30" never comes in month "4"
            0 0 L-31 * *          | day-of-month "L-31" never comes in month "*"
            0 0 * * MON#6         | day-of-week "MON#6" never comes in month "*"
            0 0 0 * * MON#0       | day-of-week "MON#0" never comes in month "*"
            0 0 0 30 2 MON        | day-of-month "30" never comes in month "2"
            0 0 0 1-7 * MON#2     | day-of-month "1-7" and day-of-week "MON#2" never come together in month "*"
            0 0 0 1 * FRIL        | day-of-month "1" and day-of-week "FRIL" never come together in month "*"
            0 0 0 29 2 MON#1      | day-of-month "29" and day-of-week "MON#1" never come together in month "2"
            0 0 0 29 2 ? 2023     | day-of-month "29" never comes in month "2" of year "2023"
            0 0 0 29 2 ? 2025-2027| day-of-month "29" never comes in month "2" of year "2025-2027"
            0 0 0 ? 2 SAT#5 2024  | day-of-week "SAT#5" never comes in month "2" of year "2024"
            """)
    void anExpressionThatCouldNeverFireIsRefusedNamingTheFields(String expression, String message) {
        assertRefused(expression, message + ", so that it would never fire;");
    }

    /** The Unix dialect takes either of the two day fields, and one of these days does come. */
    @ParameterizedTest
    @ValueSource(strings = {"0 0 30 2 MON", "0 0 1-7 * MON#6", "0 0 31 2,3 *", "0 0 29 2 *", "0 0 ? 2 SAT#5"})
    void anExpressionThatCouldFireOnceInAWhileIsAccepted(String expression) {
        assertThat(Cron.parse(expression).expression()).isEqualTo(expression);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            * * * *              ; has 4 fields, but needs 5 (minute hour day-of-month month day-of-week)
            *                    ; has 1 field, but needs 5
            x                    ; has 1 field, but needs 5
            * * * * * * * *      ; has 8 fields, but needs 5
            * * * * *\u00a0      ; day-of-week must be 0-7
            @reboot              ; has no fire time
            @fortnightly         ; is no known nickname; use one of @annually, @daily, @hourly
            @                    ; is no known nickname
            0 0 0 * * * *        ; exactly one of day-of-month and day-of-week must be ?
            0 0 0 ? * ? *        ; exactly one of day-of-month and day-of-week must be ?
            * * * * * | * * * * *; has 11 fields
            0 0 * * *|0 1 * * *  ; has 9 fields
            0|5 0 * * *          ; minute must be 0-59, not "0|5"
            """)
    void aTextThatIsNoExpressionIsRefused(String expression, String message) {
        assertRefused(expression, message);
    }

    @Test
    void eachDialectAsksForItsFields() {
        assertRefused(() -> Cron.unix("0 0 9 * * *"), "has 6 fields, but a Unix expression needs 5: minute hour");
        assertRefused(() -> Cron.spring("0 9 * * *"), "has 5 fields, but a Spring expression needs 6: second minute");
        assertRefused(() -> Cron.quartz("0 9 * * *"), "has 5 fields, but a Quartz expression needs 6 or 7: second");
        assertRefused(() -> Cron.quartz("0 0 9 * * *"), "exactly one of day-of-month and day-of-week must be ?");
        assertRefused(() -> Cron.quartz("@daily"), "is no Quartz expression; read it with Cron.parse");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nothingIsRefusedNamingTheParameter() {
        assertRefused(() -> Cron.parse(null), "cron null: must not be null; give an expression");
        assertRefused(() -> Cron.parse(""), "cron \"\": is empty; give an expression");
        assertRefused(() -> Cron.parse(" \t\n"), "is empty; give an expression");
        Cron cron = Cron.parse("0 9 * * *");
        assertNamed("zone", () -> cron.zone((String) null));
        assertNamed("zone", () -> cron.zone((ZoneId) null));
        assertNamed("gap", () -> cron.gap(null));
        assertNamed("twice", () -> cron.twice(null));
        assertNamed("locale", () -> cron.describe(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mars/Olympus", "europe/paris", "", " ", "+25:00", "CEST", "Europe/Paris "})
    void aZoneThatDoesNotExistIsRefusedNamingIt(String zone) {
        assertThatExceptionOfType(InvalidTaskException.class)
                .isThrownBy(() -> Cron.parse("0 9 * * *").zone(zone))
                .withMessage("zone \"" + zone + "\": there is no such time zone; give one such as Europe/Paris, UTC or"
                        + " +02:00")
                .satisfies(e -> assertThat(e.field()).isEqualTo("zone"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "1,", "-", "/", "((((", "L", "* ", "@", "?", "a+", "\u0000", "\ud800", "\ud83d\ude00"})
    void tenThousandCharactersAreRefusedAtOnceAndNotRepeatedInTheMessage(String part) {
        String text = part.repeat(10_000 / part.length());
        assertThatExceptionOfType(InvalidTaskException.class)
                .isThrownBy(() -> Cron.parse(text))
                .withMessageContaining("10000 characters")
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1_300));
        assertThatExceptionOfType(InvalidTaskException.class)
                .isThrownBy(() -> Cron.parse(text.substring(0, 2_000) + " * * * *"))
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).hasSizeLessThan(1_300));
    }

    @Test
    void aLongListIsAccepted() {
        StringBuilder all = new StringBuilder("0");
        for (int i = 1; i < 60; i++) {
            all.append(',').append(i);
        }
        assertThat(Cron.parse(all + " " + all + " * * * *").expression()).hasSizeGreaterThan(300);
    }

    @Test
    void theMessageEscapesWhatCannotBeSeen() {
        assertRefused(() -> Cron.parse("0 0 *\u200b * *"), "cron \"0 0 *\\u200B * *\": day-of-month must be 1-31");
    }

    @Test
    void theErrorIsOneOfTheSchedulersAndConcernsNoTaskYet() {
        Consumer<InvalidTaskException> concernsNothing = e -> {
            assertThat(e).isInstanceOf(SchedulerException.class);
            assertThat(e.taskId()).isNull();
            assertThat(e.executionId()).isNull();
        };
        assertThatExceptionOfType(InvalidTaskException.class)
                .isThrownBy(() -> Cron.parse("0 0 30 2 *"))
                .satisfies(concernsNothing);
    }

    @Test
    void theDefaultLocaleDoesNotChangeWhatIsRefused() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertRefused("61 * * * *", "minute must be 0-59, not \"61\"");
        } finally {
            Locale.setDefault(before);
        }
    }

    private static void assertRefused(String expression, String message) {
        assertRefused(() -> Cron.parse(expression), message);
    }

    private static void assertRefused(Runnable call, String message) {
        assertThatExceptionOfType(InvalidTaskException.class)
                .isThrownBy(call::run)
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.field()).isEqualTo("cron"));
    }

    private static void assertNamed(String field, Runnable call) {
        assertThatExceptionOfType(InvalidTaskException.class)
                .isThrownBy(call::run)
                .withMessageStartingWith(field + " null: must not be null")
                .satisfies(e -> assertThat(e.field()).isEqualTo(field));
    }
}
