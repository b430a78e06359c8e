package io.reactorscheduler.proof;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Some of the partitions over which tasks are spread.
 *
 * @param of how many there are
 * @param some those that are meant
 */
record Partitions(int of, Set<Integer> some) {

    /** Whatever there is. */
    static final Partitions ALL = new Partitions(1, Set.of(0));

    /** Whether a task is in one of them. */
    boolean have(String task) {
        return some.contains(placeOf(task, of));
    }

    /** In which of so many a task is: the documented place, worked out without the store. */
    static int placeOf(String task, int partitions) {
        CRC32 hash = new CRC32();
        hash.update(task.getBytes(StandardCharsets.UTF_8));
        return (int) (hash.getValue() % partitions);
    }
}
