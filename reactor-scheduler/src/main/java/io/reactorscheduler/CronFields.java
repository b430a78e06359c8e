package io.reactorscheduler;

/**
 * The fields of one cron expression as bit masks, and the search for the next local time that matches them.
 *
 * <p>Local time is what a wall clock shows, as a number of seconds since 1970-01-01T00:00 on that clock; each day has
 * 86,400 of them and zones play no part. The next time of a day takes at most six operations on the masks of hours,
 * minutes and seconds, the next day is {@link CronDates}' part.
 */
final class CronFields {

    /** What a search answers when nothing matches any more. */
    static final long NONE = Long.MAX_VALUE;

    static final int DAY_SECONDS = 86_400;

    private static final int HOUR_SECONDS = 3_600;
    private static final int MINUTE_SECONDS = 60;
    private static final int ALL_HOURS = (1 << 24) - 1;
    private static final int NO_TIME = -1;

    private final long seconds;
    private final long minutes;
    private final int hours;
    private final CronDates dates;
    private final int firstTime;

    /**
     * Keeps the masks, none of which is empty.
     *
     * @param seconds bit s for second s of a minute
     * @param minutes bit m for minute m of an hour
     * @param hours bit h for hour h of a day
     * @param dates the days
     */
    CronFields(long seconds, long minutes, int hours, CronDates dates) {
        this.seconds = seconds;
        this.minutes = minutes;
        this.hours = hours;
        this.dates = dates;
        this.firstTime = timeOf(
                Integer.numberOfTrailingZeros(hours),
                Long.numberOfTrailingZeros(minutes),
                Long.numberOfTrailingZeros(seconds));
    }

    /** Whether the hour field admits all 24 hours, so that the expression follows elapsed time. */
    boolean admitsEveryHour() {
        return hours == ALL_HOURS;
    }

    /** Whether no day ever matches. */
    boolean isImpossible() {
        return dates.isImpossible();
    }

    /** The first matching local second at or after the given one, or {@link #NONE}. */
    long next(long localSecond) {
        long day = Math.floorDiv(localSecond, (long) DAY_SECONDS);
        long found = dates.next(day);
        if (found == day) {
            int time = nextTime((int) (localSecond - day * DAY_SECONDS));
            if (time != NO_TIME) {
                return day * DAY_SECONDS + time;
            }
            found = dates.next(day + 1);
        }
        return found == NONE ? NONE : found * DAY_SECONDS + firstTime;
    }

    private int nextTime(int secondOfDay) {
        int hour = secondOfDay / HOUR_SECONDS;
        if ((hours >>> hour & 1) != 0) {
            int inHour = secondOfDay - hour * HOUR_SECONDS;
            int minute = inHour / MINUTE_SECONDS;
            if ((minutes >>> minute & 1) != 0) {
                long left = seconds & (-1L << (inHour - minute * MINUTE_SECONDS));
                if (left != 0) {
                    return timeOf(hour, minute, Long.numberOfTrailingZeros(left));
                }
            }
            long left = minutes & (-2L << minute);
            if (left != 0) {
                return timeOf(hour, Long.numberOfTrailingZeros(left), Long.numberOfTrailingZeros(seconds));
            }
        }
        int left = hours & (-2 << hour);
        return left == 0 ? NO_TIME : Integer.numberOfTrailingZeros(left) * HOUR_SECONDS + firstTime % HOUR_SECONDS;
    }

    private static int timeOf(int hour, int minute, int second) {
        return hour * HOUR_SECONDS + minute * MINUTE_SECONDS + second;
    }
}
