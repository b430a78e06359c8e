package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Advance;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.TaskStore.Said;
import io.reactorscheduler.TaskStore.Saved;
import io.reactorscheduler.TaskStore.Swept;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Each method does nothing before it is subscribed, and does it again when it is subscribed again. */
abstract class ColdRules extends StoreRules {

    ColdRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void saveIsCold() {
        Mono<Saved> save = store.save(once("a").newTask());

        assertThat(await(store.task("a"))).isNull();
        assertThat(get(save).isNew()).isTrue();
        assertThat(get(save).isNew()).isFalse();
        assertThat(claims(5)).hasSize(1);
    }

    @Test
    void saveAllIsCold() {
        Flux<Saved> save =
                store.saveAll(Flux.just(once("a").newTask(), once("b").newTask()));

        assertThat(list(store.tasks(TaskQuery.all()))).isEmpty();
        assertThat(list(save)).extracting(Saved::isNew).containsExactly(true, true);
        assertThat(list(save)).extracting(Saved::isNew).containsExactly(false, false);
    }

    @Test
    void claimIsCold() {
        save(once("a"));
        save(once("b"));
        Mono<ClaimBatch> claim =
                store.claim(new ClaimRequest(NODE.name(), LEASE, List.of(new Slots(QUEUE, 1)), NODE.handlers()));

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(ids(get(claim).claims())).containsExactly("a");
        assertThat(ids(get(claim).claims())).containsExactly("b");
        assertThat(get(claim).claims()).isEmpty();
    }

    @Test
    void advanceIsCold() {
        Claim claim = start(overlapping("a"));
        Mono<Void> advance = store.advance(List.of(new Advance(claim, Draft.at(past()))));

        assertNothingToClaim();
        await(advance);
        await(advance);
        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void renewIsCold() {
        Claim claim = start(once("a"));
        Mono<List<Claim>> renew = store.renew(List.of(claim), LEASE);

        succeed(claim);
        assertThat(get(renew)).hasSize(1);
        assertThat(get(renew)).hasSize(1);
    }

    @Test
    void completeIsCold() {
        Claim claim = start(repeating("a"));
        Mono<List<Recorded>> complete = store.complete(List.of(completion(claim, SUCCESS, Draft.at(past()))));

        assertThat(state("a")).isEqualTo(TaskState.RUNNING);
        assertThat(get(complete).get(0).isStale()).isFalse();
        get(complete);
        assertThat(executions("a")).hasSize(1);
        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void cancelIsCold() {
        save(once("a"));
        Mono<TaskInfo> cancel = store.cancel("a");

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(get(cancel).state()).isEqualTo(TaskState.CANCELLED);
        get(store.resume("a", Draft.at(past())));
        assertThat(get(cancel).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void cancelExecutionIsCold() {
        Claim claim = start(once("a"));
        Mono<Boolean> cancel = store.cancelExecution(claim.executionId());

        assertThat(get(cancel)).isTrue();
        end(claim, Outcome.cancelled("c"), Position.ENDED);
        assertThat(get(cancel)).isFalse();
    }

    @Test
    void resumeIsCold() {
        save(once("a"));
        get(store.cancel("a"));
        Mono<TaskInfo> resume = store.resume("a", Draft.at(past()));

        assertThat(state("a")).isEqualTo(TaskState.CANCELLED);
        assertThat(get(resume).state()).isEqualTo(TaskState.PENDING);
        assertThat(get(resume).state()).isEqualTo(TaskState.PENDING);
        assertThat(claims(5)).hasSize(1);
    }

    @Test
    void rescheduleIsCold() {
        save(repeating("a").due(future()));
        Mono<TaskInfo> reschedule = store.reschedule("a", once("a").trigger(), Draft.at(past()));

        assertNothingToClaim();
        get(reschedule);
        succeed(claimOne());
        assertThat(get(reschedule).state()).isEqualTo(TaskState.PENDING);
        assertThat(claimOne().number()).isEqualTo(2);
    }

    @Test
    void removeIsCold() {
        save(once("a"));
        Mono<TaskInfo> remove = store.remove("a");

        assertThat(await(store.task("a"))).isNotNull();
        get(remove);
        assertThat(await(store.task("a"))).isNull();
        save(once("a"));
        get(remove);
        assertThat(await(store.task("a"))).isNull();
    }

    @Test
    void enqueueIsCold() {
        save(repeating("a").due(future()));
        Mono<String> enqueue = store.enqueue("a", new Extra(now(), null));

        assertNothingToClaim();
        assertThat(get(enqueue)).isNotEqualTo(get(enqueue));
        succeed(claimOne());
        succeed(claimOne());
        assertNothingToClaim();
    }

    @Test
    void questionsAreCold() {
        Mono<TaskInfo> task = store.task("a");
        Flux<TaskInfo> tasks = store.tasks(TaskQuery.all());
        Flux<Execution> executions = store.executions(ExecutionQuery.all());
        Flux<TaskQueue> queues = store.queues().filter(queue -> queue.name().equals("mail"));
        Mono<Long> pending = store.stats().map(stats -> stats.tasks().getOrDefault(TaskState.PENDING, 0L));
        assertThat(await(task)).isNull();
        assertThat(list(tasks)).isEmpty();
        assertThat(list(executions)).isEmpty();
        assertThat(list(queues)).isEmpty();
        assertThat(get(pending)).isZero();

        start(once("running"));
        save(once("a"));
        declare(TaskQueue.named("mail"));

        for (int i = 0; i < 2; i++) {
            assertThat(get(task).id()).isEqualTo("a");
            assertThat(list(tasks)).hasSize(2);
            assertThat(list(executions)).hasSize(1);
            assertThat(list(queues)).hasSize(1);
            assertThat(get(pending)).isEqualTo(1);
        }
    }

    @Test
    void appendAndEventsAreCold() {
        Claim claim = start(once("a"));
        ExecutionEvent event =
                new ExecutionEvent(claim.executionId(), instant(now()), ExecutionEvent.Level.INFO, "said", null);
        Mono<?> append = store.append(List.of(new Said(claim, event)));
        Flux<ExecutionEvent> events = store.events(claim.executionId());

        assertThat(list(events)).isEmpty();
        await(append);
        assertThat(list(events)).hasSize(1);
        await(append);
        assertThat(list(events)).hasSize(2);
    }

    @Test
    void declareQueueIsCold() {
        Mono<TaskQueue> declare = store.declareQueue(TaskQueue.named("mail"));

        assertThat(await(store.pauseQueue("mail", true))).isNull();
        assertThat(get(declare).isPaused()).isFalse();
        get(store.pauseQueue("mail", true));
        assertThat(get(declare).isPaused()).isTrue();
    }

    @Test
    void pauseQueueIsCold() {
        declare(TaskQueue.named(QUEUE));
        Mono<TaskQueue> pause = store.pauseQueue(QUEUE, true);
        save(once("a"));
        succeed(claimOne());
        save(once("b"));

        await(pause);
        assertNothingToClaim();
        get(store.pauseQueue(QUEUE, false));
        await(pause);
        assertNothingToClaim();
    }

    @Test
    void resizeQueueIsCold() {
        declare(TaskQueue.named("mail").concurrency(1));
        Mono<TaskQueue> resize = store.resizeQueue("mail", 2);

        assertThat(get(store.pauseQueue("mail", true)).concurrency()).isEqualTo(1);
        assertThat(get(resize).concurrency()).isEqualTo(2);
        get(store.resizeQueue("mail", 3));
        assertThat(get(resize).concurrency()).isEqualTo(2);
    }

    @Test
    void sweepIsCold() {
        Mono<Swept> sweep = store.sweep();
        start(NODE.lease(SHORT_LEASE), once("a"));
        pass(SHORT_LEASE.toMillis() + 20);

        assertThat(state("a")).isEqualTo(TaskState.RUNNING);
        assertThat(get(sweep).expired()).containsExactly("a#1");
        assertThat(get(sweep).expired()).isEmpty();
    }

    @Test
    void theClockDoesNotGoBack() {
        long before = store.nowMicros();
        pass(20);

        assertThat(store.nowMicros()).isGreaterThanOrEqualTo(before + 15_000);
    }

    @Test
    void aSharedStoreHasASafetyPoll() {
        if (store.isShared()) {
            assertThat(store.safetyPoll()).isNotNull();
        }
        if (store.safetyPoll() != null) {
            assertThat(store.safetyPoll()).isPositive();
        }
    }
}
