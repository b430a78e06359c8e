package io.reactorscheduler;

import java.lang.reflect.Type;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A saved task over the scheduler it was given to. */
final class DefaultScheduledTask<O> implements ScheduledTask<O> {

    private final ReactiveScheduler scheduler;
    private final Resources with;
    private final TaskStore.Saved saved;
    private final Type outputType;

    DefaultScheduledTask(ReactiveScheduler scheduler, Resources with, TaskStore.Saved saved, Type outputType) {
        this.scheduler = scheduler;
        this.with = with;
        this.saved = saved;
        this.outputType = outputType;
    }

    @Override
    public String id() {
        return saved.task().id();
    }

    @Override
    public boolean isKept() {
        return saved.isKept();
    }

    Type outputType() {
        return outputType;
    }

    @Override
    public Flux<O> results() {
        return TaskResults.typed(new TaskResults(with, id(), outputType).since(saved.executions()));
    }

    @Override
    public Flux<Execution> executions() {
        return new TaskResults(with, id(), outputType).executions(saved.executions());
    }

    @Override
    public Mono<TaskInfo> info() {
        return scheduler.task(id());
    }

    @Override
    public Mono<TaskInfo> cancel() {
        return scheduler.cancel(id());
    }

    @Override
    public Mono<TaskInfo> remove() {
        return scheduler.remove(id());
    }

    @Override
    public String toString() {
        return "ScheduledTask(" + id() + ")";
    }
}
