package io.reactorscheduler.examples;

import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.InMemoryTaskStore;
import io.reactorscheduler.Misfire;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQueue;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The main example: what a scheduler in memory does in about ten seconds. */
public final class QuickStart {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private QuickStart() {}

    public static void main(String[] args) {
        lines(Duration.ofSeconds(10)).doOnNext(System.out::println).blockLast();
    }

    /** Starts a scheduler, gives it tasks, and tells for so long what happens, then what happened in total. */
    static Flux<String> lines(Duration length) {
        return Flux.usingWhen(
                Mono.fromSupplier(QuickStart::start),
                scheduler -> Flux.concat(
                        Flux.just(line("time", "task", "what")),
                        scheduler
                                .events()
                                .mergeWith(work(scheduler).thenMany(Flux.empty()))
                                .concatMap(QuickStart::told)
                                .takeUntilOther(Mono.delay(length)),
                        report(scheduler)),
                scheduler -> scheduler.disposeGracefully(Duration.ofSeconds(1)));
    }

    private static ReactiveScheduler start() {
        return ReactiveScheduler.builder()
                .store(InMemoryTaskStore.builder()
                        .retention(Retention.defaults().perTask(1_000)) // all heartbeats count in the end
                        .build())
                .queue(TaskQueue.named("one by one").concurrency(1).paused(true))
                .queue(TaskQueue.named("rate limited").rateLimit(2, Duration.ofSeconds(1)))
                .start();
    }

    /** Saves the tasks; a second later all of one queue are due, and it opens. */
    private static Mono<TaskQueue> work(ReactiveScheduler scheduler) {
        return scheduler
                .scheduleAll(tasks())
                .then(Mono.delay(Duration.ofSeconds(1)))
                .then(scheduler.resumeQueue("one by one"));
    }

    private static Flux<Task<?, String>> tasks() {
        Flux<Task<?, String>> schedules = Flux.just(
                Task.of("one-shot", run -> Mono.just("hello")),
                Task.of("delayed", run -> Mono.just("three seconds later")).after(Duration.ofSeconds(3)),
                Task.of("fixed rate", QuickStart::fired).every(Duration.ofMillis(1_500)),
                Task.of("cron", QuickStart::fired).cron("*/2 * * * * *"),
                Task.of("flaky", QuickStart::flaky).retry(RetryPolicy.fixed(3, Duration.ofMillis(700))),
                Task.of("too slow", run -> Mono.<String>never()).timeout(Duration.ofSeconds(2)),
                Task.of("stream", QuickStart::countDown).after(Duration.ofSeconds(4)),
                Task.of("heartbeat", run -> Mono.<String>empty())
                        .every(Duration.ofMillis(20))
                        .overlap(Overlap.sequential(50)) // a busy machine delays some and skips none
                        .misfire(Misfire.all(Duration.ofSeconds(1), 50)));
        Flux<Task<?, String>> byPriority = Flux.range(1, 4)
                .map(priority -> Task.of(
                                "priority " + priority,
                                run -> Mono.just("highest first").delayElement(Duration.ofMillis(100)))
                        .queue("one by one")
                        .priority(priority));
        Flux<Task<?, String>> limited = Flux.range(1, 8)
                .map(number -> Task.of("limited " + number, run -> Mono.just("two at once, then two a second"))
                        .queue("rate limited")
                        .after(Duration.ofSeconds(5)));
        return Flux.concat(schedules, byPriority, limited);
    }

    private static Mono<String> fired(RunContext run) {
        return Mono.just("fired for " + TIME.format(run.fireTime()));
    }

    private static Mono<String> flaky(RunContext run) {
        return run.attempt() < 3
                ? Mono.error(new IOException("connection refused"))
                : Mono.just("worked at attempt " + run.attempt());
    }

    private static Flux<String> countDown(RunContext run) {
        return Flux.interval(Duration.ofMillis(300)).take(4).map(n -> n == 3 ? "lift-off" : 3 - n + " ...");
    }

    // ---- what is printed

    private static Flux<String> told(SchedulerEvent event) {
        String what = switch (event.kind()) {
            case RESULT -> String.valueOf(event.element());
            case RETRYING -> "attempt " + event.attempt() + " failed: " + event.message();
            case FAILED -> "failed: " + event.message();
            case SKIPPED, CANCELLED, PROBLEM, MISSED -> event.kind() + ": " + event.message();
            default -> "";
        };
        return what.isEmpty() ? Flux.empty() : Flux.just(line(TIME.format(event.time()), name(event), what));
    }

    private static String name(SchedulerEvent event) {
        return event.task() == null ? "" : event.task().handler();
    }

    private static String line(String time, String task, String what) {
        return String.format("%-12s  %-10s  %s", time, task, what);
    }

    private static Flux<String> report(ReactiveScheduler scheduler) {
        return scheduler
                .executions(ExecutionQuery.all().limit(10_000))
                .collectList()
                .flatMapIterable(executions -> new Report(executions).lines());
    }
}
