package io.reactorscheduler.proof;

/**
 * A fault as it was done.
 *
 * @param fault what
 * @param node to whom; {@link Line#NOTHING} when it was not one node
 * @param fromMicros from when, in epoch microseconds by the clock of the machine
 * @param toMicros until when
 */
record Strike(Fault fault, String node, long fromMicros, long toMicros) {

    /** Whether the node's process ended by it without a word. */
    boolean isDeath() {
        return fault == Fault.KILL || fault == Fault.CLOCK;
    }
}
