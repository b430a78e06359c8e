package io.reactorscheduler;

/**
 * A task to save, with the head of its timeline.
 *
 * @param task the task
 * @param head its first fire time; with {@link Position#ENDED} it only runs when it is triggered, and retention
 *     never deletes it; a {@link ReactiveScheduler} takes no such task, a store does
 * @param ifExists what to do when the id is known
 */
public record NewTask(TaskRecord task, Position head, IfExists ifExists) {}
