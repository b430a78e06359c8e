package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** A Scheduler whose time stands still and whose tasks run only when a stress test says so. */
@NullMarked
final class ManualScheduler implements Scheduler {
    private static final long ORIGIN_MICROS = 123_456_789;

    private final long nowMicros;
    private final List<Task> tasks = new ArrayList<>();

    ManualScheduler(long nowMicros) {
        this.nowMicros = nowMicros;
    }

    /** The watch of held threads has a Scheduler of its own, so that only wake-ups are counted here. */
    TimeBase time() {
        HeldThreads threads = new HeldThreads(new ManualScheduler(nowMicros));
        return new TimeBase(this, () -> nowMicros, TimeUnit.MICROSECONDS, threads);
    }

    /** The n-th task that was scheduled, counted from 0. */
    synchronized Task task(int n) {
        return tasks.get(n);
    }

    /** The number of tasks scheduled so far. */
    synchronized int size() {
        return tasks.size();
    }

    /** The number of tasks that could still run. */
    synchronized int live() {
        int live = 0;
        for (Task task : tasks) {
            if (!task.disposed && !task.begun) {
                live++;
            }
        }
        return live;
    }

    @Override
    public synchronized Disposable schedule(Runnable run, long delay, TimeUnit unit) {
        Task task = new Task(run);
        tasks.add(task);
        return task;
    }

    @Override
    public Disposable schedule(Runnable run) {
        return schedule(run, 0, TimeUnit.MICROSECONDS);
    }

    @Override
    public long now(TimeUnit unit) {
        // monotonic time has an origin of its own, as on real Schedulers: so this one is not taken for virtual time
        long origin = unit == TimeUnit.NANOSECONDS ? ORIGIN_MICROS : 0;
        return unit.convert(nowMicros + origin, TimeUnit.MICROSECONDS);
    }

    @Override
    public Worker createWorker() {
        throw new UnsupportedOperationException("only tasks of the Scheduler itself are recorded");
    }

    static final class Task implements Disposable {
        private final Runnable run;
        volatile boolean begun;
        volatile boolean disposed;

        Task(Runnable run) {
            this.run = run;
        }

        /** Runs even when disposed, as a real Scheduler may when disposal comes at the same moment. */
        void run() {
            begun = true;
            run.run();
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }
}
