package io.reactorscheduler;

/** A queue is full. */
public final class RejectedTaskException extends SchedulerException {

    private final String queue;
    private final long capacity;

    /** For the queue, its capacity and the task that found no place. */
    public RejectedTaskException(String queue, long capacity, String taskId) {
        super(
                "Queue \"" + queue + "\" is full: it holds its capacity of " + capacity + " unfinished tasks, so \""
                        + taskId + "\" was not saved; retry later, or raise TaskQueue.capacity",
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
