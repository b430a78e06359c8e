package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * What a handler knows of its run and can say during it. Thread-safe; of use only while the run lasts.
 *
 * <p>It is also in the Reactor Context of the handler's publisher, see {@link #current()}.
 */
public interface RunContext {

    /** The task that runs. */
    TaskRecord task();

    /** The id of the task that runs. */
    default String taskId() {
        return task().id();
    }

    /** The id of this execution; the same over its retries. */
    String executionId();

    /** The fire time it runs for, not the time it started. */
    Instant fireTime();

    /** 1 for the first attempt, one more for each retry. */
    int attempt();

    /**
     * The fencing token: a number that grows with each claim of the store. A resource that remembers the highest it has
     * seen and refuses lower ones cannot be written to by a run that lost its lease.
     */
    long fence();

    /** The name of the node that runs it. */
    String node();

    /** The input, read as the given type; null when there is none. */
    <T> @Nullable T input(Class<T> type);

    /** The input, read as a type with type arguments; null when there is none. */
    <T> @Nullable T input(TypeRef<T> type);

    /**
     * Records an event of this execution, listed by {@link ReactiveScheduler#events(String)} and streamed by
     * {@link ReactiveScheduler#events()}. Does not wait; beyond 1,000 events of one execution they are counted, not kept.
     */
    void event(ExecutionEvent.Level level, String message);

    /** As {@link #event} at {@link ExecutionEvent.Level#DEBUG}. */
    default void debug(String message) {
        event(ExecutionEvent.Level.DEBUG, message);
    }

    /** As {@link #event} at {@link ExecutionEvent.Level#INFO}. */
    default void info(String message) {
        event(ExecutionEvent.Level.INFO, message);
    }

    /** As {@link #event} at {@link ExecutionEvent.Level#WARNING}. */
    default void warning(String message) {
        event(ExecutionEvent.Level.WARNING, message);
    }

    /** As {@link #event} at {@link ExecutionEvent.Level#ERROR}; it does not fail the run. */
    default void error(String message) {
        event(ExecutionEvent.Level.ERROR, message);
    }

    /** Records how far the run is, 0 to 1, with a message; kept and streamed like {@link #event}. */
    void progress(double fraction, String message);

    /**
     * Whether the subscription to this attempt was cancelled from outside: cancel, timeout, lost lease, shutdown. Stays
     * false when the attempt ends by itself, and stays true for what is left of an attempt that timed out while the next
     * one, which has a context of its own, goes on.
     */
    boolean isCancelled();

    /** Completes when {@link #isCancelled()} becomes true; never otherwise. For code that cannot be cancelled by subscription. */
    Mono<Void> cancelled();

    /**
     * The Reactor Context that the run begins with: the keys that were carried from the caller of schedule (the builder's
     * {@code carryContext}) and this run itself. The handler's publisher finds these in its own Context, together with what
     * an {@link Instrumentation#around} writes there, which is not here.
     */
    ContextView context();

    /**
     * The Reactor Scheduler to give to delays, intervals and timeouts within the run: its time is that of the scheduler
     * that runs it, also when that is virtual, and a wait costs an entry in a heap instead of a timer task. It belongs to
     * the scheduler: never dispose it.
     */
    Scheduler timer();

    /** The run that the calling pipeline belongs to; empty outside of one. */
    static Mono<RunContext> current() {
        return Mono.deferContextual(context -> Mono.justOrEmpty(context.<RunContext>getOrEmpty(RunContext.class)));
    }
}
