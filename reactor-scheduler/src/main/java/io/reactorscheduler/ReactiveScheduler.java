package io.reactorscheduler;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Runs tasks when they are due: the entry point of the library.
 *
 * <pre>{@code
 * ReactiveScheduler scheduler = ReactiveScheduler.builder()
 *     .queue(TaskQueue.named("mail").concurrency(32))
 *     .handle(SEND, (email, run) -> mailer.send(email))
 *     .start();
 * }</pre>
 *
 * <p>Every method that returns a {@code Mono} or a {@code Flux} is cold: nothing happens before it is subscribed, and
 * each subscription does it again. What is unknown fails with {@link UnknownTaskException}; after a stop everything
 * fails with {@link SchedulerStoppedException}; a store out of reach fails with {@link StoreUnavailableException}.
 *
 * <p>Threads: what a store answers (all but the streams that follow) arrives on the thread that subscribed where the store
 * is in memory, and on the Reactor Scheduler of the builder where it is shared. {@link #stream}, {@link #results(String,
 * Handler)}, {@link #events()} and {@link #alerts} signal on that Reactor Scheduler what happens from the subscription on;
 * what was recorded before may still arrive on the thread that subscribed. No method blocks, so each may be called on any
 * thread.
 */
public interface ReactiveScheduler extends Disposable {

    /** Starts to describe a scheduler. */
    static SchedulerBuilder builder() {
        return new SchedulerBuilder();
    }

    /** A started scheduler in memory with all defaults, for tasks that bring their code ({@link Task#of}). */
    static ReactiveScheduler inMemory() {
        return builder().start();
    }

    /** Starts claiming and running work. A second call, and a call after a stop, changes nothing. Returns this. */
    ReactiveScheduler start();

    /** Whether it was started and not stopped. */
    boolean isRunning();

    /** The name of this node. */
    String node();

    /**
     * The Reactor Scheduler whose time this scheduler lives in, for intervals and delays beside it; virtual where that is.
     * It ends with the scheduler and refuses work after that; never dispose it.
     */
    Scheduler timer();

    // ---- tasks

    /**
     * Saves a task; when the Mono gives its value, it is saved.
     *
     * <p>Fails with {@link InvalidTaskException}, {@link UnknownHandlerException}, {@link DuplicateTaskException} or
     * {@link RejectedTaskException} when it cannot be.
     */
    <O> Mono<ScheduledTask<O>> schedule(Task<?, O> task);

    /**
     * Saves many, in their order and in batches, asking the source for as much as is being saved. Ends with the first that
     * fails; those before it are saved.
     */
    <O> Flux<ScheduledTask<O>> scheduleAll(Publisher<? extends Task<?, ? extends O>> tasks);

    /**
     * A task as a stream: scheduled when subscribed, removed when cancelled. Gives every element of every run from the
     * first on; completes, fails and overflows as {@link ScheduledTask#results()} does.
     *
     * <p>Each subscription schedules the task once more. A task that {@link IfExists#KEEP} kept is not the stream's: then the
     * stream gives its results, what is recorded first, and leaves the task when it is cancelled. When the stream is
     * cancelled before the store has answered, the task is removed as soon as it has.
     */
    <O> Flux<O> stream(Task<?, O> task);

    /**
     * The results of a task that was scheduled before or elsewhere: of all executions that are recorded, those of earlier
     * definitions under its id too, then each element as it comes. Completes, fails and overflows as
     * {@link ScheduledTask#results()} does.
     */
    <O> Flux<O> results(String taskId, Handler<?, O> handler);

    /** Runs a task now, besides its timeline; gives the id of the execution. A task that has ended is pending again. */
    Mono<String> trigger(String taskId);

    /** As {@link #trigger(String)}, with other input. */
    Mono<String> trigger(String taskId, Object input);

    /** Stops a task until {@link #resume}: waiting work leaves the line, running work is cancelled. Gives the task after that. */
    Mono<TaskInfo> cancel(String taskId);

    /** Cancels one running execution; its task goes on. Gives whether it was running. */
    Mono<Boolean> cancelExecution(String executionId);

    /** Puts a cancelled task back in line: an overdue one-shot task fires now, others at the next time of their trigger. */
    Mono<TaskInfo> resume(String taskId);

    /** Gives a task another trigger, from now on; a finished task becomes pending again. */
    Mono<TaskInfo> reschedule(String taskId, Trigger trigger);

    /** Deletes a task with its history; running work is cancelled. Gives the task as it was. */
    Mono<TaskInfo> remove(String taskId);

    /**
     * Runs failed work once more, with its own input and fire time and all its retries.
     *
     * @param id a task (its last failed execution is meant) or an execution
     * @return the id of the new execution; fails with {@link InvalidTaskException} when nothing of it has failed
     */
    Mono<String> retry(String id);

    // ---- queues

    /** Stops claiming from a queue, on all nodes; what runs goes on. Gives its settings after that. */
    Mono<TaskQueue> pauseQueue(String queue);

    /** Claims from a paused queue again. */
    Mono<TaskQueue> resumeQueue(String queue);

    /** Changes how many runs of a queue a node has at once (at least 1); what runs goes on. */
    Mono<TaskQueue> resizeQueue(String queue, int concurrency);

    // ---- what is known

    /** The task of this id; empty when unknown. */
    Mono<TaskInfo> task(String taskId);

    /** Tasks that match, ordered by id; at most {@link TaskQuery#limit}. */
    Flux<TaskInfo> tasks(TaskQuery query);

    /** Executions that match, newest first; at most {@link ExecutionQuery#limit}. */
    Flux<Execution> executions(ExecutionQuery query);

    /** What a handler said during an execution, in order; empty when unknown. */
    Flux<ExecutionEvent> events(String executionId);

    /** Numbers of this moment. */
    Mono<SchedulerStats> stats();

    /**
     * What happens on this node from the subscription on, with all that belongs to it. Never completes before the scheduler
     * stops, never fails; a subscriber that falls 1,024 events behind misses some and is told how many
     * ({@link SchedulerEvent.Kind#MISSED}). For what happens on all nodes see {@link #journal}.
     */
    Flux<SchedulerEvent> events();

    /**
     * What happens to durable tasks on all nodes of a shared store, in the order in which the store did it, as short entries;
     * each has the cursor to go on after. Signals arrive on the scheduler's threads, some seconds late at most; the
     * subscriber's demand is respected. Completes when the scheduler stops. Fails with {@link UnsupportedOperationException}
     * when the store keeps no journal (in memory, {@link #events()} tells all).
     *
     * @param after the cursor of the entry to go on after; an empty text for all that the store has kept, null for what
     *     happens from now on
     */
    Flux<JournalEntry> journal(@Nullable String after);

    /**
     * Tells when something goes over a threshold, once, and once more when it comes back. Looks every so often
     * ({@link AlertRules#checkEvery}), in the scheduler's time; what happened before the subscription counts only where
     * the store still shows it.
     *
     * <p>Never fails; completes when the scheduler stops. While its subscriber is slow it looks less often. A look that
     * the store does not answer is a line in the log.
     */
    default Flux<Alert> alerts(AlertRules rules) {
        Objects.requireNonNull(rules, "rules");
        return Alerts.of(this, rules);
    }

    // ---- stop

    /** Stops at once: runs are cancelled and given back to the store without waiting for it. */
    @Override
    void dispose();

    /** Whether a stop was asked for. */
    @Override
    boolean isDisposed();

    /** Stops claiming and waits for all runs. Cold; asking again gives the same stop. */
    Mono<Stopped> disposeLater();

    /** Stops claiming, waits that long for runs, then cancels what is left and gives it back to the store. */
    Mono<Stopped> disposeGracefully(Duration patience);
}
