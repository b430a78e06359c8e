package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A timeout ends the attempt and what the handler does, whether that is one value or a stream. */
class TimeoutTest extends InVirtualTime {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicInteger cancelled = new AtomicInteger();
    private final ReactiveScheduler scheduler = started();

    private Execution run(Task<Void, ?> task) {
        scheduler.schedule(task.id("t").timeout(SECOND)).subscribe();
        pass(SECOND.multipliedBy(5));
        return executionsOf(scheduler, "t").get(0);
    }

    @Test
    void aValueThatTakesTooLongIsCancelledAndFails() {
        Execution execution = run(Task.of("slow", run -> Mono.never().doOnCancel(cancelled::incrementAndGet)));

        assertThat(execution.error().thrown()).isInstanceOf(TimeoutException.class);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void aStreamThatTakesTooLongIsCancelledAndFails() {
        Execution execution = run(Task.of("slow", run -> Flux.never().doOnCancel(cancelled::incrementAndGet)));

        assertThat(execution.error().thrown()).isInstanceOf(TimeoutException.class);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void theTimeoutIsThatOfTheWholeStreamAndWhatCameBeforeItIsSeen() {
        List<Long> seen = new ArrayList<>();
        Task<Void, Long> ticks = Task.of(
                "ticks",
                run -> Flux.interval(Duration.ofMillis(300), run.timer()).doOnCancel(cancelled::incrementAndGet));
        scheduler
                .schedule(ticks.id("t").timeout(SECOND))
                .flatMapMany(ScheduledTask::results)
                .subscribe(seen::add, error -> {});
        pass(SECOND.multipliedBy(5));

        assertThat(seen).containsExactly(0L, 1L, 2L);
        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.FAILED);
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void aStreamThatEndsInTimeIsASuccessAndNotCancelled() {
        Execution execution = run(Task.of("quick", run -> Flux.just(1, 2, 3).doOnCancel(cancelled::incrementAndGet)));

        assertThat(execution.value()).isEqualTo(3);
        assertThat(cancelled).hasValue(0);
    }

    @Test
    void eachAttemptHasItsOwnTimeout() {
        AtomicInteger attempts = new AtomicInteger();
        Execution execution = run(Task.<Object>of(
                        "slow",
                        run -> attempts.incrementAndGet() < 3
                                ? Flux.never().doOnCancel(cancelled::incrementAndGet)
                                : Flux.just("third"))
                .retry(RetryPolicy.fixed(2, Duration.ofMillis(100))));

        assertThat(execution.value()).isEqualTo("third");
        assertThat(cancelled).hasValue(2);
    }
}
