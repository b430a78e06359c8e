package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A task whose nodes are lost again and again, as those see it who are left. */
class QuarantineTest extends InVirtualTime {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Handler<Void, String> POISON = Handler.named("poison", Void.class, String.class);

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).quarantineAfter(2).build();
    private final TaskStore store = StandInStore.shared(memory);
    private final List<SchedulerEvent> events = new ArrayList<>();
    private ReactiveScheduler watcher;

    @BeforeEach
    void watch() {
        watcher = started(builder().store(store).lease(LEASE));
        watcher.events().subscribe(events::add);
        settle();
    }

    /** A node takes the work and is never heard of again. */
    private Claim lose() {
        ClaimRequest request = new ClaimRequest(
                "lost", LEASE, List.of(new ClaimRequest.Slots(TaskQueue.DEFAULT_NAME, 1)), Set.of("poison"));
        Claim claim = now(memory.claim(request)).claims().get(0);
        pass(LEASE.plus(LEASE));
        return claim;
    }

    @Test
    void isToldOnceToWhoeverListens() {
        now(watcher.schedule(POISON.task().id("a")));
        lose();
        assertThat(events).extracting(SchedulerEvent::kind).doesNotContain(SchedulerEvent.Kind.QUARANTINED);

        Claim claim = lose();
        pass(LEASE.multipliedBy(3));

        assertThat(events)
                .filteredOn(event -> event.kind() == SchedulerEvent.Kind.QUARANTINED)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.taskId()).isEqualTo("a");
                    assertThat(event.executionId()).isEqualTo(claim.executionId());
                    assertThat(event.message()).contains("lost 2 times");
                    assertThat(event.isLast()).isTrue();
                });
        assertThat(now(watcher.tasks(TaskQuery.all().state(TaskState.QUARANTINED))))
                .extracting(TaskInfo::id)
                .containsExactly("a");
        assertThat(now(watcher.stats()).tasks()).containsEntry(TaskState.QUARANTINED, 1L);
    }

    @Test
    void failsTheStreamOfItsResultsWithTheReason() {
        ScheduledTask<String> task =
                Objects.requireNonNull(now(watcher.schedule(POISON.task().id("a"))));
        List<Throwable> errors = new ArrayList<>();
        task.results().subscribe(result -> {}, errors::add);
        settle();
        lose();
        lose();
        settle();

        assertThat(errors)
                .singleElement()
                .satisfies(error -> assertThat(error)
                        .isInstanceOf(TaskFailedException.class)
                        .hasMessageContaining("lost 2 times"));
        assertThatThrownBy(() -> task.results().collectList().block(Duration.ZERO.plusSeconds(1)))
                .isInstanceOf(TaskFailedException.class);
    }

    @Test
    void isReleasedByResume() {
        now(watcher.schedule(POISON.task().id("a")));
        lose();
        lose();
        ReactiveScheduler healed =
                started(builder().store(store).handle(POISON, (input, run) -> Mono.just("survived")));

        assertThat(now(healed.resume("a")).state()).isEqualTo(TaskState.PENDING);
        pass(Duration.ofSeconds(2));

        assertThat(stateOf(healed, "a")).isEqualTo(TaskState.COMPLETED);
        assertThat(now(healed.task("a")).crashes()).isZero();
    }
}
