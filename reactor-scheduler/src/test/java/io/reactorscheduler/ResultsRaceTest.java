package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A run that ends while its record is being read is heard and recorded, and must be seen once. */
class ResultsRaceTest extends InVirtualTime {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Sinks.Empty<Void> answer = Sinks.empty();
    private final InMemoryTaskStore store =
            InMemoryTaskStore.builder().scheduler(() -> time).build();

    /** A store that looks for executions only when the test lets it. */
    private final TaskStore slow = StandInStore.over(
            store,
            (called, arguments, through) -> called.getName().equals("executions")
                    ? answer.asMono().thenMany(Flux.defer(() -> store.executions((ExecutionQuery) arguments[0])))
                    : through.get());

    private ScheduledTask<Integer> scheduled(ReactiveScheduler scheduler) {
        return now(scheduler.schedule(Task.of("work", run -> Mono.just(42).delayElement(SECOND, run.timer()))
                .id("t")));
    }

    @Test
    void itsResultIsGivenOnce() {
        ReactiveScheduler scheduler = started(builder().store(slow));
        List<Integer> seen = new ArrayList<>();
        scheduled(scheduler).results().subscribe(seen::add);

        pass(SECOND.multipliedBy(2));
        assertThat(seen).isEmpty();
        answer.tryEmitEmpty();
        settle();

        assertThat(seen).containsExactly(42);
    }

    @Test
    void itsExecutionIsGivenOnce() {
        ReactiveScheduler scheduler = started(builder().store(slow));
        List<Execution> seen = new ArrayList<>();
        scheduled(scheduler).executions().subscribe(seen::add);

        pass(SECOND.multipliedBy(2));
        answer.tryEmitEmpty();
        settle();

        assertThat(seen).extracting(Execution::state).containsExactly(TaskState.COMPLETED);
    }
}
