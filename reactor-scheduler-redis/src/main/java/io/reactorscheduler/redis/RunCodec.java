package io.reactorscheduler.redis;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.Skip;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore.Said;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Claims, ends and executions as arguments of scripts, and back from their replies. */
final class RunCodec {

    /** Parts of a claim in a reply, and of the first run of a task that runs once, which begins with a number. */
    private static final int CLAIM = 17;

    private static final int FIRST_CLAIM = 5;

    /** The error type of an execution whose task was put in quarantine; its message is the number of crashes. */
    private static final String QUARANTINE = "Q";

    private RunCodec() {}

    // ---- claims

    /** How many parts the claim has that a row begins with. */
    static int size(Row row) {
        return row.isNumber(0) ? FIRST_CLAIM : CLAIM;
    }

    /** What the first runs of one reply have in common; each shape is read once. */
    static final class Shapes {
        private final List<Row> rows;
        private final String queue;
        private final Map<Integer, TaskCodec.Definition> read = new HashMap<>();

        Shapes(List<Row> rows, String queue) {
            this.rows = rows;
            this.queue = queue;
        }

        private TaskCodec.Definition at(int number) {
            return read.computeIfAbsent(number, added -> {
                Row row = rows.get(number);
                return TaskCodec.definition(row.required(0), queue, new Row(tail(row, 1)));
            });
        }
    }

    /**
     * A claim: id handler priority key trigger input settings number fire due attempt fence active fired buffered asked input;
     * of a first run: shape id due fence input.
     */
    static Claim claim(Row row, String queue, Shapes shapes, long leaseMicros) {
        if (row.isNumber(0)) {
            TaskRecord task = shapes.at((int) row.number(0)).task(row.required(1), row.text(4));
            long due = row.number(2);
            long fence = row.number(3);
            return new Claim(task, 1, due, due, 1, fence, leaseMicros, 0, 1, Long.MIN_VALUE, false, task.input());
        }
        TaskRecord task = TaskCodec.record(row.required(0), row.required(1), queue, new Row(tail(row, 2)));
        String input = row.text(16);
        return new Claim(
                task,
                row.number(7),
                row.number(8),
                row.number(9),
                (int) row.number(10, 1),
                row.number(11),
                leaseMicros,
                (int) row.number(12),
                row.number(13),
                row.number(14, Long.MIN_VALUE),
                row.text(15) != null,
                input == null ? task.input() : input);
    }

    /** From a place on: priority, key, trigger, input, settings. */
    private static List<?> tail(Row row, int at) {
        return java.util.Arrays.asList(
                row.text(at), row.text(at + 1), row.text(at + 2), row.text(at + 3), row.text(at + 4));
    }

    /** What names a claim: id, number, fence. */
    static void add(Claim claim, List<String> args) {
        args.add(claim.task().id());
        args.add(String.valueOf(claim.number()));
        args.add(String.valueOf(claim.fence()));
    }

    // ---- ends

    static void add(Completion end, List<String> args) {
        Claim claim = end.claim();
        Outcome outcome = end.outcome();
        ExecutionError error = outcome.error();
        if (isFirstRun(end)) {
            addFirstRun(end, args);
            return;
        }
        args.add(kind(outcome.kind()));
        args.add(claim.task().id());
        args.add(String.valueOf(claim.fence()));
        args.add(String.valueOf(claim.number()));
        args.add(TaskCodec.time(end.startedMicros()));
        args.add(TaskCodec.time(end.endedMicros()));
        args.add(outcome.result() == null ? "" : "1");
        args.add(TaskCodec.orEmpty(outcome.result()));
        args.add(String.valueOf(end.attempt()));
        args.add(String.valueOf(outcome.retryAtMicros()));
        args.add(String.valueOf(claim.fireMicros()));
        args.add(TaskCodec.buffered(claim.bufferedUntilMicros()));
        if (end.next().equals(Position.UNCHANGED)) {
            args.addAll(List.of("U", "", ""));
        } else {
            TaskCodec.add(end.next(), args);
        }
        args.add(TaskCodec.orEmpty(outcome.reason()));
        args.add(error == null ? "" : "1");
        args.add(error == null ? "" : error.type());
        args.add(error == null ? "" : error.message());
        args.add(error == null ? "" : error.stackTrace());
        args.add(String.valueOf(end.skipped().size()));
        for (Skip skip : end.skipped()) {
            args.add(String.valueOf(skip.fromMicros()));
            args.add(String.valueOf(skip.count()));
            args.add(skip.reason());
        }
    }

    private static void addFirstRun(Completion end, List<String> args) {
        String result = end.outcome().result();
        args.add(result == null ? "c" : "r");
        args.add(end.claim().task().id());
        args.add(String.valueOf(end.claim().fence()));
        args.add(end.startedMicros() + ":" + end.endedMicros());
        if (result != null) {
            args.add(result);
        }
    }

    /** Most ends are of tasks that ran once, at their first attempt: those are told in few words. */
    private static boolean isFirstRun(Completion end) {
        return end.outcome().kind() == Outcome.Kind.COMPLETED
                && end.claim().number() == 1
                && end.attempt() == 1
                && end.startedMicros() >= 0
                && end.startedMicros() != Position.NO_TIME
                && end.endedMicros() >= 0
                && end.endedMicros() != Position.NO_TIME
                && end.outcome().reason() == null
                && end.skipped().isEmpty()
                && end.next().equals(Position.ENDED);
    }

    private static String kind(Outcome.Kind kind) {
        return switch (kind) {
            case COMPLETED -> "C";
            case FAILED -> "F";
            case RETRY_AT -> "T";
            case CANCELLED -> "X";
            case SKIPPED -> "S";
            case RELEASED -> "P";
        };
    }

    // ---- executions

    /**
     * An execution with its place: definition, number, first skipped fire time, state, fire, started, ended, attempt, node,
     * fence, result, error, reason, fire times, input, order.
     */
    record Placed(long order, boolean isRun, Execution execution) {}

    static Placed execution(Row row) {
        TaskRecord task = TaskCodec.record(row.row(0));
        String number = row.required(1);
        String skipped = row.text(2);
        String input = row.text(14);
        String id = Execution.id(task.id(), Long.parseLong(number));
        Execution execution = new Execution(
                skipped == null ? id : id + "-skipped-" + skipped,
                task,
                input == null ? task.input() : input,
                TaskCodec.state(row.required(3)),
                Objects.requireNonNull(row.instant(4)),
                row.instant(5),
                row.instant(6),
                (int) row.number(7),
                row.text(8, ""),
                row.number(9),
                row.text(10),
                null,
                row.isList(11) ? error(task.id(), row.row(11)) : null,
                row.text(12),
                row.number(13));
        return new Placed(row.number(15), skipped == null, execution);
    }

    private static ExecutionError error(String taskId, Row row) {
        String type = row.required(0);
        return type.equals(QUARANTINE)
                ? ExecutionError.lostNodes(taskId, (int) row.number(1))
                : ExecutionError.of(type, row.required(1), row.required(2));
    }

    // ---- events

    static void add(Said said, List<String> args) {
        ExecutionEvent event = said.event();
        add(said.claim(), args);
        args.add(String.valueOf(Row.microsOf(event.time())));
        args.add(event.level().name());
        args.add(event.message());
        args.add(event.progress() == null ? "" : event.progress().toString());
    }

    static ExecutionEvent event(String executionId, Row row) {
        String progress = row.required(3);
        return new ExecutionEvent(
                executionId,
                Row.instantOf(row.number(0)),
                ExecutionEvent.Level.valueOf(row.required(1)),
                row.required(2),
                progress.isEmpty() ? null : Double.valueOf(progress));
    }

    /** A number for the end of a list of a reply, or none. */
    static @Nullable Long next(String text) {
        return text.isEmpty() ? null : Long.valueOf(text);
    }
}
