package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What Redis keeps does not grow with what was executed. */
class MemoryTest extends StoreTest {

    private static final Handler<Integer, Integer> WORK = Handler.named("work", Integer.class, Integer.class);
    private static final int ROUND = Integer.getInteger("memory.round", 8_000);
    private static final int KEPT = 500;
    private static final int MIXED = 1_500;

    /** Of five tasks of a mixed round one is each of these, and one succeeds. */
    private static final int FAILS = 1;

    private static final int RETRIED = 2;
    private static final int CANCELLED = 3;
    private static final int WAITS = 4;
    private static final double MOST_GROWTH_BYTES = 200_000;
    private static final Duration A_MOMENT = Duration.ofMillis(300);

    private final AtomicInteger ran = new AtomicInteger();

    private RedisStoreBuilder small() {
        return builder().journal(50).retention(new Retention(10, Duration.ofHours(1), KEPT));
    }

    private void round(ReactiveScheduler node, int number) {
        int before = ran.get();
        node.scheduleAll(Flux.range(0, ROUND).map(i -> WORK.task(i).id("r" + number + "-" + i)))
                .then()
                .block(PATIENCE);
        await("the runs of round " + number, () -> ran.get() == before + ROUND);
    }

    /** Bytes in use when nothing runs and what is kept for seconds is gone. */
    private double bytes() {
        await("all records", () -> (Long) server.command("ZCARD", key("e")) == 0);
        await("what runs said", this::saysNothingNew);
        for (Object token : (Iterable<?>) server.command("KEYS", key("i:*"))) {
            server.command("DEL", token.toString());
        }
        server.command("MEMORY", "PURGE");
        return info("memory", "used_memory_dataset");
    }

    /** Events are saved in batches, which may come after the ends of their runs. */
    private boolean saysNothingNew() {
        Object saved = server.command("KEYS", key("y:*"));
        Pause.of(A_MOMENT);
        return server.command("KEYS", key("y:*")).equals(saved);
    }

    @Test
    void ofOneShotTasksOnlyWhatRetentionKeepsStays() {
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(use(small().build()))
                .handle(
                        WORK,
                        (number, run) -> Mono.fromSupplier(() -> {
                            ran.incrementAndGet();
                            return number;
                        }))
                .start());
        round(node, 0);
        double before = bytes();

        round(node, 1);
        round(node, 2);
        double after = bytes();

        System.out.printf("bytes after %d and %d runs: %.0f %.0f%n", ROUND, 3 * ROUND, before, after);
        assertThat(after - before).isLessThan(MOST_GROWTH_BYTES);
        assertThat((Long) server.command("HLEN", key("t"))).isLessThanOrEqualTo(KEPT + 1);
    }

    /** Fails at its first attempt, always or never, by what it is given; the retry is claimed anew. */
    private ReactiveScheduler mixedNode() {
        RedisTaskStore store = use(small().build());
        store.stats().block(PATIENCE);
        return use(ReactiveScheduler.builder()
                .store(store)
                .retryInPlace(Duration.ZERO)
                .handle(WORK, (number, run) -> {
                    run.info("attempt " + run.attempt());
                    return number % 5 == FAILS || (number % 5 == RETRIED && run.attempt() == 1)
                            ? Mono.error(new IllegalStateException("no " + number))
                            : number % 5 == CANCELLED ? Mono.never() : Mono.just(number);
                })
                .start());
    }

    /** Tasks that fail, are tried again, are cancelled while they run and while they wait, and a repeating one. */
    private void mixedRound(ReactiveScheduler node, int number) {
        String round = "r" + number + "-";
        node.schedule(WORK.task(0).id("tick").every(Duration.ofMillis(2)).maxRuns(MIXED / 5))
                .block(PATIENCE);
        node.scheduleAll(Flux.range(0, MIXED).map(i -> {
                    Task<Integer, Integer> task = WORK.task(i)
                            .id(round + i)
                            .key("k" + i % 7)
                            .retry(i % 5 == RETRIED ? RetryPolicy.fixed(2, Duration.ofMillis(1)) : RetryPolicy.never());
                    return i % 5 == WAITS ? task.after(Duration.ofHours(1)) : task;
                }))
                .then()
                .block(PATIENCE);
        Flux.range(0, MIXED)
                .filter(i -> i % 5 == WAITS || i % 5 == CANCELLED)
                .concatMap(i -> node.cancel(round + i))
                .blockLast(PATIENCE);
        await("the end of round " + number, () -> {
            Map<TaskState, Long> tasks = node.stats().block(PATIENCE).tasks();
            return tasks.getOrDefault(TaskState.PENDING, 0L)
                            + tasks.getOrDefault(TaskState.RUNNING, 0L)
                            + tasks.getOrDefault(TaskState.RETRYING, 0L)
                    == 0;
        });
    }

    /** The keys of the namespace but those that are kept for seconds; kinds of histories and logs of runs are one each. */
    private Map<String, Long> keys() {
        return ((List<?>) server.command("KEYS", "*"))
                .stream()
                        .map(key -> key.toString().substring(key("").length()))
                        .filter(name -> !name.startsWith("i:"))
                        .map(name -> name.replaceFirst("^([hy]:).*", "$1"))
                        .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }

    @Test
    void ofRepeatingRetriedFailedAndCancelledTasksOnlyWhatRetentionKeepsStays() {
        ReactiveScheduler node = mixedNode();
        mixedRound(node, 0);
        mixedRound(node, 1);
        double before = bytes();

        mixedRound(node, 2);
        mixedRound(node, 3);
        double after = bytes();

        System.out.printf("bytes after %d and %d mixed tasks: %.0f %.0f%n", 2 * MIXED, 4 * MIXED, before, after);
        assertThat(after - before).isLessThan(MOST_GROWTH_BYTES);
        // those with an execution that is kept, as many that ended without one, and the repeating one
        assertThat((Long) server.command("HLEN", key("t"))).isLessThanOrEqualTo(2 * KEPT + 1);
        assertThat(keys().keySet())
                .as("no line, lease or token is left behind")
                .isSubsetOf("m", "j", "q", "Q:default", "c", "t", "f", "z", "h:", "y:");
        keys().forEach((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(KEPT + 1));
    }

    @Test
    void aSweepDeletesABoundedNumberOfOldExecutions() {
        int many = 3_000;
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(use(builder()
                        .retention(new Retention(1, Duration.ofDays(1), many))
                        .build()))
                .handle(WORK, (number, run) -> Mono.fromRunnable(ran::incrementAndGet))
                .start());
        node.scheduleAll(Flux.range(0, many).map(WORK::task)).then().block(PATIENCE);
        await("the runs", () -> (Long) server.command("ZCARD", key("f")) == many);
        node.disposeLater().block(PATIENCE);

        RedisTaskStore brief = use(
                builder().retention(new Retention(1, Duration.ofMillis(1), 1)).build());
        brief.sweep().block(PATIENCE);

        assertThat((Long) server.command("ZCARD", key("f"))).isBetween(many - 1_000L, many - 1L);
    }

    @Test
    void aBoundPerTaskThatWasLoweredIsReachedByEndsAndSweepsThatDeleteAFewRowsEach() {
        int many = 60;
        RedisTaskStore store = use(builder()
                .retention(new Retention(many, Duration.ofDays(1), KEPT))
                .build());
        RedisTaskStore lowered = use(
                builder().retention(new Retention(1, Duration.ofDays(1), KEPT)).build());
        store.save(task("a", store.nowMicros() + 3_600 * SECOND_MICROS, IfExists.FAIL))
                .block(PATIENCE);
        runTriggered(store, many);
        assertThat(server.command("LLEN", key("h:a"))).isEqualTo((long) many);

        runTriggered(lowered, 1);
        long afterAnEnd = (Long) server.command("LLEN", key("h:a"));
        lowered.sweep().block(PATIENCE);
        long afterASweep = (Long) server.command("LLEN", key("h:a"));

        assertThat(afterAnEnd).isBetween(many - 10L, many - 1L);
        assertThat(afterASweep).isBetween(afterAnEnd - 11, afterAnEnd - 1);
        await("the sweeps", () -> {
            lowered.sweep().block(PATIENCE);
            return server.command("LLEN", key("h:a")).equals(1L);
        });
        assertThat(server.command("ZCARD", key("f"))).isEqualTo(1L);
    }

    private static void runTriggered(TaskStore store, int many) {
        for (int i = 0; i < many; i++) {
            store.enqueue("a", new TaskStore.Extra(0, null)).block(PATIENCE);
            succeed(store, claim(store, 1).get(0));
        }
    }

    @Test
    void aTimelineThatEndedGoesWithItsHistoryAlsoWhenItsLastRunWasCancelled() {
        RedisTaskStore store = use(
                small().retention(new Retention(10, Duration.ofMillis(1), KEPT)).build());
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(store)
                .handle(WORK, (number, run) -> Mono.never())
                .start());
        for (String id : List.of("ended", "cancelled")) {
            node.schedule(WORK.task(1)
                            .id(id)
                            .every(Duration.ofMillis(20))
                            .maxRuns(id.equals("ended") ? 3 : Long.MAX_VALUE)
                            .overlap(Overlap.cancelRunning()))
                    .block(PATIENCE);
        }
        node.cancel("cancelled").block(PATIENCE);

        await("the end of one and the sweeps", () -> {
            node.executions(ExecutionQuery.of("ended").state(TaskState.RUNNING))
                    .concatMap(execution -> node.cancelExecution(execution.id()))
                    .blockLast(PATIENCE);
            store.sweep().block(PATIENCE);
            return (Long) server.command("HLEN", key("t")) == 1;
        });
        assertThat(store.task("cancelled").block(PATIENCE)).as("can be resumed").isNotNull();
    }

    @Test
    void whatRetentionHasDeletedLeavesNothing() {
        RedisTaskStore store = use(
                small().retention(new Retention(10, Duration.ofMillis(1), KEPT)).build());
        store.stats().block(PATIENCE);
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(store)
                .handle(
                        WORK,
                        (number, run) -> Mono.fromSupplier(() -> {
                            run.info("said");
                            ran.incrementAndGet();
                            return number;
                        }))
                .start());
        node.scheduleAll(Flux.range(0, 1_000)
                        .map(i -> WORK.task(i).id("t" + i).key("k" + i % 7).priority(i % 3)))
                .then()
                .block(PATIENCE);
        await("the runs", () -> ran.get() == 1_000);
        node.disposeLater().block(PATIENCE);
        await("the sweeps", () -> {
            store.sweep().block(PATIENCE);
            return (Long) server.command("HLEN", key("t")) == 0;
        });

        for (Object token : (Iterable<?>) server.command("KEYS", key("i:*"))) {
            server.command("DEL", token.toString());
        }
        assertThat((Iterable<?>) server.command("KEYS", "*"))
                .extracting(Object::toString)
                .containsOnly(key("m"), key("j"), key("q"), key("Q:default"), key("c"));
    }
}
