package io.reactorscheduler.redis;

import io.reactorscheduler.SchedulerException;

/**
 * The lease of a lock ended before its owner was done with it: Redis was out of reach for longer than the lease, or this process
 * stood still. Somebody else may have the lock now; what still arrives under the old fencing token should be refused.
 */
public final class LockLostException extends SchedulerException {

    private static final long serialVersionUID = 1L;

    private final String lockName;
    private final long fence;

    LockLostException(String lockName, long fence) {
        super(
                "Lock \"" + lockName + "\" was lost (fence " + fence + "): its lease could not be renewed in time; "
                        + "acquire it again, and choose a longer lease if Redis was only slow",
                null,
                null,
                null);
        this.lockName = lockName;
        this.fence = fence;
    }

    /** The name of the lock. */
    public String lockName() {
        return lockName;
    }

    /** The fencing token that is no longer valid. */
    public long fence() {
        return fence;
    }
}
