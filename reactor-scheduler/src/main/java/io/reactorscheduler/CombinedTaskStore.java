package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;

/**
 * A shared store and the memory of one scheduler as one store: tasks that are {@link Task#ephemeral} live in memory, all
 * others in the shared store, under one clock, that of the shared store.
 *
 * <p>What carries a claim goes by the mark of its task, what carries an id to the memory if that knows the id. Where a call
 * concerns both, the shared store is asked first, because only it can fail: a call that failed has changed nothing in
 * memory and can be made again. The settings of queues are those of the shared store; memory follows them.
 *
 * <p>A claim asks both, the second for the slots that the first has left; they take turns to be first.
 */
final class CombinedTaskStore implements TaskStore {

    private static final int SAVE_BATCH = 256;

    private final InMemoryTaskStore memory;
    private final TaskStore shared;
    private final TaskIds ids = new TaskIds();
    private final AtomicBoolean isSharedFirst = new AtomicBoolean();

    CombinedTaskStore(TaskStore shared) {
        this.shared = shared;
        this.memory = InMemoryTaskStore.following(shared::nowMicros);
    }

    /** Makes the ids of tasks that have none: of these it knows that the shared store has none of them. */
    TaskIds ids() {
        return ids;
    }

    private TaskStore storeOf(String taskId) {
        return memory.knows(taskId) ? memory : shared;
    }

    private static boolean isEphemeral(Claim claim) {
        return claim.task().isEphemeral();
    }

    @Override
    public long nowMicros() {
        return shared.nowMicros();
    }

    @Override
    public long reachedMicros() {
        return shared.reachedMicros();
    }

    @Override
    public Mono<Void> ready() {
        return shared.ready();
    }

    @Override
    public boolean isShared() {
        return shared.isShared();
    }

    @Override
    public @Nullable Duration safetyPoll() {
        return shared.safetyPoll();
    }

    @Override
    public @Nullable Duration lease() {
        return shared.lease();
    }

    /** The first one is the memory of this process. */
    @Override
    public int parts() {
        return 1 + shared.parts();
    }

    @Override
    public int partOf(Claim claim) {
        return isEphemeral(claim) ? 0 : 1 + shared.partOf(claim);
    }

    // ---- saving

    @Override
    public Mono<Saved> save(NewTask task) {
        return Mono.defer(() -> {
            TaskRecord record = task.task();
            String id = record.id();
            if (!record.isEphemeral()) {
                return memory.knows(id) ? memory.task(id).flatMap(known -> other(task, known)) : shared.save(task);
            }
            return memory.knows(id) || ids.isOwn(id)
                    ? memory.save(task)
                    : shared.task(id)
                            .flatMap(known -> other(task, known))
                            .switchIfEmpty(Mono.defer(() -> memory.save(task)));
        });
    }

    /** The id is known as a task of the other kind. */
    private static Mono<Saved> other(NewTask task, TaskInfo known) {
        String id = known.id();
        return switch (task.ifExists()) {
            case KEEP -> Mono.just(new Saved(known.task(), false, true, 0));
            case FAIL -> Mono.error(new DuplicateTaskException(id));
            case REPLACE ->
                Mono.error(new InvalidTaskException(
                        "ephemeral",
                        task.task().isEphemeral(),
                        "remove task \"" + id + "\" first, which is known and is not so, or choose another id"));
        };
    }

    /** Rows of tasks for the shared store are saved as batches, the others one by one; an error of the source comes last. */
    @Override
    public Flux<Saved> saveAll(Flux<NewTask> tasks) {
        return Flux.defer(() -> {
            Sinks.Empty<Saved> end = Sinks.empty();
            Flux<Saved> rows = tasks.doOnComplete(end::tryEmitEmpty)
                    .onErrorComplete(error -> end.tryEmitError(error).isSuccess())
                    .windowUntilChanged(this::isForShared)
                    .concatMap(row -> row.switchOnFirst(this::saveRow), 1);
            return Flux.concat(List.of(rows, end.asMono()));
        });
    }

    private boolean isForShared(NewTask task) {
        return !task.task().isEphemeral() && !memory.knows(task.task().id());
    }

    private Flux<Saved> saveRow(Signal<? extends NewTask> first, Flux<NewTask> row) {
        NewTask task = first.get();
        return task == null || isForShared(task) ? shared.saveAll(row) : row.concatMap(this::save, SAVE_BATCH);
    }

    // ---- running

    @Override
    public Mono<ClaimBatch> claim(ClaimRequest request) {
        return Mono.defer(() -> {
            boolean isTurnOfShared = isSharedFirst.get();
            isSharedFirst.set(!isTurnOfShared);
            return isTurnOfShared ? claimSharedFirst(request) : claimMemoryFirst(request);
        });
    }

    private Mono<ClaimBatch> claimSharedFirst(ClaimRequest request) {
        return shared.claim(request)
                .flatMap(theirs -> {
                    ClaimRequest left = ClaimMerge.left(request, theirs);
                    return left.slots().isEmpty()
                            ? Mono.just(ClaimMerge.openEnded(request, theirs))
                            : memory.claim(left).map(mine -> ClaimMerge.of(request, theirs, left, mine));
                })
                .onErrorResume(error -> memory.claim(request).flatMap(mine -> orError(request, mine, error)));
    }

    private Mono<ClaimBatch> claimMemoryFirst(ClaimRequest request) {
        return memory.claim(request).flatMap(mine -> {
            ClaimRequest left = ClaimMerge.left(request, mine);
            if (left.slots().isEmpty()) {
                return Mono.just(ClaimMerge.openEnded(request, mine));
            }
            AtomicBoolean isAnswered = new AtomicBoolean();
            return shared.claim(left)
                    .map(theirs -> ClaimMerge.of(request, mine, left, theirs))
                    .onErrorResume(error -> orError(request, mine, error))
                    .doOnNext(batch -> isAnswered.set(true))
                    .doOnCancel(() -> {
                        if (!isAnswered.get()) {
                            giveBack(mine.claims());
                        }
                    });
        });
    }

    /** Ephemeral work does not wait for a shared store that is away. */
    private static Mono<ClaimBatch> orError(ClaimRequest request, ClaimBatch mine, Throwable error) {
        return mine.claims().isEmpty() ? Mono.error(error) : Mono.just(ClaimMerge.openEnded(request, mine));
    }

    /** What nobody waited for is claimed again at once. */
    private void giveBack(List<Claim> claims) {
        long now = nowMicros();
        memory.complete(claims.stream()
                        .map(claim -> new Completion(
                                claim,
                                Outcome.released(),
                                claim.attempt(),
                                Position.NO_TIME,
                                now,
                                Position.UNCHANGED,
                                List.of()))
                        .toList())
                .subscribe();
    }

    @Override
    public Mono<Void> advance(List<Advance> heads) {
        return Mono.defer(() -> {
            BatchSplit<Advance> split = new BatchSplit<>(heads, head -> isEphemeral(head.claim()));
            return split.call(shared::advance, memory::advance);
        });
    }

    @Override
    public Mono<List<Claim>> renew(List<Claim> claims, Duration lease) {
        return Mono.defer(() -> {
            BatchSplit<Claim> split = new BatchSplit<>(claims, CombinedTaskStore::isEphemeral);
            return split.ask(theirs -> shared.renew(theirs, lease), mine -> memory.renew(mine, lease), Joined::of);
        });
    }

    @Override
    public Mono<List<Recorded>> complete(List<Completion> completions) {
        return Mono.defer(() -> {
            BatchSplit<Completion> split = new BatchSplit<>(completions, completion -> isEphemeral(completion.claim()));
            return split.ask(shared::complete, memory::complete, (theirs, mine) -> {
                Iterator<Recorded> fromShared = theirs.iterator();
                Iterator<Recorded> fromMemory = mine.iterator();
                return completions.stream()
                        .map(completion -> (isEphemeral(completion.claim()) ? fromMemory : fromShared).next())
                        .toList();
            });
        });
    }

    // ---- changes

    @Override
    public Mono<TaskInfo> cancel(String taskId) {
        return Mono.defer(() -> storeOf(taskId).cancel(taskId));
    }

    @Override
    public Mono<Boolean> cancelExecution(String executionId) {
        return Mono.defer(() -> storeOf(Execution.taskIdOf(executionId)).cancelExecution(executionId));
    }

    @Override
    public Mono<TaskInfo> resume(String taskId, Position head) {
        return Mono.defer(() -> storeOf(taskId).resume(taskId, head));
    }

    @Override
    public Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head) {
        return Mono.defer(() -> storeOf(taskId).reschedule(taskId, trigger, head));
    }

    @Override
    public Mono<TaskInfo> remove(String taskId) {
        return Mono.defer(() -> storeOf(taskId).remove(taskId));
    }

    @Override
    public Mono<String> enqueue(String taskId, Extra extra) {
        return Mono.defer(() -> storeOf(taskId).enqueue(taskId, extra));
    }

    // ---- looking

    @Override
    public Mono<TaskInfo> task(String taskId) {
        return Mono.defer(() -> storeOf(taskId).task(taskId));
    }

    @Override
    public Flux<TaskInfo> tasks(TaskQuery query) {
        TaskQuery each = query.offset(0).limit(sum(query.limit(), query.offset()));
        return Flux.mergeComparing(Comparator.comparing(TaskInfo::id), memory.tasks(each), shared.tasks(each))
                .skip(query.offset())
                .take(query.limit());
    }

    /** The fences of two stores say nothing of each other, so executions of both are listed by their times. */
    @Override
    public Flux<Execution> executions(ExecutionQuery query) {
        String taskId = query.task();
        if (taskId != null) {
            return Flux.defer(() -> storeOf(taskId).executions(query));
        }
        ExecutionQuery each = query.offset(0).limit(sum(query.limit(), query.offset()));
        Comparator<Execution> newestFirst =
                Comparator.comparing(CombinedTaskStore::began).reversed();
        return Flux.mergeComparing(newestFirst, memory.executions(each), shared.executions(each))
                .skip(query.offset())
                .take(query.limit());
    }

    private static Instant began(Execution execution) {
        return Objects.requireNonNullElse(
                execution.startedAt(), Objects.requireNonNullElse(execution.endedAt(), execution.fireTime()));
    }

    private static int sum(int limit, int offset) {
        return (int) Math.min(Integer.MAX_VALUE, (long) limit + offset);
    }

    @Override
    public Flux<ExecutionEvent> events(String executionId) {
        return Flux.defer(() -> storeOf(Execution.taskIdOf(executionId)).events(executionId));
    }

    @Override
    public Mono<List<Said>> append(List<Said> said) {
        return append(said, shared::append);
    }

    @Override
    public Mono<List<Said>> append(String token, List<Said> said) {
        return append(said, theirs -> shared.append(token, theirs));
    }

    private Mono<List<Said>> append(List<Said> said, Function<List<Said>, Mono<List<Said>>> ofShared) {
        return Mono.defer(() -> {
            BatchSplit<Said> split = new BatchSplit<>(
                    said, each -> memory.knows(each.claim().task().id()));
            return split.ask(ofShared, memory::append, Joined::of);
        });
    }

    // ---- queues

    @Override
    public Mono<TaskQueue> declareQueue(TaskQueue queue) {
        return shared.declareQueue(queue).doOnNext(memory::mirrorQueue);
    }

    @Override
    public Mono<TaskQueue> pauseQueue(String queue, boolean paused) {
        return shared.pauseQueue(queue, paused).doOnNext(memory::mirrorQueue);
    }

    @Override
    public Mono<TaskQueue> resizeQueue(String queue, int concurrency) {
        return shared.resizeQueue(queue, concurrency).doOnNext(memory::mirrorQueue);
    }

    /** Engines ask for this when a queue has changed, so memory hears of it too. */
    @Override
    public Flux<TaskQueue> queues() {
        return shared.queues().doOnNext(memory::mirrorQueue);
    }

    // ---- all of both

    @Override
    public Mono<StoreStats> stats() {
        return shared.stats().flatMap(theirs -> memory.stats().map(mine -> Joined.of(theirs, mine)));
    }

    @Override
    public Mono<Swept> sweep() {
        return shared.sweep().flatMap(theirs -> memory.sweep().map(mine -> Joined.of(theirs, mine)));
    }

    /** That of the shared store; what happens to ephemeral tasks is nowhere else to be read. */
    @Override
    public Flux<JournalEntry> journal(@Nullable String after) {
        return shared.journal(after);
    }

    @Override
    public Mono<String> journalEnd() {
        return shared.journalEnd();
    }

    @Override
    public Flux<Hint> hints() {
        // The end of the shared store's hints is the end of both, so that whoever listens subscribes again.
        return Flux.merge(memory.hints().map(Signal::next), shared.hints().materialize())
                .dematerialize();
    }
}
