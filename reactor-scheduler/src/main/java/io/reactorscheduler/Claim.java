package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The right to run one execution, given by the store until a deadline.
 *
 * @param task the task to run
 * @param number the number of the execution within its task, from 1; the same over its retries
 * @param fireMicros the fire time in epoch microseconds
 * @param dueMicros when it might have started at the earliest, in epoch microseconds of the store's clock
 * @param attempt the attempt it starts with: 1 for the first claim, after a retry one more than were started before
 * @param fence the fencing token: larger than that of any claim before
 * @param leaseMicros until when it is valid, in epoch microseconds of the store's clock
 * @param active how many other executions of the task are claimed
 * @param fired how many fire times of the timeline were used up, this one included
 * @param bufferedUntilMicros see {@link Position#bufferedUntilMicros}
 * @param extra whether it was asked for by trigger or retry, not by the timeline
 * @param input the input as JSON: the task's, or that of the trigger call; null for none
 */
public record Claim(
        TaskRecord task,
        long number,
        long fireMicros,
        long dueMicros,
        int attempt,
        long fence,
        long leaseMicros,
        int active,
        long fired,
        long bufferedUntilMicros,
        boolean extra,
        @Nullable String input) {

    /** The id of the execution. */
    public String executionId() {
        return Execution.id(task.id(), number);
    }

    /** The fire time. */
    public Instant fireTime() {
        return EngineClock.toInstant(fireMicros);
    }

    /** Whether it is one of several fire times, so that late ones fall under the task's misfire and overlap rules. */
    boolean repeats() {
        return !extra && !task.firesOnce();
    }

    /** Whether the next head of the timeline must be written before it runs, because fire times may overlap. */
    boolean overlaps() {
        return repeats() && task.overlap().overlaps();
    }

    /** The same right, with the task as this node knows it. */
    Claim withTask(TaskRecord other) {
        return other == task
                ? this
                : new Claim(
                        other,
                        number,
                        fireMicros,
                        dueMicros,
                        attempt,
                        fence,
                        leaseMicros,
                        active,
                        fired,
                        bufferedUntilMicros,
                        extra,
                        input);
    }

    /** The same right, used for a later fire time of the same timeline. */
    Claim firingAt(long otherFireMicros, long otherBufferedUntilMicros) {
        return new Claim(
                task,
                number,
                otherFireMicros,
                dueMicros,
                attempt,
                fence,
                leaseMicros,
                active,
                fired,
                otherBufferedUntilMicros,
                false,
                input);
    }

    /** The same right, for a fire time that is late on purpose and falls under no rule for late ones. */
    Claim lateOnPurpose() {
        return firingAt(fireMicros, Math.max(fireMicros, bufferedUntilMicros));
    }
}
