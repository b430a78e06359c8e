package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * What an attempt after the first of a claim knows: what its run knows, with a number and a cancellation of its own. So
 * what is left over of an attempt that timed out still sees that it was cancelled, while the next one goes on.
 */
final class LaterAttempt implements RunContext {

    private final Run run;
    private final int attempt;
    private final Cancellation cancellation = new Cancellation();

    LaterAttempt(Run run, int attempt) {
        this.run = run;
        this.attempt = attempt;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public boolean isCancelled() {
        return cancellation.isCancelled();
    }

    @Override
    public Mono<Void> cancelled() {
        return cancellation.asMono();
    }

    @Override
    public ContextView context() {
        return run.currentContext().put(RunContext.class, this);
    }

    @Override
    public TaskRecord task() {
        return run.task();
    }

    @Override
    public String executionId() {
        return run.executionId();
    }

    @Override
    public Instant fireTime() {
        return run.fireTime();
    }

    @Override
    public long fence() {
        return run.fence();
    }

    @Override
    public String node() {
        return run.node();
    }

    @Override
    public <T> @Nullable T input(Class<T> type) {
        return run.input(type);
    }

    @Override
    public <T> @Nullable T input(TypeRef<T> type) {
        return run.input(type);
    }

    @Override
    public void event(ExecutionEvent.Level level, String message) {
        run.event(level, message);
    }

    @Override
    public void progress(double fraction, String message) {
        run.progress(fraction, message);
    }

    @Override
    public Scheduler timer() {
        return run.timer();
    }
}
