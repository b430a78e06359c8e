package io.reactorscheduler;

import java.time.Duration;
import java.util.Map;

/**
 * Numbers of a scheduler and its store at one moment.
 *
 * @param tasks tasks of the store by state
 * @param queues the queues of the store by name
 * @param started runs started on this node since it started
 * @param completed runs of this node that ended with success
 * @param failed runs of this node that failed for good
 * @param retried attempts of this node that failed and were or will be tried again
 * @param cancelled runs of this node that were ended from outside
 * @param skipped fire times that this node decided not to run
 * @param running runs of this node that are claimed and not recorded
 */
public record SchedulerStats(
        Map<TaskState, Long> tasks,
        Map<String, Queue> queues,
        long started,
        long completed,
        long failed,
        long retried,
        long cancelled,
        long skipped,
        long running) {

    /**
     * Numbers of one queue.
     *
     * @param waiting tasks that wait for their time
     * @param backlog tasks that are due and wait for a free slot
     * @param running claimed executions, on all nodes
     * @param lateness how long the oldest of the backlog has waited; zero without backlog
     * @param isPaused whether nothing is claimed from it
     */
    public record Queue(long waiting, long backlog, long running, Duration lateness, boolean isPaused) {}
}
