package io.reactorscheduler;

import org.jspecify.annotations.Nullable;

/** The store could not be reached or refused the call; nothing is known to have been saved. */
public final class StoreUnavailableException extends SchedulerException {

    /** For what was being done, with the way out, and the store's own error. */
    public StoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, null, null, cause);
    }
}
