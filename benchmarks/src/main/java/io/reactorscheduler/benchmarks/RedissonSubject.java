package io.reactorscheduler.benchmarks;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RScheduledExecutorService;
import org.redisson.api.RedissonClient;
import org.redisson.api.WorkerOptions;
import org.redisson.config.Config;

/** Redisson's executor with 64 workers and its default of 64 connections, in bulk where it can. */
@SuppressWarnings("FutureReturnValueIgnored") // jobs that fail are missing in the count
public final class RedissonSubject implements Subject {

    private static final int WORKERS = 64;
    private static final int BULK = 1_000;
    private static final String EXECUTOR = "benchmark";

    /** A job arrives as a copy of itself, so what it is to do stands where it finds it. */
    private static volatile @Nullable Runnable work;

    private static volatile @Nullable Lateness lateness;

    private final RedissonClient redisson;
    private final RScheduledExecutorService executor;

    RedissonSubject() {
        Config config = new Config();
        config.useSingleServer().setAddress(RedisServer.uri());
        redisson = Redisson.create(config);
        executor = redisson.getExecutorService(EXECUTOR);
    }

    /** Runs the work of the moment. */
    public static final class Job implements Runnable, Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public void run() {
            Objects.requireNonNull(work).run();
        }
    }

    /** Knows when it is due. */
    public static final class DueJob implements Runnable, Serializable {
        private static final long serialVersionUID = 1;

        private long dueMicros;

        /** For copies. */
        public DueJob() {}

        DueJob(long dueMicros) {
            this.dueMicros = dueMicros;
        }

        @Override
        public void run() {
            Objects.requireNonNull(lateness).record(dueMicros);
        }
    }

    @Override
    public Subjects kind() {
        return Subjects.REDISSON;
    }

    @Override
    public void enqueue(int n) {
        for (int from = 0; from < n; from += BULK) {
            Runnable[] jobs = IntStream.range(from, Math.min(n, from + BULK))
                    .mapToObj(i -> new Job())
                    .toArray(Runnable[]::new);
            executor.submit(jobs);
        }
    }

    /** Its calls block, and what does not block answers when the job has run: so each call under way has a thread. */
    @Override
    public void enqueueEach(int n, int calls) throws Exception {
        AtomicInteger left = new AtomicInteger(n);
        ExecutorService threads = Executors.newFixedThreadPool(calls);
        try {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                callers.add(threads.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        executor.submit(new Job());
                    }
                }));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Override
    public void enqueueLater(int n) {
        for (int i = 0; i < n; i++) {
            executor.schedule(new Job(), 1, TimeUnit.HOURS);
        }
    }

    @Override
    public void work(Runnable code) {
        work = code;
        executor.registerWorkers(WorkerOptions.defaults().workers(WORKERS));
    }

    @Override
    public void fireNow(int n, Runnable code) {
        work(code);
        enqueue(n);
    }

    @Override
    public void fireAt(Due due) {
        lateness = due.lateness();
        executor.registerWorkers(WorkerOptions.defaults().workers(WORKERS));
        for (int i = 0; i < due.n(); i++) {
            executor.schedule(new DueJob(due.micros(i)), due.delayNanos(i), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        redisson.shutdown(100, 1_000, TimeUnit.MILLISECONDS);
    }
}
