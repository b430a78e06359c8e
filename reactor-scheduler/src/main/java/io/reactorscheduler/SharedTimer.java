package io.reactorscheduler;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * A Reactor {@link Scheduler} whose delayed tasks wait in one heap, with one wake-up on the base Scheduler for the earliest. Give it
 * to {@code Mono.timeout}, {@code Mono.delay} and {@code Retry.backoff}, which make exactly two calls,
 * {@link #schedule(Runnable, long, TimeUnit)} and {@code dispose} of its answer: here an insertion into and a removal from the heap,
 * without a task of the base Scheduler and without waking a thread.
 *
 * <h2>How it works</h2>
 *
 * <p>The heap is guarded by the monitor of this object's {@code lock}, held for one heap operation and never while a task runs or the
 * base Scheduler is called. Keys are nanoseconds of monotonic time, so steps of the wall clock disturb no timer. A timer that is
 * disposed leaves the heap at once. The wake-up stays armed even so: at worst it comes once in vain, which is far cheaper than
 * arming it for each timer that never fires.
 *
 * <p>Due tasks run on the thread that woke, in order of due time, then of scheduling. A task that takes long must not hold up the
 * rest: before each task the wake-up for what remains is armed, for what is due already after {@link #HAND_OVER_NANOS}, and the
 * thread that it wakes takes over. So tasks always start in order, and those that take less than that never overlap.
 *
 * <p>Whatever a task throws goes to {@link Operators#onErrorDropped}; the timer goes on. Tasks without a delay, and workers, go to
 * the base Scheduler. Disposing this timer cancels all that waits here, refuses what comes later with a
 * {@link RejectedExecutionException}, and leaves the base Scheduler alone.
 */
final class SharedTimer implements Scheduler, Scannable {
    /** How long a task may hold up the due ones behind it before another thread takes them over. */
    static final long HAND_OVER_NANOS = 1_000_000;

    private final Scheduler base;
    private final TimeBase time;
    private final WakeUp wakeUp;
    private final Object lock = new Object();

    /** Guarded by {@link #lock}, like the state of all its entries. */
    private final DueHeap<TimerEntry> heap = new DueHeap<>();

    /** Guarded by {@link #lock}. */
    private long nextSequence;

    /** Written under {@link #lock}. */
    private volatile boolean disposed;

    SharedTimer(Scheduler base) {
        this.base = base;
        this.time = TimeBase.elapsedNanos(base);
        this.wakeUp = new WakeUp(time, Long.MAX_VALUE, this::runDue, SharedTimer::drop);
    }

    @Override
    public Disposable schedule(Runnable task) {
        rejectIfDisposed();
        return base.schedule(unlessDisposed(task));
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        if (delay <= 0) {
            return schedule(task);
        }
        TimerEntry entry = new TimerEntry(this, task);
        start(entry, dueAfter(unit.toNanos(delay)));
        return entry;
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return startPeriodically(new TimerEntry.Managed(this, task, null), initialDelay, period, unit);
    }

    @Override
    public Worker createWorker() {
        rejectIfDisposed();
        return new TimerWorker(this, base.createWorker());
    }

    @Override
    public long now(TimeUnit unit) {
        return base.now(unit);
    }

    /** Elapsed nanoseconds, and the threads of the base that are held for long, as all who work on it know them. */
    TimeBase time() {
        return time;
    }

    /** The number of tasks that wait for their time. */
    int size() {
        synchronized (lock) {
            return heap.size();
        }
    }

    @Override
    public void dispose() {
        synchronized (lock) {
            disposed = true;
            heap.clear();
        }
        wakeUp.dispose();
    }

    @Override
    public boolean isDisposed() {
        return disposed;
    }

    @Override
    @SuppressWarnings("rawtypes") // as Scannable declares it
    public @Nullable Object scanUnsafe(Attr key) {
        if (key == Attr.TERMINATED || key == Attr.CANCELLED) {
            return disposed;
        }
        if (key == Attr.BUFFERED) {
            return size();
        }
        if (key == Attr.PARENT) {
            return base;
        }
        return key == Attr.NAME ? toString() : null;
    }

    @Override
    public String toString() {
        return "SharedTimer(" + base + ")";
    }

    /** The due time of a delay that begins now, at most the last one before never. */
    long dueAfter(long delayNanos) {
        return plus(time.now(), Math.max(0, delayNanos));
    }

    static long plus(long nanos, long delayNanos) {
        long due = nanos + delayNanos;
        return due < nanos || due == DueHeap.NEVER ? DueHeap.NEVER - 1 : due;
    }

    /** Puts an entry that is in no heap into this one, or rejects it. */
    void start(TimerEntry entry, long dueNanos) {
        rejectIfDisposed();
        long earliest;
        synchronized (lock) {
            if (disposed || entry.task == null) {
                throw Exceptions.failWithRejected();
            }
            entry.sequence = nextSequence++;
            heap.add(entry, dueNanos);
            earliest = heap.peekKey();
        }
        // For the earliest of all, not only when that is this one: it also revives a wake-up that the base once
        // refused.
        if (!wakeUp.at(earliest)) {
            cancel(entry);
            throw Exceptions.failWithRejected();
        }
    }

    Disposable startPeriodically(TimerEntry.Managed entry, long initialDelay, long period, TimeUnit unit) {
        entry.repeat(dueAfter(unit.toNanos(initialDelay)), Math.max(1, unit.toNanos(period)));
        start(entry, entry.dueNanos());
        return entry;
    }

    /** Puts an entry back for its next run unless it was disposed meanwhile. */
    void restart(TimerEntry.Managed entry) {
        long earliest;
        synchronized (lock) {
            if (disposed || entry.task == null) {
                return;
            }
            heap.add(entry, entry.dueNanos());
            earliest = heap.peekKey();
        }
        wakeUp.at(earliest);
    }

    /** Takes an entry out and forgets its task; false when it is over already. */
    boolean cancel(TimerEntry entry) {
        synchronized (lock) {
            boolean live = entry.task != null;
            entry.task = null;
            return heap.remove(entry) || live;
        }
    }

    boolean isOver(TimerEntry entry) {
        synchronized (lock) {
            return disposed || entry.task == null;
        }
    }

    /** The task of an entry that is about to run for the last time, or null when it was disposed. */
    @Nullable
    Runnable takeTask(TimerEntry entry, boolean last) {
        synchronized (lock) {
            Runnable task = disposed ? null : entry.task;
            if (last) {
                entry.task = null;
            }
            return task;
        }
    }

    Runnable unlessDisposed(Runnable task) {
        return () -> {
            if (!disposed) {
                task.run();
            }
        };
    }

    /** Runs a task so that nothing it throws passes. */
    static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) {
            drop(thrown);
        }
    }

    static void drop(Throwable thrown) {
        try {
            Operators.onErrorDropped(thrown, Context.empty());
        } catch (Throwable fromHook) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, fromHook);
        }
    }

    private void rejectIfDisposed() {
        if (disposed || base.isDisposed()) {
            throw Exceptions.failWithRejected();
        }
    }

    private void runDue() {
        long now = time.now();
        for (; ; ) {
            TimerEntry entry = null;
            long earliest;
            synchronized (lock) {
                if (heap.peekKey() > now) {
                    now = time.now();
                }
                if (heap.peekKey() <= now) {
                    entry = heap.poll();
                }
                earliest = heap.peekKey();
            }
            if (entry == null) {
                wakeUp.at(earliest);
                return;
            }
            wakeUp.at(Math.max(earliest, plus(now, HAND_OVER_NANOS)));
            entry.run();
        }
    }
}
