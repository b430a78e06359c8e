package io.reactorscheduler.proof;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * One line of the log of a node: what it did, told by the handlers themselves.
 *
 * @param kind what happened
 * @param micros when, by the clock of the machine, in epoch microseconds
 * @param node the node that wrote it
 * @param execution the execution it is about, or a task; {@link #NOTHING} for none
 * @param fence the fencing token of the run, 0 where there is none
 * @param attempt the attempt of the run, 0 where there is none
 * @param fireMicros the fire time of the run; of {@link Kind#PAUSED} when the node stood still first
 * @param note anything else; empty for nothing
 */
record Line(
        Kind kind, long micros, String node, String execution, long fence, int attempt, long fireMicros, String note) {

    static final String NOTHING = "-";

    private static final int COLUMNS = 8;

    /** What can stand in a log. */
    enum Kind {
        /** The store gave a run to the node; nobody waits until this is on the disk. */
        CLAIMED,
        /** A handler was called. */
        STARTED,
        /** Its work was done. */
        ENDED,
        /** It failed, as it was told to. */
        FAILED,
        /** It was cancelled. */
        CANCELLED,
        /** The whole node stood still from {@link Line#fireMicros} to {@link Line#micros}. */
        PAUSED,
        /** The store refused the end of a run. */
        STALE,
        /** A sweep found something wrong. */
        FOUND,
        /** The node is about to schedule a task. */
        SCHEDULING,
        /** The node scheduled a task that is due not before {@link Line#fireMicros}. */
        SCHEDULED,
        /** The node stopped in order. */
        STOPPED
    }

    static Line of(Kind kind, String node, String about, String note) {
        return new Line(kind, now(), node, about, 0, 0, 0, note);
    }

    /** The same run, later. */
    Line then(Kind next) {
        return new Line(next, now(), node, execution, fence, attempt, fireMicros, note);
    }

    /** Epoch microseconds by the clock of the machine, which all processes share. */
    static long now() {
        return micros(Instant.now());
    }

    static long micros(Instant instant) {
        return TimeUnit.SECONDS.toMicros(instant.getEpochSecond()) + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
    }

    static long micros(Duration duration) {
        return TimeUnit.NANOSECONDS.toMicros(duration.toNanos());
    }

    /** Whether it is the end of a run, one way or another. */
    boolean endsRun() {
        return kind == Kind.ENDED || kind == Kind.FAILED || kind == Kind.CANCELLED;
    }

    static Line parse(String text) {
        String[] columns = text.split(" ", COLUMNS);
        return new Line(
                Kind.valueOf(columns[0]),
                Long.parseLong(columns[1]),
                columns[2],
                columns[3],
                Long.parseLong(columns[4]),
                Integer.parseInt(columns[5]),
                Long.parseLong(columns[6]),
                columns[7]);
    }

    /** One line of text that {@link #parse} reads. */
    @Override
    public String toString() {
        return kind + " " + micros + " " + node + " " + execution + " " + fence + " " + attempt + " " + fireMicros + " "
                + note.replace('\n', ' ');
    }
}
