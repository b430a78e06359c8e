package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** The server did it, and the reply got lost: the call is sent again by the client and answered as if it had come once. */
class LostRepliesTest extends LostReplies {

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
}
