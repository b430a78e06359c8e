package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every zone whose clocks were ever changed, at changes of every kind it had, against {@link PlainCron}. */
class CronEveryZoneTest {

    private static final Instant LAST_CHANGE = Instant.parse("2045-01-01T00:00:00Z");

    /** Of each zone: all changes by other than an hour up to these, and as many of the rest, evenly spread. */
    private static final int CHANGES_OF_A_ZONE = 14;

    private final Map<String, Cron> parsed = new HashMap<>();

    @Test
    void aroundTheChangesOfEveryZoneEveryPolicyDoesWhatItSays() {
        int changes = 0;
        for (ZoneId zone : zonesOfDifferentRules()) {
            for (ZoneOffsetTransition change : someOf(changesOf(zone.getRules()))) {
                changes++;
                for (String expression : expressionsAround(change)) {
                    Cron cron = parsed.computeIfAbsent(expression, Cron::parse).zone(zone);
                    for (Cron.Gap gap : Cron.Gap.values()) {
                        for (Cron.Twice overlap : Cron.Twice.values()) {
                            assertAgreement(cron.gap(gap).twice(overlap), change);
                        }
                    }
                }
            }
        }
        assertThat(changes).isGreaterThan(4_000);
    }

    @Test
    void noZoneChangesItsClocksTwiceSoCloseTogetherThatTheLocalTimesConcernedMeet() {
        for (ZoneId zone : zonesOfDifferentRules()) {
            LocalDateTime concerned = LocalDateTime.MIN;
            for (ZoneOffsetTransition change : changesOf(zone.getRules())) {
                assertThat(earlier(change)).as("%s %s", zone, change).isAfter(concerned);
                concerned = later(change);
            }
        }
    }

    private static void assertAgreement(Cron cron, ZoneOffsetTransition change) {
        Duration reach = change.getDuration().abs().plusHours(3);
        Instant first = change.getInstant().minus(reach);
        Instant last = change.getInstant().plus(reach);
        List<Instant> expected = new PlainCron(cron).between(first, last);
        List<Instant> found = new ArrayList<>();
        for (Instant at = cron.next(first.minusNanos(1)); at != null && !at.isAfter(last); at = cron.next(at)) {
            found.add(at);
        }
        assertThat(found).as("%s at %s", cron, change).isEqualTo(expected);
        for (long nanos : new long[] {-1_000_000_001, -1_000_000_000, -1, 0, 1, 1_000_000_000}) {
            Instant after = change.getInstant().plusNanos(nanos);
            Instant next = expected.stream()
                    .filter(fire -> fire.isAfter(after))
                    .findFirst()
                    .orElse(null);
            if (next != null) {
                assertThat(cron.next(after)).as("%s after %s", cron, after).isEqualTo(next);
            }
        }
    }

    /** Expressions that fire before, in, at the ends of and after the local times that are skipped or come twice. */
    private static Set<String> expressionsAround(ZoneOffsetTransition change) {
        LocalDateTime first = earlier(change);
        LocalDateTime last = later(change);
        LocalDateTime middle = first.plus(Duration.between(first, last).dividedBy(2));
        LocalDateTime lastMoment = last.minusSeconds(1);
        Set<String> expressions = new LinkedHashSet<>();
        expressions.add("*/20 * * * *");
        expressions.add("7 0-23 * * *");
        expressions.add("0 */2 * * *");
        expressions.add("0 0 * * *");
        expressions.add("30 2 * * *");
        expressions.add("*/15 " + first.getHour() + "," + last.getHour() + " * * *");
        expressions.add(middle.getMinute() + " " + middle.getHour() + " * * *");
        expressions.add(first.getMinute() + " " + first.getHour() + " " + first.getDayOfMonth() + " * *");
        expressions.add(time(first) + " * * *");
        expressions.add(time(last) + " * * *");
        expressions.add(time(lastMoment) + " " + lastMoment.getDayOfMonth() + " " + lastMoment.getMonthValue() + " *");
        return expressions;
    }

    private static String time(LocalDateTime time) {
        return time.getSecond() + " " + time.getMinute() + " " + time.getHour();
    }

    private static LocalDateTime earlier(ZoneOffsetTransition change) {
        return change.isGap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
    }

    private static LocalDateTime later(ZoneOffsetTransition change) {
        return change.isGap() ? change.getDateTimeAfter() : change.getDateTimeBefore();
    }

    private static List<ZoneOffsetTransition> someOf(List<ZoneOffsetTransition> changes) {
        List<ZoneOffsetTransition> some = new ArrayList<>();
        int unusual = 0;
        int step = Math.max(1, changes.size() / CHANGES_OF_A_ZONE);
        for (int i = 0; i < changes.size(); i++) {
            boolean isUnusual = !changes.get(i).getDuration().abs().equals(Duration.ofHours(1));
            if (i % step == 0 || (isUnusual && unusual++ < CHANGES_OF_A_ZONE)) {
                some.add(changes.get(i));
            }
        }
        return some;
    }

    private static List<ZoneOffsetTransition> changesOf(ZoneRules rules) {
        List<ZoneOffsetTransition> changes = new ArrayList<>();
        @Nullable ZoneOffsetTransition change = rules.nextTransition(Instant.MIN);
        while (change != null && change.getInstant().isBefore(LAST_CHANGE)) {
            changes.add(change);
            change = rules.nextTransition(change.getInstant());
        }
        return changes;
    }

    /** One zone of each set that has the same rules, as most names are but other names of a zone. */
    private static List<ZoneId> zonesOfDifferentRules() {
        Set<ZoneRules> seen = new HashSet<>();
        return new TreeSet<>(ZoneId.getAvailableZoneIds())
                .stream()
                        .map(ZoneId::of)
                        .filter(zone -> !zone.getRules().isFixedOffset() && seen.add(zone.getRules()))
                        .toList();
    }
}
