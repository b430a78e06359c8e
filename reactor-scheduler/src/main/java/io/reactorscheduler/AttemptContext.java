package io.reactorscheduler;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** What every attempt of a run knows alike. */
interface AttemptContext extends RunContext {

    Claim claim();

    Runner runner();

    RunReports.Of reports();

    Cancellation cancellation();

    @Override
    default Mono<Void> cancelled() {
        return cancellation().asMono();
    }

    @Override
    default TaskRecord task() {
        return claim().task();
    }

    @Override
    default String executionId() {
        return claim().executionId();
    }

    @Override
    default Instant fireTime() {
        return claim().fireTime();
    }

    @Override
    default long fence() {
        return claim().fence();
    }

    @Override
    default String node() {
        return runner().node();
    }

    @Override
    @SuppressWarnings("unchecked")
    default <T> @Nullable T input(Class<T> type) {
        return (T) runner().input(claim(), type);
    }

    @Override
    @SuppressWarnings("unchecked")
    default <T> @Nullable T input(TypeRef<T> type) {
        return (T) runner().input(claim(), type.type());
    }

    @Override
    default void event(ExecutionEvent.Level level, String message) {
        reports().event(level, message, null);
    }

    @Override
    default void progress(double fraction, String message) {
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new InvalidTaskException("progress", fraction, "give a fraction between 0 and 1");
        }
        reports().event(ExecutionEvent.Level.INFO, message, fraction);
    }

    @Override
    default Scheduler timer() {
        return runner().timer();
    }
}
