package io.reactorscheduler.proof;

import io.reactorscheduler.Claim;

/**
 * Where a claimed run stood in line, as the log of the node says that claimed it.
 *
 * @param queue its queue
 * @param partition the partition of its task: each has lines of its own
 * @param priority higher goes first
 * @param dueMicros of one priority the earlier goes first
 */
record Turn(String queue, int partition, int priority, long dueMicros) {

    static Turn of(Claim claim, int partitions) {
        return new Turn(
                claim.task().queue(),
                Partitions.placeOf(claim.task().id(), partitions),
                claim.task().priority(),
                claim.dueMicros());
    }

    /** From the note of a line of kind {@link Line.Kind#CLAIMED}. */
    static Turn parse(String note) {
        String[] words = note.split(" ");
        return new Turn(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]), Long.parseLong(words[3]));
    }

    boolean isInLineWith(Turn other) {
        return partition == other.partition && queue.equals(other.queue);
    }

    /** Whether this one's claim does not pass over the other one, which waits in the same line. */
    boolean goesBefore(Turn other) {
        return priority > other.priority || (priority == other.priority && dueMicros <= other.dueMicros);
    }

    /** One text that {@link #parse} reads. */
    @Override
    public String toString() {
        return queue + " " + partition + " " + priority + " " + dueMicros;
    }
}
