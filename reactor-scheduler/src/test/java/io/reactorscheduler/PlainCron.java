package io.reactorscheduler;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A second opinion on a {@link Cron}: slow, plain, and sharing nothing with it but the words of its documentation.
 *
 * <p>It reads the text by itself, walks through dates one by one and through all their local times that match, asks
 * {@code java.time} how often each of these comes, and applies the policies as they are written.
 */
final class PlainCron {

    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private final Cron cron;
    private final BitSet hours;
    private final List<LocalTime> times;
    private final BitSet months;
    private final @Nullable BitSet years;
    private final String ofMonth;
    private final String ofWeek;

    PlainCron(Cron cron) {
        this.cron = cron;
        List<String> fields = new ArrayList<>(
                List.of(cron.expression().toUpperCase(Locale.ROOT).split(" ", -1)));
        if (cron.dialect() == Cron.Dialect.UNIX) {
            fields.add(0, "0");
        }
        hours = values(fields.get(2), 0, 23);
        times = times(hours, values(fields.get(1), 0, 59), values(fields.get(0), 0, 59));
        ofMonth = fields.get(3);
        months = values(fields.get(4), 1, 12);
        ofWeek = fields.get(5);
        years = fields.size() == 6 || fields.get(6).equals("*") ? null : values(fields.get(6), 1970, 2099);
    }

    /** Whether the fields match a date. */
    boolean matches(LocalDate date) {
        if (!months.get(date.getMonthValue()) || (years != null && !years.get(date.getYear()))) {
            return false;
        }
        boolean month =
                isAny(ofMonth) || List.of(ofMonth.split(",", -1)).stream().anyMatch(a -> matchesDay(a, date));
        boolean week = isAny(ofWeek) || List.of(ofWeek.split(",", -1)).stream().anyMatch(a -> matchesWeekday(a, date));
        boolean either = cron.dialect() == Cron.Dialect.UNIX && !isAny(ofMonth) && !isAny(ofWeek);
        return either ? month || week : month && week;
    }

    /** The first matching local time after another, or null when there is none in 401 years. */
    @Nullable
    LocalDateTime next(LocalDateTime after) {
        LocalDate end = after.toLocalDate().plusYears(401);
        for (LocalDate date = after.toLocalDate(); date.isBefore(end); date = date.plusDays(1)) {
            if (matches(date)) {
                for (LocalTime time : times) {
                    if (date.atTime(time).isAfter(after)) {
                        return date.atTime(time);
                    }
                }
            }
        }
        return null;
    }

    /** The fire times from an instant to another, both included. */
    List<Instant> between(Instant first, Instant last) {
        ZoneRules rules = cron.zone().getRules();
        LocalDateTime from = LocalDateTime.ofInstant(first, ZoneOffset.MIN);
        LocalDateTime to = LocalDateTime.ofInstant(last, ZoneOffset.MAX);
        SortedSet<Instant> fires = new TreeSet<>();
        for (LocalDate date = from.toLocalDate(); !date.isAfter(to.toLocalDate()); date = date.plusDays(1)) {
            if (matches(date)) {
                for (LocalTime time : times) {
                    fires.addAll(fireTimes(date.atTime(time), rules));
                }
            }
        }
        return fires.stream()
                .filter(fire -> !fire.isBefore(first) && !fire.isAfter(last))
                .toList();
    }

    private List<Instant> fireTimes(LocalDateTime time, ZoneRules rules) {
        List<Instant> comes = rules.getValidOffsets(time).stream()
                .map(time::toInstant)
                .sorted()
                .toList();
        if (hours.cardinality() == 24) {
            return comes;
        }
        if (comes.isEmpty()) {
            return cron.gap() == Cron.Gap.AFTER_GAP
                    ? List.of(rules.getTransition(time).getInstant())
                    : List.of();
        }
        return switch (cron.twice()) {
            case FIRST -> List.of(comes.get(0));
            case SECOND -> List.of(comes.get(comes.size() - 1));
            case BOTH -> comes;
        };
    }

    private static List<LocalTime> times(BitSet hours, BitSet minutes, BitSet seconds) {
        List<LocalTime> times = new ArrayList<>();
        hours.stream()
                .forEach(hour -> minutes.stream()
                        .forEach(minute ->
                                seconds.stream().forEach(second -> times.add(LocalTime.of(hour, minute, second)))));
        return times;
    }

    private static boolean isAny(String field) {
        return field.equals("*") || field.equals("?") || field.equals("*/1");
    }

    private static boolean matchesDay(String alternative, LocalDate date) {
        LocalDate last = date.with(TemporalAdjusters.lastDayOfMonth());
        if (alternative.equals("L")) {
            return date.equals(last);
        }
        if (alternative.startsWith("L-")) {
            return date.equals(last.minusDays(number(alternative.substring(2), List.of(), 0)));
        }
        if (alternative.equals("LW")) {
            return date.equals(workdayNearest(last));
        }
        if (alternative.endsWith("W")) {
            int day = number(alternative.substring(0, alternative.length() - 1), List.of(), 0);
            return day <= date.lengthOfMonth() && date.equals(workdayNearest(date.withDayOfMonth(day)));
        }
        return values(alternative, 1, 31).get(date.getDayOfMonth());
    }

    private static LocalDate workdayNearest(LocalDate date) {
        return IntStream.rangeClosed(1, date.lengthOfMonth())
                .mapToObj(date::withDayOfMonth)
                .filter(d -> d.getDayOfWeek() != DayOfWeek.SATURDAY && d.getDayOfWeek() != DayOfWeek.SUNDAY)
                .min(Comparator.comparing(d -> Math.abs(ChronoUnit.DAYS.between(d, date))))
                .orElseThrow();
    }

    private boolean matchesWeekday(String alternative, LocalDate date) {
        if (alternative.equals("L")) {
            return date.getDayOfWeek() == DayOfWeek.SATURDAY;
        }
        if (alternative.endsWith("L")) {
            DayOfWeek day = weekday(alternative.substring(0, alternative.length() - 1));
            return date.equals(date.with(TemporalAdjusters.lastInMonth(day)));
        }
        if (alternative.contains("#")) {
            String[] parts = alternative.split("#", -1);
            LocalDate nth =
                    date.with(TemporalAdjusters.dayOfWeekInMonth(number(parts[1], List.of(), 0), weekday(parts[0])));
            return date.equals(nth) && YearMonth.from(nth).equals(YearMonth.from(date));
        }
        int first = firstWeekday();
        BitSet days = values(alternative, first, 7);
        int sundayIsZero = date.getDayOfWeek().getValue() % 7;
        return days.get(sundayIsZero + first) || (first == 0 && sundayIsZero == 0 && days.get(7));
    }

    private DayOfWeek weekday(String text) {
        int sundayIsZero = (number(text, WEEKDAYS, firstWeekday()) - firstWeekday()) % 7;
        return sundayIsZero == 0 ? DayOfWeek.SUNDAY : DayOfWeek.of(sundayIsZero);
    }

    private int firstWeekday() {
        return cron.dialect() == Cron.Dialect.QUARTZ ? 1 : 0;
    }

    /** The values of a field, of which a range that runs downwards goes on from the greatest to the least. */
    private static BitSet values(String field, int least, int greatest) {
        BitSet values = new BitSet();
        boolean weekdaysFromZero = least == 0 && greatest == 7;
        int different = weekdaysFromZero ? 7 : greatest - least + 1;
        for (String alternative : field.split(",", -1)) {
            String[] range = alternative.split("/", -1);
            int step = range.length == 2 ? Integer.parseInt(range[1]) : 1;
            String[] ends = range[0].split("-", -1);
            boolean any = ends[0].equals("*");
            int from = any ? least : named(ends[0], least, greatest);
            from = from == 7 && weekdaysFromZero && range.length == 2 && ends.length == 1 ? 0 : from;
            int to = any || (ends.length == 1 && range.length == 2)
                    ? greatest
                    : named(ends[ends.length - 1], least, greatest);
            for (int value = from; value <= (to < from ? to + different : to); value += step) {
                values.set(value > greatest ? value - different : value);
            }
        }
        return values;
    }

    private static int named(String text, int least, int greatest) {
        return switch (greatest) {
            case 12 -> number(text, MONTHS, least);
            case 7 -> number(text, WEEKDAYS, least);
            default -> number(text, List.of(), least);
        };
    }

    private static int number(String text, List<String> names, int least) {
        return names.contains(text) ? names.indexOf(text) + least : Integer.parseInt(text);
    }
}
