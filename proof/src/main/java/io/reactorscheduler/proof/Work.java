package io.reactorscheduler.proof;

import io.reactorscheduler.Handler;

/**
 * What a handler is told to do.
 *
 * @param millis how long to work
 * @param failures how many attempts to fail before the first that succeeds
 */
record Work(int millis, int failures) {

    static final Handler<Work, String> HANDLER = Handler.named("work", Work.class, String.class);

    /** The queues all nodes serve. */
    static final String FAST = "fast";

    static final String SLOW = "slow";

    /** How a handler fails when it is told to. */
    static final class PlannedFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        PlannedFailure(int attempt) {
            super("attempt " + attempt + " fails as planned");
        }
    }
}
