package io.reactorscheduler.redis;

import io.reactorscheduler.Execution;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.TaskStore.Said;
import io.reactorscheduler.TaskStore.Saved;
import io.reactorscheduler.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/** What callers do to tasks and queues. Saves and triggered executions that come together go in one call. */
final class RedisTasks {

    private static final int MOST_SAVES = 256;
    private static final int MOST_EVENTS = 1_000;

    /** So many calls of different partitions are gathered at the same time when many tasks are saved. */
    private static final int CALLS_AT_ONCE = 16;

    private static final Row NEW = new Row(List.of("N"));

    private final RedisSettings settings;
    private final Partitions partitions;
    private final List<Gathering<NewTask, Row>> saves;
    private final List<Gathering<Asked, Row>> enqueues;

    /** The queues that were declared here, by name. */
    private final Map<String, TaskQueue> declared = new ConcurrentHashMap<>();

    RedisTasks(RedisSettings settings, Partitions partitions) {
        this.settings = settings;
        this.partitions = partitions;
        this.saves = each(partition -> new Gathering<>(MOST_SAVES, tasks -> save(partition, tasks)));
        this.enqueues = each(partition -> new Gathering<>(MOST_SAVES, asked -> enqueue(partition, asked)));
    }

    private <T> List<T> each(java.util.function.Function<Partition, T> make) {
        return IntStream.range(0, partitions.size())
                .mapToObj(number -> make.apply(partitions.at(number)))
                .toList();
    }

    private record Asked(String taskId, Extra extra) {}

    // ---- saving

    Mono<Saved> save(NewTask task) {
        return Mono.defer(() ->
                        saves.get(partitions.of(task.task().id()).number()).ask(task))
                .map(reply -> saved(task, reply));
    }

    /** Many calls of {@link #save} under way, their answers in order; ends with the first that is refused. */
    Flux<Saved> saveAll(Flux<NewTask> tasks) {
        // as much as fills a call of each partition: fewer would go in as many calls, each of fewer tasks
        int underWay = MOST_SAVES * Math.min(partitions.size(), CALLS_AT_ONCE);
        return tasks.materialize()
                .<Signal<Saved>>flatMapSequential(
                        signal -> {
                            NewTask task = signal.get();
                            return task == null
                                    ? Mono.just(end(signal))
                                    : save(task).materialize();
                        },
                        underWay,
                        underWay)
                .dematerialize();
    }

    private static Signal<Saved> end(Signal<NewTask> signal) {
        Throwable error = signal.getThrowable();
        return error == null ? Signal.complete() : Signal.error(error);
    }

    private Mono<List<Row>> save(Partition partition, List<NewTask> tasks) {
        List<String> args = new ArrayList<>();
        args.add(Tokens.next());
        args.add("0");
        args.add(settings.perTask());
        TaskCodec.add(tasks, args);
        return partition
                .run(Scripts.SAVE, args)
                .map(reply -> reply.list(1).stream().map(RedisTasks::row).toList());
    }

    /** New tasks are most, and are answered by their letter alone. */
    private static Row row(Object answer) {
        return answer instanceof List<?> parts ? new Row(parts) : NEW;
    }

    private static Saved saved(NewTask task, Row reply) {
        Replies.check(reply, task.task().id());
        return switch (reply.required(0)) {
            case "K" -> new Saved(Unreadable.check(task.task().id(), reply.row(1), TaskCodec::record), false, true, 0);
            case "R" -> new Saved(task.task(), false, false, reply.number(1));
            default -> new Saved(task.task(), true, false, 0);
        };
    }

    // ---- changes

    Mono<TaskInfo> cancel(String taskId) {
        return change(Scripts.CANCEL, taskId, List.of(settings.perTask(), taskId));
    }

    Mono<TaskInfo> resume(String taskId, Position head) {
        List<String> args = new ArrayList<>();
        args.add(taskId);
        TaskCodec.add(head, args);
        return change(Scripts.RESUME, taskId, args);
    }

    Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head) {
        List<String> args = new ArrayList<>();
        args.add(taskId);
        args.add(TaskCodec.trigger(trigger));
        args.add(TaskCodec.repeats(trigger, "1"));
        TaskCodec.add(head, args);
        return change(Scripts.RESCHEDULE, taskId, args);
    }

    Mono<TaskInfo> remove(String taskId) {
        return change(Scripts.REMOVE, taskId, List.of(taskId));
    }

    private Mono<TaskInfo> change(Script script, String taskId, List<String> args) {
        return partitions.of(taskId).once(script, args).map(reply -> {
            Replies.check(reply.row(1), taskId);
            return Unreadable.check(taskId, reply.row(1), TaskCodec::info);
        });
    }

    Mono<Boolean> cancelExecution(String executionId) {
        String taskId = Execution.taskIdOf(executionId);
        List<String> args = List.of(taskId, String.valueOf(Execution.numberOf(executionId)), executionId);
        return partitions.of(taskId).once(Scripts.STOP, args).map(reply -> {
            Replies.check(new Row(List.of(reply.required(1))), executionId);
            return reply.required(1).equals("R");
        });
    }

    Mono<String> enqueue(String taskId, Extra extra) {
        return Mono.defer(() -> enqueues.get(partitions.of(taskId).number()).ask(new Asked(taskId, extra)))
                .map(reply -> {
                    Replies.check(reply, taskId);
                    return Execution.id(taskId, reply.number(1));
                });
    }

    private static Mono<List<Row>> enqueue(Partition partition, List<Asked> asked) {
        List<String> args = new ArrayList<>();
        args.add(Tokens.next());
        for (Asked each : asked) {
            String input = each.extra().input();
            args.add(each.taskId());
            args.add(String.valueOf(each.extra().fireMicros()));
            args.add(input == null ? "" : "1");
            args.add(TaskCodec.orEmpty(input));
        }
        return partition.run(Scripts.ENQUEUE, args).map(reply -> reply.rows(1));
    }

    Mono<List<Said>> append(String token, List<Said> said) {
        return Flux.fromIterable(said)
                .groupBy(each -> partitions.of(each.claim().task().id()))
                .flatMap(group -> group.collectList().flatMap(some -> append(token, group.key(), some)))
                .collectList()
                .map(refused -> refused.stream().flatMap(List::stream).toList());
    }

    private static Mono<List<Said>> append(String token, Partition partition, List<Said> said) {
        List<String> args = new ArrayList<>();
        args.add(token);
        args.add(String.valueOf(MOST_EVENTS));
        said.forEach(each -> RunCodec.add(each, args));
        return partition
                .run(Scripts.APPEND, args)
                .map(reply -> reply.texts(1).stream()
                        .map(place -> said.get(Integer.parseInt(place)))
                        .toList());
    }

    // ---- queues

    /** In every partition; what the first says is what the store has. */
    Mono<TaskQueue> declare(TaskQueue queue) {
        return Mono.defer(() -> partitions
                .eachOnce(Scripts.DECLARE, QueueCodec.args(queue, partitions.size()))
                .collectList()
                .map(replies -> queue(queue.name(), replies.get(0)))
                .doOnNext(known -> declared.put(queue.name(), queue)));
    }

    /** All that was declared by this store, in a partition whose keys were deleted. */
    Mono<Void> declareAgain(Partition partition) {
        return Flux.defer(() -> Flux.fromIterable(List.copyOf(declared.values())))
                .concatMap(queue -> partition.once(Scripts.DECLARE, QueueCodec.args(queue, partitions.size())))
                .then();
    }

    Mono<TaskQueue> pause(String queue, boolean paused) {
        return changed(queue, Scripts.PAUSE, List.of(queue, paused ? "1" : ""));
    }

    Mono<TaskQueue> resize(String queue, int concurrency) {
        return changed(queue, Scripts.RESIZE, List.of(queue, String.valueOf(concurrency)));
    }

    private Mono<TaskQueue> changed(String queue, Script script, List<String> args) {
        return partitions
                .eachOnce(script, args)
                .collectList()
                .filter(replies -> replies.get(0).size() > 1)
                .map(replies -> queue(queue, replies.get(0)));
    }

    private static TaskQueue queue(String name, Row reply) {
        return QueueCodec.queue(name, reply.required(1), reply.required(2), reply.required(3));
    }
}
