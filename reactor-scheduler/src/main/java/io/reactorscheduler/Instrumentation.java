package io.reactorscheduler;

import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.util.context.ContextView;

/**
 * What looks at a scheduler from outside: metrics, tracing, logging. Each method does nothing unless overridden; all are
 * called on the scheduler's threads, must not block, and what they throw becomes a {@link SchedulerEvent.Kind#PROBLEM}.
 */
public interface Instrumentation {

    /** Called once, when the scheduler starts. */
    default void started(ReactiveScheduler scheduler) {}

    /** What shall travel with a task to its runs, taken from the Reactor Context of the caller of schedule. */
    default Map<String, String> headers(Task<?, ?> task, ContextView context) {
        return Map.of();
    }

    /** Wraps the publisher of one attempt; the task's {@link TaskRecord#headers} are what {@link #headers} gave. */
    default <T> Publisher<T> around(RunContext run, Publisher<T> attempt) {
        return attempt;
    }

    /** Called for every event of this node, before any subscriber of events() sees it. */
    default void onEvent(SchedulerEvent event) {}

    /** Called when the end of a run has been recorded. */
    default void onRecorded(Completion completion) {}
}
