package io.reactorscheduler;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random cron expressions of every dialect, of the forms that {@link Cron} documents. */
final class CronTexts {

    private static final List<String> MONTHS =
            List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    private static final List<String> WEEKDAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private CronTexts() {}

    static Arbitrary<String> of(Cron.Dialect dialect) {
        return switch (dialect) {
            case UNIX -> joined(List.of(minutes(), hours(), dayOfMonth(), months(), dayOfWeek(0)));
            case SPRING -> joined(List.of(minutes(), minutes(), hours(), dayOfMonth(), months(), dayOfWeek(0)));
            case QUARTZ -> quartz();
        };
    }

    private static Arbitrary<String> quartz() {
        Arbitrary<String> any = Arbitraries.just("?");
        Arbitrary<String> dayAndMonth = Arbitraries.oneOf(
                joined(List.of(dayOfMonth().filter(day -> !day.equals("?")), months(), any)),
                joined(List.of(any, months(), dayOfWeek(1).filter(day -> !day.equals("?")))));
        Arbitrary<String> years = Arbitraries.of("", " *", " 2010-2040", " 1970/7", " 2024,2028,2032", " 2099");
        return Combinators.combine(joined(List.of(minutes(), minutes(), hours())), dayAndMonth, years)
                .as((time, date, year) -> time + " " + date + year);
    }

    private static Arbitrary<String> joined(List<Arbitrary<String>> fields) {
        return Combinators.combine(fields).as(texts -> String.join(" ", texts));
    }

    private static Arbitrary<String> minutes() {
        return field(0, 59, List.of());
    }

    private static Arbitrary<String> hours() {
        return field(0, 23, List.of());
    }

    private static Arbitrary<String> months() {
        return Arbitraries.oneOf(Arbitraries.just("*"), field(1, 12, MONTHS));
    }

    private static Arbitrary<String> dayOfMonth() {
        Arbitrary<String> special = Arbitraries.oneOf(
                Arbitraries.of("L", "LW", "?"),
                number(1, 29).map(before -> "L-" + before),
                number(1, 31).map(day -> day + "W"));
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just("*")),
                Tuple.of(4, field(1, 31, List.of())),
                Tuple.of(2, special),
                Tuple.of(1, listOf(special.filter(text -> !text.equals("?")), field(1, 31, List.of()))));
    }

    private static Arbitrary<String> dayOfWeek(int sunday) {
        Arbitrary<String> day = value(sunday, sunday + 6, WEEKDAYS);
        Arbitrary<String> special = Arbitraries.oneOf(
                day.map(name -> sunday == 1 && name.equals("SAT") ? "L" : name + "L"),
                Combinators.combine(day, number(1, 5)).as((name, n) -> name + "#" + n));
        Arbitrary<String> plain = field(sunday, sunday + 6, WEEKDAYS);
        return Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.of("*", "?")),
                Tuple.of(4, plain),
                Tuple.of(1, Arbitraries.of("7", "5-7", "FRI-MON", "SAT-SUN", "6-1")),
                Tuple.of(2, special),
                Tuple.of(1, listOf(special, plain)));
    }

    /** A field without special signs. */
    private static Arbitrary<String> field(int least, int greatest, List<String> names) {
        Arbitrary<String> value = value(least, greatest, names);
        Arbitrary<String> range = Combinators.combine(number(least, greatest), number(least, greatest))
                .as((a, b) -> Math.min(a, b) + "-" + Math.max(a, b));
        Arbitrary<Integer> step = number(1, greatest - least);
        Arbitrary<String> single = Arbitraries.oneOf(
                value,
                range,
                step.map(n -> "*/" + n),
                Combinators.combine(value, step).as((from, n) -> from + "/" + n),
                Combinators.combine(range, step).as((ends, n) -> ends + "/" + n));
        return Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just("*")), Tuple.of(6, single), Tuple.of(2, listOf(single, value)));
    }

    private static Arbitrary<String> listOf(Arbitrary<String> first, Arbitrary<String> others) {
        return Combinators.combine(first, others.list().ofMinSize(1).ofMaxSize(3))
                .as((text, more) -> text + "," + String.join(",", more))
                .filter(text -> !text.contains("*,") && !text.endsWith("*"));
    }

    private static Arbitrary<String> value(int least, int greatest, List<String> names) {
        Arbitrary<String> number = number(least, greatest).map(String::valueOf);
        return names.isEmpty() ? number : Arbitraries.oneOf(number, Arbitraries.of(names));
    }

    private static Arbitrary<Integer> number(int least, int greatest) {
        return Arbitraries.integers().between(least, greatest);
    }
}
