package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.Position;
import io.reactorscheduler.Retention;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.Trigger;
import io.reactorscheduler.embedded.FaultProxy;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The server did it, and the reply got lost: the call is sent again by the client and answered as if it had come once. */
class LostRepliesTest extends StoreTest {

    private FaultProxy proxy;
    private TaskStore direct;
    private TaskStore store;

    @BeforeEach
    void connect() throws IllegalAccessException {
        proxy = FaultProxy.to(server);
        direct = store();
        store = use(RedisTaskStore.builder()
                .uri(proxy.uri())
                .namespace(namespace)
                .commandTimeout(Duration.ofSeconds(20))
                .build());
        store.stats().block(PATIENCE);
        // else the reply that is lost says that the server does not know the script
        for (Field field : Scripts.class.getDeclaredFields()) {
            server.command("SCRIPT", "LOAD", ((Script) field.get(null)).text());
        }
    }

    @AfterEach
    void disconnect() {
        proxy.close();
    }

    /** Makes a call whose first reply is lost with its connection. */
    private <T> T withLostReply(Mono<T> call) {
        return withLostReply(call, () -> {});
    }

    /** @param meanwhile what happens before the call is sent again */
    private <T> T withLostReply(Mono<T> call, Runnable meanwhile) {
        long before = calls();
        proxy.dropReplies();
        var reply = call.toFuture();
        await("the call", () -> calls() > before);
        Pause.of(Duration.ofMillis(50));
        meanwhile.run();
        proxy.heal();
        proxy.reset();
        return Mono.fromFuture(reply).block(PATIENCE);
    }

    @Test
    void aTaskIsSavedAsNewAlsoWhereItMustNotBeKnown() {
        var saved = withLostReply(store.save(task("a", direct.nowMicros(), IfExists.FAIL)));

        assertThat(saved.isNew()).isTrue();
        assertThat(direct.stats().block(PATIENCE).tasks()).containsEntry(TaskState.PENDING, 1L);
    }

    @Test
    void manyTasksAreSavedAsNewAndTheirCallerIsAnswered() {
        int many = 1_000;

        var saved = withLostReply(store.saveAll(
                        Flux.range(0, many).map(i -> task("t" + i, direct.nowMicros(), IfExists.FAIL)))
                .collectList());

        assertThat(saved).hasSize(many).allMatch(TaskStore.Saved::isNew);
        assertThat(saved.stream().map(each -> each.task().id()))
                .containsExactlyElementsOf(
                        IntStream.range(0, many).mapToObj(i -> "t" + i).toList());
        assertThat(direct.stats().block(PATIENCE).tasks()).containsEntry(TaskState.PENDING, (long) many);
        assertThat(server.command("ZCARD", key("w:7:default:0:plain"))).isEqualTo((long) many);
    }

    @Test
    void anExecutionIsAskedForOnce() {
        direct.save(task("a", direct.nowMicros() + 1_000 * SECOND_MICROS, IfExists.FAIL))
                .block(PATIENCE);

        String id = withLostReply(store.enqueue("a", new Extra(0, null)));

        assertThat(claim(direct, 5)).extracting(Claim::executionId).containsExactly(id);
    }

    @Test
    void aClaimIsAnsweredWithTheSameWork() {
        for (String id : List.of("a", "b", "c")) {
            direct.save(due(direct, id)).block(PATIENCE);
        }

        List<Claim> claims = withLostReply(store.claim(request(2))).claims();

        assertThat(claims).extracting(claim -> claim.task().id()).containsExactly("a", "b");
        assertThat(direct.stats().block(PATIENCE).queues().get("default").running())
                .isEqualTo(2);
        assertThat(succeed(direct, claims.get(0)).isStale()).isFalse();
    }

    @Test
    void aClaimThatWasGivenUpGoesBackInLineWithTheNextOne() {
        direct.save(due(direct, "a")).block(PATIENCE);
        long before = calls();
        proxy.dropReplies();
        var abandoned = store.claim(request(1)).subscribe();
        await("the call", () -> calls() > before);
        await(
                "the claim",
                () -> direct.stats().block(PATIENCE).queues().get("default").running() == 1);
        abandoned.dispose();
        proxy.heal();
        proxy.reset();

        List<Claim> claims = claim(store, 1);

        assertThat(claims).extracting(Claim::executionId).containsExactly("a#1");
        assertThat(direct.task("a").block(PATIENCE).crashes()).isZero();
    }

    @Test
    void anEndIsRecordedOnceAndSaidToBe() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);

        var recorded = withLostReply(store.complete(List.of(success(direct, claim))));

        assertThat(recorded.get(0).isStale()).isFalse();
        assertThat(recorded.get(0).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(direct.executions(ExecutionQuery.of("a")).collectList().block(PATIENCE))
                .hasSize(1);
    }

    @Test
    void aTaskIsRemovedAndSaidToBe() {
        direct.save(due(direct, "a")).block(PATIENCE);

        assertThat(withLostReply(store.remove("a")).id()).isEqualTo("a");
    }

    @Test
    void aTaskIsCancelledOnceAndResumedOnce() {
        direct.save(due(direct, "a")).block(PATIENCE);

        assertThat(withLostReply(store.cancel("a")).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(direct.task("a").block(PATIENCE).state()).isEqualTo(TaskState.CANCELLED);
        long now = direct.nowMicros();
        assertThat(withLostReply(store.resume("a", Position.at(now, now)), this::runIt)
                        .id())
                .isEqualTo("a");
        assertThat(claim(direct, 5)).as("it has run").isEmpty();
    }

    /** What another node does while the caller still waits. */
    private void runIt() {
        Claim claim = claim(direct, 1).get(0);
        assertThat(succeed(direct, claim).isStale()).isFalse();
    }

    @Test
    void aTaskIsRescheduledOnceAlthoughItHasRunMeanwhile() {
        direct.save(task("a", direct.nowMicros() + 1_000 * SECOND_MICROS, IfExists.FAIL))
                .block(PATIENCE);
        long now = direct.nowMicros();

        var answered = withLostReply(store.reschedule("a", Trigger.now(), Position.at(now, now)), this::runIt);

        assertThat(answered.state()).isEqualTo(TaskState.PENDING);
        assertThat(claim(direct, 5)).as("it has run").isEmpty();
        assertThat(direct.task("a").block(PATIENCE).executions()).isOne();
    }

    @Test
    void aHeadIsWrittenOnce() {
        NewTask overlapping = new NewTask(
                TaskRecord.builder("a", PLAIN.name())
                        .settingsOf(PLAIN.task().every(Duration.ofSeconds(1)).overlap(Overlap.parallel(3)))
                        .trigger(Trigger.every(Duration.ofSeconds(1)))
                        .build(),
                Position.at(direct.nowMicros(), direct.nowMicros()),
                IfExists.FAIL);
        direct.save(overlapping).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);
        long next = direct.nowMicros();

        withLostReply(
                store.advance(List.of(new TaskStore.Advance(claim, Position.at(next, next)))),
                () -> assertThat(claim(direct, 5)).hasSize(1));

        assertThat(claim(direct, 5)).as("the head was taken").isEmpty();
        assertThat(direct.task("a").block(PATIENCE).running()).isEqualTo(2);
    }

    @Test
    void leasesAreRenewed() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);

        assertThat(withLostReply(store.renew(List.of(claim), LEASE)))
                .as("lost ones")
                .isEmpty();
        assertThat(succeed(direct, claim).isStale()).isFalse();
    }

    @Test
    void anExecutionIsCancelled() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);

        assertThat(withLostReply(store.cancelExecution(claim.executionId()))).isTrue();
        assertThat(succeed(direct, claim).isStale()).isFalse();
        assertThat(server.command("KEYS", key("x"))).as("what is to be ended").isEqualTo(List.of());
    }

    @Test
    void eventsAreAddedOnce() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);
        ExecutionEvent said = new ExecutionEvent(
                claim.executionId(), Instant.ofEpochSecond(1), ExecutionEvent.Level.INFO, "said", null);

        withLostReply(store.append(List.of(new TaskStore.Said(claim, said))));

        assertThat(direct.events(claim.executionId()).collectList().block(PATIENCE))
                .hasSize(1);
    }

    @Test
    void eventsOfACallThatItsCallerMakesAgainAreAddedOnceAndNotRefused() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = direct.claim(brief()).block(PATIENCE).claims().get(0);
        List<TaskStore.Said> said = List.of(said(claim, "one"), said(claim, "two"));
        long before = calls();
        proxy.dropReplies();
        var abandoned = store.append("token", said).subscribe();
        await("the call", () -> calls() > before);
        await("the events", () -> !messages(claim).isEmpty());
        abandoned.dispose();
        proxy.heal();
        proxy.reset();
        Pause.of(Duration.ofMillis(5));
        direct.sweep().block(PATIENCE);
        assertThat(claim(direct, 1)).as("somebody else runs it").hasSize(1);

        assertThat(store.append("token", said).block(PATIENCE)).as("refused").isEmpty();

        assertThat(messages(claim)).containsExactly("one", "two");
        assertThat(store.append("another", said).block(PATIENCE)).isEqualTo(said);
    }

    private static TaskStore.Said said(Claim claim, String message) {
        return new TaskStore.Said(
                claim,
                new ExecutionEvent(
                        claim.executionId(), Instant.ofEpochSecond(1), ExecutionEvent.Level.INFO, message, null));
    }

    private List<String> messages(Claim claim) {
        return direct.events(claim.executionId())
                .map(ExecutionEvent::message)
                .collectList()
                .block(PATIENCE);
    }

    @Test
    void queuesAreDeclaredPausedAndResized() {
        TaskQueue queue = TaskQueue.named("default").concurrency(3).rateLimit(10, Duration.ofHours(1));

        assertThat(withLostReply(store.declareQueue(queue))).isEqualTo(queue);
        assertThat(withLostReply(store.pauseQueue("default", true)).isPaused()).isTrue();
        assertThat(withLostReply(store.resizeQueue("default", 7)).concurrency()).isEqualTo(7);
        assertThat(withLostReply(store.pauseQueue("default", false)).isPaused()).isFalse();
        assertThat(direct.queues().collectList().block(PATIENCE)).containsExactly(queue.concurrency(7));
    }

    // ---- what somebody else did before the call was sent again stays

    @Test
    void aTaskThatWasResumedMeanwhileIsNotCancelledAgain() {
        direct.save(due(direct, "a")).block(PATIENCE);
        long now = direct.nowMicros();

        var answered = withLostReply(
                store.cancel("a"),
                () -> direct.resume("a", Position.at(now, now)).block(PATIENCE));

        assertThat(answered.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(direct.task("a").block(PATIENCE).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aTaskThatWasCancelledMeanwhileIsNotResumedAgain() {
        direct.save(due(direct, "a")).block(PATIENCE);
        direct.cancel("a").block(PATIENCE);
        long now = direct.nowMicros();

        var answered = withLostReply(
                store.resume("a", Position.at(now, now)),
                () -> direct.cancel("a").block(PATIENCE));

        assertThat(answered.state()).isEqualTo(TaskState.PENDING);
        assertThat(direct.task("a").block(PATIENCE).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void anExecutionThatHasEndedMeanwhileIsSaidToBeCancelled() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);

        assertThat(withLostReply(store.cancelExecution(claim.executionId()), () -> succeed(direct, claim)))
                .isTrue();
    }

    @Test
    void anExecutionThatWasClaimedMeanwhileIsNotCancelled() {
        direct.save(task("a", direct.nowMicros() + 1_000 * SECOND_MICROS, IfExists.FAIL))
                .block(PATIENCE);
        String id = direct.enqueue("a", new Extra(0, null)).block(PATIENCE);

        assertThat(withLostReply(
                        store.cancelExecution(id),
                        () -> assertThat(claim(direct, 1)).hasSize(1)))
                .isFalse();

        assertThat(server.command("EXISTS", key("x"))).as("to be ended").isEqualTo(0L);
    }

    @Test
    void aQueueThatWentOnMeanwhileIsNotPausedAgain() {
        direct.declareQueue(TaskQueue.named("default")).block(PATIENCE);

        var answered = withLostReply(
                store.pauseQueue("default", true),
                () -> direct.pauseQueue("default", false).block(PATIENCE));

        assertThat(answered.isPaused()).isTrue();
        assertThat(defaultQueue().isPaused()).isFalse();
    }

    @Test
    void aQueueThatWasResizedMeanwhileIsNotResizedAgain() {
        direct.declareQueue(TaskQueue.named("default")).block(PATIENCE);

        var answered = withLostReply(
                store.resizeQueue("default", 7),
                () -> direct.resizeQueue("default", 9).block(PATIENCE));

        assertThat(answered.concurrency()).isEqualTo(7);
        assertThat(defaultQueue().concurrency()).isEqualTo(9);
    }

    @Test
    void aQueueThatWasDeclaredOtherwiseMeanwhileIsNotDeclaredAgain() {
        TaskQueue queue = TaskQueue.named("default").capacity(10);
        TaskQueue other = TaskQueue.named("default").capacity(20);

        assertThat(withLostReply(
                        store.declareQueue(queue),
                        () -> direct.declareQueue(other).block(PATIENCE)))
                .isEqualTo(queue);

        assertThat(defaultQueue()).isEqualTo(other);
    }

    private TaskQueue defaultQueue() {
        return direct.queues().blockLast(PATIENCE);
    }

    // ---- sweeps

    @Test
    void aCrashIsCountedOnceByASweep() {
        direct.save(due(direct, "a")).block(PATIENCE);
        direct.claim(brief()).block(PATIENCE);
        Pause.of(Duration.ofMillis(5));

        withLostReply(store.sweep());

        assertThat(direct.task("a").block(PATIENCE).crashes()).isOne();
        assertThat(claim(direct, 5)).hasSize(1);
    }

    /** A claim whose lease ends at once. */
    private static ClaimRequest brief() {
        return new ClaimRequest(
                "node", Duration.ofMillis(1), List.of(new ClaimRequest.Slots("default", 1)), Set.of(PLAIN.name()));
    }

    /** The caller of the first one got an error, so nothing is sent again: another call has to ask for the same reply. */
    @Test
    void whatASweepThatFailedHasFoundIsToldByTheNextOne() {
        WatchedLink link = new WatchedLink(server.uri(), PATIENCE);
        RedisTaskStore sweeper = use(new RedisTaskStore(
                new RedisSettings(namespace, 1, Retention.defaults(), Duration.ofSeconds(5), null, 3, 0), link));
        server.command("ZADD", key("e"), "1", "garbage");
        link.loseReplies(Scripts.SWEEP);
        assertThatThrownBy(() -> sweeper.sweep().block(PATIENCE)).hasMessageContaining("unheard");
        assertThat(server.command("ZCARD", key("e"))).as("it was swept").isEqualTo(0L);
        link.heal();

        assertThat(sweeper.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("a row of \"e\"");
        assertThat(sweeper.sweep().block(PATIENCE).findings()).isEmpty();
    }

    @Test
    void whatASweepHasFoundIsToldWhenItIsSentAgain() {
        server.command("ZADD", key("e"), "1", "garbage");

        assertThat(withLostReply(store.sweep()).findings()).hasSize(1);
        assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
    }

    /** A sweep of which nobody hears, as a node that gave it up makes another one. */
    private void sweepUnheard(String what, BooleanSupplier isDone) {
        long before = calls();
        proxy.dropReplies();
        var abandoned = store.sweep().subscribe();
        await("the call", () -> calls() > before);
        await(what, isDone);
        Pause.of(Duration.ofMillis(50));
        abandoned.dispose();
        proxy.heal();
        proxy.reset();
    }

    @Test
    void whatASweepHasQuarantinedIsToldByTheNextOne() {
        direct.save(due(direct, "a")).block(PATIENCE);
        for (int crash = 1; crash < RedisTaskStore.DEFAULT_QUARANTINE_AFTER; crash++) {
            assertThat(direct.claim(brief()).block(PATIENCE).claims()).hasSize(1);
            Pause.of(Duration.ofMillis(5));
            direct.sweep().block(PATIENCE);
        }
        direct.claim(brief()).block(PATIENCE);
        Pause.of(Duration.ofMillis(5));
        sweepUnheard("the quarantine", () -> direct.task("a").block(PATIENCE).state() == TaskState.QUARANTINED);

        assertThat(store.sweep().block(PATIENCE).quarantined()).containsExactly("a");
        assertThat(store.sweep().block(PATIENCE).quarantined()).isEmpty();
        assertThat((List<?>) server.command("KEYS", key("i:*")))
                .as("answers to sweeps that were heard")
                .allMatch(name -> (Long) server.command("TTL", name.toString()) <= 60);
    }

    @Test
    void resultsThatASweepHasDroppedAreToldByTheNextOne() {
        RedisTaskStore brief = use(RedisTaskStore.builder()
                .uri(proxy.uri())
                .namespace(namespace)
                .retention(new Retention(1, Duration.ofMillis(1), 1))
                .commandTimeout(Duration.ofSeconds(20))
                .build());
        brief.stats().block(PATIENCE);
        direct.save(due(direct, "a")).block(PATIENCE);
        succeed(direct, claim(direct, 1).get(0));
        Pause.of(Duration.ofMillis(5));
        store = brief;
        sweepUnheard(
                "the end of the history",
                () -> server.command("EXISTS", key("f")).equals(0L));

        assertThat(store.sweep().block(PATIENCE).dropped()).containsExactly("\"ok\"");
        assertThat(store.sweep().block(PATIENCE).dropped()).isEmpty();
    }
}
