package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.Position;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore.Advance;
import io.reactorscheduler.TaskStore.Extra;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each script that changes tasks or queues: what is there, what is done, which keys there are then. docs/redis.md says what the
 * keys are for. A key is listed with how much it holds, the counters of tasks ({@code c}) with their values, a queue with its
 * settings only by its name; what any call touches (the counters in {@code m}, the journal, answers to repeated calls) is left
 * out.
 */
class TransitionsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ExecutionError ERROR = ExecutionError.of("java.lang.IllegalStateException", "no", "");

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static final String TABLE = """
            script     | of                                        | steps, the last is the one                   | keys then
            save       | a new task                                | save                                         | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a task for later                          | save for later                               | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a known task                              | save, save for later                         | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            save       | a task that runs, as it is                | save repeating, claim, save repeating        | c{R=1}, e 1, q 1, t 1
            save       | a task that was done                      | save, claim, complete, save                  | c{P=1}, f 1, h:a 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            claim      | a due task                                | save, claim                                  | c{R=1}, e 1, q 1, t 1
            claim      | nothing that is due                       | save for later, claim                        | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            claim      | an overlapping task                       | save overlapping, claim                      | c{R=1}, e 1, q 1, t 1
            claim      | a triggered execution                     | save for later, enqueue, claim               | c{R=1}, e 1, q 1, t 1
            claim      | a task of a key with a limit              | declare keys, save with key, claim           | c{R=1}, e 1, n:default 1, q 1, t 1
            claim      | what was given back                       | save, claim, give back, claim                | c{R=1}, e 1, q 1, t 1
            advance    | an overlapping run                        | save overlapping, claim, advance             | c{R=1}, e 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            renew      | a lease                                   | save, claim, renew                           | c{R=1}, e 1, q 1, t 1
            complete   | a success                                 | save, claim, complete                        | c{C=1}, f 1, h:a 1, q 1, t 1
            complete   | a success of a repeating task             | save repeating, claim, complete and go on    | c{P=1}, f 1, h:a 1, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | a failure                                 | save, claim, fail                            | c{F=1}, f 1, h:a 1, q 1, t 1
            complete   | an attempt that is tried later            | save, claim, try later                       | c{T=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | work that is given back                   | save, claim, give back                       | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            complete   | a run whose task was cancelled            | save, claim, cancel, complete                | c{X=1}, f 1, h:a 1, q 1, t 1
            complete   | a run of a key with a limit               | declare keys, save with key, claim, complete | c{C=1}, f 1, h:a 1, q 1, t 1
            cancel     | a waiting task                            | save, cancel                                 | c{X=1}, q 1, t 1, z 1
            cancel     | a task that runs                          | save, claim, cancel                          | c{X=1}, e 1, q 1, t 1
            cancel     | a task with triggered executions          | save for later, enqueue, cancel              | c{X=1}, f 1, h:a 1, q 1, t 1
            stop       | one execution                             | save, claim, stop                            | c{R=1}, e 1, q 1, t 1
            resume     | a cancelled task                          | save, cancel, resume                         | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            reschedule | a task that was done                      | save, claim, complete, reschedule            | c{P=1}, f 1, h:a 1, l:default 1, q 1, t 1, v 1, w:7:default:0:plain 1
            remove     | a waiting task                            | save, remove                                 | c{}, q 1
            remove     | a task with history and what its run said | save, claim, append, complete, remove        | c{}, d 1, q 1
            remove     | a task that runs                          | save, claim, remove                          | c{}, q 1
            enqueue    | a task for later                          | save for later, enqueue                      | a:a 1, c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            append     | what a run says                           | save, claim, append                          | c{R=1}, e 1, q 1, t 1, y:a#1 1
            declare    | a queue                                   | declare                                      | q 1
            pause      | a queue                                   | declare, pause                               | q 1
            resize     | a queue                                   | declare, resize                              | q 1
            sweep      | an expired lease                          | save, claim for a moment, sweep              | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            sweep      | an expired lease of a cancelled task      | save, claim for a moment, cancel, sweep      | c{X=1}, f 1, h:a 1, q 1, t 1
            sweep      | nothing                                   | save, sweep                                  | c{P=1}, l:default 1, q 1, t 1, w:7:default:0:plain 1
            """;

    private static final Map<String, Consumer<World>> STEPS = Map.ofEntries(
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
            Map.entry("sweep", World::sweep));

    @TestFactory
    Stream<DynamicTest> eachScriptLeavesTheKeysThatItShould() {
        return TABLE.lines().skip(1).map(line -> {
            String[] cells = line.split("\\s*\\|\\s*");
            return DynamicTest.dynamicTest(cells[0] + ": " + cells[1], () -> {
                World world = new World();
                try {
                    for (String step : cells[2].split(", ")) {
                        STEPS.get(step).accept(world);
                    }
                    assertThat(world.keys()).isEqualTo(cells[3]);
                } finally {
                    world.store.dispose();
                }
            });
        });
    }

    /** One namespace, and words for what is done to it; what was claimed last is what ends. */
    private static final class World {
        private final String namespace = UUID.randomUUID().toString();
        private final RedisTaskStore store = RedisTaskStore.builder()
                .uri(server.uri())
                .namespace(namespace)
                .commandTimeout(PATIENCE)
                .build();
        private Claim claimed;

        private void save(Task<Void, String> task, Duration until) {
            long due = store.nowMicros() + until.toNanos() / 1_000;
            TaskRecord record = TaskRecord.builder("a", StoreTest.PLAIN.name())
                    .settingsOf(task)
                    .build();
            store.save(new NewTask(record, Position.at(due, due), IfExists.REPLACE))
                    .block(PATIENCE);
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
            store.claim(new io.reactorscheduler.ClaimRequest(
                            request.node(), lease, request.slots(), request.handlers()))
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
            store.append(List.of(new ExecutionEvent("a#1", Instant.now(), ExecutionEvent.Level.INFO, "here", null)))
                    .block(PATIENCE);
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

        String keys() {
            String prefix = "{" + namespace + ":0}:";
            Map<String, String> found = new TreeMap<>();
            for (Object key : (List<?>) server.command("KEYS", prefix + "*")) {
                String name = key.toString().substring(prefix.length());
                if (name.equals("c")) {
                    found.put(name, states(key.toString()));
                } else if (!name.matches("m|j|i:.*|Q:.*")) {
                    found.put(name, " " + size(key.toString()));
                }
            }
            List<String> parts = new ArrayList<>();
            found.forEach((name, value) -> parts.add(name + value));
            return String.join(", ", parts);
        }

        private static String states(String key) {
            List<?> row = (List<?>) server.command("HGETALL", key);
            Map<String, String> states = new TreeMap<>();
            for (int i = 0; i < row.size(); i += 2) {
                if (!row.get(i + 1).equals("0")) {
                    states.put(row.get(i).toString(), row.get(i + 1).toString());
                }
            }
            return states.toString();
        }

        private static Object size(String key) {
            return switch (String.valueOf(server.command("TYPE", key))) {
                case "hash" -> server.command("HLEN", key);
                case "zset" -> server.command("ZCARD", key);
                case "list" -> server.command("LLEN", key);
                case "set" -> server.command("SCARD", key);
                default -> server.command("GET", key);
            };
        }
    }
}
