package io.reactorscheduler;

/**
 * A task to save, with the head of its timeline.
 *
 * @param task the task
 * @param head its first fire time; {@link Position#ENDED} saves a task that only runs when triggered
 * @param ifExists what to do when the id is known
 */
public record NewTask(TaskRecord task, Position head, IfExists ifExists) {}
