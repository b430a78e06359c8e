package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.QueueStats;
import io.reactorscheduler.TaskStore.StoreStats;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares a store with the sequential {@link Model} of it. */
abstract class ModelComparison extends StoreRules {

    static final int PLENTY = 1_000;
    private static final int TRACED = 60;

    final Model model = new Model();
    private final Deque<String> trace = new ArrayDeque<>();

    ModelComparison(TaskStoreContract contract) {
        super(contract);
    }

    final void remove(String id) {
        log("remove " + id);
        get(store.remove(id));
        model.removed(id);
        assertThat(await(store.task(id))).isNull();
    }

    final void removeAll() {
        List.copyOf(model.tasks.keySet()).forEach(this::remove);
        StoreStats stats = get(store.stats());
        assertThat(stats.tasks().values()).allMatch(count -> count == 0);
        assertThat(stats.queues().values())
                .allMatch(queue -> queue.waiting() == 0 && queue.due() == 0 && queue.running() == 0);
        assertThat(executions(ExecutionQuery.all())).isEmpty();
        ClaimBatch batch = claim(NODE.knowing("one", "two"), new Slots("left", 1), new Slots("right", 1));
        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()).containsExactly(Position.NO_TIME, Position.NO_TIME);
        assertThat(sweep().findings()).isEmpty();
    }

    // ---- comparing

    final void check(String id) {
        model.assertSame(model.get(id), info(id));
    }

    final void checkAll() {
        Map<TaskState, List<String>> byState = new EnumMap<>(TaskState.class);
        for (TaskInfo info : list(store.tasks(TaskQuery.all()))) {
            model.assertSame(model.get(info.id()), info);
            byState.computeIfAbsent(info.state(), state -> new ArrayList<>()).add(info.id());
        }
        StoreStats stats = get(store.stats());
        for (TaskState state : TaskState.values()) {
            List<String> ids = byState.getOrDefault(state, List.of());
            assertThat(list(store.tasks(TaskQuery.all().state(state))))
                    .extracting(TaskInfo::id)
                    .as("%s", state)
                    .isEqualTo(ids);
            assertThat(stats.tasks().getOrDefault(state, 0L)).as("%s", state).isEqualTo(ids.size());
        }
        assertThat(byState.values().stream().mapToInt(List::size).sum()).isEqualTo(model.tasks.size());
        model.tasks.forEach(this::checkExecutions);
        long running =
                stats.queues().values().stream().mapToLong(QueueStats::running).sum();
        assertThat(running)
                .isEqualTo(model.all().stream()
                        .mapToLong(task -> task.active.size())
                        .sum());
        if (model.all().stream().noneMatch(ModelTask::hasShort)) {
            assertThat(sweep().findings()).isEmpty();
        }
    }

    private void checkExecutions(String id, ModelTask task) {
        List<Execution> executions = executions(ExecutionQuery.of(id).limit(PLENTY));
        assertThat(executions).extracting(Execution::id).doesNotHaveDuplicates();
        assertThat(executions)
                .filteredOn(execution -> execution.state() == TaskState.RUNNING)
                .extracting(Execution::fence)
                .containsExactlyInAnyOrderElementsOf(task.active.values().stream()
                        .map(run -> Objects.requireNonNull(run.claim).fence())
                        .toList());
        if (!task.isHistoryOpen) {
            assertThat(executions)
                    .filteredOn(execution -> execution.state().isFinal())
                    .hasSize(task.finished);
        }
    }

    final void log(String operation) {
        trace.add(operation);
        if (trace.size() > TRACED) {
            trace.remove();
        }
    }

    final String trace() {
        return String.join("\n", trace);
    }
}
