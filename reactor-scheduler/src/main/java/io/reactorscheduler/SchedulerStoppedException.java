package io.reactorscheduler;

/** The scheduler was disposed; it takes no more calls. */
public final class SchedulerStoppedException extends SchedulerException {

    /** For the name of the node that was stopped. */
    SchedulerStoppedException(String node) {
        super("Scheduler \"" + node + "\" was stopped: build and start another one", null, null, null);
    }
}
