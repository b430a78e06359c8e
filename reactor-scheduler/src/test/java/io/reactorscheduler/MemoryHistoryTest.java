package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class MemoryHistoryTest extends MemoryFixture {

    @Test
    void aMillionOneShotsLeaveNoMoreThanTheTotalAndNoTasksBehind() {
        InMemoryTaskStore store = store(Retention.defaults().total(100));
        long due = store.nowMicros();
        for (int i = 0; i < 10_000; i++) {
            save(store, record("t" + i), due);
            succeed(store, claim(store, 1).get(0));
        }

        List<Execution> kept = store.executions(ExecutionQuery.all().limit(1_000))
                .collectList()
                .block();
        assertThat(kept).hasSize(100);
        assertThat(kept.get(0).taskId()).isEqualTo("t9999");
        assertThat(store.tasks(TaskQuery.all().limit(1_000)).count().block()).isEqualTo(100);
        assertThat(get(store.stats()).tasks()).containsEntry(TaskState.COMPLETED, 100L);
    }

    @Test
    void aBusyQueueDoesNotPushOutTheHistoryOfAQuietOne() {
        InMemoryTaskStore store = store(Retention.defaults().total(100));
        long due = store.nowMicros();
        for (int i = 0; i < 10; i++) {
            save(store, queued("quiet-" + i), due);
        }
        for (Claim claim : get(store.claim(new ClaimRequest(
                        "n", LEASE, List.of(new ClaimRequest.Slots("quiet", 10)), java.util.Set.of(HANDLER))))
                .claims()) {
            succeed(store, claim);
        }
        for (int i = 0; i < 1_000; i++) {
            save(store, record("busy-" + i), due);
            succeed(store, claim(store, 1).get(0));
        }

        assertThat(store.executions(ExecutionQuery.all().queue("quiet")).count().block())
                .isEqualTo(10);
        assertThat(store.executions(ExecutionQuery.all().limit(1_000)).count().block())
                .isEqualTo(100);
    }

    @Test
    void whatIsTooOldGoesWithItsTaskAndItsEvents() {
        InMemoryTaskStore store = store();
        save(store, record("a"), store.nowMicros());
        Claim claim = claim(store, 1).get(0);
        ExecutionEvent said = new ExecutionEvent(claim.executionId(), START, ExecutionEvent.Level.INFO, "hello", null);
        store.append(List.of(new TaskStore.Said(claim, said))).block();
        succeed(store, claim);
        assertThat(store.events(claim.executionId()).count().block()).isEqualTo(1);

        pass(Retention.DEFAULT_AGE.plusSeconds(1));
        get(store.sweep());

        assertThat(store.task("a").block()).isNull();
        assertThat(store.executions(ExecutionQuery.all()).count().block()).isZero();
        assertThat(store.events(claim.executionId()).count().block()).isZero();
    }

    @Test
    void aTimelineThatEndedGoesWithItsHistoryAlsoWhenItsLastRunWasCancelled() {
        InMemoryTaskStore store = store();
        TaskRecord repeating = TaskRecord.builder("a", HANDLER)
                .trigger(Trigger.every(Duration.ofHours(1)))
                .build();
        save(store, repeating, store.nowMicros());
        end(store, claim(store, 1).get(0), Outcome.cancelled("overlapped"), Position.ENDED);
        assertThat(get(store.task("a")).state()).isEqualTo(TaskState.CANCELLED);

        pass(Retention.DEFAULT_AGE.plusSeconds(1));
        get(store.sweep());

        assertThat(store.task("a").block()).isNull();
    }

    @Test
    void aCancelledTimelineAndATaskToBeTriggeredOutliveTheirHistory() {
        InMemoryTaskStore store = store();
        long due = store.nowMicros();
        TaskRecord repeating = TaskRecord.builder("repeating", HANDLER)
                .trigger(Trigger.every(Duration.ofHours(1)))
                .build();
        save(store, repeating, due);
        end(store, claim(store, 1).get(0), Outcome.completed(null, null), Position.at(due + 1, due + 1));
        get(store.cancel("repeating"));
        get(store.save(new NewTask(record("manual"), Position.ENDED, IfExists.REPLACE)));
        get(store.enqueue("manual", new TaskStore.Extra(due, null)));
        end(store, claim(store, 1).get(0), Outcome.completed(null, null), Position.UNCHANGED);
        save(store, record("cancelled"), due + 1);
        get(store.cancel("cancelled"));

        pass(Retention.DEFAULT_AGE.plusSeconds(1));
        get(store.sweep());

        assertThat(store.tasks(TaskQuery.all()).map(TaskInfo::id).collectList().block())
                .containsExactly("manual", "repeating");
        assertThat(store.executions(ExecutionQuery.all()).count().block()).isZero();
        assertThat(get(store.resume("repeating", Position.at(due, due))).state())
                .isEqualTo(TaskState.PENDING);
    }

    @Test
    void aTaskThatIsRemovedLeavesNoneOfItsExecutionsBehindWhateverTheyWaitFor() {
        InMemoryTaskStore store = store();
        long due = store.nowMicros();
        get(store.save(new NewTask(record("a"), Position.ENDED, IfExists.REPLACE)));
        ExecutionError failure = ExecutionError.of(new IllegalStateException("no"));
        for (int i = 0; i < 4; i++) {
            get(store.enqueue("a", new TaskStore.Extra(due, null)));
        }
        succeed(store, claim(store, 1).get(0));
        end(store, claim(store, 1).get(0), Outcome.retryAt(due + 1_000_000, failure), Position.UNCHANGED);
        save(store, record("b"), due);
        claim(store, ALL);
        MemoryLane lane = store.store.lanes().iterator().next();
        assertThat(lane.cells.size()).isEqualTo(5);

        get(store.remove("a"));
        get(store.remove("b"));

        assertThat(lane.cells.size()).isZero();
        assertThat(lane.active.size()).isZero();
    }

    @Test
    void aTaskThatGoesToAnotherQueueTakesItsExecutionsAlong() {
        InMemoryTaskStore store = store();
        long due = store.nowMicros();
        get(store.save(new NewTask(record("a"), Position.ENDED, IfExists.REPLACE)));
        for (int i = 0; i < 3; i++) {
            get(store.enqueue("a", new TaskStore.Extra(due, null)));
        }
        succeed(store, claim(store, 1).get(0));
        Claim active = claim(store, 1).get(0);
        MemoryLane before = store.store.lanes().iterator().next();

        get(store.save(new NewTask(queued("a"), Position.ENDED, IfExists.REPLACE)));

        assertThat(before.cells.size()).isZero();
        assertThat(store.executions(ExecutionQuery.all().task("a"))
                        .map(Execution::id)
                        .collectList()
                        .block())
                .containsExactlyInAnyOrder("a#1", "a#2", "a#3");
        assertThat(succeed(store, active).isStale()).isFalse();
        get(store.remove("a"));
        assertThat(store.store.lanes())
                .allSatisfy(lane -> assertThat(lane.cells.size()).isZero());
    }

    @Test
    void storedResultsOfADeletedTaskAreNamedByTheNextSweep() {
        InMemoryTaskStore store = store();
        save(store, record("a"), store.nowMicros());
        end(store, claim(store, 1).get(0), Outcome.completed("reference", null), Position.ENDED);
        get(store.remove("a"));

        assertThat(get(store.sweep()).dropped()).containsExactly("reference");
        assertThat(get(store.sweep()).dropped()).isEmpty();
    }

    private static TaskRecord queued(String id) {
        return TaskRecord.builder(id, HANDLER)
                .settingsOf(Task.of(HANDLER, run -> Mono.empty()).queue("quiet"))
                .build();
    }

    @Test
    void tasksThatAreTakenBackAtOnceLeaveAThousandBehindAtMostUntilTheNextClaim() {
        InMemoryTaskStore store = store();
        long due = store.nowMicros();
        for (int i = 0; i < 5_000; i++) {
            save(store, record("a" + i), due);
            save(store, record("b" + i), due);
            get(store.remove("a" + i));
            get(store.remove("b" + i));
        }
        MemoryLane lane = store.store.lanes().iterator().next();
        int left = 0;
        synchronized (lane) {
            for (MemoryTask task = lane.inbox.takeAll(); task != null; task = task.after) {
                left++;
            }
        }

        assertThat(left).isBetween(1, 1_024);
        assertThat(lane.places).hasValue(0);
    }

    @Test
    void sweepsLookAtAllTasksInTurnHoweverManyThereAre() {
        InMemoryTaskStore store = store();
        long due = store.nowMicros() + 1_000_000;
        for (int i = 0; i < 10_000; i++) {
            save(store, record("a" + i), due);
        }
        claim(store, 1);
        for (int i = 0; i < 10_000; i += 100) {
            Objects.requireNonNull(store.store.shared.ids.get("a" + i)).where = MemoryTask.OUT;
        }
        List<String> findings = new ArrayList<>();

        for (int sweeps = 0; sweeps < 32; sweeps++) {
            findings.addAll(get(store.sweep()).findings());
        }

        assertThat(Set.copyOf(findings)).hasSize(100).allMatch(finding -> finding.contains(" is PENDING"));
    }
}
