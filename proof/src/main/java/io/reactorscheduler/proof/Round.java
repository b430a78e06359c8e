package io.reactorscheduler.proof;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.redis.RedisTaskStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** One round: nodes start, work comes, things break, all of it ends, and the checker decides. */
final class Round {

    private static final int SWEPT_AT_ONCE = 100;
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
    private static final int FEW = 5;

    /** Longer than a replica is behind, in microseconds. */
    private static final long UNREPLICATED = 1_000_000;

    /** Far longer than anything is waited for that is not lost: a lease, a retry, a look at each partition, a replica. */
    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    private static final Duration BETWEEN_STRIKES = Duration.ofMillis(500);

    /** Longer than a recovery may take beyond a lease. */
    private static final Duration UNDISTURBED = Duration.ofMillis(1_500);

    private final RoundSettings settings;
    private final Random random;

    private Round(RoundSettings settings) {
        this.settings = settings;
        this.random = new Random(settings.seed());
    }

    /**
     * What came of a round.
     *
     * @param problems the promises that were broken
     * @param figures what was counted
     * @param logs where the logs of the nodes and what Redis held are; deleted when there are no problems
     */
    record Result(List<Problem> problems, Figures figures, Path logs) {}

    static Result run(RoundSettings settings) {
        return new Round(settings).run();
    }

    private Result run() {
        Arena arena = new Arena(settings);
        try (arena;
                Watch watch = Watch.over(arena.servers())) {
            Evidence evidence = evidence(arena, watch);
            Checker.Verdict verdict = Checker.check(evidence);
            if (settings.isEndless()) {
                verdict = verdict.with(Recovery.of(evidence, Run.of(evidence)).tooLong(evidence.lease()));
            }
            Figures figures = Figures.of(settings, evidence, verdict);
            List<Problem> problems = verdict.problems();
            if (problems.isEmpty()) {
                arena.forget();
            } else {
                arena.keep(problems, evidence);
            }
            return new Result(problems, figures, arena.logs());
        } catch (RuntimeException e) {
            throw new IllegalStateException("the round broke off: " + e.getMessage() + "; logs in " + arena.logs(), e);
        }
    }

    private Evidence evidence(Arena arena, Watch watch) {
        Evidence.Held empty = arena.held();
        for (int i = 0; i < settings.workers(); i++) {
            arena.start(Duration.ZERO);
        }
        arena.awaitReady();
        Evidence.Held before = arena.held().withKeysOf(empty);
        Object calls = new Object();
        Workload workload = new Workload(arena.scheduler(), settings);
        workload.saveAll();
        Thread caller = new Thread(() -> workload.keepCalling(calls), "calls");
        caller.start();
        strike(new Faults(arena, random, calls), workload);
        join(caller);
        arena.awaitReady();
        List<String> open = awaitEnd(arena, workload);
        arena.workers().forEach(Worker::stop);
        arena.workers().forEach(arena::gone);
        Evidence.Snapshot snapshot = snapshot(arena, workload.planned());
        snapshot.findings().addAll(open);
        Evidence.Held after = heldAtLast(arena, before);
        watch.close();
        watch.seen()
                .forEach(
                        strike -> workload.doubt(strike.fromMicros() - UNREPLICATED, strike.toMicros() + UNREPLICATED));
        List<Strike> strikes =
                Stream.concat(arena.strikes().stream(), watch.seen().stream()).toList();
        return new Evidence(
                RoundSettings.LEASE,
                arena.servers().losesWrites(),
                workload.planned(),
                workload.asked(),
                workload.unanswered(),
                arena.lines(),
                strikes,
                snapshot,
                before,
                after);
    }

    /** Replicas follow a moment later. */
    private static Evidence.Held heldAtLast(Arena arena, Evidence.Held before) {
        Waiting.isWithin(STANDSTILL, () -> arena.held().isWithin(before));
        return arena.held();
    }

    /** All strikes in order; or any, until the window is over. */
    private void strike(Faults faults, Workload workload) {
        List<List<Fault>> list = settings.strikes();
        long end = Line.micros(workload.end());
        Pause.of(Duration.ofNanos(Math.max(0, end - Line.micros(settings.window()) - Line.now()) * 1_000));
        for (int done = 0; !list.isEmpty() && (settings.isEndless() ? Line.now() < end : done < list.size()); done++) {
            Pause.of(BETWEEN_STRIKES.plusMillis(random.nextLong(BETWEEN_STRIKES.toMillis())));
            List<Fault> together = settings.isEndless() ? any(list) : list.get(done);
            faults.strike(together);
            if (settings.isEndless() && together.stream().anyMatch(Fault::isDeath) && random.nextBoolean()) {
                // so that what the kill cut off comes back while nothing else happens
                Pause.of(RoundSettings.LEASE.plus(UNDISTURBED));
            }
        }
    }

    /** One of them, or one and another one that may go on at the same time. */
    private List<Fault> any(List<List<Fault>> list) {
        List<Fault> first = list.get(random.nextInt(list.size()));
        List<Fault> second = list.get(random.nextInt(list.size()));
        boolean isAlone = random.nextBoolean()
                || !first.stream().allMatch(one -> second.stream().allMatch(one::mixesWith));
        return isAlone ? first : Stream.concat(first.stream(), second.stream()).toList();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits until nothing is left to do, or nothing gets done any more; says what is left then. */
    private static List<String> awaitEnd(Arena arena, Workload workload) {
        BooleanSupplier standstill = Waiting.standstill(() -> done(arena), STANDSTILL);
        Waiting.isSoon(() -> Line.now() > Line.micros(workload.end())
                && (openTasks(arena.store()) <= Workload.hosts() || standstill.getAsBoolean()));
        long open = openTasks(arena.store());
        return open <= Workload.hosts()
                ? List.of()
                : List.of(open + " tasks are open for ever; " + Workload.hosts() + " of them wait to be triggered");
    }

    /** How many executions have ended; one that is done again and again gets nothing done. */
    private static long done(Arena arena) {
        return arena.lines().stream()
                .filter(line -> line.kind() == Line.Kind.ENDED)
                .map(Line::execution)
                .distinct()
                .count();
    }

    private static long openTasks(TaskStore store) {
        return store.stats()
                .map(stats -> stats.tasks().entrySet().stream()
                        .filter(entry -> !entry.getKey().isFinal())
                        .mapToLong(Map.Entry::getValue)
                        .sum())
                .onErrorReturn(Long.MAX_VALUE)
                .blockOptional()
                .orElse(Long.MAX_VALUE);
    }

    private static Evidence.Snapshot snapshot(Arena arena, List<Planned> planned) {
        TaskStore store = arena.store();
        List<TaskInfo> tasks = everyTask(store);
        List<String> findings = new ArrayList<>();
        for (int i = 0; i <= 2 * tasks.size() / SWEPT_AT_ONCE + 2; i++) {
            findings.addAll(block(store.sweep()).findings());
        }
        List<Row> rows = block(store.executions(ExecutionQuery.all().limit(Integer.MAX_VALUE))
                .map(Row::of)
                .collectList());
        Map<String, TaskState> states = tasks.stream().collect(Collectors.toMap(TaskInfo::id, TaskInfo::state));
        arena.dump();
        List<String> leftovers = new ArrayList<>(afterRetention(
                arena,
                planned.stream()
                        .filter(task -> task.kind() == Planned.Kind.CANCELLED)
                        .map(Planned::id)
                        .collect(Collectors.toSet())));
        everyTask(store).forEach(task -> block(store.remove(task.id())));
        // the results of what was removed go with the next sweeps, some with each
        while (!block(store.sweep()).dropped().isEmpty()) {}
        // replicas follow a moment later
        Waiting.isWithin(STANDSTILL, () -> keysLeft(arena).isEmpty());
        leftovers.addAll(keysLeft(arena));
        return new Evidence.Snapshot(rows, states, findings, leftovers);
    }

    private static List<TaskInfo> everyTask(TaskStore store) {
        return block(store.tasks(TaskQuery.all().limit(Integer.MAX_VALUE)).collectList());
    }

    /** What a retention that keeps nothing leaves behind of executions and of tasks that have ended. */
    private static List<String> afterRetention(Arena arena, Set<String> cancelled) {
        RedisTaskStore store = arena.forgetful();
        try {
            Waiting.isWithin(STANDSTILL, () -> {
                for (int i = 0; i < SWEPT_AT_ONCE; i++) {
                    block(store.sweep());
                }
                return kept(store, cancelled).isEmpty();
            });
            return kept(store, cancelled);
        } finally {
            store.dispose();
        }
    }

    /** A timeline that somebody cancelled before its end, so no retention deletes it. */
    private static boolean canBeResumed(TaskInfo task) {
        return task.state() == TaskState.CANCELLED && !task.task().trigger().isOnce();
    }

    private static List<String> kept(TaskStore store, Set<String> cancelled) {
        Flux<String> executions =
                store.executions(ExecutionQuery.all().limit(FEW)).map(Execution::id);
        Flux<String> tasks = Flux.fromIterable(everyTask(store))
                .filter(task -> task.state().isFinal() && !(canBeResumed(task) && cancelled.contains(task.id())))
                .map(TaskInfo::id);
        return block(Flux.concat(List.of(executions, tasks))
                .map(id -> id + " was kept by a retention that keeps nothing")
                .collectList());
    }

    private static List<String> keysLeft(Arena arena) {
        Set<String> left = new TreeSet<>();
        for (EmbeddedRedis redis : arena.servers().nodes()) {
            Arena.keysOf(redis, "*").stream()
                    .filter(key -> !key.matches(Arena.KEPT))
                    .forEach(left::add);
        }
        return List.copyOf(left);
    }

    /** A call that gives neither an answer nor an error ends the round, too. */
    private static <T> T block(Mono<T> call) {
        return call.retryWhen(Retry.fixedDelay(Waiting.PATIENCE.dividedBy(BETWEEN_TRIES), BETWEEN_TRIES))
                .blockOptional(Waiting.PATIENCE.multipliedBy(2))
                .orElseThrow();
    }
}
