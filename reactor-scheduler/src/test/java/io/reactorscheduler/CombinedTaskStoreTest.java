package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Two kinds of tasks in one store: which goes where, and what both together look like. */
class CombinedTaskStoreTest extends MemoryFixture {

    private final InMemoryTaskStore shared = store();
    private final TaskStore pretended = StandInStore.shared(shared);
    private final CombinedTaskStore combined = new CombinedTaskStore(pretended);

    private NewTask task(String id, boolean isEphemeral) {
        return task(id, isEphemeral, IfExists.REPLACE, combined.nowMicros());
    }

    private static NewTask task(String id, boolean isEphemeral, IfExists ifExists, long due) {
        Task<Void, Object> settings = Task.of(HANDLER, run -> Mono.empty());
        TaskRecord record = TaskRecord.builder(id, HANDLER)
                .settingsOf(isEphemeral ? settings.ephemeral() : settings)
                .build();
        return new NewTask(record, Position.at(due, due), ifExists);
    }

    private void saveBoth() {
        get(combined.save(task("durable", false)));
        get(combined.save(task("ephemeral", true)));
    }

    private List<String> idsOf(Flux<TaskInfo> tasks) {
        return get(tasks.map(TaskInfo::id).collectList());
    }

    // ---- which goes where

    @Test
    void onlyDurableTasksAreInTheSharedStore() {
        saveBoth();

        assertThat(idsOf(shared.tasks(TaskQuery.all()))).containsExactly("durable");
        assertThat(idsOf(combined.tasks(TaskQuery.all()))).containsExactly("durable", "ephemeral");
    }

    @Test
    void whatRunsSayIsKeptWhereTheirTaskIs() {
        saveBoth();
        List<TaskStore.Said> said = claim(combined, 2).stream()
                .map(claim -> new TaskStore.Said(
                        claim,
                        new ExecutionEvent(
                                claim.executionId(),
                                EngineClock.toInstant(combined.nowMicros()),
                                ExecutionEvent.Level.INFO,
                                "said",
                                null)))
                .toList();

        assertThat(get(combined.append(said))).isEmpty();

        assertThat(said)
                .hasSize(2)
                .allSatisfy(each -> assertThat(
                                get(combined.events(each.claim().executionId()).collectList()))
                        .containsExactly(each.event()));
    }

    @Test
    void callsWithAnIdFindTheTaskWhereverItIs() {
        saveBoth();
        for (String id : List.of("durable", "ephemeral")) {
            assertThat(get(combined.task(id)).id()).isEqualTo(id);
            assertThat(get(combined.cancel(id)).state()).isEqualTo(TaskState.CANCELLED);
            long due = combined.nowMicros();
            assertThat(get(combined.resume(id, Position.at(due, due))).state()).isEqualTo(TaskState.PENDING);
            String execution = get(combined.enqueue(id, new TaskStore.Extra(due, null)));
            assertThat(execution).isEqualTo(id + "#1");
            assertThat(get(combined.executions(ExecutionQuery.of(id)).collectList()))
                    .hasSize(1);
            assertThat(get(combined.remove(id)).id()).isEqualTo(id);
            assertThat(combined.task(id).block()).isNull();
        }
        assertThatThrownBy(() -> get(combined.cancel("nobody"))).isInstanceOf(UnknownTaskException.class);
    }

    @Test
    void anIdThatIsKnownAsTheOtherKindIsKeptOrRefused() {
        saveBoth();
        long now = combined.nowMicros();
        for (String id : List.of("durable", "ephemeral")) {
            boolean other = id.equals("durable");
            TaskStore.Saved kept = get(combined.save(task(id, other, IfExists.KEEP, now)));
            assertThat(kept.isKept()).isTrue();
            assertThat(kept.task().isEphemeral()).isEqualTo(!other);
            assertThatThrownBy(() -> get(combined.save(task(id, other, IfExists.FAIL, now))))
                    .isInstanceOf(DuplicateTaskException.class);
            assertThatThrownBy(() -> get(combined.save(task(id, other, IfExists.REPLACE, now))))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("remove task \"" + id + "\" first");
            get(combined.remove(id));
            assertThat(get(combined.save(task(id, other))).isNew()).isTrue();
        }
    }

    @Test
    void anEphemeralTaskWithAGeneratedIdDoesNotAskTheSharedStore() {
        TaskStore away = failing(new StoreUnavailableException("away", null));
        CombinedTaskStore store = new CombinedTaskStore(away);

        assertThat(get(store.save(task(store.ids().next(now()), true))).isNew()).isTrue();

        assertThatThrownBy(() -> get(store.save(task("mine", true)))).isInstanceOf(StoreUnavailableException.class);
    }

    private long now() {
        return combined.nowMicros();
    }

    @Test
    void manyOfBothKindsAreSavedInTheirOrder() {
        get(combined.save(task("t05", true)));
        List<NewTask> tasks = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            boolean isEphemeral = i % 7 < 3;
            tasks.add(task("t%02d".formatted(i), isEphemeral || i == 5, IfExists.KEEP, now()));
        }

        List<TaskStore.Saved> saved =
                get(combined.saveAll(Flux.fromIterable(tasks)).collectList());

        assertThat(saved)
                .extracting(each -> each.task().id())
                .isEqualTo(tasks.stream().map(each -> each.task().id()).toList());
        assertThat(saved).filteredOn(TaskStore.Saved::isKept).hasSize(1);
        assertThat(idsOf(shared.tasks(TaskQuery.all().limit(ALL))))
                .isEqualTo(tasks.stream()
                        .map(NewTask::task)
                        .filter(task -> !task.isEphemeral())
                        .map(TaskRecord::id)
                        .sorted()
                        .toList());
    }

    @Test
    void whatWasSavedBeforeARefusedTaskOfARowIsTold() {
        get(combined.save(task("known", true)));
        List<String> saved = new ArrayList<>();
        AtomicReference<Throwable> error = new AtomicReference<>();

        combined.saveAll(Flux.just(
                        task("a", false),
                        task("b", true),
                        task("c", false),
                        task("known", true, IfExists.FAIL, now()),
                        task("d", false)))
                .subscribe(each -> saved.add(each.task().id()), error::set);

        assertThat(saved).containsExactly("a", "b", "c");
        assertThat(error.get()).isInstanceOf(DuplicateTaskException.class);
        assertThat(combined.task("d").block()).isNull();
    }

    // ---- claims

    @Test
    void claimsOfBothKindsFillTheSlotsAndTakeTurns() {
        for (int i = 0; i < 10; i++) {
            get(combined.save(task("d" + i, false)));
            get(combined.save(task("e" + i, true)));
        }
        int ephemeral = 0;
        for (int round = 0; round < 4; round++) {
            List<Claim> claims = claim(combined, 3);
            assertThat(claims).hasSize(3);
            ephemeral += (int)
                    claims.stream().filter(claim -> claim.task().isEphemeral()).count();
        }
        assertThat(ephemeral).isEqualTo(6);
        assertThat(claim(combined, 20)).hasSize(8);
        assertThat(claim(combined, 20)).isEmpty();
    }

    @Test
    void claimsComeByPriorityAndDueTimeOverBothKinds() {
        long now = now();
        get(combined.save(task("1", false, IfExists.FAIL, now - 40)));
        get(combined.save(task("2", true, IfExists.FAIL, now - 30)));
        get(combined.save(task("3", false, IfExists.FAIL, now - 20)));
        get(combined.save(task("4", true, IfExists.FAIL, now - 10)));

        assertThat(claim(combined, 10)).extracting(claim -> claim.task().id()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void theNextDueTimeIsTheEarlierOfBoth() {
        long now = now();
        get(combined.save(task("durable", false, IfExists.FAIL, now + 50)));
        get(combined.save(task("ephemeral", true, IfExists.FAIL, now + 40)));

        assertThat(ask(combined, 5).nextDueMicros()).containsExactly(now + 40);
        get(combined.remove("ephemeral"));
        assertThat(ask(combined, 5).nextDueMicros()).containsExactly(now + 50);
    }

    @Test
    void endsAreAnsweredInTheOrderOfTheirBatch() {
        for (int i = 0; i < 6; i++) {
            get(combined.save(task("t" + i, i % 2 == 0)));
        }
        List<Claim> claims = claim(combined, 10);
        get(combined.remove(claims.get(2).task().id()));
        List<Completion> ends = claims.stream()
                .map(claim -> new Completion(
                        claim, Outcome.completed(null, null), 1, now(), now(), Position.ENDED, List.of()))
                .toList();

        assertThat(get(combined.renew(claims, LEASE))).containsExactly(claims.get(2));
        assertThat(get(combined.complete(ends)))
                .extracting(TaskStore.Recorded::isStale)
                .containsExactly(false, false, true, false, false, false);
        assertThat(get(combined.stats()).tasks()).containsEntry(TaskState.COMPLETED, 5L);
        assertThat(get(combined.executions(ExecutionQuery.all()).collectList())).hasSize(5);
    }

    @Test
    void ephemeralWorkGoesOnWhileTheSharedStoreIsAway() {
        CombinedTaskStore store = new CombinedTaskStore(failing(new StoreUnavailableException("away", null)));
        get(store.save(task(store.ids().next(now()), true)));
        get(store.save(task(store.ids().next(now()), true)));

        assertThat(claim(store, 1)).hasSize(1);
        Claim second = claim(store, 5).get(0);
        assertThat(end(store, second, Outcome.completed(null, null), Position.ENDED)
                        .isStale())
                .isFalse();
        assertThatThrownBy(() -> claim(store, 5)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void ephemeralWorkOfAClaimThatNobodyWaitsForIsGivenBack() {
        Sinks.One<ClaimBatch> never = Sinks.one();
        CombinedTaskStore store = new CombinedTaskStore(answering("claim", never.asMono()));
        get(store.save(task(store.ids().next(now()), true)));
        ClaimRequest request =
                new ClaimRequest("n", LEASE, List.of(new ClaimRequest.Slots(QUEUE, 5)), java.util.Set.of(HANDLER));

        store.claim(request).subscribe().dispose();

        assertThat(get(store.stats()).tasks()).containsEntry(TaskState.PENDING, 1L);
        assertThat(get(store.tasks(TaskQuery.all()).single()).crashes()).isZero();
    }

    // ---- queues

    @Test
    void bothKindsKeepTheSettingsOfTheSharedStore() {
        get(combined.declareQueue(TaskQueue.named(QUEUE)));
        saveBoth();
        get(combined.pauseQueue(QUEUE, true));
        assertThat(claim(combined, 5)).isEmpty();
        assertThat(claim(combined, 5)).isEmpty();

        get(shared.pauseQueue(QUEUE, false));
        combined.queues().blockLast();

        assertThat(claim(combined, 5)).hasSize(2);
        assertThat(get(combined.resizeQueue(QUEUE, 7)).concurrency()).isEqualTo(7);
        assertThat(get(combined.stats()).queues().get(QUEUE).running()).isEqualTo(2);
    }

    @Test
    void hintsComeFromBoth() {
        List<String> hinted = new ArrayList<>();
        combined.hints().subscribe(hint -> hinted.add(hint.kind() + " " + hint.number()));
        ask(combined, 5);
        long now = now();
        get(combined.save(task("durable", false, IfExists.FAIL, now + 50)));
        get(combined.save(task("ephemeral", true, IfExists.FAIL, now + 40)));

        assertThat(hinted).containsExactly("DUE " + (now + 50), "DUE " + (now + 40));
    }

    @Test
    void pagesOfTasksGoOverBothKinds() {
        for (int i = 0; i < 10; i++) {
            get(combined.save(task("t" + i, i % 3 == 0)));
        }

        assertThat(idsOf(combined.tasks(TaskQuery.all().offset(3).limit(4)))).containsExactly("t3", "t4", "t5", "t6");
        assertThat(idsOf(combined.tasks(TaskQuery.all().after("t7")))).containsExactly("t8", "t9");
    }

    private TaskStore failing(RuntimeException error) {
        return answering("", Mono.error(error));
    }

    /** The shared store, of which one method, or each that goes to the store, answers this. */
    private TaskStore answering(String name, Mono<?> answer) {
        return StandInStore.over(
                pretended,
                (called, arguments, through) ->
                        called.getReturnType() == Mono.class && (name.isEmpty() || name.equals(called.getName()))
                                ? answer
                                : through.get());
    }

    @Test
    void leasesAreOfOneClock() {
        saveBoth();
        List<Claim> claims = claim(combined, 5);
        assertThat(claims).extracting(Claim::leaseMicros).containsOnly(now() + LEASE.toNanos() / 1_000);

        pass(LEASE.plus(Duration.ofSeconds(1)));

        assertThat(get(combined.sweep()).expired()).containsExactlyInAnyOrder("durable#1", "ephemeral#1");
        assertThat(claim(combined, 5)).hasSize(2);
    }
}
