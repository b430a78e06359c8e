package io.reactorscheduler.proof;

import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** One round: nodes start, work comes, things break, all of it ends, and the checker decides. */
final class Round {

    private static final int SWEPT_AT_ONCE = 100;
    private static final int RETRIES = 20;
    private static final Duration BETWEEN_STRIKES = Duration.ofMillis(500);

    /** What a namespace keeps without any task: its settings, its queues, and answers to calls, which go by themselves. */
    private static final String KEPT = ".*:(m|c|q|j|Q:.*|i:.*|n:.*)";

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
     * @param logs where the logs of the nodes are; deleted when there are no problems
     */
    record Result(List<Problem> problems, Figures figures, Path logs) {}

    static Result run(RoundSettings settings) {
        return new Round(settings).run();
    }

    private Result run() {
        Arena arena = new Arena(settings);
        Evidence evidence;
        try (arena) {
            evidence = evidence(arena);
        }
        List<Problem> problems = Checker.check(evidence);
        if (problems.isEmpty()) {
            arena.forget();
        }
        return new Result(problems, Figures.of(settings, evidence, problems), arena.logs());
    }

    private Evidence evidence(Arena arena) {
        for (int i = 0; i < settings.workers(); i++) {
            arena.start(Duration.ZERO);
        }
        arena.awaitReady();
        Object calls = new Object();
        Workload workload = new Workload(arena.scheduler(), settings);
        workload.saveAll();
        Thread caller = new Thread(() -> workload.keepCalling(calls), "calls");
        caller.start();
        strike(new Faults(arena, random, calls), workload);
        join(caller);
        arena.awaitReady();
        awaitEnd(arena, workload);
        arena.workers().forEach(Worker::stop);
        arena.workers().forEach(arena::gone);
        return new Evidence(
                RoundSettings.LEASE,
                arena.servers().losesWrites(),
                workload.planned(),
                workload.asked(),
                arena.lines(),
                arena.strikes(),
                snapshot(arena));
    }

    /** Each fault as often as was asked for, in order; or any, until the window is over. */
    private void strike(Faults faults, Workload workload) {
        List<Fault> list = settings.faults();
        long end = Line.micros(workload.end());
        Pause.of(Duration.ofNanos(Math.max(0, end - Line.micros(settings.window()) - Line.now()) * 1_000));
        for (int done = 0; !list.isEmpty() && (settings.isEndless() ? Line.now() < end : done < list.size()); done++) {
            Pause.of(BETWEEN_STRIKES.plusMillis(random.nextLong(BETWEEN_STRIKES.toMillis())));
            faults.strike(list.get(settings.isEndless() ? random.nextInt(list.size()) : done));
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits until nothing is left to do; what is left after all patience is for the checker to judge. */
    private static void awaitEnd(Arena arena, Workload workload) {
        Waiting.isSoon(() -> Line.now() > Line.micros(workload.end()) && openTasks(arena.store()) <= Workload.hosts());
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

    private static Evidence.Snapshot snapshot(Arena arena) {
        TaskStore store = arena.store();
        List<TaskInfo> tasks =
                block(store.tasks(TaskQuery.all().limit(Integer.MAX_VALUE)).collectList());
        List<String> findings = new ArrayList<>();
        for (int i = 0; i <= 2 * tasks.size() / SWEPT_AT_ONCE + 2; i++) {
            findings.addAll(block(store.sweep()).findings());
        }
        List<Row> rows = block(store.executions(ExecutionQuery.all().limit(Integer.MAX_VALUE))
                .map(Row::of)
                .collectList());
        Map<String, TaskState> states = tasks.stream().collect(Collectors.toMap(TaskInfo::id, TaskInfo::state));
        tasks.forEach(task -> block(store.remove(task.id())));
        // the results of what was removed go with the next sweeps, some with each
        while (!block(store.sweep()).dropped().isEmpty()) {}
        // replicas follow a moment later
        Waiting.isSoon(() -> leftovers(arena).isEmpty());
        return new Evidence.Snapshot(rows, states, findings, leftovers(arena));
    }

    private static List<String> leftovers(Arena arena) {
        Set<String> left = new TreeSet<>();
        for (EmbeddedRedis redis : arena.servers().nodes()) {
            if (redis.command("KEYS", "{" + Arena.NAMESPACE + ":*") instanceof List<?> keys) {
                keys.stream()
                        .map(String::valueOf)
                        .filter(key -> !key.matches(KEPT))
                        .forEach(left::add);
            }
        }
        return List.copyOf(left);
    }

    private static <T> T block(Mono<T> call) {
        return call.retryWhen(Retry.fixedDelay(RETRIES, Duration.ofSeconds(1)))
                .blockOptional()
                .orElseThrow();
    }
}
