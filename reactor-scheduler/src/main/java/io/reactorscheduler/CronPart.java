package io.reactorscheduler;

import java.util.List;
import java.util.regex.Pattern;

/** One of the fields of a cron expression: its name for messages, its grammar, and what may stand in it. */
enum CronPart {
    SECOND("second", Grammar.VALUES),
    MINUTE("minute", Grammar.VALUES),
    HOUR("hour", Grammar.VALUES),
    DAY_OF_MONTH("day-of-month", Grammar.DAYS_OF_MONTH),
    MONTH("month", Grammar.VALUES),
    DAY_OF_WEEK("day-of-week", Grammar.DAYS_OF_WEEK),
    YEAR("year", Grammar.VALUES);

    private static final List<CronPart> UNIX = List.of(MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK);
    private static final List<CronPart> SPRING = List.of(SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK);
    private static final List<CronPart> QUARTZ = List.of(values());

    private final String label;
    private final Pattern alternative;

    CronPart(String label, Pattern alternative) {
        this.label = label;
        this.alternative = alternative;
    }

    /** What one alternative of a list may look like. The patterns repeat nothing without a bound, so they are quick. */
    private static final class Grammar {
        private static final String NUMBER = "[0-9]{1,4}";
        private static final String VALUE = "(?:" + NUMBER + "|[A-Z]{3})";
        private static final String PLAIN =
                "\\*(?:/" + NUMBER + ")?|" + VALUE + "(?:-" + VALUE + ")?(?:/" + NUMBER + ")?";

        static final Pattern VALUES = pattern(PLAIN);
        static final Pattern DAYS_OF_MONTH = pattern(PLAIN + "|LW?|L-" + NUMBER + "|" + NUMBER + "W");
        static final Pattern DAYS_OF_WEEK = pattern(PLAIN + "|L|" + VALUE + "L|" + VALUE + "#" + NUMBER);

        private Grammar() {}

        private static Pattern pattern(String regex) {
            return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
        }
    }

    /** The fields of an expression of a dialect that has the given number of them, in order. */
    static List<CronPart> of(Cron.Dialect dialect, int count) {
        return all(dialect).subList(0, count);
    }

    /** Whether expressions of a dialect may have the given number of fields. */
    static boolean isCount(Cron.Dialect dialect, int count) {
        int most = all(dialect).size();
        return count == most || (dialect == Cron.Dialect.QUARTZ && count == most - 1);
    }

    /** The number and the names of the fields of a dialect, for a message. */
    static String form(Cron.Dialect dialect) {
        String names =
                String.join(" ", all(dialect).stream().map(part -> part.label).toList());
        return switch (dialect) {
            case UNIX -> "a Unix expression needs 5: " + names;
            case SPRING -> "a Spring expression needs 6: " + names;
            case QUARTZ -> "a Quartz expression needs 6 or 7: " + names + ", the last optional";
        };
    }

    private static List<CronPart> all(Cron.Dialect dialect) {
        return switch (dialect) {
            case UNIX -> UNIX;
            case SPRING -> SPRING;
            case QUARTZ -> QUARTZ;
        };
    }

    /** The name of the field as it stands in messages. */
    String label() {
        return label;
    }

    /** Whether the text has the form of this field, be its values in range or not. */
    boolean hasForm(String text, Cron.Dialect dialect) {
        if (text.equals("?")) {
            return this == DAY_OF_MONTH || this == DAY_OF_WEEK;
        }
        for (String part : text.split(",", -1)) {
            boolean bareLastDay = this == DAY_OF_WEEK && part.equalsIgnoreCase("L");
            if (!alternative.matcher(part).matches() || (bareLastDay && dialect != Cron.Dialect.QUARTZ)) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with a text that this field refuses, and what to write. */
    String advice(String text, Cron.Dialect dialect) {
        return label + " must be " + range(dialect) + ", not " + InvalidTaskException.shown(text)
                + "; write *, a value,"
                + " an upward range a-b, a step */n, a/n or a-b/n, or a list of these parted by commas"
                + switch (this) {
                    case DAY_OF_MONTH -> ", or L, L-n, LW, nW or ?";
                    case DAY_OF_WEEK ->
                        dialect == Cron.Dialect.QUARTZ
                                ? ", or L, dL, d#n or ?"
                                : ", or dL, d#n or ?, where d is a day such as FRI";
                    default -> "";
                };
    }

    private String range(Cron.Dialect dialect) {
        return switch (this) {
            case SECOND, MINUTE -> "0-59";
            case HOUR -> "0-23";
            case DAY_OF_MONTH -> "1-31";
            case MONTH -> "1-12 or JAN-DEC";
            case DAY_OF_WEEK ->
                dialect == Cron.Dialect.QUARTZ ? "1-7 (1 is Sunday) or SUN-SAT" : "0-7 (0 and 7 are Sunday) or SUN-SAT";
            case YEAR -> "1970-2099";
        };
    }
}
