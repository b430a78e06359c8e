package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class CronPropertiesTest {

    private static final List<ZoneId> ZONES = ZoneId.getAvailableZoneIds().stream()
            .sorted()
            .map(ZoneId::of)
            .filter(zone -> !zone.getRules().isFixedOffset())
            .toList();

    private static final Instant END_OF_YEARS = Instant.parse("2099-12-31T00:00:00Z");

    private static final CronParser UNIX = peer(CronType.UNIX);
    private static final CronParser SPRING = peer(CronType.SPRING53);
    private static final CronParser QUARTZ = peer(CronType.QUARTZ);

    @Property(tries = 2_000)
    void awayFromClockChangesACronFiresWhenCronUtilsSays(
            @ForAll("crons") Cron cron, @ForAll("fewZones") ZoneId zone, @ForAll("recentInstants") Instant start) {
        Assume.that(!isWrongInCronUtils(cron));
        ExecutionTime peer = ExecutionTime.forCron(peer(cron.dialect()).parse(cron.expression()));
        Cron inZone = cron.zone(zone);
        Instant after = start;
        for (int i = 0; i < 3; i++) {
            Instant found = inZone.next(after);
            if (found == null || isNearClockChange(zone, after, found) || isBeyondCronUtils(after, found)) {
                return;
            }
            assertThat(peer.nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant))
                    .contains(found);
            after = found;
        }
    }

    @Property(tries = 2_000)
    void inUtcACronFiresWhenAPlainWalkSays(@ForAll("crons") Cron cron, @ForAll("instants") Instant start) {
        PlainCron plain = new PlainCron(cron);
        Instant after = start;
        for (int i = 0; i < 3; i++) {
            LocalDateTime expected = plain.next(LocalDateTime.ofInstant(after, ZoneOffset.UTC));
            Instant found = cron.next(after);
            assertThat(found).isEqualTo(expected == null ? null : expected.toInstant(ZoneOffset.UTC));
            if (found == null) {
                return;
            }
            after = found;
        }
    }

    @Property(tries = 1_000)
    void aroundAClockChangeACronFiresWhenAPlainWalkSays(
            @ForAll("cronsWithPolicies") Cron cron, @ForAll("instants") Instant near) {
        ZoneOffsetTransition change = cron.zone().getRules().nextTransition(near);
        Assume.that(change != null);
        Instant first = change.getInstant().minus(Duration.ofHours(30));
        Instant last = change.getInstant().plus(Duration.ofHours(30));
        List<Instant> expected =
                new PlainCron(cron).between(first, last).stream().limit(200).toList();
        List<Instant> found = new ArrayList<>();
        Instant at = cron.next(first.minusNanos(1));
        while (at != null && !at.isAfter(last) && found.size() < 200) {
            found.add(at);
            at = cron.next(at);
        }
        assertThat(found).isEqualTo(expected);
    }

    @Property
    void theNextFireTimeIsLaterAndTheSameForEveryInstantUpToIt(
            @ForAll("cronsWithPolicies") Cron cron, @ForAll("instants") Instant after, @ForAll("parts") double part) {
        Instant found = cron.next(after);
        if (found != null) {
            assertThat(found).isAfter(after);
            long between = (long) (part * Duration.between(after, found).toSeconds());
            assertThat(cron.next(after.plusSeconds(between))).isEqualTo(found);
            assertThat(cron.next(found.minusNanos(1))).isEqualTo(found);
        }
    }

    @Property
    void noInstantMakesTheSearchThrowOrGoBack(
            @ForAll("cronsWithPolicies") Cron cron, @ForAll("allInstants") Instant after) {
        Instant found = cron.next(after);
        assertThat(found == null || found.isAfter(after)).isTrue();
    }

    @Property
    void anyTextIsReadOrRefusedWithAnErrorThatNamesTheParameter(@ForAll("texts") String text) {
        try {
            assertThat(Cron.parse(text).next(Instant.EPOCH)).isNotEqualTo(Instant.EPOCH);
        } catch (InvalidTaskException e) {
            assertThat(e.field()).isEqualTo("cron");
            assertThat(e).hasMessageStartingWith("cron ");
        }
    }

    @Property
    void everyReadableExpressionHasADescription(@ForAll("crons") Cron cron) {
        assertThatCode(() -> assertThat(cron.describe(Locale.ENGLISH)).isNotBlank())
                .doesNotThrowAnyException();
    }

    /**
     * What cron-utils 9.2.1 computes wrongly, or does not have in its definition of a dialect. The plain walks cover
     * all of it.
     */
    private static boolean isWrongInCronUtils(Cron cron) {
        List<String> fields = List.of(cron.expression().split(" ", -1));
        boolean unix = cron.dialect() == Cron.Dialect.UNIX;
        String ofMonth = fields.get(unix ? 2 : 3);
        String ofWeek = fields.get(unix ? 4 : 5);
        boolean ignoresLastDayOrWorkdayInLists = ofMonth.matches(".*[LW].*") && ofMonth.contains(","); // cron-utils#539
        boolean missesWorkdayAtMonthEnd = ofMonth.matches("(28|29|30|31)W"); // cron-utils#715
        boolean refusesLastNamedDayInLists = ofWeek.matches(".*[A-Z]L,.*");
        boolean neverFiresForTwoQuestionMarks = ofMonth.equals("?") && ofWeek.equals("?");
        boolean unixHasNoSuchSign =
                unix && (ofMonth + " " + ofWeek).matches(".*([?#]|[0-9]W|\\bLW?\\b|[A-Z0-9]L\\b|FRI-MON|6-1).*");
        return ignoresLastDayOrWorkdayInLists
                || missesWorkdayAtMonthEnd
                || refusesLastNamedDayInLists
                || neverFiresForTwoQuestionMarks
                || unixHasNoSuchSign;
    }

    /** cron-utils looks a hundred years ahead, and up to 2099 when there is a field for the year. */
    private static boolean isBeyondCronUtils(Instant after, Instant found) {
        return Duration.between(after, found).toDays() > 99 * 365 || found.isAfter(END_OF_YEARS);
    }

    private static boolean isNearClockChange(ZoneId zone, Instant from, Instant to) {
        ZoneOffsetTransition change = zone.getRules().nextTransition(from.minus(Duration.ofDays(2)));
        return change != null && change.getInstant().isBefore(to.plus(Duration.ofDays(2)));
    }

    private static CronParser peer(CronType type) {
        return new CronParser(CronDefinitionBuilder.instanceDefinitionFor(type));
    }

    private static CronParser peer(Cron.Dialect dialect) {
        return switch (dialect) {
            case UNIX -> UNIX;
            case SPRING -> SPRING;
            case QUARTZ -> QUARTZ;
        };
    }

    @Provide
    Arbitrary<Cron> crons() {
        return Arbitraries.of(Cron.Dialect.values())
                .flatMap(dialect -> CronTexts.of(dialect)
                        .map(text -> read(dialect, text))
                        .filter(Optional::isPresent)
                        .map(Optional::orElseThrow));
    }

    /** Empty for an expression that could never fire. */
    private static Optional<Cron> read(Cron.Dialect dialect, String text) {
        try {
            return Optional.of(Cron.of(dialect, text));
        } catch (InvalidTaskException e) {
            assertThat(e).hasMessageContaining("would never fire");
            return Optional.empty();
        }
    }

    @Provide
    Arbitrary<Cron> cronsWithPolicies() {
        return Combinators.combine(
                        crons(),
                        Arbitraries.of(ZONES),
                        Arbitraries.of(Cron.Gap.values()),
                        Arbitraries.of(Cron.Twice.values()))
                .as((cron, zone, gap, overlap) -> cron.zone(zone).gap(gap).twice(overlap));
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> readable = Arbitraries.of(Cron.Dialect.values()).flatMap(CronTexts::of);
        Arbitrary<Character> signs = Arbitraries.chars().with("0123456789*/-,?#LWlw @|MONJANFEB\u00a0\u2013\u0663");
        Arbitrary<String> changed = Combinators.combine(
                        readable, Arbitraries.integers().between(0, 40), signs)
                .as((text, index, sign) -> {
                    int at = index % text.length();
                    return text.substring(0, at) + sign + text.substring(index % 2 == 0 ? at : at + 1);
                });
        return Arbitraries.oneOf(
                changed, signs.list().ofMaxSize(30).map(CronPropertiesTest::joined), Arbitraries.strings());
    }

    private static String joined(List<Character> characters) {
        StringBuilder text = new StringBuilder();
        characters.forEach(text::append);
        return text.toString();
    }

    @Provide
    Arbitrary<Instant> instants() {
        return seconds(Instant.parse("1880-01-01T00:00:00Z"), Instant.parse("2110-01-01T00:00:00Z"));
    }

    /** Whole seconds, as cron-utils carries fractions over into its answers. */
    @Provide
    Arbitrary<Instant> recentInstants() {
        return seconds(Instant.parse("1970-01-02T00:00:00Z"), END_OF_YEARS)
                .map(instant -> instant.truncatedTo(ChronoUnit.SECONDS));
    }

    @Provide
    Arbitrary<Instant> allInstants() {
        return Arbitraries.oneOf(
                seconds(Instant.MIN, Instant.MAX),
                seconds(Instant.MIN, Instant.MIN.plusSeconds(86_400)),
                seconds(Instant.MAX.minusSeconds(86_400), Instant.MAX),
                seconds(
                        Instant.parse("9999-12-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59Z").plusSeconds(86_400)));
    }

    private static Arbitrary<Instant> seconds(Instant first, Instant last) {
        return Combinators.combine(
                        Arbitraries.longs().between(first.getEpochSecond(), last.getEpochSecond()),
                        Arbitraries.of(0, 1, 999_999_999))
                .as((second, nanos) -> Instant.ofEpochSecond(second, nanos));
    }

    @Provide
    Arbitrary<Double> parts() {
        return Arbitraries.doubles().between(0, true, 1, false);
    }

    @Provide
    Arbitrary<ZoneId> fewZones() {
        return Arbitraries.of("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
                .map(ZoneId::of);
    }
}
