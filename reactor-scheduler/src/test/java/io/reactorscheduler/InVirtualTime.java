package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Schedulers whose time starts at a fixed instant and passes when the test says so; all that is done is done then. */
abstract class InVirtualTime {

    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Handler<Integer, Integer> DOUBLE = Handler.named("double", Integer.class, Integer.class);

    final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<ReactiveScheduler> schedulers = new ArrayList<>();

    InVirtualTime() {
        time.advanceTimeTo(START);
    }

    @AfterEach
    void stopAll() {
        schedulers.forEach(ReactiveScheduler::dispose);
    }

    SchedulerBuilder builder() {
        return ReactiveScheduler.builder().scheduler(() -> time).node("here");
    }

    ReactiveScheduler started(SchedulerBuilder builder) {
        return stoppedLater(builder.start());
    }

    ReactiveScheduler stoppedLater(ReactiveScheduler scheduler) {
        schedulers.add(scheduler);
        return scheduler;
    }

    /** A scheduler with the default queue and one queue "one" that runs one task at a time. */
    ReactiveScheduler started() {
        return started(builder().queue(TaskQueue.named("one").concurrency(1)));
    }

    void pass(Duration duration) {
        time.advanceTimeBy(duration);
    }

    /** Lets what is due now happen. */
    void settle() {
        pass(Duration.ZERO);
    }

    Instant now() {
        return Instant.ofEpochSecond(0, time.now(TimeUnit.NANOSECONDS));
    }

    /** The value of a Mono that is there at once; null when it is empty. */
    static <T> T now(Mono<T> mono) {
        return mono.toFuture().getNow(null);
    }

    static <T> List<T> now(Flux<T> flux) {
        List<T> seen = new ArrayList<>();
        flux.subscribe(seen::add, error -> {
            throw new AssertionError(error);
        });
        return seen;
    }

    static TaskState stateOf(ReactiveScheduler scheduler, String id) {
        TaskInfo info = now(scheduler.task(id));
        return info == null ? null : info.state();
    }

    static List<Execution> executionsOf(ReactiveScheduler scheduler, String id) {
        return now(scheduler.executions(ExecutionQuery.of(id)));
    }
}
