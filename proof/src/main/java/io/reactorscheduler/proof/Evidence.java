package io.reactorscheduler.proof;

import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that is known after a round; the checker needs nothing else.
 *
 * @param lease of the nodes' claims
 * @param losesWrites whether the store may forget what it acknowledged when a replica takes over
 * @param planned the tasks that were scheduled
 * @param asked executions that were asked for by trigger
 * @param unanswered how many triggers got no answer, so that nobody knows whether they did anything
 * @param lines of the logs of all nodes
 * @param strikes the faults
 * @param store what is in the store after the round
 * @param before what Redis held before the work
 * @param after what it holds when all work has gone
 */
record Evidence(
        Duration lease,
        boolean losesWrites,
        List<Planned> planned,
        Set<String> asked,
        int unanswered,
        List<Line> lines,
        List<Strike> strikes,
        Snapshot store,
        Held before,
        Held after) {

    /**
     * What is in the store after a round.
     *
     * @param rows of all executions
     * @param tasks the states of all tasks
     * @param findings what sweeps found wrong, and tasks that were open for ever
     * @param leftovers what retention or the removal of all tasks left behind
     */
    record Snapshot(List<Row> rows, Map<String, TaskState> tasks, List<String> findings, List<String> leftovers) {}

    /**
     * What Redis holds.
     *
     * @param keys but those of settings and queues
     * @param bytes in use, by {@code used_memory}
     * @param dataset bytes of data only, by {@code used_memory_dataset}
     */
    record Held(long keys, long bytes, long dataset) {

        /** Empty tables and buffers may differ by so much; it is less than a thousand tasks. */
        private static final long NOISE_BYTES = 200_000;

        /**
         * With the number of keys of an earlier moment. Keys are counted when nothing was there; bytes when the nodes were
         * there, because a server that has been spoken to counts tables of its own as data, which are larger than what the
         * nodes have saved by then.
         */
        Held withKeysOf(Held earlier) {
            return new Held(earlier.keys, bytes, dataset);
        }

        /** Whether it is no more than what was held before. */
        boolean isWithin(Held before) {
            return keys <= before.keys && dataset <= before.dataset + NOISE_BYTES;
        }
    }
}
