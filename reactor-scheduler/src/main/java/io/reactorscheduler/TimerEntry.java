package io.reactorscheduler;

import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** A task that waits in a {@link SharedTimer}, and the handle to cancel it. Its fields are guarded by the lock of the timer. */
class TimerEntry extends DueHeap.Node implements Disposable, Runnable {
    final SharedTimer timer;

    /** Null once it has run for the last time or was cancelled, so that a handle someone keeps holds nothing else. */
    @Nullable
    Runnable task;

    long sequence;

    TimerEntry(SharedTimer timer, Runnable task) {
        this.timer = timer;
        this.task = task;
    }

    @Override
    final long sequence() {
        return sequence;
    }

    /** Runs the task on the thread of the timer; throws nothing. */
    @Override
    public void run() {
        Runnable live = timer.takeTask(this, true);
        if (live != null) {
            SharedTimer.runSafely(live);
        }
    }

    @Override
    public void dispose() {
        timer.cancel(this);
    }

    @Override
    public final boolean isDisposed() {
        return timer.isOver(this);
    }

    /** An entry that repeats, or belongs to a worker, or both. */
    static final class Managed extends TimerEntry {
        private final @Nullable TimerWorker worker;

        /** Written only before the entry starts and by its own runs, of which there is one at a time. */
        private long dueNanos;

        /** 0 for an entry that runs once. */
        private long periodNanos;

        Managed(SharedTimer timer, Runnable task, @Nullable TimerWorker worker) {
            super(timer, task);
            this.worker = worker;
        }

        void repeat(long firstDueNanos, long everyNanos) {
            dueNanos = firstDueNanos;
            periodNanos = everyNanos;
        }

        long dueNanos() {
            return dueNanos;
        }

        @Override
        public void run() {
            if (worker == null) {
                runOnce();
                return;
            }
            try {
                worker.runInTurn(this::runOnce);
            } catch (RejectedExecutionException refused) {
                boolean wasLive = timer.cancel(this);
                if (wasLive && !worker.isDisposed()) {
                    SharedTimer.drop(refused);
                }
                worker.forget(this);
            }
        }

        @Override
        public void dispose() {
            timer.cancel(this);
            if (worker != null) {
                worker.forget(this);
            }
        }

        private void runOnce() {
            boolean last = periodNanos == 0;
            Runnable live = timer.takeTask(this, last);
            if (last && worker != null) {
                worker.forget(this);
            }
            if (live != null) {
                SharedTimer.runSafely(live);
                if (!last) {
                    dueNanos = SharedTimer.plus(dueNanos, periodNanos);
                    timer.restart(this);
                }
            }
        }
    }
}
