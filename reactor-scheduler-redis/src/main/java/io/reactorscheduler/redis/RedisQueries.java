package io.reactorscheduler.redis;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.QueueStats;
import io.reactorscheduler.TaskStore.StoreStats;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads the store for people, in steps that each take the server a moment, however much there is. */
final class RedisQueries {

    private static final int SCANNED_TASKS = 500;
    private static final int MOST_WAITING = 1_000;
    private static final int NAMES_STEP = 1_000;
    private static final int ROWS_STEP = 200;
    private static final int KEYS_LOOKED_AT = 1_000;

    private static final Comparator<TaskInfo> BY_ID = Comparator.comparing(TaskInfo::id);

    private static final Comparator<RunCodec.Placed> NEWEST_FIRST = Comparator.comparingLong(RunCodec.Placed::order)
            .reversed()
            .thenComparing(RunCodec.Placed::isRun, Comparator.reverseOrder());

    private final Partitions partitions;
    private final Unreadable unreadable;

    RedisQueries(Partitions partitions) {
        this.partitions = partitions;
        this.unreadable = partitions.unreadable();
    }

    // ---- tasks

    Mono<TaskInfo> task(String taskId) {
        return partitions.of(taskId).run(Scripts.FIND, List.of(taskId)).mapNotNull(reply -> {
            Row row = reply.row(1);
            if (Replies.UNKNOWN.is(row)) {
                return null;
            }
            Replies.check(row, taskId);
            return Unreadable.check(taskId, row, TaskCodec::info);
        });
    }

    /** Walks all tasks and keeps the first that match; of a page no more than limit and offset are kept. */
    Flux<TaskInfo> tasks(TaskQuery query) {
        return Flux.defer(() -> {
            int most = (int) Math.min((long) query.limit() + query.offset(), Integer.MAX_VALUE);
            PriorityQueue<TaskInfo> first = new PriorityQueue<>(BY_ID.reversed());
            return Flux.range(0, partitions.size())
                    .concatMap(number -> scan(partitions.at(number), query, "0"))
                    .filter(query::matches)
                    .doOnNext(task -> {
                        first.removeIf(known -> known.id().equals(task.id()));
                        first.add(task);
                        if (first.size() > most) {
                            first.poll();
                        }
                    })
                    .then(Mono.fromSupplier(() ->
                            first.stream().sorted(BY_ID).skip(query.offset()).toList()))
                    .flatMapIterable(found -> found);
        });
    }

    private Flux<TaskInfo> scan(Partition partition, TaskQuery query, String cursor) {
        TaskState state = query.state();
        List<String> args = List.of(
                cursor,
                String.valueOf(SCANNED_TASKS),
                state == null ? "" : TaskCodec.letter(state),
                TaskCodec.orEmpty(query.queue()),
                TaskCodec.orEmpty(query.handler()),
                TaskCodec.orEmpty(query.after()));
        return partition
                .run(Scripts.SCAN, args)
                .expand(reply -> {
                    String next = reply.required(1);
                    if (next.equals("0")) {
                        return Mono.empty();
                    }
                    List<String> more = new ArrayList<>(args);
                    more.set(0, next);
                    return partition.run(Scripts.SCAN, more);
                })
                .concatMapIterable(reply -> reply.rows(2))
                .mapNotNull(row -> unreadable.skip(row, each -> Unreadable.task(each.text(0)), TaskCodec::info));
    }

    // ---- executions

    Flux<Execution> executions(ExecutionQuery query) {
        String taskId = query.task();
        Flux<RunCodec.Placed> found = taskId == null ? all(query) : of(taskId).sort(NEWEST_FIRST);
        return found.map(RunCodec.Placed::execution)
                .filter(query::matches)
                .skip(query.offset())
                .take(query.limit());
    }

    private Flux<RunCodec.Placed> of(String taskId) {
        return partitions
                .of(taskId)
                .run(Scripts.HISTORY, List.of(taskId, String.valueOf(MOST_WAITING)))
                .flatMapIterable(reply -> reply.rows(1))
                .mapNotNull(this::execution);
    }

    /** The name of an execution: its fence, by which it is newer or older, its number, its task. */
    private record Name(Partition partition, long fence, boolean isRun, String text) {

        private static final Pattern PARTS = Pattern.compile("([0-9]{1,18}):[0-9]+(-skipped--?[0-9]+)?:");

        static final Comparator<Name> NEWEST_FIRST =
                Comparator.comparingLong(Name::fence).reversed().thenComparing(Name::isRun, Comparator.reverseOrder());

        /** Null for what is no name; sweeps tell of it. */
        static @Nullable Name of(Partition partition, String text) {
            Matcher parts = PARTS.matcher(text);
            return parts.lookingAt()
                    ? new Name(partition, Long.parseLong(parts.group(1)), parts.group(2) == null, text)
                    : null;
        }
    }

    private Flux<RunCodec.Placed> all(ExecutionQuery query) {
        boolean isRunning = query.state() == TaskState.RUNNING;
        boolean isFinished = query.state() != null && query.state().isFinal();
        return Flux.range(0, partitions.size())
                .map(partitions::at)
                .concatMap(partition -> {
                    Flux<Name> claimed = isFinished ? Flux.empty() : names(partition, "e");
                    Flux<Name> finished = isRunning ? Flux.empty() : names(partition, "f");
                    return Flux.concat(List.of(claimed, finished));
                })
                .sort(Name.NEWEST_FIRST)
                .bufferUntilChanged(Name::partition)
                .concatMap(names -> Flux.fromIterable(names).buffer(ROWS_STEP).concatMap(this::rows, 1), 1);
    }

    private static Flux<Name> names(Partition partition, String index) {
        return partition
                .run(Scripts.NAMES, List.of(index, "0", String.valueOf(NAMES_STEP - 1)))
                .map(reply -> new Step(0, reply.texts(1)))
                .expand(step -> step.names().size() < NAMES_STEP
                        ? Mono.empty()
                        : partition
                                .run(
                                        Scripts.NAMES,
                                        List.of(
                                                index,
                                                String.valueOf(step.from() + NAMES_STEP),
                                                String.valueOf(step.from() + 2 * NAMES_STEP - 1)))
                                .map(reply -> new Step(step.from() + NAMES_STEP, reply.texts(1))))
                .concatMapIterable(Step::names)
                .mapNotNull(text -> Name.of(partition, text));
    }

    private record Step(int from, List<String> names) {}

    private RunCodec.@Nullable Placed execution(Row row) {
        return unreadable.skip(row, each -> Unreadable.task(each.row(0).text(0)), RunCodec::execution);
    }

    private Flux<RunCodec.Placed> rows(List<Name> names) {
        return names.get(0)
                .partition()
                .run(Scripts.ROWS, names.stream().map(Name::text).toList())
                .flatMapIterable(reply -> reply.rows(1))
                .mapNotNull(this::execution);
    }

    Flux<ExecutionEvent> events(String executionId) {
        return partitions
                .of(Execution.taskIdOf(executionId))
                .run(Scripts.EVENTS, List.of(executionId))
                .flatMapIterable(reply -> reply.rows(1))
                .mapNotNull(row -> unreadable.skip(
                        row, each -> "an event of " + executionId, each -> RunCodec.event(executionId, each)));
    }

    // ---- queues and numbers

    Flux<TaskQueue> queues() {
        return partitions
                .at(0)
                .run(Scripts.QUEUES, List.of())
                .flatMapIterable(reply -> reply.rows(1))
                .mapNotNull(row -> unreadable.skip(
                        row,
                        queue -> "queue \"" + queue.text(0) + "\"",
                        queue -> QueueCodec.queue(
                                queue.required(0), queue.required(1), queue.required(2), queue.required(3))));
    }

    Mono<StoreStats> stats() {
        return partitions
                .each(Scripts.STATS, List.of(String.valueOf(KEYS_LOOKED_AT)))
                .collectList()
                .map(replies -> {
                    Map<TaskState, Long> tasks = new EnumMap<>(TaskState.class);
                    Map<String, QueueStats> queues = new TreeMap<>();
                    for (Row reply : replies) {
                        List<String> states = reply.texts(1);
                        for (int i = 0; i < states.size(); i += 2) {
                            add(states.get(i), states.get(i + 1), tasks);
                        }
                        for (Row row : reply.rows(2)) {
                            queues.merge(row.required(0), stats(row), RedisQueries::sum);
                        }
                    }
                    return new StoreStats(tasks, queues);
                });
    }

    private void add(String state, String number, Map<TaskState, Long> tasks) {
        unreadable.skip(
                state,
                each -> "the number of tasks in state \"" + each + "\"",
                each -> tasks.merge(TaskCodec.state(each), Long.valueOf(number), Long::sum));
    }

    private static QueueStats stats(Row row) {
        return new QueueStats(row.number(1), row.number(2), row.number(3), row.number(4, Position.NO_TIME));
    }

    private static QueueStats sum(QueueStats one, QueueStats other) {
        return new QueueStats(
                one.waiting() + other.waiting(),
                one.due() + other.due(),
                one.running() + other.running(),
                Math.min(one.oldestDueMicros(), other.oldestDueMicros()));
    }
}
