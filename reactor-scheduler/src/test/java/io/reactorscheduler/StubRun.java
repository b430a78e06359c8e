package io.reactorscheduler;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** A run without an engine, for handler functions by themselves; keeps what the handler says. */
final class StubRun implements RunContext {

    final List<String> said = new CopyOnWriteArrayList<>();
    private final Scheduler timer;

    StubRun(Scheduler timer) {
        this.timer = timer;
    }

    @Override
    public TaskRecord task() {
        return TaskRecord.builder("task", "handler").build();
    }

    @Override
    public String executionId() {
        return "task#1";
    }

    @Override
    public Instant fireTime() {
        return InVirtualTime.START;
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public long fence() {
        return 1;
    }

    @Override
    public String node() {
        return "here";
    }

    @Override
    public <T> T input(Class<T> type) {
        return null;
    }

    @Override
    public <T> T input(TypeRef<T> type) {
        return null;
    }

    @Override
    public void event(ExecutionEvent.Level level, String message) {
        said.add(level + " " + message);
    }

    @Override
    public void progress(double fraction, String message) {
        said.add(fraction + " " + message);
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public Mono<Void> cancelled() {
        return Mono.never();
    }

    @Override
    public ContextView context() {
        return Context.empty();
    }

    @Override
    public Scheduler timer() {
        return timer;
    }
}
