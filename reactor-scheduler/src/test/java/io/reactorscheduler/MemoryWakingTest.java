package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which changes wake sleeping nodes, and which do not. */
class MemoryWakingTest extends MemoryFixture {

    private final InMemoryTaskStore store = store();
    private final List<Long> hinted = new ArrayList<>();

    MemoryWakingTest() {
        store.hints()
                .filter(hint -> hint.kind() == TaskStore.Hint.Kind.DUE)
                .subscribe(hint -> hinted.add(hint.number()));
    }

    @Test
    void aSaveThatIsSoonerThanWhatSleepersKnowWakesThemOnce() {
        long now = store.nowMicros();
        save(store, record("before-anybody-asked"), now + 1_000);
        assertThat(hinted).isEmpty();
        assertThat(ask(store, 1).nextDueMicros()).containsExactly(now + 1_000);

        save(store, record("later"), now + 2_000);
        save(store, record("sooner"), now + 500);
        save(store, record("between"), now + 700);
        save(store, record("soonest"), now + 100);

        assertThat(hinted).containsExactly(now + 500, now + 100);
    }

    @Test
    void aSaveDuringAClaimThatIsAboutToReportNothingIsReported() {
        long now = store.nowMicros();
        ask(store, 1);
        save(store, record("first"), now);
        hinted.clear();

        ClaimBatch batch = get(store.claim(new ClaimRequest(
                "node",
                LEASE,
                List.of(new ClaimRequest.Slots(QUEUE, 1)),
                new Meanwhile(() -> save(store, record("second"), now)))));

        assertThat(ids(batch.claims())).containsExactly("first");
        assertThat(hinted).as("everybody knew of work at that time").isEmpty();
        assertThat(batch.nextDueMicros()[0]).isLessThanOrEqualTo(now);
    }

    @Test
    void aTaskThatIsBroughtForwardBeforeItsSaverIsDoneIsNews() {
        MemoryStore inside = new MemoryStore(shared());
        inside.shared.hints.hints().subscribe(hint -> hinted.add(hint.number()));
        long now = 1_000_000;
        ClaimRequest request =
                new ClaimRequest("node", LEASE, List.of(new ClaimRequest.Slots(QUEUE, 5)), Set.of(HANDLER));
        inside.claim(request, now);
        MemoryLane lane = inside.lanes().iterator().next();
        MemoryTask task = new MemoryTask(record("a"), lane, Position.at(now + 500, now + 500));
        inside.shared.ids.putIfAbsent(task);

        inside.change("a", now, it -> {
            MemoryChanges.reschedule(it, Trigger.now(), Position.at(now, now), now);
            return it.info();
        });
        assertThat(hinted).as("it is not in line yet").isEmpty();
        boolean isDrainDue = lane.offer(task, now + 500);

        assertThat(hinted).containsExactly(now + 500);
        assertThat(isDrainDue).isTrue();
        synchronized (lane) {
            lane.drain(now);
            lane.tell(lane.takeNews());
        }
        assertThat(hinted).containsExactly(now + 500, now);
        assertThat(ids(inside.claim(request, now).claims())).containsExactly("a");
    }

    @Test
    void whatAnEndedRunLeavesToDoWakesSleepers() {
        long now = store.nowMicros();
        TaskRecord hourly = TaskRecord.builder("hourly", HANDLER)
                .trigger(Trigger.every(Duration.ofHours(1)))
                .build();
        save(store, hourly, now);
        Claim claim = claim(store, 5).get(0);
        get(store.enqueue("hourly", new TaskStore.Extra(now, null)));
        assertThat(ask(store, 5).nextDueMicros()).containsExactly(Position.NO_TIME);
        assertThat(hinted).isEmpty();

        end(store, claim, Outcome.completed(null, null), Position.at(now + 3_600_000_000L, now + 3_600_000_000L));

        assertThat(hinted).containsExactly(now);
    }

    @Test
    void aRetryAndAReleaseWakeSleepers() {
        long now = store.nowMicros();
        save(store, record("a"), now);
        Claim first = claim(store, 5).get(0);
        end(
                store,
                first,
                Outcome.retryAt(now + 50, ExecutionError.of(new IllegalStateException("m"))),
                Position.UNCHANGED);
        assertThat(hinted).containsExactly(now + 50);
        pass(Duration.ofMillis(1));
        Claim second = claim(store, 5).get(0);
        hinted.clear();

        end(store, second, Outcome.released(), Position.UNCHANGED);

        assertThat(hinted).containsExactly(now + 50);
    }

    @Test
    void savesIntoAPausedQueueAndBeyondARateWakeNobodyTwice() {
        store.declareQueue(TaskQueue.named(QUEUE).rateLimit(1, Duration.ofSeconds(1)))
                .block();
        long now = store.nowMicros();
        save(store, record("a"), now);
        claim(store, 5);
        hinted.clear();
        for (int i = 0; i < 10; i++) {
            save(store, record("limited-" + i), now);
            assertThat(claim(store, 5)).isEmpty();
        }
        assertThat(hinted).as("when the next token comes").containsExactly(now + 1_000_000);

        store.pauseQueue(QUEUE, true).block();
        hinted.clear();
        for (int i = 0; i < 10; i++) {
            save(store, record("paused-" + i), now - 1);
            ask(store, 5);
        }
        assertThat(hinted).hasSizeLessThanOrEqualTo(1);

        hinted.clear();
        store.declareQueue(TaskQueue.named(QUEUE)).block();
        assertThat(hinted).as("still paused").isEmpty();
        store.pauseQueue(QUEUE, false).block();
        assertThat(hinted).containsExactly(now - 1);
    }

    /** The set of one handler, during whose use something happens once. */
    private static final class Meanwhile extends AbstractSet<String> {
        private final Runnable what;
        private boolean happened;

        Meanwhile(Runnable what) {
            this.what = what;
        }

        @Override
        public boolean contains(Object handler) {
            if (!happened) {
                happened = true;
                what.run();
            }
            return HANDLER.equals(handler);
        }

        @Override
        public Iterator<String> iterator() {
            return Set.of(HANDLER).iterator();
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
