package io.reactorscheduler;

import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.util.context.ContextView;

/**
 * What looks at a scheduler from outside: metrics, tracing, logging. Each method does nothing unless overridden.
 *
 * <p>Methods are called where what they tell of happens: {@link #started} by whoever starts the scheduler, {@link #headers}
 * by whoever subscribes to schedule, the others mostly on the scheduler's threads, many at once. None may block. What they
 * throw is logged, stops nothing, and, except of {@link #onEvent}, becomes a {@link SchedulerEvent.Kind#PROBLEM}.
 */
public interface Instrumentation {

    /** Called once, when the scheduler starts. */
    default void started(ReactiveScheduler scheduler) {}

    /** What shall travel with a task to its runs, taken from the Reactor Context of the caller of schedule. */
    default Map<String, String> headers(Task<?, ?> task, ContextView context) {
        return Map.of();
    }

    /**
     * Wraps the publisher of one attempt, inside of its timeout; the task's {@link TaskRecord#headers} are what
     * {@link #headers} gave. A {@code Mono} should stay one. Errors are those that the handler threw or signalled, an
     * {@code Error} too.
     */
    default <T> Publisher<T> around(RunContext run, Publisher<T> attempt) {
        return attempt;
    }

    /** Called for every event of this node, before any subscriber of events() sees it. */
    default void onEvent(SchedulerEvent event) {}

    /** Called when the end of a run has been recorded. */
    default void onRecorded(Completion completion) {}
}
