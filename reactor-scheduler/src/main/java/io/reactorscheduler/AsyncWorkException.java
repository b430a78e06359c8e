package io.reactorscheduler;

/**
 * How a run of {@link AsyncWork} fails: the work said that it has failed, or could not be asked any more.
 *
 * <p>Not a {@link SchedulerException}: it is the handler's own error, as data in the outcome of its run.
 */
public final class AsyncWorkException extends RuntimeException {

    private final String reference;

    AsyncWorkException(String reference, String message) {
        super(message);
        this.reference = reference;
    }

    AsyncWorkException(String reference, String message, Throwable cause) {
        super(message, cause);
        this.reference = reference;
    }

    /** The reference that the work was started under; empty when it gave none. */
    public String reference() {
        return reference;
    }
}
