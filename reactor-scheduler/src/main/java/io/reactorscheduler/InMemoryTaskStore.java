package io.reactorscheduler;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A store in the memory of this process: nothing to install, and gone with the process. The reference for other stores.
 *
 * <p>Several schedulers of one process may share it. Safe for any thread; signals arrive on the thread that subscribes,
 * those of {@link #hints()} on the thread that caused the hint. Time is read from a Reactor {@link Scheduler}, the one of
 * {@link Builder#scheduler}, which is asked for at first use.
 *
 * <p>A pending task that runs once costs about 148 bytes beside its input and an id of your own. What is kept of finished
 * work is bounded by {@link Retention}; a task goes with its last execution, except one that was saved without a fire time,
 * to be triggered, and a repeating one that was cancelled: these stay until they are removed.
 *
 * <p>How it works inside stands at {@code MemoryLane}.
 */
public final class InMemoryTaskStore implements TaskStore {

    /** After how many lost nodes in a row a task is put in quarantine unless it is said otherwise. */
    public static final int DEFAULT_QUARANTINE_AFTER = 3;

    private static final Duration POLL = Duration.ofSeconds(1);

    private final MemoryClock clock;
    final MemoryStore store;
    private final MemoryQueries queries;

    private InMemoryTaskStore(Builder builder, MemoryClock clock) {
        this.clock = clock;
        this.store = new MemoryStore(new MemoryShared(new MemoryIds(), builder.retention, builder.quarantineAfter));
        this.queries = new MemoryQueries(store.shared.ids);
    }

    /** A store with the defaults. */
    public static InMemoryTaskStore create() {
        return builder().build();
    }

    /** Starts a store with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** A store whose time is that of another one, in epoch microseconds. */
    static InMemoryTaskStore following(LongSupplier clock) {
        return new InMemoryTaskStore(builder(), MemoryClock.following(clock));
    }

    /** Where to read time if nothing was said when the store was built. */
    void offerScheduler(Supplier<? extends Scheduler> scheduler) {
        clock.offer(scheduler);
    }

    @Override
    public long nowMicros() {
        return clock.nowMicros();
    }

    /** False: what other processes do is not here. */
    @Override
    public boolean isShared() {
        return false;
    }

    /** One second, because a wall clock may be set; null in virtual time, where hints are enough. */
    @Override
    public @Nullable Duration safetyPoll() {
        return clock.steps() ? POLL : null;
    }

    // ---- tasks and their runs

    @Override
    public Mono<Saved> save(NewTask task) {
        return Mono.fromSupplier(() -> store.save(task, clock));
    }

    @Override
    public Flux<Saved> saveAll(Flux<NewTask> tasks) {
        return tasks.map(task -> store.save(task, clock));
    }

    @Override
    public Mono<ClaimBatch> claim(ClaimRequest request) {
        return Mono.fromSupplier(() -> store.claim(request, nowMicros()));
    }

    @Override
    public Mono<Void> advance(List<Advance> heads) {
        return Mono.fromRunnable(() -> {
            long now = nowMicros();
            heads.forEach(head -> store.advance(head, now));
        });
    }

    @Override
    public Mono<List<Claim>> renew(List<Claim> claims, Duration lease) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return claims.stream()
                    .filter(claim -> !store.renew(claim, lease, now))
                    .toList();
        });
    }

    @Override
    public Mono<List<Recorded>> complete(List<Completion> completions) {
        return Mono.fromSupplier(() -> store.complete(completions, nowMicros()));
    }

    // ---- changes

    @Override
    public Mono<TaskInfo> cancel(String taskId) {
        return Mono.fromSupplier(() -> store.cancel(taskId, nowMicros()));
    }

    @Override
    public Mono<Boolean> cancelExecution(String executionId) {
        return Mono.fromSupplier(() -> store.cancelExecution(executionId, nowMicros()));
    }

    @Override
    public Mono<TaskInfo> resume(String taskId, Position head) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return store.change(taskId, now, task -> {
                MemoryChanges.resume(task, head, now);
                return task.info();
            });
        });
    }

    @Override
    public Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return store.change(taskId, now, task -> {
                MemoryChanges.reschedule(task, trigger, head, now);
                return task.info();
            });
        });
    }

    @Override
    public Mono<TaskInfo> remove(String taskId) {
        return Mono.fromSupplier(() -> store.remove(taskId, clock));
    }

    @Override
    public Mono<String> enqueue(String taskId, Extra extra) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return store.change(taskId, now, task -> MemoryChanges.enqueue(task, extra, now));
        });
    }

    // ---- looking

    @Override
    public Mono<TaskInfo> task(String taskId) {
        return Mono.fromSupplier(() -> store.changeIfKnown(taskId, nowMicros(), MemoryTask::info));
    }

    @Override
    public Flux<TaskInfo> tasks(TaskQuery query) {
        return Flux.defer(() -> Flux.fromIterable(queries.tasks(query)));
    }

    @Override
    public Flux<Execution> executions(ExecutionQuery query) {
        return Flux.defer(() -> Flux.fromIterable(queries.executions(query, store.lanes())));
    }

    @Override
    public Flux<ExecutionEvent> events(String executionId) {
        return Flux.defer(() -> Flux.fromIterable(store.events(executionId, nowMicros())));
    }

    @Override
    public Mono<List<Said>> append(List<Said> said) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return said.stream().filter(each -> !store.append(each, now)).toList();
        });
    }

    @Override
    public Mono<TaskQueue> declareQueue(TaskQueue queue) {
        return Mono.fromSupplier(() -> store.declareQueue(queue, nowMicros()));
    }

    @Override
    public Mono<TaskQueue> pauseQueue(String queue, boolean paused) {
        return Mono.fromSupplier(() -> store.changeQueue(queue, known -> known.paused(paused), nowMicros()));
    }

    @Override
    public Mono<TaskQueue> resizeQueue(String queue, int concurrency) {
        return Mono.fromSupplier(() -> store.changeQueue(queue, known -> known.concurrency(concurrency), nowMicros()));
    }

    /** Takes over the settings of a queue as another store has them; nobody gets a {@link Hint.Kind#QUEUE} hint. */
    void mirrorQueue(TaskQueue queue) {
        store.mirrorQueue(queue, nowMicros());
    }

    /** Whether a task of this id is here now. */
    boolean knows(String taskId) {
        return store.shared.ids.get(taskId) != null;
    }

    @Override
    public Flux<TaskQueue> queues() {
        return Flux.defer(() -> Flux.fromIterable(store.queues()));
    }

    @Override
    public Mono<StoreStats> stats() {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
            Map<String, QueueStats> queues = new TreeMap<>();
            for (MemoryLane lane : store.lanes()) {
                synchronized (lane) {
                    queues.put(lane.name, lane.stats(now));
                    lane.countStates(tasks);
                }
            }
            return new StoreStats(tasks, queues);
        });
    }

    @Override
    public Mono<Swept> sweep() {
        return Mono.fromSupplier(() -> store.sweep(nowMicros()));
    }

    @Override
    public Flux<Hint> hints() {
        return store.shared.hints.hints();
    }

    /** The settings of a store; not thread-safe. */
    public static final class Builder {
        private @Nullable Supplier<? extends Scheduler> scheduler;
        private Retention retention = Retention.defaults();
        private int quarantineAfter = DEFAULT_QUARANTINE_AFTER;

        private Builder() {}

        /**
         * Where time is read; by default where the first {@link ReactiveScheduler} that is built over the store reads it,
         * and {@link Schedulers#parallel()} when the store is used before that. It is asked for at first use, so that a
         * store made inside {@code StepVerifier.withVirtualTime} follows virtual time.
         */
        public Builder scheduler(Supplier<? extends Scheduler> scheduler) {
            this.scheduler = Objects.requireNonNull(scheduler, "scheduler");
            return this;
        }

        /** What is kept of finished executions; {@link Retention#defaults()} by default. */
        public Builder retention(Retention retention) {
            this.retention = Objects.requireNonNull(retention, "retention");
            return this;
        }

        /**
         * After so many lost nodes in a row, at least 1, a task is put in {@link TaskState#QUARANTINED};
         * {@value InMemoryTaskStore#DEFAULT_QUARANTINE_AFTER} by default. Only schedulers over the same store can lose and
         * take over work here, which is what tests do.
         */
        public Builder quarantineAfter(int crashes) {
            this.quarantineAfter = Checks.atLeast("quarantineAfter", crashes, 1);
            return this;
        }

        /** No task is ever put in quarantine, however many nodes are lost while they run it. */
        public Builder neverQuarantine() {
            this.quarantineAfter = Integer.MAX_VALUE;
            return this;
        }

        /** The store. */
        public InMemoryTaskStore build() {
            return new InMemoryTaskStore(this, new MemoryClock(scheduler));
        }
    }
}
