package io.reactorscheduler;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Work that something else does: a service that is told to start, says how it stands, and hands out what it made.
 *
 * <p>A run drives it: {@link #start} once, then {@link #status} every so often, or a callback, or both, until the work is
 * done or failed, then {@link #output} once.
 *
 * <pre>{@code
 * builder.handle(CUT, AsyncWork.of(videoCutter).pollEvery(Duration.ofSeconds(2)).callbacks(callbacks))
 * }</pre>
 *
 * <p>When the run ends before the work has said that it is done or failed (cancel, timeout, lost lease, shutdown, too many
 * failed polls), {@link #stop} is called once; when {@link #start} is under way at that moment, as soon as it has given its
 * reference. Nobody waits for the stop: if it fails, that is an event of the execution and a line in the log.
 *
 * <p>A retry starts the work anew, and so does another node after a crash. A service that takes a key to recognise what it
 * has started already should be given {@link RunContext#executionId()}, with {@link RunContext#fireTime()} where a replica
 * of the store may take over that has not heard of the last executions: their numbers are given again then.
 *
 * <p>The methods are called on the scheduler's threads and must not block. One object serves all runs at once. Code that
 * needs none of this is a {@link HandlerFunction}.
 *
 * @param <I> the input, null when the task has none
 * @param <O> the output
 */
public interface AsyncWork<I extends @Nullable Object, O> {

    /**
     * Starts the work; gives the reference that the other methods and callbacks know it by, 1 to
     * {@value AsyncCallbacks#LONGEST_REFERENCE} characters. Never cancelled, so that work which has begun is known.
     */
    Mono<String> start(I input, RunContext run);

    /** How the work stands. Empty counts as a failed poll. Not called by a handler that goes by callbacks only. */
    Mono<Status> status(String reference);

    /** What the work made, asked for once, after it was done; empty for a success without a result. */
    Mono<O> output(String reference);

    /** Ends the work early. Must bear work that has just ended by itself. */
    Mono<Void> stop(String reference);

    /** A handler function that drives this work, with all defaults: by polls, one every second. */
    static <I extends @Nullable Object, O> AsyncWorkHandler<I, O> of(AsyncWork<I, O> work) {
        return new AsyncWorkHandler<>(work);
    }

    /**
     * How work stands.
     *
     * @param state whether it has ended and how
     * @param progress 0 to 1 of work that is running and knows, otherwise null
     * @param message words for people: what it is doing, or why it failed; empty for none
     */
    record Status(State state, @Nullable Double progress, String message) {

        /** The states of work. */
        public enum State {
            /** It goes on. */
            RUNNING,
            /** It has ended and its output can be fetched. */
            DONE,
            /** It has ended without output. */
            FAILED
        }

        private static final Status RUNNING = new Status(State.RUNNING, null, "");
        private static final Status DONE = new Status(State.DONE, null, "");

        /** Checks the progress. */
        public Status {
            if (progress != null && !(progress >= 0 && progress <= 1)) {
                throw new InvalidTaskException("progress", progress, "give a fraction between 0 and 1");
            }
        }

        /** It goes on. */
        public static Status running() {
            return RUNNING;
        }

        /** It goes on and is this far, 0 to 1; each new figure becomes the progress of the run. */
        public static Status running(double progress, String message) {
            return new Status(State.RUNNING, progress, message);
        }

        /** It has ended and its output can be fetched. */
        public static Status done() {
            return DONE;
        }

        /** It has ended without output, for this reason. */
        public static Status failed(String message) {
            return new Status(State.FAILED, null, message);
        }

        /** Whether it has ended. */
        public boolean isFinal() {
            return state != State.RUNNING;
        }
    }
}
