package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.QueueStats;
import io.reactorscheduler.TaskStore.StoreStats;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What can be asked: tasks, executions, queues, numbers. */
abstract class QueryRules extends StoreRules {

    QueryRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- tasks

    @Test
    void tasksAreListedInTheOrderOfTheirIds() {
        List<String> ids = numbered("t", 20);
        List<String> shuffled = new ArrayList<>(ids);
        Collections.shuffle(shuffled, new Random(3));
        shuffled.forEach(id -> save(once(id)));

        assertThat(tasks(TaskQuery.all())).isEqualTo(ids);
    }

    @Test
    void aListOfTasksIsLimitedToOneHundredUnlessTheQuerySaysOtherwise() {
        List<String> ids = numbered("t", 150);
        ids.forEach(id -> save(once(id)));

        assertThat(tasks(TaskQuery.all())).isEqualTo(ids.subList(0, TaskQuery.DEFAULT_LIMIT));
        assertThat(tasks(TaskQuery.all().limit(1_000))).isEqualTo(ids);
        assertThat(tasks(TaskQuery.all().limit(7))).isEqualTo(ids.subList(0, 7));
    }

    @Test
    void tasksAreFoundByState() {
        save(once("pending").due(future()));
        succeed(start(once("completed")));
        fail(start(once("failed")));
        retryAt(start(once("retrying")), future());
        start(once("running"));
        save(once("cancelled"));
        get(store.cancel("cancelled"));
        save(once("quarantined"));
        for (int i = 0; i < contract.quarantineAfter(); i++) {
            claimOne(NODE.lease(SHORT_LEASE));
            expire();
        }

        for (TaskState state : TaskState.values()) {
            List<String> expected = state == TaskState.SKIPPED
                    ? List.of()
                    : List.of(state.name().toLowerCase(Locale.ROOT));
            assertThat(tasks(TaskQuery.all().state(state))).as("%s", state).isEqualTo(expected);
        }
    }

    @Test
    void tasksAreFoundByQueueHandlerAndTag() {
        save(once("a").queue("mail").with(task -> task.tags("x", "y")));
        save(once("b").handler("other").with(task -> task.tags("y")));
        save(once("c").queue("mail").handler("other"));

        assertThat(tasks(TaskQuery.all().queue("mail"))).containsExactly("a", "c");
        assertThat(tasks(TaskQuery.all().handler("other"))).containsExactly("b", "c");
        assertThat(tasks(TaskQuery.all().tag("y"))).containsExactly("a", "b");
        assertThat(tasks(TaskQuery.all().queue("mail").handler("other"))).containsExactly("c");
        assertThat(tasks(TaskQuery.all().tag("z"))).isEmpty();
    }

    @Test
    void tasksAreListedPageByPage() {
        List<String> ids = numbered("t", 25);
        for (String id : ids) {
            save(once(id).with(task -> task.tags(id.compareTo("t00010") < 0 ? "low" : "high")));
        }

        assertThat(tasks(TaskQuery.all().offset(20).limit(10))).isEqualTo(ids.subList(20, 25));
        assertThat(tasks(TaskQuery.all().after("t00004").limit(3))).isEqualTo(ids.subList(5, 8));
        assertThat(tasks(TaskQuery.all().after("t00004x").limit(3)))
                .as("a cursor that is gone")
                .isEqualTo(ids.subList(5, 8));
        assertThat(tasks(TaskQuery.all().tag("high").offset(2).limit(3))).isEqualTo(ids.subList(12, 15));
        assertThat(tasks(TaskQuery.all().tag("low").after("t00004"))).isEqualTo(ids.subList(5, 10));
        assertThat(tasks(TaskQuery.all().after("t00024"))).isEmpty();
        assertThat(tasks(TaskQuery.all().offset(100))).isEmpty();
    }

    @Test
    void aListedTaskSaysTheSameAsTheTaskItself() {
        save(repeating("a").due(future()).input("1"));

        TaskInfo listed = list(store.tasks(TaskQuery.all())).get(0);

        TaskInfo info = info("a");
        assertThat(listed.task().input()).isEqualTo("1");
        assertThat(listed.nextFireTime()).isEqualTo(info.nextFireTime());
        assertThat(listed.dueTime()).isEqualTo(info.dueTime());
        assertThat(listed.state()).isEqualTo(info.state());
        assertThat(listed.attempt()).isEqualTo(info.attempt());
        assertThat(listed.executions()).isEqualTo(info.executions());
    }

    private List<String> tasks(TaskQuery query) {
        return list(store.tasks(query)).stream().map(TaskInfo::id).toList();
    }

    // ---- executions

    @Test
    void executionsAreListedNewestFirstWithTheRunningOne() {
        Claim claim = start(repeating("a"));
        for (int i = 0; i < 3; i++) {
            pass(2);
            succeed(claim, Draft.at(past()));
            claim = claimOne();
        }

        List<Execution> executions = executions("a");

        assertThat(executions).extracting(Execution::id).containsExactly("a#4", "a#3", "a#2", "a#1");
        Execution running = executions.get(0);
        assertThat(running.state()).isEqualTo(TaskState.RUNNING);
        assertThat(running.endedAt()).isNull();
        assertThat(running.node()).isEqualTo(NODE.name());
        assertThat(running.fence()).isEqualTo(claim.fence());
        assertThat(running.fireTime()).isEqualTo(claim.fireTime());
    }

    @Test
    void executionsOfAllTasksAreListedNewestFirst() {
        for (String id : List.of("b", "c", "a")) {
            succeed(start(once(id)));
            pass(2);
        }

        assertThat(executions(ExecutionQuery.all()))
                .extracting(Execution::taskId)
                .containsExactly("a", "c", "b");
    }

    @Test
    void executionsAreFoundByTaskStateQueueAndHandler() {
        succeed(start(repeating("a")), Draft.at(future()));
        fail(start(once("b")));
        save(once("c").queue("mail"));
        Claim mail = claim(NODE, new Slots("mail", 1)).claims().get(0);
        save(once("d").handler("other"));
        succeed(claimOne(NODE.knowing("other")));

        assertThat(executions(ExecutionQuery.of("a")))
                .extracting(Execution::taskId)
                .containsExactly("a");
        assertThat(executions(ExecutionQuery.all().state(TaskState.FAILED)))
                .extracting(Execution::taskId)
                .containsExactly("b");
        assertThat(executions(ExecutionQuery.all().state(TaskState.RUNNING)))
                .extracting(Execution::id)
                .containsExactly(mail.executionId());
        assertThat(executions(ExecutionQuery.all().queue("mail")))
                .extracting(Execution::taskId)
                .containsExactly("c");
        assertThat(executions(ExecutionQuery.all().handler("other")))
                .extracting(Execution::taskId)
                .containsExactly("d");
        assertThat(executions(ExecutionQuery.of("a").state(TaskState.FAILED))).isEmpty();
        assertThat(executions(ExecutionQuery.of("nobody"))).isEmpty();
    }

    @Test
    void executionsAreListedPageByPage() {
        Claim claim = start(repeating("a"));
        for (int i = 1; i < 10; i++) {
            succeed(claim, Draft.at(past()));
            claim = claimOne();
        }
        succeed(claim);

        assertThat(executions(ExecutionQuery.of("a").limit(3)))
                .extracting(Execution::id)
                .containsExactly("a#10", "a#9", "a#8");
        assertThat(executions(ExecutionQuery.of("a").offset(8)))
                .extracting(Execution::id)
                .containsExactly("a#2", "a#1");
        assertThat(executions(ExecutionQuery.all().offset(3).limit(2)))
                .extracting(Execution::id)
                .containsExactly("a#7", "a#6");
    }

    // ---- numbers

    @Test
    void tasksAreCountedByState() {
        save(once("pending").due(future()));
        save(repeating("repeating").due(future()));
        succeed(start(once("completed")));
        fail(start(once("failed")));
        retryAt(start(once("retrying")), future());
        start(once("running"));
        save(once("cancelled"));
        get(store.cancel("cancelled"));
        save(once("removed"));
        get(store.remove("removed"));

        Map<TaskState, Long> tasks = get(store.stats()).tasks();

        assertThat(tasks.getOrDefault(TaskState.PENDING, 0L)).isEqualTo(2);
        assertThat(tasks.getOrDefault(TaskState.RUNNING, 0L)).isEqualTo(1);
        assertThat(tasks.getOrDefault(TaskState.RETRYING, 0L)).isEqualTo(1);
        assertThat(tasks.getOrDefault(TaskState.COMPLETED, 0L)).isEqualTo(1);
        assertThat(tasks.getOrDefault(TaskState.FAILED, 0L)).isEqualTo(1);
        assertThat(tasks.getOrDefault(TaskState.CANCELLED, 0L)).isEqualTo(1);
        assertThat(tasks.getOrDefault(TaskState.SKIPPED, 0L)).isZero();
    }

    @Test
    void tasksThatWereRemovedAreCountedNoMore() {
        succeed(start(once("completed")));
        fail(start(once("failed")));
        save(once("cancelled"));
        get(store.cancel("cancelled"));
        start(once("running"));
        retryAt(start(once("retrying")), future());
        save(once("pending"));
        for (String id : List.of("completed", "failed", "cancelled", "running", "retrying", "pending")) {
            get(store.remove(id));
        }

        StoreStats stats = get(store.stats());
        assertThat(stats.tasks().values()).allMatch(count -> count == 0);
        assertThat(stats.queues().values())
                .allMatch(queue -> queue.waiting() == 0 && queue.due() == 0 && queue.running() == 0);
    }

    @Test
    void queuesAreCountedByWhatWaitsIsDueAndRuns() {
        start(once("running"));
        long oldest = past() - 1_000;
        save(once("late").due(oldest));
        save(once("due").due(oldest + 500));
        save(once("later").due(future()));
        save(once("other").queue("mail").due(future()));

        StoreStats stats = get(store.stats());

        QueueStats queue = Objects.requireNonNull(stats.queues().get(QUEUE));
        assertThat(queue.running()).isEqualTo(1);
        assertThat(queue.due()).isEqualTo(2);
        assertThat(queue.waiting()).isEqualTo(1);
        assertThat(queue.oldestDueMicros()).isEqualTo(oldest);
        QueueStats mail = Objects.requireNonNull(stats.queues().get("mail"));
        assertThat(mail).isEqualTo(new QueueStats(1, 0, 0, Position.NO_TIME));
    }

    @Test
    void anEmptyStoreCountsNothing() {
        StoreStats stats = get(store.stats());

        assertThat(stats.tasks().values()).allMatch(count -> count == 0);
        assertThat(stats.queues().values()).allMatch(queue -> queue.running() == 0 && queue.due() == 0);
    }
}
