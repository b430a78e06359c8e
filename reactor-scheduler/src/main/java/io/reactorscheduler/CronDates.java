package io.reactorscheduler;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The days a cron expression admits, and the search for the next of them.
 *
 * <p>A month is known by its length (28 to 31 days) and the weekday of its first day, so there are 28 kinds of month
 * and one mask of days for each. They are made once, whereupon {@code L}, {@code W} and {@code #} cost no more than a
 * plain number. Dates are computed from day numbers (days since 1970-01-01 in the Gregorian calendar, also before its
 * introduction, as in {@code java.time}) without making an object.
 *
 * <p>The search is bounded: the calendar repeats every 400 years, which hold every kind of every month, so what is not
 * found in 400 years never comes. 29 February on a given weekday may take 40 years, around a year like 1900 or 2100.
 */
final class CronDates {

    static final int SHORTEST_MONTH = 28;
    static final int WEEK = 7;
    static final int MONTH_KINDS = 4 * WEEK;

    private static final int LAST_YEAR = 9999;
    private static final int CYCLE_YEARS = 400;
    private static final int CYCLE_DAYS = 146_097;

    /** Days from 0000-03-01, where a year that ends with its leap day begins, to 1970-01-01. */
    private static final int DAYS_TO_1970 = 719_468;

    /** 1970-01-01 was a Thursday, with Sunday as 0. */
    private static final int WEEKDAY_OF_1970 = 4;

    /** The day number of 9999-12-31. */
    private static final long LAST_DAY = 2_932_896;

    private static final int ALL_MONTHS = 0b1_1111_1111_1110;

    private final int months;
    private final int[] days;
    private final @Nullable BitSet years;
    private final boolean everyDay;

    /**
     * Keeps the masks.
     *
     * @param months bit m for month m, 1 to 12
     * @param days for each kind of month, see {@link #kind}, bit d - 1 for day d
     * @param years bit y for year y, or null for every year
     */
    CronDates(int months, int[] days, @Nullable BitSet years) {
        this.months = months;
        this.days = days;
        this.years = years;
        this.everyDay = months == ALL_MONTHS && years == null && admitsEveryDay(days);
    }

    /** The kind of a month of the given length whose first day is the given weekday, Sunday being 0. */
    static int kind(int length, int firstWeekday) {
        return (length - SHORTEST_MONTH) * WEEK + firstWeekday;
    }

    /** Whether no day ever matches. Years start at 1970, and every year is like one of the 400 from there. */
    boolean isImpossible() {
        return next(0) == CronFields.NONE;
    }

    /** The first matching day at or after the given one, or {@link CronFields#NONE} when there is none up to 9999. */
    long next(long day) {
        if (everyDay) {
            return day <= LAST_DAY ? day : CronFields.NONE;
        }
        long shifted = day + DAYS_TO_1970;
        long cycle = Math.floorDiv(shifted, (long) CYCLE_DAYS);
        int dayOfCycle = (int) (shifted - cycle * CYCLE_DAYS);
        int yearOfCycle = (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365;
        int dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = (int) (cycle * CYCLE_YEARS) + yearOfCycle + (month <= 2 ? 1 : 0);
        if (admitsYear(year)) {
            return search(year, month, dayOfMonth, day - dayOfMonth + 1);
        }
        int next = nextYear(year);
        return next > LAST_YEAR ? CronFields.NONE : search(next, 1, 1, firstDayOf(next));
    }

    private long search(int startYear, int startMonth, int startDay, long startMonthFirst) {
        int year = startYear;
        int month = startMonth;
        int passedDays = startDay - 1;
        long monthFirst = startMonthFirst;
        int weekday = Math.floorMod(monthFirst + WEEKDAY_OF_1970, WEEK);
        int lastYear = Math.min(LAST_YEAR, startYear + CYCLE_YEARS);
        while (year <= lastYear) {
            int length = lengthOf(year, month);
            if ((months >>> month & 1) != 0) {
                int left = days[kind(length, weekday)] >>> passedDays;
                if (left != 0) {
                    return monthFirst + passedDays + Integer.numberOfTrailingZeros(left);
                }
            }
            passedDays = 0;
            if (month < 12) {
                month++;
                monthFirst += length;
                weekday = (weekday + length) % WEEK;
            } else {
                year = nextYear(year);
                month = 1;
                monthFirst = firstDayOf(year);
                weekday = Math.floorMod(monthFirst + WEEKDAY_OF_1970, WEEK);
            }
        }
        return CronFields.NONE;
    }

    private boolean admitsYear(int year) {
        return years == null ? year <= LAST_YEAR : year >= 0 && years.get(year);
    }

    /** The first admitted year after the given one, above {@link #LAST_YEAR} when there is none. */
    private int nextYear(int year) {
        if (years == null) {
            return year + 1;
        }
        int next = years.nextSetBit(Math.max(0, year + 1));
        return next < 0 ? LAST_YEAR + 1 : next;
    }

    private static int lengthOf(int year, int month) {
        if (month == 2) {
            boolean leap = (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
            return leap ? 29 : 28;
        }
        return 30 + ((month + (month >>> 3)) & 1);
    }

    /** The day number of 1 January of a year. */
    private static long firstDayOf(int year) {
        long before = year - 1L;
        return before * 365
                + Math.floorDiv(before, 4L)
                - Math.floorDiv(before, 100L)
                + Math.floorDiv(before, 400L)
                - 719_162;
    }

    private static boolean admitsEveryDay(int[] days) {
        for (int kind = 0; kind < MONTH_KINDS; kind++) {
            int length = SHORTEST_MONTH + kind / WEEK;
            if (Integer.bitCount(days[kind]) != length) {
                return false;
            }
        }
        return true;
    }
}
