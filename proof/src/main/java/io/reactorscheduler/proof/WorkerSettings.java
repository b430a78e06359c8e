package io.reactorscheduler.proof;

import java.time.Duration;
import java.util.List;

/**
 * What a node is started with.
 *
 * @param uri where its Redis is
 * @param namespace of the tasks
 * @param partitions of the namespace
 * @param node its name
 * @param log the file it writes what it does into
 * @param lease of its claims
 * @param skew how wrong its wall clock is
 */
record WorkerSettings(
        String uri, String namespace, int partitions, String node, String log, Duration lease, Duration skew) {

    static WorkerSettings parse(String[] args) {
        return new WorkerSettings(
                args[0],
                args[1],
                Integer.parseInt(args[2]),
                args[3],
                args[4],
                Duration.parse(args[5]),
                Duration.parse(args[6]));
    }

    List<String> args() {
        return List.of(uri, namespace, String.valueOf(partitions), node, log, lease.toString(), skew.toString());
    }
}
