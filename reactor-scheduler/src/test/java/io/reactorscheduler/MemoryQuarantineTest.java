package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Quarantine in memory: when it begins is a setting, and it does not end by itself. */
class MemoryQuarantineTest extends MemoryFixture {

    private void crash(InMemoryTaskStore store, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(claim(store, 5)).hasSize(1);
            pass(LEASE.plusSeconds(1));
            assertThat(get(store.sweep()).expired()).hasSize(1);
        }
    }

    @Test
    void isAfterThreeLostNodesUnlessItIsSaidOtherwise() {
        InMemoryTaskStore store = store();
        save(store, record("a"), store.nowMicros());
        crash(store, InMemoryTaskStore.DEFAULT_QUARANTINE_AFTER);

        assertThat(get(store.task("a")).state()).isEqualTo(TaskState.QUARANTINED);
        assertThatThrownBy(() -> InMemoryTaskStore.builder().quarantineAfter(0))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("quarantineAfter");
    }

    @Test
    void canBeSwitchedOff() {
        InMemoryTaskStore store = InMemoryTaskStore.builder()
                .scheduler(() -> time)
                .neverQuarantine()
                .build();
        save(store, record("a"), store.nowMicros());
        crash(store, 20);

        assertThat(get(store.task("a")).state()).isEqualTo(TaskState.PENDING);
        assertThat(get(store.task("a")).crashes()).isEqualTo(20);
    }

    @Test
    void outlastsTheHistoryOfTheTask() {
        InMemoryTaskStore store = store(Retention.defaults().age(Duration.ofMinutes(1)));
        save(store, record("a"), store.nowMicros());
        crash(store, InMemoryTaskStore.DEFAULT_QUARANTINE_AFTER);

        pass(Duration.ofHours(1));
        get(store.sweep());

        assertThat(get(store.executions(ExecutionQuery.of("a")).collectList())).isEmpty();
        assertThat(get(store.task("a")).state()).isEqualTo(TaskState.QUARANTINED);
        long now = store.nowMicros();
        get(store.resume("a", Position.at(now, now)));
        succeed(store, claim(store, 5).get(0));
        assertThat(get(store.task("a")).state()).isEqualTo(TaskState.COMPLETED);
        assertSound(store);
    }
}
