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
 * @param lines of the logs of all nodes
 * @param strikes the faults
 * @param store what is in the store after the round
 */
record Evidence(
        Duration lease,
        boolean losesWrites,
        List<Planned> planned,
        Set<String> asked,
        List<Line> lines,
        List<Strike> strikes,
        Snapshot store) {

    /**
     * What is in the store after a round.
     *
     * @param rows of all executions
     * @param tasks the states of all tasks
     * @param findings what sweeps found wrong
     * @param leftovers keys that were left when all tasks had been removed
     */
    record Snapshot(List<Row> rows, Map<String, TaskState> tasks, List<String> findings, List<String> leftovers) {}

    boolean isGentle() {
        return strikes.stream().allMatch(strike -> strike.fault().isGentle());
    }
}
