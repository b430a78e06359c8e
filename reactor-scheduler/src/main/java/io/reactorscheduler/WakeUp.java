package io.reactorscheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * The one pending wake-up of an owner that keeps work by due time. Of all times asked for, the earliest wins; a later one never
 * replaces a sooner one.
 *
 * <h2>The protocol</h2>
 *
 * The owner publishes its work (say, into a heap), then calls {@link #at}. When the time has come, the pending wake-up is cleared
 * first and the action runs after that; the action looks at the work afresh and calls {@link #at} again for what is not yet due.
 * Therefore no work is overlooked: {@link #at} either sees the wake-up still pending, and then the action, which starts after the
 * clearing, sees the work; or it sees it cleared, and arms a new one. Publishing and looking at {@link #pending} must not be
 * reordered for that, hence the full fence in {@link #at}; the owner may publish as weakly as it likes.
 *
 * <p>{@link #pending} is null (nothing asked for), a {@link Pending}, or {@link #disposed}, and changes only by compare-and-set. Each
 * {@link Pending} enters and leaves the field once. Who takes it out owns what follows: the one that fires runs the action, the one
 * that replaces it or is disposed disposes the Scheduler's task. So a task is never disposed, and its thread never interrupted, while it
 * runs the action.
 *
 * <p>Never early: on waking, the clock is read again and a wake-up that came too soon (the clock was set back, the delay was capped)
 * is armed anew. A clock that is set forwards is noticed after at most the given longest delay.
 *
 * <p>Each arming goes to {@code Scheduler.schedule}, not to a worker, so that on a Scheduler with several threads the next wake-up can
 * fire while the action of the previous one still runs; the action must expect that. Should the Scheduler have bound it to a thread
 * that is held for long, another thread comes for it: see {@link HeldThreads}.
 *
 * <p>All methods may be called by any number of threads, also by the action. A Scheduler that runs due tasks at once (virtual time)
 * runs the action inside {@link #at}: hold no lock around that call.
 */
final class WakeUp implements Disposable {
    /** The longest delay ever handed to a Scheduler, in days: far from any overflow, and a wake-up a year costs nothing. */
    private static final long LONGEST_DELAY_DAYS = 365;

    private static final VarHandle PENDING;
    private static final VarHandle TASK;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PENDING = lookup.findVarHandle(WakeUp.class, "pending", Pending.class);
            TASK = lookup.findVarHandle(Pending.class, "task", Disposable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Disposable CANCELLED = () -> {};
    private static final Disposable FIRED = () -> {};

    private final TimeBase time;
    private final long longestDelay;
    private final long overdue;
    private final Runnable action;
    private final Consumer<? super Throwable> onError;

    /** Earlier than every time that can be asked for, so that nothing replaces it. */
    private final Pending disposed = new Pending(Long.MIN_VALUE);

    private volatile @Nullable Pending pending;

    /**
     * @param time the clock, its unit, and the Scheduler that runs the action
     * @param longestDelay after how long to look at the clock again at the latest, in the unit of {@code time};
     *     {@link Long#MAX_VALUE} when its clock cannot step
     * @param action runs at or after the time asked for, with nothing pending, on the Scheduler
     * @param onError is told, on the thread it happens on, when the Scheduler refuses a task (then nothing is pending)
     *     and when the action throws. It must not throw
     */
    WakeUp(TimeBase time, long longestDelay, Runnable action, Consumer<? super Throwable> onError) {
        if (longestDelay <= 0) {
            throw new IllegalArgumentException(
                    "longestDelay must be positive, was " + longestDelay + "; use Long.MAX_VALUE for none");
        }
        this.time = time;
        this.longestDelay = Math.min(longestDelay, time.unit().convert(LONGEST_DELAY_DAYS, TimeUnit.DAYS));
        this.overdue = time.unit().convert(HeldThreads.WATCH_MILLIS, TimeUnit.MILLISECONDS);
        this.action = action;
        this.onError = onError;
        time.threads().add(this);
    }

    /**
     * Asks for the action to run at {@code due} or, when it has passed, as soon as possible. Does nothing when a wake-up at or before
     * {@code due} is pending, and for {@link Long#MAX_VALUE}, which means never.
     *
     * @return false when no wake-up will come: this is disposed, or the Scheduler refused the task. True relies on the arming of a
     *     sooner wake-up that another thread may be in the middle of; should that be refused, {@code onError} is told
     */
    boolean at(long due) {
        VarHandle.fullFence();
        for (; ; ) {
            Pending current = pending;
            if (current == disposed) {
                return false;
            }
            if (due == Long.MAX_VALUE) {
                return true;
            }
            if (current != null && current.due <= due) {
                if (time.threads().isAnyHeld() && isOverdue(current, 2 * overdue)) {
                    time.threads().watchAnew();
                }
                return true;
            }
            Pending next = new Pending(due);
            if (PENDING.compareAndSet(this, current, next)) {
                if (current != null) {
                    current.cancel();
                }
                return arm(next);
            }
        }
    }

    /** Forgets the pending wake-up and refuses all further ones. */
    @Override
    public void dispose() {
        Pending last = (Pending) PENDING.getAndSet(this, disposed);
        if (last != null) {
            last.cancel();
        }
    }

    @Override
    public boolean isDisposed() {
        return pending == disposed;
    }

    /** For tests: the time of the pending wake-up, or {@link Long#MAX_VALUE} when there is none. */
    long dueTime() {
        Pending current = pending;
        return current == null || current == disposed ? Long.MAX_VALUE : current.due;
    }

    /** Does here what should have been done before, behind whatever holds the thread that was to do it. */
    void comeIfOverdue() {
        Pending current = pending;
        if (current != null && current != disposed && isOverdue(current, overdue)) {
            run(current);
        }
    }

    private boolean isOverdue(Pending current, long by) {
        return current.due < time.now() - by;
    }

    private boolean arm(Pending next) {
        try {
            next.start(delayUntil(next.due));
            return true;
        } catch (Throwable refused) {
            PENDING.compareAndSet(this, next, null);
            onError.accept(refused);
            return false;
        }
    }

    private long delayUntil(long due) {
        long now = time.now();
        if (due <= now) {
            return 0;
        }
        long delay = due - now;
        return delay < 0 ? longestDelay : Math.min(delay, longestDelay);
    }

    private void fire(Pending woken) {
        if (pending != woken) {
            return;
        }
        if (time.now() < woken.due) {
            Pending again = new Pending(woken.due);
            if (PENDING.compareAndSet(this, woken, again)) {
                arm(again);
            }
        } else {
            woken.task = FIRED;
            run(woken);
        }
    }

    private void run(Pending woken) {
        if (PENDING.compareAndSet(this, woken, null)) {
            woken.cancel();
            try {
                time.threads().hold(action);
            } catch (Throwable thrown) {
                onError.accept(thrown);
            }
        }
    }

    /** One arming: a due time and the Scheduler's task for it. */
    private final class Pending implements Runnable {
        final long due;

        /** Null until the Scheduler has answered; {@link WakeUp#FIRED} or {@link WakeUp#CANCELLED} for ever once one of these is true. */
        private volatile @Nullable Disposable task;

        Pending(long due) {
            this.due = due;
        }

        @Override
        public void run() {
            fire(this);
        }

        void start(long delay) {
            Disposable scheduled = time.scheduler().schedule(this, delay, time.unit());
            if (!TASK.compareAndSet(this, null, scheduled) && task == CANCELLED) {
                scheduled.dispose();
            }
        }

        /** By the one that took this out of the field {@code pending}. */
        void cancel() {
            if (task != FIRED) {
                Disposable scheduled = (Disposable) TASK.getAndSet(this, CANCELLED);
                if (scheduled != null) {
                    scheduled.dispose();
                }
            }
        }
    }
}
