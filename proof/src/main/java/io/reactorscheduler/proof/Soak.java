package io.reactorscheduler.proof;

import io.reactorscheduler.Handler;
import io.reactorscheduler.HandlerFunction;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RejectedTaskException;
import io.reactorscheduler.Retention;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.UnknownTaskException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Load for the scheduler in memory. Each part gives a line of JSON, and throws when something does not hold. */
final class Soak {

    /** The part of what the rate asks for that the driver has to schedule; the rest is the time that its thread waits. */
    private static final double ENOUGH = 0.98;

    private static final long MOST_RECOVERY_MILLIS = 10_000;
    private static final Handler<Void, Void> WORK = Handler.named("work", Void.class, Void.class);
    private static final String QUEUE = "load";
    private static final int STEPS_PER_SECOND = 100;
    private static final Duration HEAP_LOOK = Duration.ofSeconds(1);

    /** A collection stops all threads for a moment. */
    private static final int MOST_LOOKS = 600;

    /** How many points over time a line has at most. */
    private static final int HEAP_POINTS = 30;

    private static final Duration BETWEEN_PROBES = Duration.ofMillis(20);

    /** A run that starts so late is as good as in time. */
    private static final int NORMAL_MILLIS = 50;

    private static final int NORMAL_IN_A_ROW = 5;
    private static final int CALLS_AT_ONCE = 256;
    private static final double BYTES_PER_MEGABYTE = 1 << 20;

    /** What is left of the heap may differ by this from look to look: history fills, buffers grow once. */
    private static final double HEAP_NOISE_MEGABYTES = 8;

    private Soak() {}

    private static ReactiveScheduler start(TaskQueue queue, HandlerFunction<Void, Void> code) {
        return ReactiveScheduler.builder().queue(queue).handle(WORK, code).start();
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    private static double heapAfterGc() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / BYTES_PER_MEGABYTE;
    }

    // ---- so many a second

    /** One-shot tasks at a fixed rate; the heap after a garbage collection stays where it is. */
    static String steady(Duration duration, int rate) {
        AtomicLong ran = new AtomicLong();
        Lateness lateness = new Lateness();
        ReactiveScheduler scheduler = start(TaskQueue.named(QUEUE), (none, run) -> {
            lateness.saw(run);
            return Mono.fromRunnable(ran::incrementAndGet);
        });
        List<Double> heap = new ArrayList<>();
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        long betweenLooks = Math.max(HEAP_LOOK.toNanos(), duration.toNanos() / MOST_LOOKS);
        long look = start + betweenLooks;
        long scheduled = 0;
        for (long now = start; now < end; now = System.nanoTime()) {
            long owed = (now - start) * rate / TimeUnit.SECONDS.toNanos(1);
            int step = (int) Math.min(owed - scheduled, 2L * rate / STEPS_PER_SECOND);
            if (step > 0) {
                scheduler
                        .scheduleAll(Flux.range(0, step).map(n -> WORK.task().queue(QUEUE)))
                        .then()
                        .block();
                scheduled += step;
            }
            if (now > look) {
                heap.add(heapAfterGc());
                look = System.nanoTime() + betweenLooks;
            }
            Pause.of(Duration.ofMillis(1));
        }
        long all = scheduled;
        Waiting.until("all that was scheduled ran", () -> ran.get() == all);
        scheduler.dispose();
        double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
        check(all >= ENOUGH * rate * duration.toSeconds(), "only " + all + " were scheduled, the driver was too slow");
        double first = highest(heap.subList(0, heap.size() / 2));
        double second = highest(heap.subList(heap.size() / 2, heap.size()));
        check(second <= first + HEAP_NOISE_MEGABYTES, "the heap grew from " + first + " to " + second + " MB");
        return String.format(
                Locale.ROOT,
                "{\"soak\":\"steady\",\"seconds\":%.0f,\"runs\":%d,\"perSecond\":%.0f,\"heapLimitMb\":%.0f,"
                        + "\"heapFirstHalfMb\":%.1f,\"heapSecondHalfMb\":%.1f,\"heapAfterGcMb\":%s,%s}",
                seconds,
                all,
                all / seconds,
                Runtime.getRuntime().maxMemory() / BYTES_PER_MEGABYTE,
                first,
                second,
                points(heap),
                lateness);
    }

    /** The highest values of equal parts of the time. */
    private static List<Long> points(List<Double> values) {
        int parts = Math.min(HEAP_POINTS, values.size());
        return IntStream.range(0, parts)
                .mapToObj(part -> values.subList(part * values.size() / parts, (part + 1) * values.size() / parts))
                .map(part -> Math.round(highest(part)))
                .toList();
    }

    private static double highest(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    }

    // ---- ten times too much

    /**
     * Ten times as much as a queue takes: what is over is refused by type, the rest runs, soon tasks start in time again, and a
     * queue that is empty takes all again.
     */
    static String overload(int tasks) {
        int capacity = tasks / 10;
        AtomicLong ran = new AtomicLong();
        AtomicLong lateMillis = new AtomicLong();
        ReactiveScheduler scheduler =
                start(TaskQueue.named(QUEUE).capacity(capacity).concurrency(64), (none, run) -> {
                    lateMillis.set(Lateness.millis(run));
                    return Mono.delay(Duration.ofMillis(20), run.timer())
                            .<Void>then(Mono.fromRunnable(ran::incrementAndGet));
                });
        AtomicLong refused = new AtomicLong();
        long start = System.nanoTime();
        long taken = Flux.range(0, tasks)
                .flatMap(n -> taken(scheduler, refused), CALLS_AT_ONCE)
                .count()
                .blockOptional()
                .orElse(0L);
        long flooded = System.nanoTime();
        long served = ran.get();
        double heap = heapAfterGc();
        double most = Runtime.getRuntime().maxMemory() / BYTES_PER_MEGABYTE / 2;
        check(heap <= most, "the flood took " + heap + " MB of the heap, more than half of it");
        check(taken + refused.get() == tasks, "each call was taken or refused");
        check(refused.get() > 0, "ten times the capacity was taken");
        long all = taken + probe(scheduler, lateMillis);
        long recovered = System.nanoTime();
        long inTimeAgain = TimeUnit.NANOSECONDS.toMillis(recovered - flooded);
        check(inTimeAgain <= MOST_RECOVERY_MILLIS, "tasks started in time again after " + inTimeAgain + " ms only");
        Waiting.until("all that was taken ran", () -> ran.get() == all);
        long after = scheduler
                .scheduleAll(Flux.range(0, capacity).map(n -> WORK.task().queue(QUEUE)))
                .count()
                .blockOptional()
                .orElse(0L);
        check(after == capacity, "a queue that is empty again takes all");
        Waiting.until("all that came after ran", () -> ran.get() == all + after);
        scheduler.dispose();
        return String.format(
                Locale.ROOT,
                "{\"soak\":\"overload\",\"calls\":%d,\"capacity\":%d,\"taken\":%d,\"refused\":%d,\"floodMs\":%d,"
                        + "\"ranMeanwhile\":%d,\"heapAfterGcMb\":%.1f,\"inTimeAgainMs\":%d}",
                tasks,
                capacity,
                taken,
                refused.get(),
                TimeUnit.NANOSECONDS.toMillis(flooded - start),
                served,
                heap,
                inTimeAgain);
    }

    private static Mono<Long> taken(ReactiveScheduler scheduler, AtomicLong refused) {
        return scheduler
                .schedule(WORK.task().queue(QUEUE))
                .thenReturn(1L)
                .onErrorResume(RejectedTaskException.class, full -> {
                    refused.incrementAndGet();
                    return Mono.empty();
                });
    }

    /** One task after the other until some in a row start in time; gives how many were taken. */
    private static long probe(ReactiveScheduler scheduler, AtomicLong lateMillis) {
        AtomicLong refused = new AtomicLong();
        AtomicLong taken = new AtomicLong();
        AtomicLong inTime = new AtomicLong();
        Waiting.until("tasks start in time again", () -> {
            taken.addAndGet(
                    taken(scheduler, refused).defaultIfEmpty(0L).blockOptional().orElse(0L));
            Pause.of(BETWEEN_PROBES);
            inTime.set(lateMillis.get() <= NORMAL_MILLIS ? inTime.get() + 1 : 0);
            return inTime.get() >= NORMAL_IN_A_ROW;
        });
        return taken.get();
    }

    // ---- nothing but failures

    /** A flood of handlers that throw, fail, and throw Errors; one that works runs in between as ever. */
    static String failures(int tasks) {
        AtomicLong failed = new AtomicLong();
        AtomicLong worked = new AtomicLong();
        ReactiveScheduler scheduler = start(TaskQueue.named(QUEUE), (none, run) -> {
            if (run.task().priority() > 0) {
                return Mono.fromRunnable(worked::incrementAndGet);
            }
            long number = failed.incrementAndGet();
            if (number % 3 == 0) {
                throw new IllegalStateException("thrown");
            }
            return Mono.error(number % 3 == 1 ? new IllegalStateException("failed") : new StackOverflowError("failed"));
        });
        long start = System.nanoTime();
        scheduler
                .scheduleAll(Flux.range(0, tasks)
                        .map(n -> WORK.task().queue(QUEUE).priority(n % 100 == 0 ? 1 : 0)))
                .then()
                .block();
        long working = (tasks + 99L) / 100;
        Waiting.until("all ran", () -> failed.get() == tasks - working && worked.get() == working);
        long kept = awaitEnds(scheduler, tasks);
        check(kept <= Retention.DEFAULT_TOTAL, "more ended tasks are kept than the history: " + kept);
        scheduler.dispose();
        return String.format(
                Locale.ROOT,
                "{\"soak\":\"failures\",\"failed\":%d,\"worked\":%d,\"kept\":%d,\"ms\":%d,\"heapAfterGcMb\":%.1f}",
                failed.get(),
                worked.get(),
                kept,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                heapAfterGc());
    }

    // ---- cancels against fires

    /** As many cancels as tasks, each about when its task fires: every task ends one way, and only once. */
    static String cancels(int tasks) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        AtomicIntegerArray cancelled = new AtomicIntegerArray(tasks);
        AtomicLong forgotten = new AtomicLong();
        ReactiveScheduler scheduler = start(
                TaskQueue.named(QUEUE),
                (none, run) -> Mono.fromRunnable(
                        () -> runs.incrementAndGet(Integer.parseInt(run.taskId().substring(1)))));
        long start = System.nanoTime();
        Flux.range(0, tasks)
                .flatMap(
                        n -> scheduler
                                .schedule(WORK.task().id("t" + n).queue(QUEUE).after(Duration.ofMillis(n % 4)))
                                .then(Mono.delay(Duration.ofMillis(n % 5)))
                                .then(scheduler.cancel("t" + n))
                                // one that has ended and left the history, so it must have run
                                .doOnError(UnknownTaskException.class, gone -> forgotten.incrementAndGet())
                                .onErrorComplete(UnknownTaskException.class)
                                .doOnNext(task -> {
                                    if (task.state() == TaskState.CANCELLED) {
                                        cancelled.set(n, 1);
                                    }
                                }),
                        CALLS_AT_ONCE)
                .then()
                .block();
        awaitEnds(scheduler, tasks);
        // a run that has just begun is cancelled all the same, so that some did both
        long ran = IntStream.range(0, tasks).map(runs::get).sum();
        long both = IntStream.range(0, tasks)
                .filter(n -> runs.get(n) > 0 && cancelled.get(n) > 0)
                .count();
        check(
                IntStream.range(0, tasks).allMatch(n -> runs.get(n) + cancelled.get(n) > 0),
                "a task neither ran nor was cancelled");
        check(IntStream.range(0, tasks).allMatch(n -> runs.get(n) <= 1), "a task ran twice");
        scheduler.dispose();
        return String.format(
                Locale.ROOT,
                "{\"soak\":\"cancels\",\"tasks\":%d,\"ran\":%d,\"cancelled\":%d,\"both\":%d,\"forgotten\":%d,\"ms\":%d,\"heapAfterGcMb\":%.1f}",
                tasks,
                ran,
                IntStream.range(0, tasks).map(cancelled::get).sum(),
                both,
                forgotten.get(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                heapAfterGc());
    }

    /** Waits until no task is open; gives how many are still known. */
    private static long awaitEnds(ReactiveScheduler scheduler, int tasks) {
        Waiting.until(
                "none of " + tasks + " tasks is open",
                () -> Boolean.TRUE.equals(scheduler
                        .stats()
                        .map(stats -> stats.tasks().entrySet().stream()
                                .allMatch(entry -> entry.getKey().isFinal() || entry.getValue() == 0))
                        .block()));
        return scheduler
                .stats()
                .map(stats -> stats.tasks().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .blockOptional()
                .orElseThrow();
    }

    /** How late runs start, in milliseconds of a histogram with one bucket each. */
    private static final class Lateness {
        private static final int BUCKETS = 10_000;
        private static final double HALF = 0.5;
        private static final double NINETY_NINE_PERCENT = 0.99;

        private final AtomicLong[] buckets = new AtomicLong[BUCKETS];
        private final AtomicLong early = new AtomicLong();

        Lateness() {
            for (int i = 0; i < BUCKETS; i++) {
                buckets[i] = new AtomicLong();
            }
        }

        private static long micros(RunContext run) {
            return Line.micros(Instant.now()) - Line.micros(run.fireTime());
        }

        static long millis(RunContext run) {
            return TimeUnit.MICROSECONDS.toMillis(micros(run));
        }

        void saw(RunContext run) {
            long micros = micros(run);
            if (micros < 0) {
                early.incrementAndGet();
            }
            buckets[(int) Math.min(BUCKETS - 1, Math.max(0, TimeUnit.MICROSECONDS.toMillis(micros)))].incrementAndGet();
        }

        private int quantile(double part) {
            long all = 0;
            for (AtomicLong bucket : buckets) {
                all += bucket.get();
            }
            long seen = 0;
            for (int millis = 0; millis < BUCKETS; millis++) {
                seen += buckets[millis].get();
                if (seen >= part * all) {
                    return millis;
                }
            }
            return BUCKETS;
        }

        @Override
        public String toString() {
            return "\"early\":" + early + ",\"latenessP50Ms\":" + quantile(HALF) + ",\"latenessP99Ms\":"
                    + quantile(NINETY_NINE_PERCENT);
        }
    }
}
