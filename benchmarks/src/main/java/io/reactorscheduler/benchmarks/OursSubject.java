package io.reactorscheduler.benchmarks;

import static io.reactorscheduler.HandlerFunction.value;

import io.reactorscheduler.Cron;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** This library with its defaults: states, history, events and all hooks on. */
final class OursSubject implements Subject {

    /** Tasks that are taken back at once, at the same time. */
    private static final int CANCELS = 256;

    /** With nothing but defaults. */
    private final ReactiveScheduler scheduler = ReactiveScheduler.inMemory();

    /** With a queue of its own, for the workloads that need one. */
    private @Nullable ReactiveScheduler other;

    @Override
    public void fireNow(int n, Runnable work) {
        fire(n, task(work));
    }

    @Override
    public void fireNowEach(int n, Runnable work) {
        Task<Void, Object> task = task(work);
        for (int i = 0; i < n; i++) {
            scheduler.schedule(task).subscribe();
        }
    }

    @Override
    public void fireAt(Due due) {
        Lateness lateness = due.lateness();
        Task<Void, Object> task = Task.of("work", value((none, run) -> {
            lateness.record(micros(run.fireTime()));
            return null;
        }));
        schedule(Flux.range(0, due.n()).map(i -> task.at(due.instant(i))));
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        Lateness lateness = first.lateness();
        Task<Void, Object> task = Task.of("work", value((none, run) -> {
            lateness.record(micros(run.fireTime()));
            return null;
        }));
        Trigger every = Trigger.every(period);
        schedule(Flux.range(0, first.n()).map(i -> task.trigger(every.startAt(first.instant(i)))));
    }

    @Override
    public void fireByCron(Iterable<CronJob> jobs) {
        schedule(Flux.fromIterable(jobs).map(job -> task(job).cron(job.cron().spring())));
    }

    @Override
    public void fireEachMinute(Duration duration, Runnable work) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        time.advanceTimeTo(Instant.ofEpochSecond(CronWorkload.FROM));
        ReactiveScheduler virtual =
                ReactiveScheduler.builder().scheduler(() -> time).start();
        virtual.schedule(task(work).cron("* * * * *")).block();
        time.advanceTimeBy(duration);
        virtual.dispose();
    }

    @Override
    public long walk(CronText text, long fromEpochSecond, int steps) {
        Cron cron = Cron.parse(text.spring());
        Instant time = Instant.ofEpochSecond(fromEpochSecond);
        for (int i = 0; i < steps; i++) {
            time = Objects.requireNonNull(cron.next(time));
        }
        return time.getEpochSecond();
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        Task<Void, Object> task = task(() -> {}).after(ahead);
        scheduler
                .scheduleAll(Flux.range(0, n).map(i -> task))
                .flatMap(ScheduledTask::remove, CANCELS)
                .blockLast();
    }

    @Override
    public void failOnce(int n, Attempt attempt) {
        Task<Void, Object> task = Task.of("work", value((none, run) -> {
            attempt.run(run.attempt());
            return null;
        }));
        fire(n, task.retry(RetryPolicy.fixed(1, Duration.ZERO)));
    }

    @Override
    public void fireWithRetry(int n, Runnable work) {
        fire(n, task(work).retry(RetryPolicy.exponential(3, Duration.ofSeconds(1))));
    }

    @Override
    public void fireWithTimeout(int n, Duration timeout, Runnable work) {
        fire(n, task(work).timeout(timeout));
    }

    @Override
    public void wait(int n, Supplier<Mono<Void>> waiting, Runnable done) {
        Task<Void, Void> task = Task.of("work", run -> waiting.get().doOnSuccess(nothing -> done.run()));
        start(TaskQueue.named("wide").concurrency(n))
                .scheduleAll(Flux.range(0, n).map(i -> task.queue("wide")))
                .blockLast();
    }

    @Override
    public void fireByPriority(Backlog backlog) {
        ReactiveScheduler started = start(TaskQueue.named("levels").paused(true));
        Task<Void, Object>[] levels = tasks(backlog);
        started.scheduleAll(Flux.range(0, backlog.n()).map(i -> levels[backlog.level(i)]))
                .blockLast();
        started.resumeQueue("levels").block();
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Task<Void, Object>[] tasks(Backlog backlog) {
        Task<Void, Object>[] levels = new Task[Backlog.LEVELS];
        for (int i = 0; i < levels.length; i++) {
            int level = i;
            levels[i] = task(() -> backlog.start(level)).queue("levels").priority(level);
        }
        return levels;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public void fireByQueue(int n, int queues, Runnable work) {
        SchedulerBuilder builder = ReactiveScheduler.builder();
        Task<Void, Object>[] tasks = new Task[queues];
        for (int i = 0; i < queues; i++) {
            builder = builder.queue(TaskQueue.named("queue-" + i));
            tasks[i] = task(work).queue("queue-" + i);
        }
        other = builder.start();
        other.scheduleAll(Flux.range(0, n).map(i -> tasks[i % queues])).blockLast();
    }

    @Override
    public Flux<Integer> results(Flux<Integer> elements) {
        ScheduledTask<Integer> task = Objects.requireNonNull(
                scheduler.schedule(Task.of("work", run -> elements)).block());
        return task.results();
    }

    @Override
    public void close() {
        scheduler.dispose();
        if (other != null) {
            other.dispose();
        }
    }

    private ReactiveScheduler start(TaskQueue queue) {
        ReactiveScheduler started = ReactiveScheduler.builder().queue(queue).start();
        other = started;
        return started;
    }

    private void fire(int n, Task<Void, ?> task) {
        schedule(Flux.range(0, n).map(i -> task));
    }

    private void schedule(Flux<? extends Task<Void, ?>> tasks) {
        scheduler.scheduleAll(tasks).blockLast();
    }

    private static Task<Void, Object> task(Runnable work) {
        return Task.of("work", value((none, run) -> {
            work.run();
            return null;
        }));
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }
}
