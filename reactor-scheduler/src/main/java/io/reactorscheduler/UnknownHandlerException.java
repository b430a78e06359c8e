package io.reactorscheduler;

/** A task names a handler that this scheduler cannot run, on a store that no other node shares. */
public final class UnknownHandlerException extends SchedulerException {

    private final String handler;

    /** For the handler's name and the task that names it. */
    UnknownHandlerException(String handler, String taskId) {
        super(
                "No handler \"" + handler + "\" for task \"" + taskId
                        + "\": register it with builder.handle(handler, function) before start()",
                taskId,
                null,
                null);
        this.handler = handler;
    }

    /** The name that was not found. */
    public String handler() {
        return handler;
    }
}
