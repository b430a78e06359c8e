package io.reactorscheduler.proof;

import java.util.Set;

/**
 * A task as it was scheduled, and what it owes by plain arithmetic.
 *
 * @param id its id
 * @param kind what may become of it
 * @param firstMicros its first fire time, in epoch microseconds
 * @param periodMicros between two fire times; 0 for a single one
 * @param count how many fire times it has
 * @param isSerial whether its runs follow one another
 * @param isSure whether the store has said that it is saved
 * @param owedMicros repeating ones owe no fire time before this
 * @param cancelledMicros when somebody was about to cancel it; the end of time for never
 * @param haltedMicros when the store had said that it is cancelled; the end of time where it did not, or may have forgotten
 * @param reasons why its fire times may not run, when nobody cancels it
 */
record Planned(
        String id,
        Kind kind,
        long firstMicros,
        long periodMicros,
        int count,
        boolean isSerial,
        boolean isSure,
        long owedMicros,
        long cancelledMicros,
        long haltedMicros,
        Set<Reason> reasons) {

    private static final long NEVER = Long.MAX_VALUE;

    /** What is due so long before a cancel has run by then, or a later fire time took its place. */
    private static final long SETTLED_MICROS = 20_000_000;

    Planned(
            String id,
            Kind kind,
            long firstMicros,
            long periodMicros,
            int count,
            boolean isSerial,
            boolean isSure,
            long owedMicros,
            Set<Reason> reasons) {
        this(id, kind, firstMicros, periodMicros, count, isSerial, isSure, owedMicros, NEVER, NEVER, reasons);
    }

    enum Kind {
        /** Each fire time completes or is skipped with a reason. */
        NORMAL,
        /** It was also cancelled at some time. */
        CANCELLED,
        /** Its own fire time is far away; it runs when it is triggered. */
        TRIGGERED
    }

    long fireTime(long number) {
        return firstMicros + number * periodMicros;
    }

    /** The number of a fire time; negative when it is none. */
    long numberOf(long fireMicros) {
        long since = fireMicros - firstMicros;
        if (periodMicros == 0) {
            return since == 0 ? 0 : -1;
        }
        long number = since / periodMicros;
        return since % periodMicros == 0 && number < count ? number : -1;
    }

    boolean owes(long number) {
        return periodMicros == 0 || fireTime(number) >= owedMicros;
    }

    /** Whether a fire time came so shortly before somebody cancelled the task, or after that, that it may have no record. */
    boolean wasCancelledBefore(long number) {
        return fireTime(number) > cancelledMicros - SETTLED_MICROS;
    }

    Planned unsure() {
        return with(kind, false, owedMicros, cancelledMicros, haltedMicros);
    }

    Planned cancelled(long micros) {
        return with(Kind.CANCELLED, isSure, owedMicros, Math.min(micros, cancelledMicros), haltedMicros);
    }

    /** The store says since then that it is cancelled. */
    Planned halted(long micros) {
        return with(kind, isSure, owedMicros, cancelledMicros, Math.min(micros, haltedMicros));
    }

    /** What the store said of a cancel then, it may have forgotten. */
    Planned haltDoubted(long fromMicros, long toMicros) {
        boolean isDoubted = haltedMicros > fromMicros && haltedMicros < toMicros;
        return isDoubted ? with(kind, isSure, owedMicros, cancelledMicros, NEVER) : this;
    }

    Planned owedFrom(long micros) {
        return with(kind, isSure, micros, cancelledMicros, haltedMicros);
    }

    /** The same task, of which something else is known. */
    private Planned with(Kind as, boolean sure, long owed, long cancelled, long halted) {
        return new Planned(id, as, firstMicros, periodMicros, count, isSerial, sure, owed, cancelled, halted, reasons);
    }
}
