package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
 * <p>Beside what the executions keep, a pending task that runs once costs about 100 bytes more than its record. How it
 * works inside stands at {@link MemoryLane}.
 */
public final class InMemoryTaskStore implements TaskStore {

    private static final int SAVE_BATCH = 256;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Supplier<? extends Scheduler> scheduler;
    private final MemoryShared shared;
    private final MemoryQueries queries;
    private final Map<String, MemoryLane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger ranks = new AtomicInteger();
    private final AtomicLong saves = new AtomicLong();
    private final MemorySweep sweep;
    private volatile @Nullable EngineClock clock;

    private InMemoryTaskStore(Builder builder) {
        this.scheduler = builder.scheduler;
        this.shared = new MemoryShared(builder.retention);
        this.queries = new MemoryQueries(shared.ids);
        this.sweep = new MemorySweep(shared, lanes.values());
    }

    /** A store with the defaults. */
    public static InMemoryTaskStore create() {
        return builder().build();
    }

    /** Starts a store with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    // ---- time

    @Override
    public long nowMicros() {
        return clock().nowMicros();
    }

    private EngineClock clock() {
        EngineClock known = clock;
        if (known == null) {
            synchronized (this) {
                known = clock;
                if (known == null) {
                    known = new EngineClock(scheduler.get());
                    clock = known;
                }
            }
        }
        return known;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    /** One second, because a wall clock may be set; null in virtual time, where hints are enough. */
    @Override
    public @Nullable Duration safetyPoll() {
        return clock().steps() ? POLL : null;
    }

    // ---- saving

    @Override
    public Mono<Saved> save(NewTask task) {
        return Mono.fromSupplier(() -> saved(task));
    }

    @Override
    public Flux<Saved> saveAll(Flux<NewTask> tasks) {
        return tasks.limitRate(SAVE_BATCH).map(this::saved);
    }

    private Saved saved(NewTask newTask) {
        TaskRecord record = newTask.task();
        MemoryLane lane = lane(record.queue());
        for (; ; ) {
            boolean isReserved = lane.reserve();
            MemoryTask known;
            if (isReserved) {
                MemoryTask task = new MemoryTask(record, lane, newTask.head());
                known = shared.ids.putIfAbsent(task);
                if (known == null) {
                    lane.offer(task, newTask.head().dueMicros());
                    if (MemoryLane.isTurnToDrain(saves.incrementAndGet())) {
                        drain(lane);
                    }
                    return new Saved(record, true, false);
                }
                lane.unfinished.decrementAndGet();
            } else {
                known = shared.ids.get(record.id());
                if (known == null) {
                    throw new RejectedTaskException(lane.name, lane.settings().capacity(), record.id());
                }
            }
            MemoryLane from = known.lane;
            MemoryMoves.Moved moved = MemoryMoves.known(known, from, lane, newTask, nowMicros());
            if (moved.saved() != null) {
                from.tell(moved.oldNews());
                lane.tell(moved.newNews());
                return moved.saved();
            }
            Thread.onSpinWait();
        }
    }

    private void drain(MemoryLane lane) {
        long now = nowMicros();
        long news;
        synchronized (lane) {
            lane.drain(now);
            news = lane.takeNews();
        }
        lane.tell(news);
    }

    private MemoryLane lane(String queue) {
        MemoryLane known = lanes.get(queue);
        return known != null
                ? known
                : lanes.computeIfAbsent(queue, name -> new MemoryLane(name, ranks.incrementAndGet(), shared));
    }

    // ---- running

    @Override
    public Mono<ClaimBatch> claim(ClaimRequest request) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            List<ClaimRequest.Slots> slots = request.slots();
            List<Claim> claims = new ArrayList<>();
            long[] next = new long[slots.size()];
            for (int i = 0; i < next.length; i++) {
                MemoryLane lane = lane(slots.get(i).queue());
                synchronized (lane) {
                    next[i] = lane.claim(request, slots.get(i).free(), now, claims);
                }
            }
            return new ClaimBatch(claims, next, now);
        });
    }

    @Override
    public Mono<Void> advance(List<Advance> heads) {
        return Mono.fromRunnable(() -> {
            long now = nowMicros();
            for (Advance head : heads) {
                changeIfKnown(head.claim().task().id(), now, task -> {
                    MemoryChanges.advance(task, head, now);
                    return null;
                });
            }
        });
    }

    @Override
    public Mono<List<Claim>> renew(List<Claim> claims, Duration lease) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            long until = now + Checks.micros(lease);
            List<Claim> lost = new ArrayList<>();
            for (Claim claim : claims) {
                Boolean isRenewed = changeIfKnown(claim.task().id(), now, task -> {
                    MemoryExecution run = task.claimed(claim.number(), claim.fence());
                    if (run == null || run.leaseMicros < now) {
                        return false;
                    }
                    run.leaseMicros = until;
                    return true;
                });
                if (!Boolean.TRUE.equals(isRenewed)) {
                    lost.add(claim);
                }
            }
            return lost;
        });
    }

    @Override
    public Mono<List<Recorded>> complete(List<Completion> completions) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            Recorded[] recorded = new Recorded[completions.size()];
            for (int from = 0; from < recorded.length; ) {
                MemoryTask task = task(completions.get(from));
                if (task == null) {
                    recorded[from++] = Recorded.STALE;
                } else {
                    from = complete(completions, recorded, from, task, now);
                }
            }
            sweep.trim();
            return Arrays.asList(recorded);
        });
    }

    /** Records a row of completions of one queue; gives the first that is of another. */
    private int complete(List<Completion> completions, Recorded[] recorded, int from, MemoryTask first, long now) {
        MemoryLane lane = first.lane;
        MemoryTask task = first;
        int at = from;
        long news;
        synchronized (lane) {
            lane.drain(now);
            while (task != null && task.lane == lane && task.where != MemoryTask.REMOVED) {
                recorded[at] = MemoryChanges.complete(task, completions.get(at), now);
                task = ++at < recorded.length ? task(completions.get(at)) : null;
            }
            news = lane.takeNews();
        }
        lane.tell(news);
        return at;
    }

    private @Nullable MemoryTask task(Completion completion) {
        return shared.ids.get(completion.claim().task().id());
    }

    // ---- changes

    /** A change of a task under the monitor of its queue. */
    private interface Change<T> {
        @Nullable
        T apply(MemoryTask task);
    }

    private <T> @Nullable T changeIfKnown(String id, long now, Change<T> change) {
        for (; ; ) {
            MemoryTask task = shared.ids.get(id);
            if (task == null) {
                return null;
            }
            MemoryLane lane = task.lane;
            T result;
            long news;
            synchronized (lane) {
                if (task.lane != lane || task.where == MemoryTask.REMOVED) {
                    continue;
                }
                lane.drain(now);
                result = change.apply(task);
                news = lane.takeNews();
            }
            lane.tell(news);
            return result;
        }
    }

    private <T> T change(String id, long now, Change<T> change) {
        T result = changeIfKnown(id, now, change);
        if (result == null) {
            throw new UnknownTaskException(id);
        }
        return result;
    }

    /** What a change gives that may owe a hint. */
    private record Told<T>(T result, @Nullable Hint hint) {}

    private <T> T tell(Told<T> told) {
        if (told.hint() != null) {
            shared.hints.emit(told.hint());
        }
        return told.result();
    }

    @Override
    public Mono<TaskInfo> cancel(String taskId) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return tell(change(taskId, now, task -> {
                Hint hint = MemoryChanges.cancel(task, now);
                return new Told<>(task.info(), hint);
            }));
        });
    }

    @Override
    public Mono<Boolean> cancelExecution(String executionId) {
        return Mono.fromSupplier(() -> {
            int mark = executionId.lastIndexOf('#');
            String taskId = mark < 0 ? executionId : executionId.substring(0, mark);
            return tell(change(taskId, nowMicros(), task -> {
                MemoryExecution run = execution(task, executionId);
                boolean isRunning = run != null && run.state == MemoryExecution.ACTIVE;
                return new Told<>(
                        isRunning,
                        isRunning ? new Hint(Hint.Kind.CANCEL_EXECUTION, executionId, shared.fences.get()) : null);
            }));
        });
    }

    private static @Nullable MemoryExecution execution(MemoryTask task, String executionId) {
        try {
            return task.execution(Long.parseLong(executionId.substring(executionId.lastIndexOf('#') + 1)));
        } catch (NumberFormatException notOfAnExecution) {
            return null;
        }
    }

    @Override
    public Mono<TaskInfo> resume(String taskId, Position head) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return change(taskId, now, task -> {
                MemoryChanges.resume(task, head, now);
                return task.info();
            });
        });
    }

    @Override
    public Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return change(taskId, now, task -> {
                MemoryChanges.reschedule(task, trigger, head, now);
                return task.info();
            });
        });
    }

    @Override
    public Mono<TaskInfo> remove(String taskId) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return tell(change(taskId, now, task -> {
                TaskInfo info = task.info();
                return new Told<>(info, MemoryChanges.remove(task, now));
            }));
        });
    }

    @Override
    public Mono<String> enqueue(String taskId, Extra extra) {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            return change(taskId, now, task -> MemoryChanges.enqueue(task, extra, now));
        });
    }

    // ---- looking

    @Override
    public Mono<TaskInfo> task(String taskId) {
        return Mono.fromSupplier(() -> changeIfKnown(taskId, nowMicros(), MemoryTask::info));
    }

    @Override
    public Flux<TaskInfo> tasks(TaskQuery query) {
        return Flux.defer(() -> Flux.fromIterable(queries.tasks(query)));
    }

    @Override
    public Flux<Execution> executions(ExecutionQuery query) {
        return Flux.defer(() -> Flux.fromIterable(queries.executions(query, lanes.values())));
    }

    @Override
    public Flux<ExecutionEvent> events(String executionId) {
        return Flux.defer(() -> {
            List<ExecutionEvent> events = withExecution(executionId, run -> List.copyOf(run.events()));
            return events == null ? Flux.empty() : Flux.fromIterable(events);
        });
    }

    @Override
    public Mono<Void> append(List<ExecutionEvent> events) {
        return Mono.fromRunnable(() -> {
            for (ExecutionEvent event : events) {
                withExecution(event.executionId(), run -> {
                    run.say(event);
                    return null;
                });
            }
        });
    }

    private interface Look<T> {
        @Nullable
        T at(MemoryExecution run);
    }

    private <T> @Nullable T withExecution(String executionId, Look<T> look) {
        int mark = executionId.lastIndexOf('#');
        String taskId = mark < 0 ? executionId : executionId.substring(0, mark);
        return changeIfKnown(taskId, nowMicros(), task -> {
            MemoryExecution run = execution(task, executionId);
            return run == null ? null : look.at(run);
        });
    }

    @Override
    public Mono<Void> saveQueue(TaskQueue queue) {
        return Mono.fromRunnable(() -> {
            long now = nowMicros();
            MemoryLane lane = lane(queue.name());
            long due;
            synchronized (lane) {
                due = lane.settings(queue, now);
            }
            shared.hints.emit(new Hint(Hint.Kind.QUEUE, queue.name(), 0));
            lane.tell(due);
        });
    }

    @Override
    public Flux<TaskQueue> queues() {
        return Flux.defer(() -> Flux.fromIterable(
                lanes.values().stream().map(MemoryLane::settings).toList()));
    }

    @Override
    public Mono<StoreStats> stats() {
        return Mono.fromSupplier(() -> {
            long now = nowMicros();
            Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
            Map<String, QueueStats> queues = new TreeMap<>();
            for (MemoryLane lane : lanes.values()) {
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
        return Mono.fromSupplier(() -> sweep.sweep(nowMicros()));
    }

    @Override
    public Flux<Hint> hints() {
        return shared.hints.hints();
    }

    /** The settings of a store; not thread-safe. */
    public static final class Builder {
        private Supplier<? extends Scheduler> scheduler = Schedulers::parallel;
        private Retention retention = Retention.defaults();

        private Builder() {}

        /**
         * Where time is read; {@link Schedulers#parallel()} by default. It is asked for at first use, so that a store
         * made inside {@code StepVerifier.withVirtualTime} follows virtual time.
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

        /** The store. */
        public InMemoryTaskStore build() {
            return new InMemoryTaskStore(this);
        }
    }
}
