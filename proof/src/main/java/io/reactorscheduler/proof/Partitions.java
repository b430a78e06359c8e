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

    /** Whether a task is in one of them: the documented place, worked out without the store. */
    boolean have(String task) {
        CRC32 hash = new CRC32();
        hash.update(task.getBytes(StandardCharsets.UTF_8));
        return some.contains((int) (hash.getValue() % of));
    }
}
