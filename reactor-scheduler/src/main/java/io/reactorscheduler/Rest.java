package io.reactorscheduler;

/**
 * A short rest before the next timed look for due work, where claims come close together: else looks cost more than what they
 * give.
 *
 * <p>After a look that gave few claims, the next timed one comes some times later than the one before it took, with the runs that
 * it began. What falls due meanwhile, and what is saved meanwhile and is due after that, waits as long. In virtual time nothing
 * takes time, and so there is no rest.
 *
 * <p>{@link #dealt} is called by one thread at a time, the others by any.
 */
final class Rest {
    static final long LONGEST_MICROS = 150;

    /** How many times as long as a look takes. */
    private static final int TIMES = 6;

    /** Claims that come no further apart on average are close together: a thread takes about twice as long to wake up. */
    private static final double CLOSE_MICROS = 30;

    /** About how many of the last looks make the average. */
    private static final int RECENT = 8;

    /** What was so long ago says nothing of now. */
    private static final long LONG_AGO_MICROS = 1_000;

    /** So many claims are worth a look. */
    private static final int WORTH_A_LOOK = 32;

    private volatile long restMicros;
    private volatile long untilMicros = Long.MIN_VALUE;

    /** How far apart claims came of late, on average. */
    private double apartMicros = LONG_AGO_MICROS;

    private long dealtMicros = Long.MIN_VALUE / 2;

    /** Tells how long a timed look took, with the runs that it began. */
    void lookTook(long micros) {
        restMicros = Math.min(TIMES * Math.max(0, micros), LONGEST_MICROS);
    }

    /** Tells how many claims a look gave, at least one. */
    void dealt(int claims, long nowMicros) {
        long since = nowMicros - dealtMicros;
        dealtMicros = nowMicros;
        if (since < 0 || since >= LONG_AGO_MICROS) {
            apartMicros = LONG_AGO_MICROS;
        } else {
            apartMicros += ((double) since / claims - apartMicros) / RECENT;
        }
        boolean rests = apartMicros <= CLOSE_MICROS && claims < WORTH_A_LOOK;
        untilMicros = rests ? nowMicros + restMicros : Long.MIN_VALUE;
    }

    /** When to look for what is due then; a clock that was set back makes no rest longer than the longest. */
    long before(long dueMicros, long nowMicros) {
        return Math.max(dueMicros, Math.min(untilMicros, nowMicros + LONGEST_MICROS));
    }
}
