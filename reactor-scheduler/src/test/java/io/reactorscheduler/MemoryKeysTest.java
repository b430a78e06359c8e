package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryKeysTest extends MemoryFixture {

    private static final int MANY = 50_000;

    @Test
    void aKeyWithOneTaskWaitsForOneRoundHoweverManyTasksOthersHave() {
        InMemoryTaskStore store = store();
        store.declareQueue(TaskQueue.named(QUEUE).keyConcurrency(ALL - 1)).block();
        long now = store.nowMicros();
        for (int i = 0; i < MANY; i++) {
            save(store, keyed("busy-" + i, "busy", 0), now - MANY + i);
        }
        save(store, keyed("other", "other", 0), now);

        assertThat(ids(claim(store, 2))).containsExactly("busy-0", "other");
        assertThat(claim(store, 3)).extracting(claim -> claim.task().key()).containsOnly("busy");
    }

    @Test
    void keysTakeTurns() {
        InMemoryTaskStore store = store();
        store.declareQueue(TaskQueue.named(QUEUE).keyConcurrency(10)).block();
        long now = store.nowMicros();
        for (int i = 0; i < 12; i++) {
            save(store, keyed("t" + i, "k" + i / 4, 0), now - 100 + i);
        }

        assertThat(claim(store, 6))
                .extracting(claim -> claim.task().key())
                .containsExactly("k0", "k1", "k2", "k0", "k1", "k2");
        assertThat(claim(store, 6))
                .extracting(claim -> claim.task().key())
                .containsExactly("k0", "k1", "k2", "k0", "k1", "k2");
    }

    @Test
    void priorityComesBeforeTurns() {
        InMemoryTaskStore store = store();
        store.declareQueue(TaskQueue.named(QUEUE).keyConcurrency(10)).block();
        long now = store.nowMicros();
        save(store, keyed("low", "a", 0), now - 10);
        save(store, keyed("high-1", "b", 5), now - 2);
        save(store, keyed("high-2", "b", 5), now - 1);

        assertThat(ids(claim(store, 3))).containsExactly("high-1", "high-2", "low");
    }

    @Test
    void aBlockedKeyIsParkedAndItsSlotWakesSleepingNodes() {
        InMemoryTaskStore store = store();
        store.declareQueue(TaskQueue.named(QUEUE).keyConcurrency(1)).block();
        List<TaskStore.Hint> hints = new java.util.ArrayList<>();
        store.hints().subscribe(hints::add);
        long now = store.nowMicros();
        for (int i = 0; i < 10; i++) {
            save(store, keyed("t" + i, "k", 0), now - 10 + i);
        }
        Claim first = claim(store, 5).get(0);
        assertThat(ask(store, 5).nextDueMicros()).containsExactly(Position.NO_TIME);
        hints.clear();

        succeed(store, first);

        assertThat(hints).containsExactly(new TaskStore.Hint(TaskStore.Hint.Kind.DUE, QUEUE, now - 9));
        assertThat(ids(claim(store, 5))).containsExactly("t1");
    }

    @Test
    void aKeyWithoutTokensRestsUntilItsNextOne() {
        InMemoryTaskStore store = store();
        store.declareQueue(TaskQueue.named(QUEUE).keyRateLimit(2, Duration.ofSeconds(1)))
                .block();
        long now = store.nowMicros();
        for (int i = 0; i < 5; i++) {
            save(store, keyed("t" + i, "k", 0), now - 10 + i);
        }

        ClaimBatch batch = ask(store, 5);
        assertThat(ids(batch.claims())).containsExactly("t0", "t1");
        assertThat(batch.nextDueMicros()).containsExactly(now + 500_000);
        pass(Duration.ofMillis(500).minusNanos(1_000));
        assertThat(claim(store, 5)).isEmpty();
        pass(Duration.ofNanos(1_000));
        assertThat(ids(claim(store, 5))).containsExactly("t2");
    }

    @Test
    void keysThatNothingUsesAreForgottenOnceTheirBucketsAreFull() {
        MemoryKeys keys = new MemoryKeys(TaskQueue.named("q").keyRateLimit(1, Duration.ofSeconds(1)));
        for (int i = 0; i < 100; i++) {
            MemoryKey key = keys.key("k" + i, 0);
            keys.start(key);
            keys.end(key, 10);
        }
        assertThat(keys.size()).isEqualTo(100);

        for (int i = 0; i < 100; i++) {
            keys.forget(1_000_000);
        }

        assertThat(keys.size()).isZero();
    }

    @Test
    void limitsThatChangeTakeWhatWaitsAndRunsWithThem() {
        InMemoryTaskStore store = store();
        long now = store.nowMicros();
        for (int i = 0; i < 6; i++) {
            save(store, keyed("t" + i, "k", 0), now - 10 + i);
        }
        Claim running = claim(store, 1).get(0);

        store.declareQueue(TaskQueue.named(QUEUE).keyConcurrency(2)).block();

        assertThat(ids(claim(store, 5))).containsExactly("t1");
        succeed(store, running);
        assertThat(ids(claim(store, 5))).containsExactly("t2");
        store.declareQueue(TaskQueue.named(QUEUE)).block();
        assertThat(ids(claim(store, 5))).containsExactly("t3", "t4", "t5");
        assertSound(store);
    }
}
