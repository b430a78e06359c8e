package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a node can run right now.
 *
 * @param node the name of the node
 * @param lease how long claims shall be valid
 * @param slots the free slots by queue; each queue at most once, each with at least one slot
 * @param handlers the names of the handlers known here; work of others is left alone
 */
public record ClaimRequest(String node, Duration lease, List<Slots> slots, Set<String> handlers) {

    /**
     * Free slots of one queue.
     *
     * @param queue the name of the queue
     * @param free how many claims are wanted at most
     */
    public record Slots(String queue, int free) {}
}
