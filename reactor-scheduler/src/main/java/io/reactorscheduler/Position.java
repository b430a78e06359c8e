package io.reactorscheduler;

/**
 * Where a task's timeline stands: its head, the one fire time that a store indexes.
 *
 * @param fireMicros the fire time in epoch microseconds, {@link #NO_TIME} for none
 * @param dueMicros when it may start: the fire time plus jitter; {@link #NO_TIME} for none
 * @param bufferedUntilMicros fire times up to this one waited for a run before them on purpose, so they are not misfires;
 *     {@link Long#MIN_VALUE} for none
 */
public record Position(long fireMicros, long dueMicros, long bufferedUntilMicros) {

    /** Stands for no instant. */
    public static final long NO_TIME = Long.MAX_VALUE;

    /** The timeline has ended. */
    public static final Position ENDED = new Position(NO_TIME, NO_TIME, Long.MIN_VALUE);

    /**
     * Leave the head as the store has it: for runs that are not the timeline's, and for most of those that will be claimed
     * again.
     */
    public static final Position UNCHANGED = new Position(NO_TIME, NO_TIME, Long.MIN_VALUE + 1);

    /** A head that is due at the given time. */
    public static Position at(long fireMicros, long dueMicros) {
        return new Position(fireMicros, dueMicros, Long.MIN_VALUE);
    }

    /** Whether there is a head. */
    public boolean hasHead() {
        return fireMicros != NO_TIME;
    }
}
