package io.reactorscheduler;

import com.cronutils.descriptor.CronDescriptor;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of a cron expression in a known dialect: checked, parsed by cron-utils, and explained when it is refused.
 *
 * <p>cron-utils lets through some texts that mean nothing ({@code 1W5}, {@code /5}, {@code LWLW}), answers others with
 * exceptions of its inner workings, and does not say which field is wrong. So each field is first held against
 * {@link CronPart}'s grammar, and a text that cron-utils refuses is tried again field by field to name the culprit.
 *
 * @param dialect how the text is read
 * @param expression the text as given, except that single spaces part its fields
 */
record CronText(Cron.Dialect dialect, String expression) {

    /** What the error calls the parameter. */
    static final String FIELD = "cron";

    /** About twice the length of a text that lists every value of every field. */
    private static final int MAX_CHARACTERS = 2_500;

    private static final Pattern SPACE = Pattern.compile("[ \\t\\n\\x0B\\f\\r]+");
    private static final Pattern OUTER_SPACE = Pattern.compile("^ | $");
    private static final Pattern LAST_NAMED_DAY = Pattern.compile("(SUN|MON|TUE|WED|THU|FRI|SAT)L");
    private static final String WEEKDAYS = "SUNMONTUEWEDTHUFRISAT";
    private static final List<String> NICKNAMES =
            List.of("@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly");

    private static final CronParser UNIX = new CronParser(unix());
    private static final CronParser SPRING =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.SPRING53));
    private static final CronParser QUARTZ =
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));

    /**
     * Reads a text as far as the number of its fields.
     *
     * @param dialect how to read it, or null to tell that from the number of fields
     * @param given the text as given
     */
    static CronText of(Cron.@Nullable Dialect dialect, @Nullable String given) {
        if (given == null) {
            throw refused(given, "must not be null; give an expression such as \"0 9 * * MON-FRI\"");
        }
        if (given.length() > MAX_CHARACTERS) {
            throw refused(given, "is longer than " + MAX_CHARACTERS + " characters; use ranges, or several tasks");
        }
        String text = OUTER_SPACE.matcher(SPACE.matcher(given).replaceAll(" ")).replaceAll("");
        if (text.isEmpty()) {
            throw refused(given, "is empty; give an expression such as \"0 9 * * MON-FRI\"");
        }
        if (text.startsWith("@")) {
            return nickname(dialect, text);
        }
        int count = text.split(" ", -1).length;
        Cron.Dialect read = dialect == null ? dialectOf(text, count) : dialect;
        if (!CronPart.isCount(read, count)) {
            throw refused(text, "has " + fields(count) + ", but " + CronPart.form(read));
        }
        return new CronText(read, text);
    }

    private static Cron.Dialect dialectOf(String text, int count) {
        return switch (count) {
            case 5 -> Cron.Dialect.UNIX;
            case 6 -> Cron.Dialect.SPRING;
            case 7 -> Cron.Dialect.QUARTZ;
            default ->
                throw refused(
                        text,
                        "has " + fields(count) + ", but needs 5 (minute hour day-of-month month day-of-week),"
                                + " 6 (second before these) or 7 (second before and year behind)");
        };
    }

    private static String fields(int count) {
        return count == 1 ? "1 field" : count + " fields";
    }

    private static CronText nickname(Cron.@Nullable Dialect dialect, String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.equals("@reboot")) {
            throw refused(text, "has no fire time; schedule the task to run now when the program starts");
        }
        if (!NICKNAMES.contains(name)) {
            throw refused(text, "is no known nickname; use one of " + String.join(", ", NICKNAMES));
        }
        if (dialect == Cron.Dialect.QUARTZ) {
            throw refused(text, "is no Quartz expression; read it with Cron.parse");
        }
        return new CronText(dialect == null ? Cron.Dialect.UNIX : dialect, name);
    }

    /** The masks of the text, of which every field is well-formed and in range, and some day matches. */
    CronFields parse() {
        if (expression.startsWith("@")) {
            return masks(expression);
        }
        String[] texts = expression.split(" ", -1);
        List<CronPart> parts = CronPart.of(dialect, texts.length);
        for (int i = 0; i < texts.length; i++) {
            if (!parts.get(i).hasForm(texts[i], dialect)) {
                throw refused(expression, parts.get(i).advice(texts[i], dialect));
            }
        }
        int ofMonth = parts.indexOf(CronPart.DAY_OF_MONTH);
        int ofWeek = parts.indexOf(CronPart.DAY_OF_WEEK);
        if (dialect == Cron.Dialect.QUARTZ && texts[ofMonth].equals("?") == texts[ofWeek].equals("?")) {
            throw refused(
                    expression,
                    "exactly one of day-of-month and day-of-week must be ? in a Quartz expression;"
                            + " write ? for the one that does not matter");
        }
        CronFields masks;
        try {
            masks = masks(expression);
        } catch (RuntimeException e) {
            throw new InvalidTaskException(FIELD, expression, explain(texts, parts, e), e);
        }
        if (masks.isImpossible()) {
            throw refused(expression, impossible(texts, parts));
        }
        return masks;
    }

    /** The text in words of a language, by cron-utils. */
    String describe(Locale locale) {
        return CronDescriptor.instance(locale).describe(parser().parse(prepared(expression)));
    }

    private CronFields masks(String text) {
        return CronMasks.of(parser().parse(prepared(text)).retrieveFieldsAsMap(), dialect);
    }

    /** Upper case in any default locale, and numbers for {@code FRIL}, which cron-utils does not know in a list. */
    private String prepared(String text) {
        if (text.startsWith("@")) {
            return text;
        }
        int sunday = dialect == Cron.Dialect.QUARTZ ? 1 : 0;
        return LAST_NAMED_DAY
                .matcher(text.toUpperCase(Locale.ROOT))
                .replaceAll(match -> WEEKDAYS.indexOf(match.group(1)) / 3 + sunday + "L");
    }

    private CronParser parser() {
        return switch (dialect) {
            case UNIX -> UNIX;
            case SPRING -> SPRING;
            case QUARTZ -> QUARTZ;
        };
    }

    /** Names the first field that cron-utils refuses even beside wildcards. */
    private String explain(String[] texts, List<CronPart> parts, RuntimeException refusal) {
        for (int i = 0; i < texts.length; i++) {
            if (!texts[i].equals("?") && !isAccepted(only(EnumSet.of(parts.get(i)), texts, parts))) {
                return parts.get(i).advice(texts[i], dialect);
            }
        }
        return "is not accepted: " + refusal.getMessage();
    }

    private boolean isAccepted(String text) {
        try {
            parser().parse(prepared(text));
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** Says which of the day fields never matches in the given months and years, or that they never match together. */
    private String impossible(String[] texts, List<CronPart> parts) {
        String ofMonth = named(CronPart.DAY_OF_MONTH, texts, parts);
        String ofWeek = named(CronPart.DAY_OF_WEEK, texts, parts);
        String culprit;
        if (isImpossible(CronPart.DAY_OF_MONTH, texts, parts)) {
            culprit = ofMonth + " never comes";
        } else if (isImpossible(CronPart.DAY_OF_WEEK, texts, parts)) {
            culprit = ofWeek + " never comes";
        } else {
            culprit = ofMonth + " and " + ofWeek + " never come together";
        }
        String year = parts.contains(CronPart.YEAR) ? " of " + named(CronPart.YEAR, texts, parts) : "";
        return culprit + " in " + named(CronPart.MONTH, texts, parts) + year
                + ", so that it would never fire; give a day that does come then";
    }

    private boolean isImpossible(CronPart day, String[] texts, List<CronPart> parts) {
        return !texts[parts.indexOf(day)].equals("?")
                && masks(only(EnumSet.of(day, CronPart.MONTH, CronPart.YEAR), texts, parts))
                        .isImpossible();
    }

    private static String named(CronPart part, String[] texts, List<CronPart> parts) {
        return part.label() + " " + InvalidTaskException.shown(texts[parts.indexOf(part)]);
    }

    /** The text with wildcards for all but some of its fields. */
    private String only(EnumSet<CronPart> kept, String[] texts, List<CronPart> parts) {
        CronPart unused = kept.contains(CronPart.DAY_OF_WEEK) ? CronPart.DAY_OF_MONTH : CronPart.DAY_OF_WEEK;
        StringJoiner text = new StringJoiner(" ");
        for (int i = 0; i < texts.length; i++) {
            boolean isUnused = dialect == Cron.Dialect.QUARTZ && parts.get(i) == unused;
            String wildcard = isUnused ? "?" : "*";
            text.add(kept.contains(parts.get(i)) ? texts[i] : wildcard);
        }
        return text.toString();
    }

    /** Five fields as in crontab, and beyond it the same signs as the other dialects have and weekdays that wrap. */
    private static CronDefinition unix() {
        return CronDefinitionBuilder.defineCron()
                .withMinutes()
                .withValidRange(0, 59)
                .withStrictRange()
                .and()
                .withHours()
                .withValidRange(0, 23)
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .withValidRange(1, 31)
                .supportsL()
                .supportsW()
                .supportsLW()
                .supportsQuestionMark()
                .withStrictRange()
                .and()
                .withMonth()
                .withValidRange(1, 12)
                .withStrictRange()
                .and()
                .withDayOfWeek()
                .withValidRange(0, 7)
                .withMondayDoWValue(1)
                .withIntMapping(7, 0)
                .supportsHash()
                .supportsL()
                .supportsQuestionMark()
                .and()
                .withSupportedNicknameYearly()
                .withSupportedNicknameAnnually()
                .withSupportedNicknameMonthly()
                .withSupportedNicknameWeekly()
                .withSupportedNicknameDaily()
                .withSupportedNicknameMidnight()
                .withSupportedNicknameHourly()
                .instance();
    }

    private static InvalidTaskException refused(@Nullable String text, String advice) {
        return new InvalidTaskException(FIELD, text, advice);
    }
}
