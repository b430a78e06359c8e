package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryRaceTest extends MemoryFixture {

    private static final int ROUNDS = 5_000;
    private static final int TASKS = 100_000;

    /**
     * A saver and a node that is about to sleep meet again and again. Whoever comes first, the node learns of the task:
     * by its claim, by the time it is told, or by a hint.
     */
    @Test
    void noWakeUpIsLostBetweenASaveAndAClaimThatFindsNothing() {
        InMemoryTaskStore store = store();
        AtomicLong hinted = new AtomicLong(Position.NO_TIME);
        store.hints().subscribe(hint -> hinted.accumulateAndGet(hint.number(), Math::min));
        AtomicInteger turn = new AtomicInteger();
        long due = store.nowMicros();
        TaskRecord[] records = new TaskRecord[ROUNDS + 1];
        Arrays.setAll(records, i -> record("t" + i));
        Runnable saver = () -> {
            for (int i = 1; i <= ROUNDS; i++) {
                while (turn.get() < 2 * i - 1) {
                    Thread.onSpinWait();
                }
                dawdle();
                save(store, records[i], due);
                turn.incrementAndGet();
            }
        };
        Runnable node = () -> {
            for (int i = 1; i <= ROUNDS; i++) {
                hinted.set(Position.NO_TIME);
                turn.incrementAndGet();
                dawdle();
                ClaimBatch batch = ask(store, 1);
                while (turn.get() < 2 * i) {
                    Thread.onSpinWait();
                }
                if (batch.claims().isEmpty()) {
                    assertThat(Math.min(batch.nextDueMicros()[0], hinted.get()))
                            .as("round %s: when to look again", i)
                            .isLessThanOrEqualTo(due);
                    batch = ask(store, 1);
                }
                assertThat(ids(batch.claims())).containsExactly("t" + i);
                succeed(store, batch.claims().get(0));
            }
        };

        together(List.of(saver, node));
    }

    /** A moment of random length, so that the two meet in every possible way. */
    private static void dawdle() {
        for (int spins = ThreadLocalRandom.current().nextInt(40); spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aTaskThatIsCancelledWhileItIsClaimedIsEitherRunOrCancelledAndTheOwnerIsTold() {
        InMemoryTaskStore store = store(Retention.defaults().total(TASKS));
        Queue<String> hinted = new ConcurrentLinkedQueue<>();
        store.hints()
                .filter(hint -> hint.kind() == TaskStore.Hint.Kind.CANCEL_TASK)
                .subscribe(hint -> hinted.add(hint.subject()));
        long due = store.nowMicros();
        for (int i = 0; i < TASKS; i++) {
            save(store, record("t" + i), due - TASKS + i);
        }
        List<Claim> claims = new ArrayList<>();
        Set<String> cancelled = ConcurrentHashMap.newKeySet();
        Runnable canceller = () -> {
            for (int i = TASKS - 1; i >= 0; i--) {
                if (get(store.cancel("t" + i)).state() == TaskState.CANCELLED) {
                    cancelled.add("t" + i);
                }
            }
        };
        Runnable claimer = () -> {
            for (List<Claim> some = claim(store, 64); !some.isEmpty(); some = claim(store, 64)) {
                claims.addAll(some);
            }
        };

        together(List.of(canceller, claimer));

        assertThat(cancelled).hasSize(TASKS);
        assertThat(hinted).hasSameSizeAs(claims);
        assertThat(new HashSet<>(hinted)).isEqualTo(new HashSet<>(ids(claims)));
        for (Claim claim : claims) {
            assertThat(succeed(store, claim).state()).isEqualTo(TaskState.CANCELLED);
        }
        TaskStore.StoreStats stats = get(store.stats());
        assertThat(stats.tasks()).containsOnlyKeys(TaskState.CANCELLED).containsEntry(TaskState.CANCELLED, (long)
                TASKS);
        assertThat(stats.queues().get(QUEUE)).isEqualTo(new TaskStore.QueueStats(0, 0, 0, Position.NO_TIME));
        assertSound(store);
    }

    @Test
    void everyTaskIsClaimedOnceWhileMoreComeAndOthersMoveBetweenQueues() {
        InMemoryTaskStore store = store();
        int tasks = TASKS / 4;
        long due = store.nowMicros();
        AtomicBoolean isSaved = new AtomicBoolean();
        Set<String> done = ConcurrentHashMap.newKeySet();
        Runnable saver = () -> {
            for (int i = 0; i < tasks; i++) {
                save(store, record("t" + i), due);
            }
            isSaved.set(true);
        };
        Runnable mover = () -> {
            for (int i = 0; !isSaved.get(); i++) {
                save(store, keyed("moving", "k", i % 2), due + 3_600_000_000L);
                TaskRecord elsewhere = TaskRecord.builder("moving", HANDLER)
                        .settingsOf(Task.of(HANDLER, run -> reactor.core.publisher.Mono.empty())
                                .queue("other"))
                        .build();
                save(store, elsewhere, due + 3_600_000_000L);
            }
        };
        Runnable node = () -> {
            while (done.size() < tasks) {
                for (Claim claim : claim(store, 16)) {
                    assertThat(done.add(claim.task().id()))
                            .as("%s claimed once", claim)
                            .isTrue();
                    assertThat(succeed(store, claim).isStale()).isFalse();
                }
            }
        };

        together(List.of(saver, mover, node, node));

        assertThat(done).hasSize(tasks);
        assertThat(get(store.task("moving")).queue()).isIn(QUEUE, "other");
        TaskStore.StoreStats stats = get(store.stats());
        assertThat(stats.queues().values().stream()
                        .mapToLong(TaskStore.QueueStats::waiting)
                        .sum())
                .isEqualTo(1);
        assertThat(stats.tasks()).containsEntry(TaskState.PENDING, 1L);
        assertSound(store);
    }

    /** Tasks that are taken back at once, most of them before they come into line, while a node claims what it can get. */
    @Test
    void whatIsTakenBackWhileItArrivesIsClaimedOrGoneAndLeavesItsPlace() {
        InMemoryTaskStore store = store();
        get(store.declareQueue(TaskQueue.named(QUEUE).capacity(4)));
        long due = store.nowMicros();
        AtomicInteger takenBack = new AtomicInteger();
        AtomicInteger savers = new AtomicInteger(2);
        Queue<Claim> claims = new ConcurrentLinkedQueue<>();
        List<Runnable> runners = new ArrayList<>();
        for (int saver = 0; saver < 2; saver++) {
            String name = "saver" + saver + "-";
            runners.add(() -> {
                for (int i = 0; i < TASKS / 4; i++) {
                    save(store, record(name + i), due);
                    dawdle();
                    TaskInfo removed = get(store.remove(name + i));
                    takenBack.addAndGet(removed.running() == 0 ? 1 : 0);
                }
                savers.decrementAndGet();
            });
        }
        runners.add(() -> {
            while (savers.get() > 0) {
                claims.addAll(claim(store, 1));
                dawdle();
            }
        });
        together(runners);

        assertThat(takenBack.get() + claims.size()).isEqualTo(2 * (TASKS / 4));
        assertThat(claim(store, ALL)).isEmpty();
        assertThat(get(store.stats()).tasks()).isEmpty();
        assertThat(store.store.lanes().iterator().next().places).hasValue(0);
        assertSound(store);
    }
}
