package io.reactorscheduler;

/** A task of this id is known already, and the new one asked to fail then. */
public final class DuplicateTaskException extends SchedulerException {

    /** For the id that is taken. */
    public DuplicateTaskException(String id) {
        super("Task \"" + id + "\" is known already: choose another id, or IfExists.REPLACE or KEEP", id, null, null);
    }
}
