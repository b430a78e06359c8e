package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A shared store whose time a node knows only so well. */
class StoreClockTest extends InVirtualTime {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Handler<Void, Void> NOTE = Handler.named("note", Void.class, Void.class);

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();
    private final List<Instant> fired = new ArrayList<>();
    private boolean isReady = true;
    private Duration guess = Duration.ZERO;
    private Duration ahead = Duration.ZERO;

    private Object answer(String method, Object given) {
        return switch (method) {
            case "nowMicros" -> (long) given + TimeUnit.NANOSECONDS.toMicros((isReady ? ahead : guess).toNanos());
            case "ready" -> Mono.fromRunnable(() -> isReady = true);
            default -> given;
        };
    }

    private SchedulerBuilder overTheStore() {
        TaskStore store =
                StandInStore.shared(memory, (called, arguments, through) -> answer(called.getName(), through.get()));
        return builder().store(store).handle(NOTE, (none, run) -> {
            fired.add(run.fireTime());
            return Mono.empty();
        });
    }

    @Test
    void aFireTimeThatCountsFromNowWaitsUntilTheTimeOfTheStoreIsKnown() {
        isReady = false;
        guess = Duration.ofMinutes(10);
        ReactiveScheduler scheduler = stoppedLater(overTheStore().build());

        scheduler.schedule(NOTE.task().id("t").after(SECOND)).subscribe();
        settle();

        assertThat(now(memory.task("t")).nextFireTime()).isEqualTo(START.plus(SECOND));
    }

    @Test
    void ofSeveralLateFireTimesNoneRunsThatTheStoreHasNotReached() {
        ReactiveScheduler scheduler = stoppedLater(overTheStore().build());
        scheduler.schedule(NOTE.task().id("t").every(SECOND).maxRuns(3)).subscribe();
        pass(Duration.ofMillis(2_500));
        ahead = Duration.ofMillis(600);

        scheduler.start();
        settle();

        assertThat(fired).containsExactly(START.plusSeconds(2));
    }
}
