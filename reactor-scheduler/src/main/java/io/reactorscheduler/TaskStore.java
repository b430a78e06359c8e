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
 * <p>A task is one timeline with its head, executions that were claimed (active), were claimed and wait again (for a retry,
 * because they were given back or lost), or were asked for and wait ({@link #enqueue}), and those that are over. Its number
 * of fire times used up ({@link Claim#fired}) grows by one with each head that is claimed first and by the count of each
 * {@link Skip} that a run reports whose task was not given another head meanwhile. {@link #reschedule} and a save that gives
 * another head start it anew; {@link #resume} goes on counting.
 *
 * <p>Whoever implements it finds the rules as tests in {@code TaskStoreContract} of {@code reactor-scheduler-test}.
 */
public interface TaskStore {

    /**
     * The store's time in epoch microseconds, as well as this process knows it; does not block.
     *
     * <p>May be ahead of the store's clock by as long as a call takes, but never behind it: a lease is trusted until this
     * time reaches its end. So an estimate counts from the start of the call whose reply brought the store's time, as if
     * the store had read its clock right then.
     */
    long nowMicros();

    /**
     * Completes when {@link #nowMicros} is the store's time and no guess any more, which it is at once unless it is said. Fire times
     * that count from now are computed after that.
     */
    default Mono<Void> ready() {
        return Mono.empty();
    }

    /** As {@link #nowMicros}, but never ahead of the store's clock: whatever this time has reached has come. */
    default long reachedMicros() {
        return nowMicros();
    }

    /** Whether other processes use it, so that work for handlers unknown here is not a mistake. */
    boolean isShared();

    /** How long a scheduler may sleep without looking for work although no hint came; null for as long as it likes. */
    @Nullable
    Duration safetyPoll();

    /**
     * How long claims of schedulers are valid that were not told otherwise ({@link SchedulerBuilder#lease}), at least 100 ms;
     * null, as by default, for {@link SchedulerBuilder#DEFAULT_LEASE}.
     */
    default @Nullable Duration lease() {
        return null;
    }

    /**
     * How many parts it has that can be out of reach each on its own, as the masters of a cluster can; 1 for a store that
     * is there or is not; if one of several answers at once, on the caller's thread, it is the first. Claims are renewed and completed by calls that concern one part each, so that a part that does
     * not answer holds up its own work only.
     */
    default int parts() {
        return 1;
    }

    /** In which of the {@link #parts} what was claimed lives, counted from 0; always the same for a task. */
    default int partOf(Claim claim) {
        return 0;
    }

    /**
     * Saves a task and indexes its head. When it completes, the task is saved.
     *
     * <p>A known id: {@link IfExists#KEEP} gives the known task, {@link IfExists#FAIL} fails with
     * {@link DuplicateTaskException}, {@link IfExists#REPLACE} puts the new task in its place, in the line of its own queue
     * and priority. A task whose timeline goes on and that is not over keeps head, count, retries and runs when both
     * triggers are equal and repeat. Else it takes the new head: what waited to be claimed again is recorded as cancelled,
     * what was enqueued stays, active runs end by themselves and no longer move the head; where runs follow one another
     * the new head waits for their end. History stays.
     *
     * <p>A queue holds as many tasks that are not over, and enqueued executions that wait, as its capacity. A save of a new
     * id, of one that was over, and into another queue asks for a place, and so does {@link #enqueue}; when there is none
     * they fail with {@link RejectedTaskException} and change nothing. Other calls ask for none.
     */
    Mono<Saved> save(NewTask task);

    /**
     * As {@link #save} for many, in their order, batched where that helps; asks upstream in batches, or for what it is asked
     * for itself. Ends with the first that is refused; those before it are saved and told.
     */
    Flux<Saved> saveAll(Flux<NewTask> tasks);

    /**
     * Claims due work for the free slots of a node: never early, of each queue by priority, due time and sequence, within
     * the queue's limits. A claimed head of an overlapping task stays out of the index until {@link #advance}. Of other
     * tasks nothing is claimed while an execution of theirs is active, and nothing else while one waits for a retry or was
     * given back or lost. What was given back or lost keeps its due time, and so its place; of an overlapping task it is
     * late on purpose: its fire time is within {@link Claim#bufferedUntilMicros}, because the head may be ahead of it.
     *
     * <p>Rates count starts, keys count active runs, both of the whole store; concurrency is the node's own business. Due
     * keys of one priority take turns. {@link ClaimBatch#nextDueMicros} is never in the past when all that is left cannot be
     * claimed: because of a limit (then it is when the next token comes, or {@link Position#NO_TIME} where only the end of a
     * run can help), because the queue is paused, or because its handlers are unknown here.
     */
    Mono<ClaimBatch> claim(ClaimRequest request);

    /**
     * Writes the next heads of overlapping tasks: each once, by the execution that took the head before it. An element
     * whose fence is stale changes nothing, nor does one of an execution whose task was given another head meanwhile.
     */
    Mono<Void> advance(List<Advance> heads);

    /**
     * Prolongs leases from now on; gives those that are lost, which no call can bring back: those that ended or were given
     * to others, and those whose deadline has passed.
     */
    Mono<List<Claim>> renew(List<Claim> claims, Duration lease);

    /**
     * Records outcomes and next heads; gives, for each element in order, whether it was recorded or stale. A claim is valid
     * until its end was reported, a sweep has found it expired, or its task was removed; one reported after the deadline
     * counts while no sweep came between. The same end reported twice is recorded once, and answered as recorded both times,
     * because the first answer may be lost; only when the execution was claimed again, or is not kept any more, the second may
     * be stale.
     *
     * <p>An execution whose task was given another head meanwhile leaves that head alone. So does one of an overlapping
     * task when {@link #advance} came first for it; else the head that its end brings counts, as there, and so does that of an
     * end that is no more than a retry to come, because a store may have forgotten what it was told. One whose task was
     * cancelled or replaced meanwhile is not tried again: a retry or a release of it is recorded as its end.
     */
    Mono<List<Recorded>> complete(List<Completion> completions);

    /**
     * Ends a task until it is resumed: waiting work leaves the line, owners of running work get a hint. A task whose
     * state is final, quarantined ones included, stays as it is.
     */
    Mono<TaskInfo> cancel(String taskId);

    /**
     * Asks the owner of one running execution to end it, by a hint; gives whether it was running. A number that the task
     * does not have is not running; a task that is not known fails.
     */
    Mono<Boolean> cancelExecution(String executionId);

    /** Puts a cancelled or quarantined task back in line with the given head; a task in another state stays as it is. */
    Mono<TaskInfo> resume(String taskId, Position head);

    /** Gives a task another trigger and head; a final state becomes pending. */
    Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head);

    /**
     * Deletes a task with its history; owners of running work get a hint, what they report is stale. Stored results that go
     * with it are named by a later {@link Recorded#dropped} or {@link Swept#dropped}.
     */
    Mono<TaskInfo> remove(String taskId);

    /**
     * Adds one execution outside of the timeline, due now; gives its id. A final state becomes pending. Where runs follow one
     * another it waits for the active one. It takes a place of the queue until it is claimed first, as {@link #save} says.
     * Of a task that is cancelled or in quarantine it alone runs, and its end leaves the task so.
     */
    Mono<String> enqueue(String taskId, Extra extra);

    /** The task of this id; empty when unknown. */
    Mono<TaskInfo> task(String taskId);

    /** Tasks that match, in the order of their ids. */
    Flux<TaskInfo> tasks(TaskQuery query);

    /**
     * Executions that match, newest first by their last claim, rows of skipped fire times behind the execution that skipped
     * them: claimed and finished ones, of a single task also those that wait.
     */
    Flux<Execution> executions(ExecutionQuery query);

    /** The events of an execution in their order. */
    Flux<ExecutionEvent> events(String executionId);

    /**
     * Adds what runs said to their executions; what is said of unknown executions is dropped. Gives what was refused, because
     * its claim is not the last one of its execution: a node that has lost a run adds nothing to what another one records. A run
     * whose end is recorded may still say something.
     */
    Mono<List<Said>> append(List<Said> said);

    /**
     * As {@link #append(List)}, for a call that its caller makes again when it hears no answer: what came under the same token
     * within the last minute is answered as before and not added again. A store whose answers may get lost owes this; others
     * may leave the token out of account, as this method does by default.
     *
     * @param token names this call, and no other call of any node
     */
    default Mono<List<Said>> append(String token, List<Said> said) {
        return append(said);
    }

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

    /** Numbers of tasks by state, where there are any, and by queue, at least for each that was declared or has tasks. */
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

    /** The cursor of now: {@link #journal} after it gives what the store does after it has answered this call. */
    default Mono<String> journalEnd() {
        return Mono.error(() -> new UnsupportedOperationException(getClass().getSimpleName() + " keeps no journal"));
    }

    /**
     * Hot: what a sleeping or running node should know at once. May be lost; then the safety poll finds it.
     *
     * <p>A {@link Hint.Kind#DUE} hint is owed to all nodes whenever work of a queue can be claimed, or will be due, earlier
     * than the last claims of nodes were told by {@link ClaimBatch#nextDueMicros}: by a save, the next head of a run, a
     * retry, work that is given back or lost, the end of a run that others of its task or of its key waited for, a queue
     * that goes on. A hint too many costs a claim; one too few costs the time until the safety poll, and where there is
     * none the work itself.
     */
    Flux<Hint> hints();

    /**
     * What saving a task did.
     *
     * @param task the task that is in the store now
     * @param isNew whether it was not known before
     * @param isKept whether a known one was kept instead ({@link IfExists#KEEP})
     * @param executions of a task that replaced another, the highest number that an execution of the replaced one had; else 0
     */
    record Saved(TaskRecord task, boolean isNew, boolean isKept, long executions) {}

    /**
     * The next head of an overlapping task.
     *
     * @param claim the claim of the head before it
     * @param next the head, or {@link Position#ENDED}
     */
    record Advance(Claim claim, Position next) {}

    /**
     * Something that a run said.
     *
     * @param claim the claim of the run
     * @param event what it said, of the execution of the claim
     */
    record Said(Claim claim, ExecutionEvent event) {}

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
     * @param unswept what could not be swept and why, of a store that can be swept in part; empty for nothing
     * @param nextExpiryMicros when the first of the leases ends that there are now, unless it is renewed; {@link
     *     Position#NO_TIME} for none
     */
    record Swept(
            List<String> expired,
            List<String> quarantined,
            List<String> dropped,
            List<String> findings,
            List<String> unswept,
            long nextExpiryMicros) {}

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
