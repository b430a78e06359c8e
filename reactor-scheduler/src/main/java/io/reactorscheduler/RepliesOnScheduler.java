package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A shared store whose replies arrive on the engine's Scheduler. The replies of its client arrive on an event loop, which
 * must never run what follows of them: handlers, listeners, codecs, subscribers of users.
 */
final class RepliesOnScheduler implements TaskStore {

    private final TaskStore store;
    private final Scheduler scheduler;

    RepliesOnScheduler(TaskStore store, Scheduler scheduler) {
        this.store = store;
        this.scheduler = scheduler;
    }

    @Override
    public long nowMicros() {
        return store.nowMicros();
    }

    @Override
    public long reachedMicros() {
        return store.reachedMicros();
    }

    /** What is ready already does not change threads. */
    @Override
    public Mono<Void> ready() {
        return Mono.defer(() -> {
            Mono<Void> ready = store.ready();
            return ready instanceof Callable<?> ? ready : ready.publishOn(scheduler);
        });
    }

    @Override
    public boolean isShared() {
        return store.isShared();
    }

    @Override
    public @Nullable Duration safetyPoll() {
        return store.safetyPoll();
    }

    @Override
    public @Nullable Duration lease() {
        return store.lease();
    }

    @Override
    public int parts() {
        return store.parts();
    }

    @Override
    public int partOf(Claim claim) {
        return store.partOf(claim);
    }

    @Override
    public Mono<Saved> save(NewTask task) {
        return store.save(task).publishOn(scheduler);
    }

    @Override
    public Flux<Saved> saveAll(Flux<NewTask> tasks) {
        return store.saveAll(tasks).publishOn(scheduler);
    }

    @Override
    public Mono<ClaimBatch> claim(ClaimRequest request) {
        return store.claim(request).publishOn(scheduler);
    }

    @Override
    public Mono<Void> advance(List<Advance> heads) {
        return store.advance(heads).publishOn(scheduler);
    }

    @Override
    public Mono<List<Claim>> renew(List<Claim> claims, Duration lease) {
        return store.renew(claims, lease).publishOn(scheduler);
    }

    @Override
    public Mono<List<Recorded>> complete(List<Completion> completions) {
        return store.complete(completions).publishOn(scheduler);
    }

    @Override
    public Mono<TaskInfo> cancel(String taskId) {
        return store.cancel(taskId).publishOn(scheduler);
    }

    @Override
    public Mono<Boolean> cancelExecution(String executionId) {
        return store.cancelExecution(executionId).publishOn(scheduler);
    }

    @Override
    public Mono<TaskInfo> resume(String taskId, Position head) {
        return store.resume(taskId, head).publishOn(scheduler);
    }

    @Override
    public Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head) {
        return store.reschedule(taskId, trigger, head).publishOn(scheduler);
    }

    @Override
    public Mono<TaskInfo> remove(String taskId) {
        return store.remove(taskId).publishOn(scheduler);
    }

    @Override
    public Mono<String> enqueue(String taskId, Extra extra) {
        return store.enqueue(taskId, extra).publishOn(scheduler);
    }

    @Override
    public Mono<TaskInfo> task(String taskId) {
        return store.task(taskId).publishOn(scheduler);
    }

    @Override
    public Flux<TaskInfo> tasks(TaskQuery query) {
        return store.tasks(query).publishOn(scheduler);
    }

    @Override
    public Flux<Execution> executions(ExecutionQuery query) {
        return store.executions(query).publishOn(scheduler);
    }

    @Override
    public Flux<ExecutionEvent> events(String executionId) {
        return store.events(executionId).publishOn(scheduler);
    }

    @Override
    public Mono<List<Said>> append(List<Said> said) {
        return store.append(said).publishOn(scheduler);
    }

    @Override
    public Mono<List<Said>> append(String token, List<Said> said) {
        return store.append(token, said).publishOn(scheduler);
    }

    @Override
    public Mono<TaskQueue> declareQueue(TaskQueue queue) {
        return store.declareQueue(queue).publishOn(scheduler);
    }

    @Override
    public Mono<TaskQueue> pauseQueue(String queue, boolean paused) {
        return store.pauseQueue(queue, paused).publishOn(scheduler);
    }

    @Override
    public Mono<TaskQueue> resizeQueue(String queue, int concurrency) {
        return store.resizeQueue(queue, concurrency).publishOn(scheduler);
    }

    @Override
    public Flux<TaskQueue> queues() {
        return store.queues().publishOn(scheduler);
    }

    @Override
    public Mono<StoreStats> stats() {
        return store.stats().publishOn(scheduler);
    }

    @Override
    public Mono<Swept> sweep() {
        return store.sweep().publishOn(scheduler);
    }

    @Override
    public Flux<JournalEntry> journal(@Nullable String after) {
        return store.journal(after).publishOn(scheduler);
    }

    @Override
    public Mono<String> journalEnd() {
        return store.journalEnd().publishOn(scheduler);
    }

    @Override
    public Flux<Hint> hints() {
        return store.hints().publishOn(scheduler);
    }
}
