package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Advance;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.TaskStore.StoreStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Many threads and nodes at once: every fire time runs once, whoever comes first. */
abstract class RaceRules extends StoreRules {

    private static final int BATCH = 50;

    /** Runs seen, by execution or by fire time. */
    private final Set<String> ran = ConcurrentHashMap.newKeySet();

    private final AtomicInteger done = new AtomicInteger();

    private final int many;

    RaceRules(TaskStoreContract contract) {
        super(contract);
        this.many = contract.raceTasks();
    }

    private void saveMany(String prefix, int count) {
        long due = past();
        list(store.saveAll(Flux.fromIterable(numbered(prefix, count))
                .map(id -> Draft.once(id, due).newTask())));
    }

    /** Claims a batch and completes it, each claim at the end of its timeline. */
    private void work(Node node) {
        List<Claim> claims = claims(node, BATCH);
        for (Claim claim : claims) {
            assertThat(ran.add(claim.executionId()))
                    .as("%s is claimed once", claim.executionId())
                    .isTrue();
        }
        complete(claims.stream()
                .map(claim -> completion(claim, SUCCESS, claim.extra() ? Position.UNCHANGED : Position.ENDED))
                .toList());
    }

    private void complete(List<Completion> completions) {
        if (completions.isEmpty()) {
            Thread.onSpinWait();
            return;
        }
        List<Recorded> recorded = get(store.complete(completions));
        assertThat(recorded).hasSize(completions.size()).noneMatch(Recorded::isStale);
        done.addAndGet(completions.size());
    }

    /** Nothing waits or runs; of what completed a store may have forgotten the oldest. */
    private void assertAllIsOver(long completed) {
        assertThat(claims(10)).isEmpty();
        StoreStats stats = get(store.stats());
        assertThat(stats.tasks().getOrDefault(TaskState.COMPLETED, 0L)).isLessThanOrEqualTo(completed);
        assertThat(stats.tasks().getOrDefault(TaskState.RUNNING, 0L)).isZero();
        assertThat(stats.tasks().getOrDefault(TaskState.PENDING, 0L)).isZero();
        assertThat(stats.queues().values())
                .allMatch(queue -> queue.running() == 0 && queue.due() == 0 && queue.waiting() == 0);
        assertThat(sweep().findings()).isEmpty();
    }

    @Test
    void manyThreadsRunEachOfManyTasksExactlyOnce() {
        saveMany("t", many);

        new Race().until(() -> done.get() == many, 4, () -> work(NODE)).run();

        assertThat(ran).hasSize(many);
        assertAllIsOver(many);
    }

    @Test
    void tasksThatAreSavedWhileOthersClaimAllRunOnce() {
        new Race()
                .once(() -> saveMany("a", many / 2))
                .once(() -> numbered("b", many / 2).forEach(id -> save(once(id))))
                .until(() -> done.get() == many, 2, () -> work(NODE))
                .run();

        assertThat(ran).hasSize(many);
        assertAllIsOver(many);
    }

    @Test
    void twoNodesRunManyOneShotsAndRepeatingTasksEachFireTimeOnceAndInOrder() {
        int repeating = 100;
        int fireTimes = 20;
        int all = many + repeating * fireTimes;
        long start = past() - many;
        for (String id : numbered("r", repeating)) {
            save(Draft.repeating(id, start));
        }
        saveMany("t", many);
        Map<String, Integer> active = new ConcurrentHashMap<>();
        Map<String, Long> last = new ConcurrentHashMap<>();
        Runnable[] nodes = new Runnable[2];
        for (int i = 0; i < 2; i++) {
            Node node = NODE.named("node-" + i);
            nodes[i] = () -> {
                List<Claim> claims = claims(node, BATCH);
                List<Completion> ends = new ArrayList<>();
                for (Claim claim : claims) {
                    String id = claim.task().id();
                    assertThat(ran.add(id + "@" + claim.fireMicros())).isTrue();
                    assertThat(active.merge(id, 1, Integer::sum))
                            .as("runs at once")
                            .isEqualTo(1);
                    Long before = last.put(id, claim.fireMicros());
                    assertThat(before == null || before < claim.fireMicros()).isTrue();
                    boolean goesOn = id.startsWith("r") && claim.fired() < fireTimes;
                    ends.add(completion(claim, SUCCESS, goesOn ? Draft.at(claim.fireMicros() + 1) : Position.ENDED));
                }
                claims.forEach(claim -> active.merge(claim.task().id(), -1, Integer::sum));
                complete(ends);
            };
        }

        new Race()
                .until(() -> done.get() >= all, 2, nodes[0])
                .until(() -> done.get() >= all, 2, nodes[1])
                .run();

        assertThat(ran).hasSize(all);
        assertAllIsOver(many + repeating);
    }

    @Test
    void fireTimesOfOverlappingTasksRunOnceHoweverManyRunAtOnce() {
        int tasks = 20;
        int fireTimes = 100;
        long start = past() - fireTimes;
        for (String id : numbered("t", tasks)) {
            save(Draft.overlapping(id, start));
        }

        new Race()
                .until(() -> done.get() >= tasks * fireTimes, 4, () -> {
                    List<Claim> claims = claims(7);
                    for (Claim claim : claims) {
                        assertThat(ran.add(claim.task().id() + "@" + claim.fireMicros()))
                                .isTrue();
                    }
                    await(store.advance(claims.stream()
                            .map(claim -> new Advance(
                                    claim,
                                    claim.fired() < fireTimes ? Draft.at(claim.fireMicros() + 1) : Position.ENDED))
                            .toList()));
                    complete(claims.stream()
                            .map(claim -> completion(claim, SUCCESS, Position.UNCHANGED))
                            .toList());
                })
                .run();

        assertThat(ran).hasSize(tasks * fireTimes);
        assertAllIsOver(tasks);
    }

    @Test
    void aTaskThatIsCancelledWhileOthersClaimRunsOrIsCancelledAndIsNotRunAfterThat() {
        int tasks = many / 3;
        saveMany("t", tasks);
        List<String> ids = numbered("t", tasks);
        AtomicInteger cancelled = new AtomicInteger();

        new Race()
                .once(() -> ids.forEach(id -> {
                    get(store.cancel(id));
                    cancelled.incrementAndGet();
                }))
                .until(() -> cancelled.get() == tasks, 2, () -> {
                    List<Claim> claims = claims(5);
                    for (Claim claim : claims) {
                        assertThat(ran.add(claim.task().id())).isTrue();
                    }
                    claims.forEach(this::succeed);
                })
                .run();

        assertNothingToClaim();
        for (String id : ids) {
            assertThat(state(id)).isIn(TaskState.COMPLETED, TaskState.CANCELLED);
            if (!ran.contains(id)) {
                assertThat(state(id)).isEqualTo(TaskState.CANCELLED);
                assertThat(executions(id)).noneMatch(each -> each.state() == TaskState.COMPLETED);
            }
            assertThat(info(id).running()).isZero();
        }
        assertAllIsOver(
                ids.stream().filter(id -> state(id) == TaskState.COMPLETED).count());
    }

    @Test
    void aTaskThatIsReplacedWhileOthersClaimRunsInItsLastVersionAndNeverTwiceAtOnce() {
        int tasks = many / 20;
        int versions = 5;
        AtomicInteger saved = new AtomicInteger();
        Map<String, Integer> active = new ConcurrentHashMap<>();
        Map<String, String> last = new ConcurrentHashMap<>();
        Runnable step = () -> {
            List<Claim> claims = claims(7);
            for (Claim claim : claims) {
                assertThat(active.merge(claim.task().id(), 1, Integer::sum))
                        .as("runs at once")
                        .isEqualTo(1);
                last.put(claim.task().id(), String.valueOf(claim.input()));
            }
            for (Claim claim : claims) {
                active.merge(claim.task().id(), -1, Integer::sum);
                assertThat(succeed(claim).isStale()).isFalse();
            }
        };
        List<String> ids = numbered("t", tasks);

        new Race()
                .once(() -> {
                    for (int version = 1; version <= versions; version++) {
                        String input = String.valueOf(version);
                        ids.forEach(id -> save(once(id).input(input)));
                    }
                    saved.set(1);
                })
                .until(() -> saved.get() == 1, 3, step)
                .run();
        for (int i = 0; i < tasks; i++) {
            step.run();
        }

        assertThat(last)
                .hasSize(tasks)
                .allSatisfy((id, input) -> assertThat(input).as(id).isEqualTo(String.valueOf(versions)));
        assertAllIsOver(tasks);
    }

    @Test
    void extraExecutionsAskedForWhileOthersClaimRunOnceAndNeverTwoAtOnce() {
        int each = many / 40;
        save(repeating("a").due(future()));
        Set<String> asked = ConcurrentHashMap.newKeySet();
        AtomicInteger active = new AtomicInteger();
        Runnable asker = () -> {
            for (int i = 0; i < each; i++) {
                asked.add(enqueue("a", null));
            }
        };

        new Race()
                .once(asker)
                .once(asker)
                .until(() -> done.get() == 2 * each, 2, () -> {
                    List<Claim> claims = claims(3);
                    assertThat(claims).hasSizeLessThanOrEqualTo(1);
                    for (Claim claim : claims) {
                        assertThat(active.incrementAndGet()).as("runs at once").isEqualTo(1);
                        assertThat(ran.add(claim.executionId())).isTrue();
                        active.decrementAndGet();
                    }
                    complete(claims.stream()
                            .map(claim -> completion(claim, SUCCESS, Position.UNCHANGED))
                            .toList());
                })
                .run();

        assertThat(ran).hasSize(2 * each).isEqualTo(asked);
        assertThat(state("a")).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aRunThatEndsLateWhileItsLeaseIsGivenToAnotherNodeIsRecordedOnce() {
        int tasks = many / 20;
        saveMany("t", tasks);
        List<Claim> late = claims(NODE.lease(SHORT_LEASE), tasks);
        assertThat(late).hasSize(tasks);
        pass(SHORT_LEASE.toMillis() + 20);
        AtomicInteger recorded = new AtomicInteger();
        Map<String, Integer> recordedById = new ConcurrentHashMap<>();

        new Race()
                .once(() -> late.forEach(claim -> record(claim, recorded, recordedById)))
                .until(() -> recorded.get() == tasks, 1, this::sweep)
                .until(
                        () -> recorded.get() == tasks,
                        2,
                        () -> claims(OTHER_NODE, 10).forEach(claim -> record(claim, recorded, recordedById)))
                .run();

        assertThat(recordedById)
                .hasSize(tasks)
                .allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
        assertAllIsOver(tasks);
        for (String id : numbered("t", tasks)) {
            assertThat(executions(id)).hasSize(1);
        }
    }

    private void record(Claim claim, AtomicInteger recorded, Map<String, Integer> recordedById) {
        if (!succeed(claim).isStale()) {
            recordedById.merge(claim.task().id(), 1, Integer::sum);
            recorded.incrementAndGet();
        }
    }

    @Test
    void anEndReportedByTwoThreadsAtOnceIsRecordedOnce() {
        int tasks = many / 10;
        saveMany("t", tasks);
        List<Claim> claims = claims(tasks);
        Runnable reporter = () -> claims.forEach(this::succeed);

        new Race().once(reporter).once(reporter).run();

        for (Claim claim : claims) {
            assertThat(executions(claim.task().id())).hasSize(1);
        }
        assertAllIsOver(tasks);
    }
}
