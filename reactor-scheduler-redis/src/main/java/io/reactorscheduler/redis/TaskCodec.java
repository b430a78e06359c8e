package io.reactorscheduler.redis;

import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Misfire;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.Position;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tasks as arguments of scripts, and back from their replies. What is default is sent as an empty text. */
final class TaskCodec {

    /** Parts of a definition in a reply: id, handler, queue, priority, key, trigger, input, settings. */
    private static final int DEFINITION = 8;

    private static final String NOW = Trigger.now().toString();

    private TaskCodec() {}

    // ---- as arguments

    /** Most tasks differ in id, times and input only: what they share, their shape, is sent once. */
    static void add(List<NewTask> tasks, List<String> args) {
        Map<List<String>, String> shapes = new LinkedHashMap<>();
        List<String> own = new ArrayList<>();
        for (NewTask task : tasks) {
            String shape = shapes.computeIfAbsent(shape(task), added -> String.valueOf(shapes.size() + 1));
            addOwn(task, shape, own);
        }
        args.add(String.valueOf(shapes.size()));
        shapes.keySet().forEach(args::addAll);
        args.addAll(own);
    }

    private static List<String> shape(NewTask task) {
        TaskRecord record = task.task();
        Position head = task.head();
        return List.of(
                record.handler(),
                record.queue().equals(TaskQueue.DEFAULT_NAME) ? "" : record.queue(),
                record.priority() == 0 ? "" : String.valueOf(record.priority()),
                orEmpty(record.key()),
                trigger(record.trigger()),
                settings(record),
                repeats(record.trigger(), "r")
                        + (record.overlap().overlaps() ? "o" : "")
                        + (head.hasHead() ? "d" : "")
                        + (hasFire(head) ? "f" : "")
                        + (isBuffered(head) ? "b" : "")
                        + (record.input() == null ? "" : "i"),
                mode(task.ifExists()));
    }

    private static void addOwn(NewTask task, String shape, List<String> args) {
        Position head = task.head();
        args.add(task.task().id());
        args.add(shape);
        if (head.hasHead()) {
            args.add(String.valueOf(head.dueMicros()));
        }
        if (hasFire(head)) {
            args.add(String.valueOf(head.fireMicros()));
        }
        if (isBuffered(head)) {
            args.add(buffered(head.bufferedUntilMicros()));
        }
        String input = task.task().input();
        if (input != null) {
            args.add(input);
        }
    }

    private static boolean hasFire(Position head) {
        return head.hasHead() && head.fireMicros() != head.dueMicros();
    }

    private static boolean isBuffered(Position head) {
        return head.hasHead() && !buffered(head.bufferedUntilMicros()).isEmpty();
    }

    /** Fire time, due time and the end of the buffer; empty for none. */
    static void add(Position head, List<String> args) {
        args.add(head.hasHead() ? String.valueOf(head.fireMicros()) : "");
        args.add(head.hasHead() ? String.valueOf(head.dueMicros()) : "");
        args.add(buffered(head.bufferedUntilMicros()));
    }

    static String buffered(long micros) {
        return micros <= Long.MIN_VALUE + 1 ? "" : String.valueOf(micros);
    }

    static String time(long micros) {
        return micros == Position.NO_TIME ? "" : String.valueOf(micros);
    }

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    static String trigger(Trigger trigger) {
        String text = trigger.toString();
        return text.equals(NOW) ? "" : text;
    }

    static String repeats(Trigger trigger, String mark) {
        return trigger.isOnce() ? "" : mark;
    }

    private static String mode(IfExists ifExists) {
        return switch (ifExists) {
            case REPLACE -> "R";
            case KEEP -> "K";
            case FAIL -> "F";
        };
    }

    private static String settings(TaskRecord record) {
        Fields fields = new Fields();
        Duration timeout = record.timeout();
        RetryPolicy retry = record.retry();
        if (timeout != null) {
            fields.add('t', timeout);
        }
        if (retry != null) {
            fields.add('r', retry);
        }
        if (!record.overlap().equals(Overlap.sequential())) {
            fields.add('o', record.overlap());
        }
        if (!record.misfire().equals(Misfire.once())) {
            fields.add('m', record.misfire());
        }
        record.tags().stream().sorted().forEach(tag -> fields.add('g', tag));
        if (!record.description().isEmpty()) {
            fields.add('d', record.description());
        }
        if (record.collectsResults()) {
            fields.add('c', "");
        }
        record.headers().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(header -> fields.add('k', header.getKey()).add('v', header.getValue()));
        return fields.toString();
    }

    // ---- out of replies

    /** The task of a definition, its first elements those of {@link #DEFINITION}. */
    static TaskRecord record(Row row) {
        return record(row.required(0), row.required(1), row.text(2, TaskQueue.DEFAULT_NAME), new Row(tail(row), 0));
    }

    private static List<@Nullable String> tail(Row row) {
        List<@Nullable String> tail = new ArrayList<>(DEFINITION);
        for (int i = 3; i < DEFINITION; i++) {
            tail.add(row.text(i));
        }
        return tail;
    }

    /** The task of these and of the row: priority, key, trigger, input, settings. */
    static TaskRecord record(String id, String handler, String queue, Row row) {
        return definition(handler, queue, row).task(id, row.text(3));
    }

    /** What tasks have in common that differ in id and input. */
    record Definition(String handler, Trigger trigger, Task<?, ?> settings, Map<String, String> headers) {

        TaskRecord task(String id, @Nullable String input) {
            return TaskRecord.builder(id, handler)
                    .trigger(trigger)
                    .input(input)
                    .headers(headers)
                    .settingsOf(settings)
                    .build();
        }
    }

    /** All but the id and the input of the row: priority, key, trigger, input, settings. */
    static Definition definition(String handler, String queue, Row row) {
        Task<?, ?> task = Handler.named(handler, Object.class, Object.class).task();
        if (!queue.equals(TaskQueue.DEFAULT_NAME)) {
            task = task.queue(queue);
        }
        String priority = row.text(0);
        if (priority != null) {
            task = task.priority(Integer.parseInt(priority));
        }
        String key = row.text(1);
        if (key != null) {
            task = task.key(key);
        }
        Read read = new Read(task);
        String settings = row.text(4);
        if (settings != null) {
            Fields.read(settings, read::field);
        }
        return new Definition(handler, trigger(row.text(2)), read.task(), read.headers);
    }

    static Trigger trigger(@Nullable String text) {
        return text == null ? Trigger.now() : Trigger.parse(text);
    }

    private static final class Read {
        private final List<String> tags = new ArrayList<>();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private Task<?, ?> task;
        private String header = "";

        Read(Task<?, ?> task) {
            this.task = task;
        }

        Task<?, ?> task() {
            return tags.isEmpty() ? task : task.tags(tags.toArray(String[]::new));
        }

        void field(char name, String value) {
            switch (name) {
                case 't' -> task = task.timeout(Duration.parse(value));
                case 'r' -> task = task.retry(RetryPolicy.parse(value));
                case 'o' -> task = task.overlap(Overlap.parse(value));
                case 'm' -> task = task.misfire(Misfire.parse(value));
                case 'g' -> tags.add(value);
                case 'd' -> task = task.description(value);
                case 'c' -> task = task.collectResults();
                case 'k' -> header = value;
                case 'v' -> headers.put(header, value);
                default -> {
                    // of a later release
                }
            }
        }
    }

    /** A task as it stands. */
    static TaskInfo info(Row row) {
        return new TaskInfo(
                record(row),
                state(row.required(DEFINITION)),
                row.instant(DEFINITION + 1),
                row.instant(DEFINITION + 2),
                (int) row.number(DEFINITION + 3),
                row.number(DEFINITION + 4),
                (int) row.number(DEFINITION + 5),
                (int) row.number(DEFINITION + 6));
    }

    static TaskState state(String letter) {
        TaskState known = known(letter);
        if (known == null) {
            throw new IllegalArgumentException("state " + letter);
        }
        return known;
    }

    /** Null for what something else wrote into a row; who asks for its task is told. */
    static @Nullable TaskState known(String letter) {
        return switch (letter) {
            case "P" -> TaskState.PENDING;
            case "R" -> TaskState.RUNNING;
            case "T" -> TaskState.RETRYING;
            case "C" -> TaskState.COMPLETED;
            case "F" -> TaskState.FAILED;
            case "X" -> TaskState.CANCELLED;
            case "Q" -> TaskState.QUARANTINED;
            case "S" -> TaskState.SKIPPED;
            default -> null;
        };
    }

    static String letter(TaskState state) {
        return switch (state) {
            case PENDING -> "P";
            case RUNNING -> "R";
            case RETRYING -> "T";
            case COMPLETED -> "C";
            case FAILED -> "F";
            case CANCELLED -> "X";
            case QUARANTINED -> "Q";
            case SKIPPED -> "S";
        };
    }
}
