package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where tasks, executions and events live. One store may serve many schedulers at once.
 *
 * <p>Each method is cold and may be subscribed more than once; each element of a batch is one atomic step. A store never
 * runs user code and never computes fire times: callers bring them. All times are of the store's own clock. What is not
 * known fails with {@link UnknownTaskException}, a store out of reach with {@link StoreUnavailableException}.
 *
 * <p>Whoever implements it finds the rules as tests in {@code TaskStoreContract} of {@code reactor-scheduler-test}.
 */
public interface TaskStore {

    /** The store's time in epoch microseconds, as well as this process knows it; does not block. */
    long nowMicros();

    /** Whether other processes use it, so that work for handlers unknown here is not a mistake. */
    boolean isShared();

    /** How long a scheduler may sleep without looking for work although no hint came; null for as long as it likes. */
    @Nullable
    Duration safetyPoll();

    /** Saves a task and indexes its head. When it completes, the task is saved. */
    Mono<Saved> save(NewTask task);

    /** As {@link #save} for many, in their order, batched; asks upstream for as much as a batch takes. */
    Flux<Saved> saveAll(Flux<NewTask> tasks);

    /**
     * Claims due work for the free slots of a node: never early, of each queue by priority, due time and sequence, within
     * the queue's limits. A claimed head of an overlapping task stays out of the index until {@link #advance}. Of other
     * tasks nothing is claimed while an execution of theirs is active, and nothing else while one waits for a retry or was
     * given back.
     */
    Mono<ClaimBatch> claim(ClaimRequest request);

    /**
     * Writes the next heads of overlapping tasks: each once, by the execution that took the head before it. An element
     * whose fence is stale changes nothing, nor does one of an execution whose task was given another head meanwhile.
     */
    Mono<Void> advance(List<Advance> heads);

    /** Prolongs leases from now on; gives those that are lost, which no call can bring back. */
    Mono<List<Claim>> renew(List<Claim> claims, Duration lease);

    /**
     * Records outcomes and next heads; gives, for each element in order, whether it was recorded or stale.
     *
     * <p>An execution whose task was given another head meanwhile leaves that head alone. One whose task was cancelled or
     * replaced meanwhile is not tried again: a retry or a release of it is recorded as its end.
     */
    Mono<List<Recorded>> complete(List<Completion> completions);

    /**
     * Ends a task until it is resumed: waiting work leaves the line, owners of running work get a hint. A task whose
     * state is final, quarantined ones included, stays as it is.
     */
    Mono<TaskInfo> cancel(String taskId);

    /** Asks the owner of one running execution to end it, by a hint; gives whether it was running. */
    Mono<Boolean> cancelExecution(String executionId);

    /** Puts a cancelled or quarantined task back in line with the given head; a task in another state stays as it is. */
    Mono<TaskInfo> resume(String taskId, Position head);

    /** Gives a task another trigger and head; a final state becomes pending. */
    Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head);

    /** Deletes a task with its history; owners of running work get a hint, what they report is stale. */
    Mono<TaskInfo> remove(String taskId);

    /** Adds one execution outside of the timeline, due now; gives its id. A final state becomes pending. */
    Mono<String> enqueue(String taskId, Extra extra);

    /** The task of this id; empty when unknown. */
    Mono<TaskInfo> task(String taskId);

    /** Tasks that match. */
    Flux<TaskInfo> tasks(TaskQuery query);

    /** Executions that match, newest first: claimed and finished ones, of a single task also those that wait. */
    Flux<Execution> executions(ExecutionQuery query);

    /** The events of an execution in their order. */
    Flux<ExecutionEvent> events(String executionId);

    /** Adds events to their executions; those of unknown executions are dropped. */
    Mono<Void> append(List<ExecutionEvent> events);

    /**
     * Makes a queue known; gives it as the store has it now. Nodes do this when they start.
     *
     * <p>A queue that was not declared before is taken as it is given, paused or not. A known one that is declared as it
     * was declared last keeps what was changed of it since; declared otherwise it takes the new settings. Whether a known
     * queue is paused stays as the store has it, whatever is declared. When something changed all nodes get a
     * {@link Hint.Kind#QUEUE} hint.
     */
    Mono<TaskQueue> declareQueue(TaskQueue queue);

    /**
     * Pauses or resumes a queue in one step, and leaves its other settings alone; gives it as it is then, nothing when no
     * queue of this name was declared. When something changed all nodes get a {@link Hint.Kind#QUEUE} hint.
     */
    Mono<TaskQueue> pauseQueue(String queue, boolean paused);

    /**
     * Changes the concurrency of a queue in one step, and leaves its other settings alone; gives it as it is then, nothing
     * when no queue of this name was declared. When something changed all nodes get a {@link Hint.Kind#QUEUE} hint.
     */
    Mono<TaskQueue> resizeQueue(String queue, int concurrency);

    /** The queues that were declared, as they are now. */
    Flux<TaskQueue> queues();

    /** Numbers of tasks by state and by queue. */
    Mono<StoreStats> stats();

    /**
     * Returns expired leases to the line, applies retention; gives what it did. Bounded work per call. A lost run uses up
     * no attempt: the next claim starts with the one that was lost.
     *
     * <p>Each expired lease is a crash of its task ({@link TaskInfo#crashes}), but those that were given before the crash
     * that was counted last are the same crash, so that a node with many runs of one task counts once. Any end but
     * {@link Outcome.Kind#RELEASED} that is reported with a valid fence makes the count 0, and so do {@link #resume},
     * {@link #reschedule}, and a save that gives the task another head. Leases of runs whose task was halted or replaced
     * meanwhile are not counted.
     *
     * <p>The crash that reaches the bound of the store, 3 unless it is told otherwise, puts the task in
     * {@link TaskState#QUARANTINED}. That is as a cancel: what waits leaves the line and is recorded as cancelled, owners
     * of its other runs get a hint, and the same calls bring the task back. The crashed execution is recorded as failed
     * with {@link ExecutionError#lostNodes}. {@link TaskInfo#nextFireTime} is that of the head, or when there is none that
     * of the crashed execution unless it was outside of the timeline. Retention never deletes a quarantined task.
     */
    Mono<Swept> sweep();

    /**
     * What happened to all tasks on all nodes, in the order in which the store did it, and then what happens; never ends.
     * Live entries may come up to some seconds late. A store keeps a bounded number of them.
     *
     * @param after the cursor of the entry to go on after, an empty text for all that are kept, null for what happens from
     *     now on
     */
    default Flux<JournalEntry> journal(@Nullable String after) {
        return Flux.error(() -> new UnsupportedOperationException(
                getClass().getSimpleName() + " keeps no journal; follow ReactiveScheduler.events() on each node"));
    }

    /** Hot: what a sleeping or running node should know at once. May be lost; then the safety poll finds it. */
    Flux<Hint> hints();

    /**
     * What saving a task did.
     *
     * @param task the task that is in the store now
     * @param isNew whether it was not known before
     * @param isKept whether a known one was kept instead ({@link IfExists#KEEP})
     */
    record Saved(TaskRecord task, boolean isNew, boolean isKept) {}

    /**
     * The next head of an overlapping task.
     *
     * @param claim the claim of the head before it
     * @param next the head, or {@link Position#ENDED}
     */
    record Advance(Claim claim, Position next) {}

    /**
     * What became of one completion.
     *
     * @param isStale whether the claim was not valid any more, so nothing was changed
     * @param state the state of the task after it; of stale ones {@link TaskState#PENDING} whatever it is
     * @param dropped stored results whose executions were deleted by retention in the same step
     */
    record Recorded(boolean isStale, TaskState state, List<String> dropped) {

        /** Not recorded. */
        public static final Recorded STALE = new Recorded(true, TaskState.PENDING, List.of());

        private static final Map<TaskState, Recorded> DONE = Stream.of(TaskState.values())
                .collect(Collectors.toUnmodifiableMap(state -> state, state -> new Recorded(false, state, List.of())));

        /** Recorded, nothing dropped. */
        public static Recorded done(TaskState state) {
            return Objects.requireNonNull(DONE.get(state));
        }
    }

    /**
     * An execution outside of the timeline.
     *
     * @param fireMicros the fire time it runs for, in epoch microseconds
     * @param input the input as JSON, null for the task's own
     */
    record Extra(long fireMicros, @Nullable String input) {}

    /**
     * Numbers of tasks.
     *
     * @param tasks by state
     * @param queues by queue
     */
    record StoreStats(Map<TaskState, Long> tasks, Map<String, QueueStats> queues) {}

    /**
     * Numbers of one queue.
     *
     * @param waiting tasks that wait for their time
     * @param due tasks that could start if there were a free slot
     * @param running claimed executions
     * @param oldestDueMicros the due time of what has waited longest for a slot, {@link Position#NO_TIME} for none
     */
    record QueueStats(long waiting, long due, long running, long oldestDueMicros) {}

    /**
     * What a sweep did.
     *
     * @param expired executions whose leases had expired; they are back in line unless their tasks were halted or replaced
     * @param quarantined the ids of tasks that this sweep has put in quarantine
     * @param dropped stored results whose executions were deleted by retention
     * @param findings broken invariants in words
     */
    record Swept(List<String> expired, List<String> quarantined, List<String> dropped, List<String> findings) {}

    /**
     * Something a node should know at once.
     *
     * @param kind what happened
     * @param subject the queue, the task or the execution it is about
     * @param number of {@link Kind#DUE} when there is something to claim, in epoch microseconds; of the cancels the highest
     *     fence given so far, so that later claims are not meant; else 0
     */
    record Hint(Kind kind, String subject, long number) {

        /** The kinds of hints. */
        public enum Kind {
            /** There is work in a queue at a time. */
            DUE,
            /** All runs of a task shall end. */
            CANCEL_TASK,
            /** One run shall end. */
            CANCEL_EXECUTION,
            /** The settings of a queue changed. */
            QUEUE
        }
    }
}
