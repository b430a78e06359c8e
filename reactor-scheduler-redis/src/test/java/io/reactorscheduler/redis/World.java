package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.Position;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore.Advance;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.TaskStore.Said;
import io.reactorscheduler.Trigger;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;

/** One namespace, and words for what is done to it; what was claimed last is what ends. */
final class World implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ExecutionError ERROR = ExecutionError.of("java.lang.IllegalStateException", "no", "");

    static final Map<String, Consumer<World>> STEPS = Map.ofEntries(
            Map.entry("save", World::save),
            Map.entry("save for later", World::saveForLater),
            Map.entry("save repeating", World::saveRepeating),
            Map.entry("save overlapping", World::saveOverlapping),
            Map.entry("save with key", World::saveWithKey),
            Map.entry("claim", World::claim),
            Map.entry("claim for a moment", World::claimForAMoment),
            Map.entry("advance", World::advance),
            Map.entry("renew", World::renew),
            Map.entry("complete", World::complete),
            Map.entry("complete and go on", World::completeAndGoOn),
            Map.entry("fail", World::fail),
            Map.entry("try later", World::tryLater),
            Map.entry("give back", World::giveBack),
            Map.entry("cancel", World::cancel),
            Map.entry("stop", World::cancelExecution),
            Map.entry("resume", World::resume),
            Map.entry("reschedule", World::reschedule),
            Map.entry("remove", World::remove),
            Map.entry("enqueue", World::enqueue),
            Map.entry("append", World::say),
            Map.entry("declare", World::declare),
            Map.entry("declare keys", World::declareWithKeys),
            Map.entry("pause", World::pause),
            Map.entry("resize", World::resize),
            Map.entry("sweep", World::sweep),
            Map.entry("look", World::look),
            Map.entry("find", World::find),
            Map.entry("scan", World::scan),
            Map.entry("read history", World::history),
            Map.entry("read executions", World::executions),
            Map.entry("read events", World::events),
            Map.entry("read queues", World::queues),
            Map.entry("count", World::stats),
            Map.entry("read journal", World::journal),
            Map.entry("listen", World::listen));

    private final String namespace = UUID.randomUUID().toString();
    private final EmbeddedRedis server;
    private final RedisTaskStore store;
    private Claim claimed;
    private String read = "";

    World(EmbeddedRedis server) {
        this.server = server;
        this.store = RedisTaskStore.builder()
                .uri(server.uri())
                .namespace(namespace)
                .commandTimeout(PATIENCE)
                .build();
    }

    @Override
    public void close() {
        store.dispose();
    }

    /** Does the steps in their order, and makes sure that the last of them runs a script. */
    void does(String steps, String script) {
        List<String> all = List.of(steps.split(", "));
        all.subList(0, all.size() - 1).forEach(step -> STEPS.get(step).accept(this));
        server.command("FUNCTION", "FLUSH");
        STEPS.get(all.get(all.size() - 1)).accept(this);
        String library = Script.named(script + "-1").function();
        assertThat((List<?>) server.command("FUNCTION", "LIST", "LIBRARYNAME", library))
                .as(script + " is called")
                .hasSize(1);
    }

    /** What the last step read. */
    String read() {
        return read;
    }

    private void save(Task<Void, String> task, Duration until) {
        long due = store.nowMicros() + until.toNanos() / 1_000;
        TaskRecord record =
                TaskRecord.builder("a", StoreTest.PLAIN.name()).settingsOf(task).build();
        store.save(new NewTask(record, Position.at(due, due), IfExists.REPLACE)).block(PATIENCE);
    }

    void save() {
        save(StoreTest.PLAIN.task(), Duration.ofSeconds(-1));
    }

    void saveForLater() {
        save(StoreTest.PLAIN.task(), HOUR);
    }

    void saveRepeating() {
        save(StoreTest.PLAIN.task().every(HOUR), Duration.ofSeconds(-1));
    }

    void saveOverlapping() {
        save(StoreTest.PLAIN.task().every(HOUR).overlap(Overlap.parallel(4)), Duration.ofSeconds(-1));
    }

    void saveWithKey() {
        save(StoreTest.PLAIN.task().key("k"), Duration.ofSeconds(-1));
    }

    void claim() {
        claim(LEASE);
    }

    void claimForAMoment() {
        claim(Duration.ofMillis(1));
        Pause.of(Duration.ofMillis(20));
    }

    private void claim(Duration lease) {
        var request = StoreTest.request(1);
        store.claim(new io.reactorscheduler.ClaimRequest(request.node(), lease, request.slots(), request.handlers()))
                .block(PATIENCE)
                .claims()
                .forEach(claim -> claimed = claim);
    }

    void advance() {
        store.advance(List.of(new Advance(claimed, head(HOUR)))).block(PATIENCE);
    }

    private Position head(Duration until) {
        long due = store.nowMicros() + until.toNanos() / 1_000;
        return Position.at(due, due);
    }

    void renew() {
        assertThat(store.renew(List.of(claimed), LEASE).block(PATIENCE)).isEmpty();
    }

    void complete() {
        end(Outcome.completed("1", 1), Position.ENDED);
    }

    void completeAndGoOn() {
        end(Outcome.completed("1", 1), head(HOUR));
    }

    void fail() {
        end(Outcome.failed(ERROR), Position.ENDED);
    }

    void tryLater() {
        end(Outcome.retryAt(store.nowMicros() + HOUR.toNanos() / 1_000, ERROR), Position.UNCHANGED);
    }

    void giveBack() {
        end(Outcome.released(), Position.UNCHANGED);
    }

    private void end(Outcome outcome, Position next) {
        long now = store.nowMicros();
        store.complete(List.of(new Completion(claimed, outcome, 1, now, now, next, List.of())))
                .block(PATIENCE);
    }

    void cancel() {
        store.cancel("a").block(PATIENCE);
    }

    void cancelExecution() {
        store.cancelExecution("a#1").block(PATIENCE);
    }

    void resume() {
        store.resume("a", head(Duration.ZERO)).block(PATIENCE);
    }

    void reschedule() {
        store.reschedule("a", Trigger.every(HOUR), head(HOUR)).block(PATIENCE);
    }

    void remove() {
        store.remove("a").block(PATIENCE);
    }

    void enqueue() {
        store.enqueue("a", new Extra(store.nowMicros(), "1")).block(PATIENCE);
    }

    void say() {
        ExecutionEvent event = new ExecutionEvent("a#1", Instant.now(), ExecutionEvent.Level.INFO, "here", null);
        store.append(List.of(new Said(claimed, event))).block(PATIENCE);
    }

    void declare() {
        store.declareQueue(TaskQueue.named("default").rateLimit(10, Duration.ofSeconds(1)))
                .block(PATIENCE);
    }

    void declareWithKeys() {
        store.declareQueue(TaskQueue.named("default").keyConcurrency(1)).block(PATIENCE);
    }

    void pause() {
        store.pauseQueue("default", true).block(PATIENCE);
    }

    void resize() {
        store.resizeQueue("default", 3).block(PATIENCE);
    }

    void sweep() {
        assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
    }

    // ---- reading

    void look() {
        store.stats().block(PATIENCE);
        read = sorted((List<?>) server.command("HKEYS", "{" + namespace + ":0}:m"));
    }

    private static String sorted(List<?> values) {
        return values.stream().map(Object::toString).sorted().collect(Collectors.joining(" "));
    }

    private void read(Flux<?> values) {
        read = values.map(Object::toString).collect(Collectors.joining(", ")).block(PATIENCE);
    }

    void find() {
        read(store.task("a").map(TaskInfo::state).flux());
    }

    void scan() {
        read(store.tasks(TaskQuery.all()).map(TaskInfo::id));
    }

    void history() {
        executions(ExecutionQuery.of("a"));
    }

    void executions() {
        executions(ExecutionQuery.all());
    }

    private void executions(ExecutionQuery query) {
        read(store.executions(query).map(execution -> execution.id() + " " + execution.state()));
    }

    void events() {
        read(store.events("a#1").map(ExecutionEvent::message));
    }

    void queues() {
        read(store.queues().map(queue -> queue.name() + " " + queue.concurrency()));
    }

    void stats() {
        read(store.stats()
                .map(stats -> stats.tasks() + " waiting "
                        + stats.queues().get("default").waiting() + ", due "
                        + stats.queues().get("default").due() + ", running "
                        + stats.queues().get("default").running())
                .flux());
    }

    void journal() {
        read(store.journal("").map(JournalEntry::kind).take(2));
    }

    void listen() {
        read(store.hints().map(hint -> hint.kind() + " " + hint.subject()).take(2));
    }

    String keys() {
        String prefix = "{" + namespace + ":0}:";
        Map<String, String> found = new TreeMap<>();
        for (Object key : (List<?>) server.command("KEYS", prefix + "*")) {
            String name = key.toString().substring(prefix.length());
            if (name.equals("c") || name.startsWith("Q:")) {
                String numbers = numbers(key.toString());
                if (name.equals("c") || !numbers.equals("{}")) {
                    found.put(name, numbers);
                }
            } else if (!name.matches("m|j|i:.*")) {
                found.put(name, " " + size(key.toString()));
            }
        }
        List<String> parts = new ArrayList<>();
        found.forEach((name, value) -> parts.add(name + value));
        return String.join(", ", parts);
    }

    /** The fields of a hash that are numbers and not 0, but for times and tokens. */
    private String numbers(String key) {
        List<?> row = (List<?>) server.command("HGETALL", key);
        Map<String, String> numbers = new TreeMap<>();
        for (int i = 0; i < row.size(); i += 2) {
            String name = row.get(i).toString();
            String value = row.get(i + 1).toString();
            if (value.matches("-?[1-9][0-9]*") && !name.matches("[obgG]")) {
                numbers.put(name, value);
            }
        }
        return numbers.toString();
    }

    private Object size(String key) {
        return switch (String.valueOf(server.command("TYPE", key))) {
            case "hash" -> server.command("HLEN", key);
            case "zset" -> server.command("ZCARD", key);
            case "list" -> server.command("LLEN", key);
            case "set" -> server.command("SCARD", key);
            default -> server.command("GET", key);
        };
    }
}
