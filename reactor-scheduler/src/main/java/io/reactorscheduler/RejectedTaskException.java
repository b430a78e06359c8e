package io.reactorscheduler;

/** A queue is full. */
public final class RejectedTaskException extends SchedulerException {

    private final String queue;
    private final long capacity;

    /** For the queue, its capacity and the task that found no place, for itself or for an execution outside of its timeline. */
    public RejectedTaskException(String queue, long capacity, String taskId) {
        super(
                "Queue \"" + queue
                        + "\" is full: unfinished tasks and triggered executions that wait use up its capacity"
                        + " of " + capacity + ", so \"" + taskId
                        + "\" was turned away; retry later, or raise TaskQueue.capacity",
                taskId,
                null,
                null);
        this.queue = queue;
        this.capacity = capacity;
    }

    /** The queue that is full. */
    public String queue() {
        return queue;
    }

    /** The capacity that is used up. */
    public long capacity() {
        return capacity;
    }
}
