package io.reactorscheduler;

/** No task or execution of this id is known to the store. */
public final class UnknownTaskException extends SchedulerException {

    /** For the id that was asked for. */
    public UnknownTaskException(String id) {
        super(
                "No task or execution \"" + id + "\": it was never scheduled, was removed, or its history has expired",
                id,
                null,
                null);
    }
}
