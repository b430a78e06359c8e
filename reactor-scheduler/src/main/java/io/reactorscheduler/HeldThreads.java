package io.reactorscheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * The threads of a Scheduler that run what may hold them for long, such as handlers that compute, and the watch that is
 * kept meanwhile.
 *
 * <p>A Scheduler like {@code parallel()} binds a task to a thread when it is scheduled, in turn and not by load, and that
 * may be the very thread a handler holds. So as long as threads are held, every {@link #WATCH_MILLIS} another one looks for
 * wake-ups that are overdue and does what they are for. It is found by one task more than threads are held: with
 * consecutive picks on different threads, one of them is free as long as any is. The first to come looks; the others are
 * disposed. Should other users of the Scheduler come in between the picks, so that all are bound to held threads, whoever
 * asks for a wake-up and finds it overdue sends them anew ({@link #watchAnew}).
 *
 * <p>So a hundred thousand short runs a second cost a few tasks a millisecond, and none when nothing runs. In virtual time
 * there is one thread and what it runs takes no time, so there is nothing to watch. Thread-safe.
 */
final class HeldThreads {

    /** How long a wake-up may be overdue, about. */
    static final long WATCH_MILLIS = 1;

    /** Bounds the tasks on a Scheduler with very many threads, where a free one is soon picked. */
    private static final int MOST_SENTRIES = 16;

    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(WATCH_MILLIS);

    private final Scheduler scheduler;
    private final boolean isVirtual;
    private final AtomicInteger held = new AtomicInteger();
    private final List<WakeUp> wakeUps = new CopyOnWriteArrayList<>();

    /** Null when nobody watches. */
    private final AtomicReference<@Nullable Watch> watch = new AtomicReference<>();

    /** Whether this thread counts already. */
    private final ThreadLocal<boolean[]> isHeld = ThreadLocal.withInitial(() -> new boolean[1]);

    HeldThreads(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.isVirtual = EngineClock.readsOneSource(scheduler);
    }

    void add(WakeUp wakeUp) {
        wakeUps.add(wakeUp);
    }

    boolean isAnyHeld() {
        return held.get() > 0;
    }

    /** Runs work that may hold this thread for long. */
    void hold(Runnable work) {
        boolean[] isCounted = isHeld.get();
        if (isVirtual || isCounted[0]) {
            work.run();
            return;
        }
        isCounted[0] = true;
        int now = held.incrementAndGet();
        try {
            Watch present = watch.get();
            if (present == null || !present.isEnoughFor(now)) {
                keepWatch(now);
            }
            work.run();
        } finally {
            held.decrementAndGet();
            isCounted[0] = false;
        }
    }

    /** A wake-up is overdue although threads were watched. */
    void watchAnew() {
        Watch present = watch.get();
        if (!isVirtual && (present == null || present.isOverdue())) {
            keepWatch(held.get());
        }
    }

    /** Sees to it that there is a watch that is enough for so many threads, whoever else does so at the same time. */
    private void keepWatch(int threads) {
        for (; ; ) {
            Watch present = watch.get();
            long due = scheduler.now(TimeUnit.NANOSECONDS) + WATCH_NANOS;
            if (present != null && !present.isOverdue()) {
                if (present.isEnoughFor(threads)) {
                    return;
                }
                // more threads are held than before: the time is kept, or ever new ones would put it off
                due = present.dueNanos;
            }
            Watch next = new Watch(due, sentriesFor(threads));
            if (watch.compareAndSet(present, next)) {
                if (present != null) {
                    present.dismiss();
                }
                next.post();
                return;
            }
        }
    }

    private static int sentriesFor(int threads) {
        return Math.min(threads, MOST_SENTRIES) + 1;
    }

    /** One look that is to come, and its tasks. */
    private final class Watch implements Runnable {
        final long dueNanos;
        final Disposable.Swap[] sentries;

        Watch(long dueNanos, int sentries) {
            this.dueNanos = dueNanos;
            this.sentries = new Disposable.Swap[sentries];
            for (int i = 0; i < sentries; i++) {
                this.sentries[i] = Disposables.swap();
            }
        }

        boolean isEnoughFor(int threads) {
            return sentries.length >= sentriesFor(threads);
        }

        boolean isOverdue() {
            return scheduler.now(TimeUnit.NANOSECONDS) - dueNanos > 2 * WATCH_NANOS;
        }

        void post() {
            long delayNanos = Math.max(0, dueNanos - scheduler.now(TimeUnit.NANOSECONDS));
            try {
                for (Disposable.Swap sentry : sentries) {
                    sentry.update(scheduler.schedule(this, delayNanos, TimeUnit.NANOSECONDS));
                }
            } catch (RuntimeException refused) {
                // a Scheduler that is full or gone: whoever holds a thread next tries again
                watch.compareAndSet(this, null);
                dismiss();
            }
        }

        void dismiss() {
            for (Disposable.Swap sentry : sentries) {
                sentry.dispose();
            }
        }

        @Override
        public void run() {
            // cleared before the count is read, so that whoever holds a thread from here on sees it or is seen
            if (!watch.compareAndSet(this, null)) {
                return;
            }
            dismiss();
            int now = held.get();
            if (now > 0) {
                keepWatch(now);
            }
            wakeUps.forEach(WakeUp::comeIfOverdue);
        }
    }
}
