package io.reactorscheduler;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;
import reactor.util.context.ContextView;

/** The scheduler that users hold: checks and translates their calls, for the store and the {@link Engine}. */
final class DefaultScheduler implements ReactiveScheduler {

    /** How many output types of tasks that are being saved share an array. */
    private static final int TYPES = 64;

    private enum Phase {
        NEW,
        RUNNING,
        STOPPED
    }

    private final Resources with;
    private final NewTasks newTasks;
    private final Engine engine;
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.NEW);

    DefaultScheduler(Resources with, Handlers handlers) {
        this.with = with;
        Carrier carrier = new Carrier(with.settings(), with.events());
        this.engine = new Engine(with, handlers, carrier);
        this.newTasks = new NewTasks(with, handlers, engine, carrier);
    }

    @Override
    public ReactiveScheduler start() {
        if (phase.compareAndSet(Phase.NEW, Phase.RUNNING)) {
            engine.start();
            for (Instrumentation instrumentation : with.settings().instrumentations()) {
                try {
                    instrumentation.started(this);
                } catch (Throwable thrown) {
                    with.events().problem("An instrumentation failed to start", thrown);
                }
            }
        }
        return this;
    }

    @Override
    public boolean isRunning() {
        return phase.get() == Phase.RUNNING;
    }

    @Override
    public String node() {
        return with.node();
    }

    @Override
    public Scheduler timer() {
        return with.timer();
    }

    // ---- tasks

    @Override
    public <O> Mono<ScheduledTask<O>> schedule(Task<?, O> task) {
        Objects.requireNonNull(task, "task");
        Mono<ScheduledTask<O>> saving = Mono.deferContextual(context -> {
            NewTask fresh = fresh(task, context);
            return with.store().save(fresh).map(saved -> scheduled(task, saved));
        });
        // what lives in the memory of this node needs no other clock
        return task.options().ephemeral ? saving : ready(saving);
    }

    @Override
    public <O> Flux<ScheduledTask<O>> scheduleAll(Publisher<? extends Task<?, ? extends O>> tasks) {
        Objects.requireNonNull(tasks, "tasks");
        return ready(Flux.deferContextual(context -> {
            // what is saved comes in the order of what was given, so each finds its type at the head
            Queue<Type> types = Queues.<Type>unbounded(TYPES).get();
            Flux<NewTask> fresh = Flux.from(tasks).map(task -> {
                NewTask one = fresh(task, context);
                types.add(task.handler().outputType());
                return one;
            });
            return with.store().saveAll(fresh).map(saved -> this.<O>scheduled(saved, types.remove()));
        }));
    }

    @Override
    public <O> Flux<O> stream(Task<?, O> task) {
        Objects.requireNonNull(task, "task");
        Flux<O> streaming = Flux.deferContextual(context -> {
            NewTask fresh = fresh(task, context);
            StreamedTask streamed = new StreamedTask(this, with, fresh);
            Type type = task.handler().outputType();
            return TaskResults.<O>typed(new TaskResults(with, fresh.task().id(), type).of(streamed.saved()))
                    .doOnError(Exceptions::isOverflow, error -> streamed.drop())
                    .doOnCancel(streamed::drop);
        });
        return task.options().ephemeral ? streaming : ready(streaming);
    }

    /** Of a shared store the time is known once it has answered; fire times that count from now wait for that. */
    private <T> Mono<T> ready(Mono<T> call) {
        return with.store().isShared() ? guarded(with.store().ready()).then(call) : call;
    }

    private <T> Flux<T> ready(Flux<T> call) {
        return with.store().isShared() ? Streams.after(guarded(with.store().ready()), call) : call;
    }

    private NewTask fresh(Task<?, ?> task, ContextView context) {
        checkNotStopped();
        return newTasks.fresh(task, context);
    }

    private <O> ScheduledTask<O> scheduled(Task<?, O> task, TaskStore.Saved saved) {
        return scheduled(saved, task.handler().outputType());
    }

    private <O> ScheduledTask<O> scheduled(TaskStore.Saved saved, Type outputType) {
        with.events().saved(saved);
        return new DefaultScheduledTask<>(this, with, saved, outputType);
    }

    @Override
    public <O> Flux<O> results(String taskId, Handler<?, O> handler) {
        Checks.name("taskId", taskId);
        return guarded(() -> TaskResults.typed(new TaskResults(with, taskId, handler.outputType()).since(0)));
    }

    @Override
    public Mono<String> trigger(String taskId) {
        Checks.name("taskId", taskId);
        return ready(Mono.defer(() -> enqueue(taskId, with.nowMicros(), null)));
    }

    @Override
    public Mono<String> trigger(String taskId, Object input) {
        Checks.name("taskId", taskId);
        Objects.requireNonNull(input, "input");
        return ready(Mono.defer(() -> enqueue(taskId, with.nowMicros(), newTasks.encoded("input", input))));
    }

    private Mono<String> enqueue(String taskId, long fireMicros, @Nullable String input) {
        checkNotStopped();
        return with.store().enqueue(taskId, new TaskStore.Extra(fireMicros, input));
    }

    @Override
    public Mono<TaskInfo> cancel(String taskId) {
        Checks.name("taskId", taskId);
        return guarded(with.store().cancel(taskId), info -> {
            if (info.state() == TaskState.CANCELLED) {
                with.events().cancelled(info.task());
            }
        });
    }

    @Override
    public Mono<Boolean> cancelExecution(String executionId) {
        Checks.executionId("executionId", executionId);
        return guarded(with.store().cancelExecution(executionId));
    }

    @Override
    public Mono<TaskInfo> resume(String taskId) {
        Checks.name("taskId", taskId);
        return guarded(known(taskId).flatMap(info -> with.store().resume(taskId, newTasks.resumed(info))));
    }

    @Override
    public Mono<TaskInfo> reschedule(String taskId, Trigger trigger) {
        Checks.name("taskId", taskId);
        Objects.requireNonNull(trigger, "trigger");
        return guarded(known(taskId).flatMap(info -> {
            TaskRecord task = info.task().withTrigger(trigger);
            return with.store().reschedule(taskId, trigger, NewTasks.firstHead(task, with.nowMicros()));
        }));
    }

    @Override
    public Mono<TaskInfo> remove(String taskId) {
        Checks.name("taskId", taskId);
        return guarded(with.store().remove(taskId), info -> with.events().removed(info.task()));
    }

    @Override
    public Mono<String> retry(String id) {
        Checks.executionId("id", id);
        ExecutionQuery failed = ExecutionQuery.all().state(TaskState.FAILED);
        String taskId = Execution.taskIdOf(id);
        Flux<Execution> ofTask = with.store().executions(failed.task(id).limit(1));
        Flux<Execution> ofExecution = taskId.equals(id)
                ? Flux.empty()
                : with.store()
                        .executions(failed.task(taskId).limit(Integer.MAX_VALUE))
                        .filter(execution -> execution.id().equals(id));
        return guarded(ofTask.switchIfEmpty(ofExecution)
                .next()
                .switchIfEmpty(Mono.error(() -> new InvalidTaskException(
                        "retry", id, "give a task or an execution that has failed and is still in the history")))
                .flatMap(execution ->
                        enqueue(execution.taskId(), EngineClock.toMicros(execution.fireTime()), execution.input())));
    }

    private Mono<TaskInfo> known(String taskId) {
        return with.store().task(taskId).switchIfEmpty(Mono.error(() -> new UnknownTaskException(taskId)));
    }

    // ---- queues

    @Override
    public Mono<TaskQueue> pauseQueue(String queue) {
        return changed(queue, with.store().pauseQueue(Checks.name("queue", queue), true));
    }

    @Override
    public Mono<TaskQueue> resumeQueue(String queue) {
        return changed(queue, with.store().pauseQueue(Checks.name("queue", queue), false));
    }

    @Override
    public Mono<TaskQueue> resizeQueue(String queue, int concurrency) {
        Checks.atLeast("concurrency", concurrency, 1);
        return changed(queue, with.store().resizeQueue(Checks.name("queue", queue), concurrency));
    }

    private Mono<TaskQueue> changed(String queue, Mono<TaskQueue> change) {
        return guarded(change.switchIfEmpty(Mono.error(() -> new InvalidTaskException(
                "queue", queue, "name a queue that was declared with builder.queue(...) and start the scheduler"))));
    }

    // ---- what is known

    @Override
    public Mono<TaskInfo> task(String taskId) {
        Checks.name("taskId", taskId);
        return guarded(with.store().task(taskId));
    }

    @Override
    public Flux<TaskInfo> tasks(TaskQuery query) {
        Objects.requireNonNull(query, "query");
        return guarded(() -> with.store().tasks(query));
    }

    @Override
    public Flux<Execution> executions(ExecutionQuery query) {
        Objects.requireNonNull(query, "query");
        return guarded(() -> with.store().executions(query));
    }

    @Override
    public Flux<ExecutionEvent> events(String executionId) {
        Checks.executionId("executionId", executionId);
        return guarded(() -> with.store().events(executionId));
    }

    @Override
    public Mono<SchedulerStats> stats() {
        return guarded(with.store().stats())
                .map(stats -> with.counters()
                        .stats(
                                stats,
                                with.nowMicros(),
                                engine.held(),
                                name -> engine.queue(name).isPaused()));
    }

    @Override
    public Flux<SchedulerEvent> events() {
        return guarded(with.events()::all);
    }

    @Override
    public Flux<JournalEntry> journal(@Nullable String after) {
        return guarded(
                () -> with.store().journal(after).takeUntilOther(with.events().whenStopped()));
    }

    // ---- stop

    @Override
    public void dispose() {
        disposeGracefully(Duration.ZERO).subscribe();
    }

    @Override
    public boolean isDisposed() {
        return phase.get() == Phase.STOPPED;
    }

    @Override
    public Mono<Stopped> disposeLater() {
        return stop(null);
    }

    @Override
    public Mono<Stopped> disposeGracefully(Duration patience) {
        return stop(Checks.notNegative("patience", patience));
    }

    private Mono<Stopped> stop(@Nullable Duration patience) {
        return Mono.defer(() -> {
            phase.set(Phase.STOPPED);
            return engine.stop(patience);
        });
    }

    private void checkNotStopped() {
        if (isDisposed()) {
            throw new SchedulerStoppedException(with.node());
        }
    }

    private <T> Mono<T> guarded(Mono<T> call) {
        return Mono.defer(() -> {
            checkNotStopped();
            return call;
        });
    }

    /**
     * A call, and what is to be told of what it gives. What a store does at once takes one step here, too; it does not look
     * so from outside, because operators treat what they can call as they treat no other store.
     */
    @SuppressWarnings("unchecked")
    private <T> Mono<T> guarded(Mono<T> call, Consumer<T> told) {
        if (!(call instanceof Callable<?> atOnce)) {
            return guarded(call).doOnNext(told);
        }
        return Mono.defer(() -> {
            checkNotStopped();
            try {
                T given = (T) atOnce.call();
                if (given != null) {
                    told.accept(given);
                }
                return Mono.justOrEmpty(given);
            } catch (Exception refused) {
                return Mono.error(refused);
            }
        });
    }

    private <T> Flux<T> guarded(Supplier<Flux<T>> call) {
        return Flux.defer(() -> {
            checkNotStopped();
            return call.get();
        });
    }
}
