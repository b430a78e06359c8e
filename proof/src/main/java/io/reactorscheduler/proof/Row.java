package io.reactorscheduler.proof;

import io.reactorscheduler.Execution;
import io.reactorscheduler.TaskState;

/**
 * What the store says of one execution, or of a row of skipped fire times.
 *
 * @param execution the id of the execution
 * @param task its task
 * @param state how it ended
 * @param fireMicros the fire time, or the first of those that were skipped
 * @param fireTimes how many fire times it stands for
 * @param fence of the claim that ended it
 * @param node that ended it
 * @param endMicros when it was recorded, by the clock of the store; -1 when it has not ended
 * @param why the reason or the error; empty for none
 */
record Row(
        String execution,
        String task,
        TaskState state,
        long fireMicros,
        long fireTimes,
        long fence,
        String node,
        long endMicros,
        String why) {

    static Row of(Execution execution) {
        Object why = execution.error() != null ? execution.error() : execution.reason();
        return new Row(
                execution.id(),
                execution.taskId(),
                execution.state(),
                Line.micros(execution.fireTime()),
                execution.fireTimes(),
                execution.fence(),
                execution.node(),
                execution.endedAt() == null ? -1 : Line.micros(execution.endedAt()),
                why == null ? "" : String.valueOf(why));
    }
}
