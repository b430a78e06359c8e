package io.reactorscheduler;

import java.time.ZoneId;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * The search for the next fire time of a cron expression in a zone.
 *
 * <h2>How it works</h2>
 *
 * <p>A zone cuts time into {@link CronSpan spans} of one offset each. Within a span the wall clock runs evenly, so the
 * next fire time is the next matching local time ({@link CronFields}) less the offset, if it comes before the span
 * ends. That is the whole of the work for nearly every call: the span of the previous call is kept, and asking the
 * zone's rules, which costs more than everything else together, is needed about twice a year.
 *
 * <p>At a span's ends the policies decide, and an expression is of one of two sorts. If its hour field admits every
 * hour, it follows elapsed time: it fires at each instant whose local time matches, so a gap loses nothing and the
 * second passage of an overlap fires as the first did. Otherwise it names times of the day, and
 *
 * <ul>
 *   <li>a match inside the gap before a span fires at the span's first instant ({@code AFTER_GAP}), once however many
 *       matches the gap holds, or not at all ({@code SKIP});
 *   <li>a match that two spans show fires in the earlier one ({@code FIRST}: the later begins its search behind the
 *       repeated times), in the later one ({@code SECOND}: the earlier ends its search before them), or in both.
 * </ul>
 *
 * <p>This looks no further than the neighbouring spans. It need not: no zone changes its clocks twice so close together
 * that the local times concerned meet (a test asserts it of every zone of the running JDK).
 *
 * <h2>Why it ends, and soon</h2>
 *
 * <p>A local search that passes the end of a span also proves that nothing matches up to what it found. Offsets differ
 * by at most 36 hours, so if the search began that long before the end of its span, no instant up to the find less 36
 * hours matches either, and the search goes on there: a leap day eight years off costs three spans, not seventeen. Only
 * matches that are lost in gaps make it go on. The rules of a zone repeat with the calendar after 400 years, and with
 * two gaps a year a search visits fewer than {@link #MAX_SPANS} spans in that time; so if it has visited that many,
 * every match is lost, for ever.
 */
final class CronSearch {

    private static final long MAX_OFFSET_CHANGE = 36 * 3_600;

    private static final int MAX_SPANS = 5_000;

    /** No zone shows the year 9999 after this second since the epoch: its end, and the greatest offset, 18 hours. */
    private static final long LAST_SECOND = 253_402_300_799L + 18 * 3_600;

    private final CronFields fields;
    private final ZoneRules rules;
    private final boolean firesAfterGap;
    private final boolean firstOnly;
    private final boolean secondOnly;

    /** The span of the latest search. Threads may race for it: spans are immutable, and any of them will do. */
    private @Nullable CronSpan latest;

    CronSearch(CronFields fields, ZoneId zone, Cron.Gap gap, Cron.Twice twice) {
        boolean namesHours = !fields.admitsEveryHour();
        this.fields = fields;
        this.rules = zone.getRules();
        this.firesAfterGap = namesHours && gap == Cron.Gap.AFTER_GAP;
        this.firstOnly = namesHours && twice == Cron.Twice.FIRST;
        this.secondOnly = namesHours && twice == Cron.Twice.SECOND;
    }

    /** The first second since the epoch that fires and is later than the given one, or {@link CronFields#NONE}. */
    long next(long second) {
        long at = second + 1;
        for (int spans = 0; at <= LAST_SECOND && spans < MAX_SPANS; spans++) {
            CronSpan span = spanAt(at);
            if (firesAfterGap && at == span.start() && fields.next(span.localBefore()) < span.localStart()) {
                return at;
            }
            long from = firstOnly ? Math.max(at + span.offset(), span.localBefore()) : at + span.offset();
            long until = secondOnly ? Math.min(span.localEnd(), span.localAfter()) : span.localEnd();
            long found = fields.next(from);
            if (found < until) {
                return found - span.offset();
            }
            at = continueAt(span, from, found);
        }
        return CronFields.NONE;
    }

    /** Where to go on after a search from a local time in a span found only something behind the span, or nothing. */
    private static long continueAt(CronSpan span, long from, long found) {
        if (span.end() == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        if (span.localEnd() - MAX_OFFSET_CHANGE < from) {
            return span.end();
        }
        return found == CronFields.NONE
                ? Long.MAX_VALUE
                : Math.max(span.end(), found - span.offset() - 2 * MAX_OFFSET_CHANGE);
    }

    private CronSpan spanAt(long second) {
        CronSpan span = latest;
        if (span == null || !span.contains(second)) {
            span = CronSpan.at(rules, second);
            latest = span;
        }
        return span;
    }
}
