package io.reactorscheduler.proof;

/**
 * A fault as it was done.
 *
 * @param fault what
 * @param node to whom; {@link Line#NOTHING} when it was not one node
 * @param fromMicros from when, in epoch microseconds by the clock of the machine
 * @param toMicros until when
 * @param partitions whose data was on the server that was struck; all where it was a node
 */
record Strike(Fault fault, String node, long fromMicros, long toMicros, Partitions partitions) {

    Strike(Fault fault, String node, long fromMicros, long toMicros) {
        this(fault, node, fromMicros, toMicros, Partitions.ALL);
    }

    /** Whether the node's process ended by it without a word. */
    boolean isDeath() {
        return fault.isDeath();
    }

    /** Whether any of it was in this time. */
    boolean isWithin(long startMicros, long endMicros) {
        return fromMicros < endMicros && toMicros > startMicros;
    }

    /** Whether a server that held this task was killed. */
    boolean isCrashOf(String task) {
        return fault == Fault.REDIS_CRASH && partitions.have(task);
    }
}
