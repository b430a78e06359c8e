package io.reactorscheduler.proof;

import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.redis.RedisTaskStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One node in a JVM of its own: runs what is in the store and writes what it does into its log. Ends in order when it is
 * told to, and at once when its standard input ends, because then the driver is gone.
 */
final class WorkerMain {

    static final String STOP = "stop";

    /** Then how wrong the wall clock is from now on. */
    static final String CLOCK = "clock ";

    static final String READY = "ready";
    static final int BROKEN = 3;

    private static final int DRIVER_GONE = 4;
    private static final int FAST_RUNS = 32;
    private static final int SLOW_RUNS = 24;
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration TICK = Duration.ofMillis(20);

    /** How far ticks may be apart before that counts as standing still. */
    private static final Duration LONGEST_TICK = Duration.ofMillis(60);

    private final WorkLog log;
    private final String node;

    private WorkerMain(WorkLog log, String node) {
        this.log = log;
        this.node = node;
    }

    public static void main(String[] args) throws IOException {
        WorkerSettings settings = WorkerSettings.parse(args);
        AtomicLong skewMillis = new AtomicLong(settings.skew().toMillis());
        SkewedClock.install(skewMillis);
        WorkerMain worker = new WorkerMain(WorkLog.open(Path.of(settings.log())), settings.node());
        worker.watchPauses();
        worker.run(settings, skewMillis);
    }

    /** Keeps all, so that there is evidence. */
    static RedisTaskStore store(WorkerSettings settings, Duration timeout) {
        return store(settings, timeout, new Retention(1_000_000, Duration.ofDays(1), 10_000_000));
    }

    static RedisTaskStore store(WorkerSettings settings, Duration timeout, Retention retention) {
        return RedisTaskStore.builder()
                .uri(settings.uri())
                .namespace(settings.namespace())
                .partitions(settings.partitions())
                .commandTimeout(timeout)
                .safetyPoll(Duration.ofSeconds(1))
                .retention(retention)
                .neverQuarantine()
                .noJournal()
                .build();
    }

    private void run(WorkerSettings settings, AtomicLong skewMillis) throws IOException {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .store(WatchedStore.of(store(settings, COMMAND_TIMEOUT), log, node, settings.partitions()))
                .node(node)
                .lease(settings.lease())
                .retryInPlace(Duration.ofMillis(100))
                .queue(TaskQueue.named(Work.FAST).concurrency(FAST_RUNS))
                .queue(TaskQueue.named(Work.SLOW).concurrency(SLOW_RUNS))
                .handle(Work.HANDLER, this::work)
                .start();
        scheduleFromHere(scheduler).block();
        System.out.println(READY);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String command = commands.readLine();
        for (; command != null && command.startsWith(CLOCK); command = commands.readLine()) {
            skewMillis.set(Duration.parse(command.substring(CLOCK.length())).toMillis());
        }
        if (!STOP.equals(command)) {
            Runtime.getRuntime().halt(DRIVER_GONE);
        }
        var stopped = scheduler.disposeGracefully(PATIENCE).block();
        log.append(Line.of(Line.Kind.STOPPED, node, Line.NOTHING, String.valueOf(stopped)))
                .block();
        Runtime.getRuntime().halt(0);
    }

    private Mono<String> work(Work work, RunContext run) {
        Line started = new Line(
                Line.Kind.STARTED,
                Line.now(),
                node,
                run.executionId(),
                run.fence(),
                run.attempt(),
                Line.micros(run.fireTime()),
                "");
        Mono<Void> end = Mono.defer(() -> run.attempt() <= work.failures()
                ? log.append(started.then(Line.Kind.FAILED))
                        .then(Mono.error(() -> new Work.PlannedFailure(run.attempt())))
                : log.append(started.then(Line.Kind.ENDED)));
        return log.append(started)
                .then(Mono.delay(Duration.ofMillis(work.millis()), run.timer()))
                .then(end)
                .thenReturn(node)
                .doOnCancel(() -> log.note(started.then(Line.Kind.CANCELLED)));
    }

    /** A relative time from a node whose clock may be wrong and whose first call this is. */
    private Mono<Void> scheduleFromHere(ReactiveScheduler scheduler) {
        Duration delay = Duration.ofMillis(300);
        String id = "from-" + node;
        long earliest = Line.now() + Line.micros(delay);
        Line about = new Line(Line.Kind.SCHEDULING, Line.now(), node, id, 0, 0, earliest, "");
        Mono<?> call = scheduler
                .schedule(Work.HANDLER
                        .task(new Work(1, 0))
                        .id(id)
                        .queue(Work.FAST)
                        .after(delay))
                .flatMap(saved -> log.append(
                        new Line(Line.Kind.SCHEDULED, Line.now(), node, id, 0, 0, earliest, "after " + delay)))
                .onErrorResume(
                        error -> log.append(Line.of(Line.Kind.SCHEDULED, node, Line.NOTHING, "not saved: " + error)));
        return log.append(about).then(call).then();
    }

    /** Each thread of the Scheduler ticks; whoever is late has stood still, and cannot have ended its runs meanwhile. */
    private void watchPauses() {
        for (int i = 0; i < Schedulers.DEFAULT_POOL_SIZE; i++) {
            Scheduler.Worker thread = Schedulers.parallel().createWorker();
            long[] last = {System.nanoTime()};
            thread.schedulePeriodically(
                    () -> {
                        long now = System.nanoTime();
                        long pause = now - last[0];
                        last[0] = now;
                        if (pause > LONGEST_TICK.toNanos()) {
                            long end = Line.now();
                            long start = end - TimeUnit.NANOSECONDS.toMicros(pause);
                            log.note(new Line(Line.Kind.PAUSED, end, node, Line.NOTHING, 0, 0, start, ""));
                        }
                    },
                    0,
                    TICK.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }
}
