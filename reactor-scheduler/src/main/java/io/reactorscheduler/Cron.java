package io.reactorscheduler;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression with the zone whose clocks it means and what to do when they are changed: an immutable value.
 *
 * <pre>{@code
 * Cron.parse("30 2 * * *").zone("Europe/Paris")              // every day at half past two in Paris
 * Cron.parse("0 0 9 * * MON-FRI").zone("America/New_York")   // six fields: the first is the second
 * Cron.parse("30 2 * * *").zone("Europe/Paris").gap(Cron.Gap.SKIP).twice(Cron.Twice.BOTH)
 * }</pre>
 *
 * <h2>What is written</h2>
 *
 * <p>{@link #parse} tells the {@link Dialect} from the number of fields: five are Unix, six are Spring, seven are
 * Quartz. As a Quartz expression may have six fields too, there are {@link #unix}, {@link #spring} and {@link #quartz}
 * to say which is meant. A field is {@code *}, a value, a range {@code a-b}, a step {@code *}{@code /n}, {@code a/n} or
 * {@code a-b/n}, or a list of these parted by commas; months and weekdays have three-letter English names. In every
 * dialect
 *
 * <ul>
 *   <li>day-of-month may have {@code L} (the last day), {@code L-3} (three days before it), {@code LW} (the last day
 *       from Monday to Friday), {@code 15W} (the day from Monday to Friday that is nearest to the 15th in its month;
 *       none in a month without that day), also in lists;
 *   <li>day-of-week may have {@code FRIL} or {@code 5L} (the last Friday of the month), {@code FRI#2} or {@code 5#2}
 *       (the second one), also in lists; {@code L} alone is Saturday in Quartz and refused elsewhere;
 *   <li>{@code ?} in one of these two fields says that it does not matter;
 *   <li>a weekday range may run over the weekend ({@code FRI-MON}). Other ranges run upwards, except that cron-utils
 *       lets days of the month and months wrap in Spring, and all fields but the year in Quartz.
 * </ul>
 *
 * <p>The nicknames {@code @yearly}, {@code @annually}, {@code @monthly}, {@code @weekly} (Sunday), {@code @daily},
 * {@code @midnight} and {@code @hourly} stand for the Unix expressions of the same meaning. Years go from 1970 to 2099.
 * Upper and lower case are the same.
 *
 * <h2>When clocks change</h2>
 *
 * <p>An expression whose hour field admits all 24 hours ({@code *}, {@code 0-23}) follows elapsed time: it fires at
 * every instant whose local time matches, so a gap takes nothing away and both passages of an overlap fire. Any other
 * expression names times of the day, and {@link Gap} and {@link Twice} decide about those that do not come or come
 * twice. That includes steps such as {@code *}{@code /2}: it names the even hours, one of which a gap would lose and an
 * overlap would double.
 */
public final class Cron {

    /** How the text of an expression is read. */
    public enum Dialect {

        /**
         * Five fields, minute first; Sunday is 0 or 7. If both day-of-month and day-of-week are given as other than
         * {@code *} or {@code ?}, a day has to match either of them.
         */
        UNIX,

        /** Six fields, second first; Sunday is 0 or 7. A day has to match both day-of-month and day-of-week. */
        SPRING,

        /**
         * Six fields, second first, or seven with the year as the last; Sunday is 1. Exactly one of day-of-month and
         * day-of-week has to be {@code ?}.
         */
        QUARTZ
    }

    /** What becomes of local times that do not come because clocks are put forward over them. */
    public enum Gap {

        /** They fire at the first instant after the gap, together as one fire time. The default. */
        AFTER_GAP,

        /** They do not fire. */
        SKIP
    }

    /** What becomes of local times that come twice because clocks are put back over them. */
    public enum Twice {

        /** They fire when they come first. The default. */
        FIRST,

        /** They fire when they come the second time. */
        SECOND,

        /** They fire both times. */
        BOTH
    }

    static final ZoneId DEFAULT_ZONE = ZoneId.of("UTC");
    static final Gap DEFAULT_GAP = Gap.AFTER_GAP;
    static final Twice DEFAULT_TWICE = Twice.FIRST;

    private final CronText text;
    private final CronFields fields;
    private final ZoneId zone;
    private final Gap gap;
    private final Twice twice;
    private final CronSearch search;

    private Cron(CronText text, CronFields fields, ZoneId zone, Gap gap, Twice twice) {
        this.text = text;
        this.fields = fields;
        this.zone = zone;
        this.gap = gap;
        this.twice = twice;
        this.search = new CronSearch(fields, zone, gap, twice);
    }

    /**
     * Reads an expression of five fields (Unix), six (Spring) or seven (Quartz), or a nickname, for UTC.
     *
     * @throws InvalidTaskException if it is malformed, or could never fire; the message names the field
     */
    public static Cron parse(String expression) {
        return of(CronText.of(null, expression));
    }

    /**
     * Reads a Unix expression, five fields with the minute first, or a nickname, for UTC.
     *
     * @throws InvalidTaskException if it is malformed, or could never fire; the message names the field
     */
    public static Cron unix(String expression) {
        return of(CronText.of(Dialect.UNIX, expression));
    }

    /**
     * Reads a Spring expression, six fields with the second first, or a nickname, for UTC.
     *
     * @throws InvalidTaskException if it is malformed, or could never fire; the message names the field
     */
    public static Cron spring(String expression) {
        return of(CronText.of(Dialect.SPRING, expression));
    }

    /**
     * Reads a Quartz expression, six fields with the second first or seven with the year as the last, for UTC.
     *
     * @throws InvalidTaskException if it is malformed, or could never fire; the message names the field
     */
    public static Cron quartz(String expression) {
        return of(CronText.of(Dialect.QUARTZ, expression));
    }

    /** Reads an expression whose dialect is known from elsewhere, as when it was saved. */
    static Cron of(Dialect dialect, String expression) {
        return of(CronText.of(dialect, expression));
    }

    private static Cron of(CronText text) {
        return new Cron(text, text.parse(), DEFAULT_ZONE, DEFAULT_GAP, DEFAULT_TWICE);
    }

    /** The same expression on the clocks of another zone. The default is UTC. */
    public Cron zone(ZoneId zone) {
        return new Cron(text, fields, given("zone", zone), gap, twice);
    }

    /**
     * The same expression on the clocks of another zone. The default is UTC.
     *
     * @param zone a name such as {@code Europe/Paris}, or an offset such as {@code +02:00}
     * @throws InvalidTaskException if there is no such zone
     */
    public Cron zone(String zone) {
        ZoneId found;
        try {
            found = ZoneId.of(given("zone", zone));
        } catch (DateTimeException e) {
            throw new InvalidTaskException(
                    "zone", zone, "there is no such time zone; give one such as Europe/Paris, UTC or +02:00", e);
        }
        return zone(found);
    }

    /** The same expression with another choice for local times that do not come. The default is {@code AFTER_GAP}. */
    public Cron gap(Gap gap) {
        return new Cron(text, fields, zone, given("gap", gap), twice);
    }

    /** The same expression with another choice for local times that come twice. The default is {@code FIRST}. */
    public Cron twice(Twice twice) {
        return new Cron(text, fields, zone, gap, given("twice", twice));
    }

    private static <T> T given(String field, @Nullable T value) {
        if (value == null) {
            throw new InvalidTaskException(field, null, "must not be null; leave the call out for the default");
        }
        return value;
    }

    /** The text of the expression as it was given, except that single spaces part its fields. */
    public String expression() {
        return text.expression();
    }

    /** How the text is read. */
    public Dialect dialect() {
        return text.dialect();
    }

    /** The zone whose clocks are meant, UTC by default. */
    public ZoneId zone() {
        return zone;
    }

    /** What becomes of local times that do not come, {@code AFTER_GAP} by default. */
    public Gap gap() {
        return gap;
    }

    /** What becomes of local times that come twice, {@code FIRST} by default. */
    public Twice twice() {
        return twice;
    }

    /**
     * The first fire time after an instant, always on a whole second.
     *
     * <p>This is a pure function of this value and the instant, for any number of threads. It throws for no instant,
     * and its search is bounded, also for an expression that fires once in forty years.
     *
     * @param after any instant, which need not be a fire time
     * @return a later instant, or null if there is none up to the end of the year 9999
     */
    public @Nullable Instant next(Instant after) {
        long second = search.next(after.getEpochSecond());
        return second == CronFields.NONE ? null : Instant.ofEpochSecond(second);
    }

    /**
     * The expression in words, such as "at 09:00 every day between Monday and Friday", by cron-utils.
     *
     * @param locale the language; one that cron-utils does not speak gets the language of the default locale or English
     */
    public String describe(Locale locale) {
        return text.describe(given("locale", locale));
    }

    /** Whether the other is the same text in the same dialect, with the same zone and choices. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Cron cron
                && text.equals(cron.text)
                && zone.equals(cron.zone)
                && gap == cron.gap
                && twice == cron.twice;
    }

    @Override
    public int hashCode() {
        return Objects.hash(text, zone, gap, twice);
    }

    @Override
    public String toString() {
        return "Cron[" + text.expression() + ", " + text.dialect() + ", " + zone + ", " + gap + ", " + twice + "]";
    }
}
