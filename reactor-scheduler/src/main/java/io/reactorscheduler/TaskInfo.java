package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task and where it stands, as the store saw it at one moment.
 *
 * @param task the task as it was saved
 * @param state where it stands
 * @param nextFireTime when it fires next, of a cancelled or quarantined task when it would have; null while it runs one after another,
 *     and when its timeline has ended
 * @param dueTime when it may start next: the fire time with its jitter, or the time of the next attempt; null when
 *     nothing of it waits
 * @param running how many executions are claimed now
 * @param executions how many executions were claimed so far
 * @param attempt the attempt that is next or running, 1 for the first
 * @param crashes how many nodes in a row were lost while they ran it, so that their leases expired; 0 after an end that a
 *     node reported
 */
public record TaskInfo(
        TaskRecord task,
        TaskState state,
        @Nullable Instant nextFireTime,
        @Nullable Instant dueTime,
        int running,
        long executions,
        int attempt,
        int crashes) {

    /** The id of the task. */
    public String id() {
        return task.id();
    }

    /** The name of its handler. */
    public String handler() {
        return task.handler();
    }

    /** The queue it waits in. */
    public String queue() {
        return task.queue();
    }
}
