package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Extra;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What somebody else did before a call whose reply got lost was sent again stays as it is. */
class LostRepliesMeanwhileTest extends LostReplies {

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
    void aRetryWhoseNextAttemptWasClaimedMeanwhileIsSaidToBeRecorded() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);
        long now = direct.nowMicros();
        Outcome retry = Outcome.retryAt(now, ExecutionError.of(new IllegalStateException("first")));

        var recorded = withLostReply(
                store.complete(List.of(new Completion(claim, retry, 1, now, now, Position.UNCHANGED, List.of()))),
                () -> assertThat(claim(direct, 1)).hasSize(1));

        assertThat(recorded.get(0).isStale()).isFalse();
        assertThat(direct.task("a").block(PATIENCE).state()).isEqualTo(TaskState.RUNNING);
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
}
