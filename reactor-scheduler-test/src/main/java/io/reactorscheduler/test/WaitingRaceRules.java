package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.RejectedTaskException;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.Disposables;

/** Races of those who save with nodes that sleep, and with each other for the last places of a queue. */
abstract class WaitingRaceRules extends StoreRules {

    private static final long PATIENCE_MILLIS = 10_000;
    private static final long PARKED_NANOS = 20_000;

    private final AtomicInteger done = new AtomicInteger();
    private final Semaphore awake = new Semaphore(0);
    private final int many;
    private Disposable listening = Disposables.disposed();

    /** How long hints may be late; null where none may be lost. */
    private @Nullable Duration poll;

    WaitingRaceRules(TaskStoreContract contract) {
        super(contract);
        this.many = contract.raceTasks();
    }

    @BeforeEach
    void listen() {
        listening = store.hints().subscribe(hint -> {
            // as a node does: what is due later wakes it later, and nothing of these tests is
            if (hint.kind() == Hint.Kind.DUE && hint.number() <= now()) {
                awake.release();
            }
        });
        pass(20);
        poll = store.safetyPoll();
    }

    @AfterEach
    void listenNoMore() {
        listening.dispose();
    }

    /** Runs what is due; when nothing is, sleeps until a hint comes. */
    private void workOrSleep(int all) {
        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 3));
        for (Claim claim : batch.claims()) {
            assertThat(succeed(claim).isStale()).isFalse();
        }
        if (done.addAndGet(batch.claims().size()) < all && batch.nextDueMicros()[0] > batch.nowMicros()) {
            sleep();
        }
    }

    private void sleep() {
        try {
            long patience = poll == null ? PATIENCE_MILLIS : poll.toMillis();
            boolean isHinted = awake.tryAcquire(patience, TimeUnit.MILLISECONDS);
            // hints of a shared store may be lost, then its safety poll finds the work
            assertThat(isHinted || store.isShared()).as("hinted").isTrue();
            awake.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while it slept", e);
        }
    }

    @Test
    void aNodeThatSleepsUntilItIsHintedMissesNothing() {
        int tasks = many / 5;

        new Race()
                .once(() -> numbered("t", tasks).forEach(id -> save(once(id))))
                .until(() -> done.get() == tasks, 1, () -> workOrSleep(tasks))
                .run();

        assertNothingToClaim();
    }

    @Test
    void aTaskBroughtForwardWhileItIsSavedIsHinted() {
        int tasks = store.isShared() ? many / 5 : many;
        Race race = new Race();

        race.once(() -> saveInTurn(
                        race, tasks, id -> save(once(id).due(future()).ifExists(IfExists.KEEP))))
                .once(() -> saveInTurn(race, tasks, id -> save(once(id))))
                .until(() -> done.get() == tasks, 1, () -> workOrSleep(tasks))
                .run();

        assertNothingToClaim();
    }

    /** Saves each task when the one before it has run, so that all who do so start at the same moment. */
    private void saveInTurn(Race race, int tasks, Consumer<String> save) {
        List<String> ids = numbered("t", tasks);
        for (int i = 0; i < tasks && !race.isOver(); i++) {
            while (done.get() < i && !race.isOver()) {
                awaitABit();
            }
            save.accept(ids.get(i));
        }
    }

    /** Servers need the processor that a spinning thread would take, and calls to them last longer than this. */
    private void awaitABit() {
        if (store.isShared()) {
            LockSupport.parkNanos(PARKED_NANOS);
        } else {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFullQueueStaysWithinItsCapacityWhenManySaveAtOnce() {
        int each = many / 50;
        int capacity = 2 * each + 1;
        declare(TaskQueue.named(QUEUE).capacity(capacity));
        AtomicInteger rejected = new AtomicInteger();
        Race race = new Race();
        for (String prefix : List.of("a", "b", "c", "d")) {
            race.once(() -> numbered(prefix, each).forEach(id -> {
                try {
                    save(once(id));
                } catch (RejectedTaskException full) {
                    rejected.incrementAndGet();
                }
            }));
        }

        race.run();

        assertThat(rejected).hasValue(4 * each - capacity);
        assertThat(claims(4 * each)).hasSize(capacity);
    }

    @Test
    void savingKnownTasksTakesNoPlaceNotEvenForAMoment() {
        int rounds = 2 * many;
        declare(TaskQueue.named(QUEUE).capacity(2));
        save(once("known"));
        AtomicInteger saved = new AtomicInteger();

        new Race()
                .once(() -> {
                    for (int i = 0; i < rounds; i++) {
                        save(once("new"));
                        get(store.remove("new"));
                        saved.incrementAndGet();
                    }
                })
                .until(() -> saved.get() == rounds, 2, () -> save(once("known").due(future())))
                .run();

        assertThat(saved).hasValue(rounds);
    }
}
