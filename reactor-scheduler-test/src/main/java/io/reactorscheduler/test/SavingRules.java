package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.DuplicateTaskException;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Misfire;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.RejectedTaskException;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Saved;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What saving does to ids that are not known, many at a time, and to full queues. */
abstract class SavingRules extends StoreRules {

    private static final int MANY = 10_000;

    SavingRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void aNewTaskIsSavedAndWaitsForItsFireTime() {
        long due = future();
        Saved saved = save(once("a").head(Position.at(due - 7, due)));

        assertThat(saved.isNew()).isTrue();
        assertThat(saved.isKept()).isFalse();
        assertThat(saved.task().id()).isEqualTo("a");
        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.PENDING);
        assertThat(info.nextFireTime()).isEqualTo(instant(due - 7));
        assertThat(info.dueTime()).isEqualTo(instant(due));
        assertThat(info.running()).isZero();
        assertThat(info.executions()).isZero();
        assertThat(info.attempt()).isEqualTo(1);
    }

    @Test
    void aTaskIsHandedBackAsItWasSaved() {
        Draft draft = repeating("a")
                .input("{\"to\":\"Ada\"}")
                .with(task -> task.queue("mail")
                        .priority(-3)
                        .key("tenant")
                        .timeout(Duration.ofMillis(1_500))
                        .retry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))
                        .misfire(Misfire.all(Duration.ofHours(2), 5))
                        .tags("x", "y")
                        .description("A sentence; with \"quotes\" and \u00e9\u4e16\n")
                        .collectResults());
        TaskRecord task = TaskRecord.builder("a", Draft.HANDLER)
                .input(draft.input())
                .headers(Map.of("trace", "00-1", "who", "\u00fc"))
                .trigger(draft.trigger())
                .settingsOf(draft.settings())
                .build();

        await(store.save(new NewTask(task, draft.head(), IfExists.REPLACE)));

        assertSame(info("a").task(), task);
        Claim claim = claim(NODE, new Slots("mail", 1)).claims().get(0);
        assertSame(claim.task(), task);
        assertThat(claim.input()).isEqualTo(draft.input());
    }

    private static void assertSame(TaskRecord actual, TaskRecord expected) {
        assertThat(actual)
                .returns(expected.id(), TaskRecord::id)
                .returns(expected.handler(), TaskRecord::handler)
                .returns(expected.input(), TaskRecord::input)
                .returns(expected.headers(), TaskRecord::headers)
                .returns(expected.trigger(), TaskRecord::trigger)
                .returns(expected.queue(), TaskRecord::queue)
                .returns(expected.priority(), TaskRecord::priority)
                .returns(expected.key(), TaskRecord::key)
                .returns(expected.timeout(), TaskRecord::timeout)
                .returns(expected.retry(), TaskRecord::retry)
                .returns(expected.overlap(), TaskRecord::overlap)
                .returns(expected.misfire(), TaskRecord::misfire)
                .returns(expected.tags(), TaskRecord::tags)
                .returns(expected.description(), TaskRecord::description)
                .returns(expected.collectsResults(), TaskRecord::collectsResults);
    }

    @Test
    void aTaskWithoutAHeadOnlyWaitsToBeTriggered() {
        save(repeating("a").head(Position.ENDED));

        assertThat(info("a").nextFireTime()).isNull();
        assertNothingToClaim();
        enqueue("a", null);
        assertThat(claimOne().extra()).isTrue();
    }

    @Test
    void keepLeavesAKnownTaskAsItIs() {
        save(once("a").input("1").due(future()));

        Saved saved = save(once("a").input("2").ifExists(IfExists.KEEP));

        assertThat(saved.isNew()).isFalse();
        assertThat(saved.isKept()).isTrue();
        assertThat(saved.task().input()).isEqualTo("1");
        assertThat(info("a").task().input()).isEqualTo("1");
        assertNothingToClaim();
    }

    @Test
    void keepSavesATaskThatIsNotKnown() {
        Saved saved = save(once("a").ifExists(IfExists.KEEP));

        assertThat(saved.isNew()).isTrue();
        assertThat(saved.isKept()).isFalse();
        assertThat(claimOne().task().id()).isEqualTo("a");
    }

    @Test
    void failRefusesAKnownTaskNamingItAndChangesNothing() {
        save(once("a").input("1").due(future()));

        assertThatThrownBy(() -> save(once("a").input("2").ifExists(IfExists.FAIL)))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        error -> assertThat(error.taskId()).isEqualTo("a"));
        assertThat(info("a").task().input()).isEqualTo("1");
        assertNothingToClaim();
    }

    @Test
    void failRefusesATaskThatIsKnownAndOver() {
        succeed(start(once("a")));

        assertThatThrownBy(() -> save(once("a").ifExists(IfExists.FAIL))).isInstanceOf(DuplicateTaskException.class);
        assertThat(state("a")).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void failSavesATaskThatIsNotKnown() {
        assertThat(save(once("a").ifExists(IfExists.FAIL)).isNew()).isTrue();
    }

    // ---- many

    @Test
    void manyAreSavedInTheirOrder() {
        long due = past();
        List<String> ids = numbered("t", 2_000);

        List<Saved> saved = list(
                store.saveAll(Flux.fromIterable(ids).map(id -> once(id).due(due).newTask())));

        assertThat(saved).extracting(each -> each.task().id()).isEqualTo(ids);
        assertThat(saved).allMatch(Saved::isNew);
        assertThat(ids(claims(2_000))).as("claimed in the order of saving").isEqualTo(ids);
    }

    @Test
    void manyAreAskedForBatchByBatchAsTheSubscriberAsks() {
        AtomicLong requested = new AtomicLong();
        Flux<NewTask> tasks = Flux.fromIterable(numbered("t", MANY))
                .map(id -> once(id).newTask())
                .doOnRequest(requested::addAndGet);

        StepVerifier.create(store.saveAll(tasks), 0)
                .then(() -> assertThat(requested)
                        .as("asked before the subscriber did")
                        .hasValueLessThan(MANY / 2))
                .thenRequest(1)
                .expectNextMatches(saved -> saved.task().id().equals("t00000"))
                .then(() -> assertThat(requested).as("asked for one").hasValueLessThan(MANY / 2))
                .thenRequest(Long.MAX_VALUE)
                .expectNextCount(MANY - 1)
                .expectComplete()
                .verify(Duration.ofSeconds(60));
        assertThat(claims(MANY + 1)).hasSize(MANY);
    }

    @Test
    void manyMayBeAnEndlessStreamOfWhichSomeAreTaken() {
        Flux<NewTask> endless = Flux.<Long, Long>generate(() -> 0L, (i, sink) -> {
                    sink.next(i);
                    return i + 1;
                })
                .map(i -> once("t" + i).newTask());

        assertThat(list(store.saveAll(endless).take(10))).hasSize(10);
    }

    @Test
    void manyHonourWhatEachSaysAboutKnownIds() {
        save(once("a").input("1").due(future()));

        List<Saved> saved = list(store.saveAll(Flux.just(
                once("a").input("2").ifExists(IfExists.KEEP).newTask(),
                once("b").newTask(),
                once("a").input("3").newTask())));

        assertThat(saved).extracting(Saved::isNew).containsExactly(false, true, false);
        assertThat(saved).extracting(Saved::isKept).containsExactly(true, false, false);
        assertThat(info("a").task().input()).isEqualTo("3");
    }

    @Test
    void manyEndWithTheFirstThatIsRefusedAndTellTheOnesBefore() {
        save(once("known"));

        StepVerifier.create(store.saveAll(Flux.just(
                        once("a").newTask(),
                        once("known").ifExists(IfExists.FAIL).newTask())))
                .expectNextMatches(saved -> saved.task().id().equals("a") && saved.isNew())
                .expectError(DuplicateTaskException.class)
                .verify(Duration.ofSeconds(30));
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void manyPassOnTheErrorOfTheirSourceAfterWhatItGave() {
        StepVerifier.create(store.saveAll(
                        Flux.just(once("a").newTask()).concatWith(Flux.error(new IllegalStateException("source")))))
                .expectNextMatches(saved -> saved.task().id().equals("a"))
                .expectErrorMessage("source")
                .verify(Duration.ofSeconds(30));
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void noneAreSavedWhenTheSourceIsEmpty() {
        StepVerifier.create(store.saveAll(Flux.empty())).expectComplete().verify(Duration.ofSeconds(30));
    }

    // ---- capacity

    @Test
    void aFullQueueRejectsOneMoreTaskNamingItself() {
        declare(TaskQueue.named(QUEUE).capacity(2));
        save(once("a"));
        save(repeating("b"));

        assertThatThrownBy(() -> save(once("c"))).isInstanceOfSatisfying(RejectedTaskException.class, error -> {
            assertThat(error.queue()).isEqualTo(QUEUE);
            assertThat(error.capacity()).isEqualTo(2);
            assertThat(error.taskId()).isEqualTo("c");
        });
        assertThat(await(store.task("c"))).isNull();
        assertThat(save(once("c").queue("other")).isNew())
                .as("in a queue with room")
                .isTrue();
    }

    @Test
    void aTaskInAFullQueueCanBeReplacedAndKept() {
        declare(TaskQueue.named(QUEUE).capacity(1));
        save(once("a").input("1"));

        assertThat(save(once("a").input("2")).isNew()).isFalse();
        assertThat(save(once("a").ifExists(IfExists.KEEP)).isKept()).isTrue();
        assertThat(claimOne().input()).isEqualTo("2");
    }

    @Test
    void aRunningAndARetryingTaskKeepTheirPlaceInAQueue() {
        declare(TaskQueue.named(QUEUE).capacity(1));
        Claim claim = start(once("a"));

        assertThatThrownBy(() -> save(once("b"))).isInstanceOf(RejectedTaskException.class);
        retryAt(claim, future());
        assertThatThrownBy(() -> save(once("b"))).isInstanceOf(RejectedTaskException.class);
    }

    @Test
    void thePlaceOfATaskIsFreeAfterItsEnd() {
        declare(TaskQueue.named(QUEUE).capacity(1));
        succeed(start(once("completed")));
        fail(start(once("failed")));
        save(once("cancelled"));
        await(store.cancel("cancelled"));
        save(once("removed"));
        await(store.remove("removed"));

        assertThat(save(once("last")).isNew()).isTrue();
        assertThatThrownBy(() -> save(once("more"))).isInstanceOf(RejectedTaskException.class);
    }

    @Test
    void aLargerCapacityLetsMoreTasksIn() {
        declare(TaskQueue.named(QUEUE).capacity(1));
        save(once("a"));
        declare(TaskQueue.named(QUEUE).capacity(2));

        assertThat(save(once("b")).isNew()).isTrue();
    }
}
