package io.reactorscheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
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
 * that replaces it or is disposed disposes the Scheduler's tasks. So a task is never disposed, and its thread never interrupted, while it
 * runs the action.
 *
 * <p>Never early: on waking, the clock is read again and a wake-up that came too soon (the clock was set back, the delay was capped)
 * is armed anew. A clock that is set forwards is noticed after at most the given longest delay.
 *
 * <h2>Blocked threads</h2>
 *
 * Each arming goes to {@code Scheduler.schedule}, not to a worker, so that on a Scheduler with several threads the next wake-up can
 * fire while the action of the previous one still runs; the action must expect that. But a Scheduler like {@code parallel()} binds a
 * task to a thread when it is scheduled, in turn and not by load, and that may be the very thread an action blocks. Therefore, for
 * each thread that is held, by an action or by whoever else says so to {@link HeldThreads}, an arming schedules one more task,
 * {@link #SPARE_MILLIS} later and disposed unused as a rule: with consecutive picks on different threads, one of them is free as long
 * as any is. When one more thread is held while a wake-up is pending, it gets spare tasks once more. Should other users of the
 * Scheduler come in between the picks, {@link #at} notices a pending wake-up that is overdue while threads are held, and arms it
 * afresh.
 *
 * <p>All methods may be called by any number of threads, also by the action. A Scheduler that runs due tasks at once (virtual time)
 * runs the action inside {@link #at}: hold no lock around that call.
 */
final class WakeUp implements Disposable {
    /** The longest delay ever handed to a Scheduler, in days: far from any overflow, and a wake-up a year costs nothing. */
    private static final long LONGEST_DELAY_DAYS = 365;

    /** How much later than the first task of a wake-up the spare ones run. */
    private static final long SPARE_MILLIS = 1;

    /** Bounds the spare tasks on a Scheduler with very many threads, where a free one is soon picked. */
    private static final int MOST_SPARES = 16;

    private static final VarHandle PENDING;
    private static final VarHandle SPARES;
    private static final VarHandle TASK;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PENDING = lookup.findVarHandle(WakeUp.class, "pending", Pending.class);
            SPARES = lookup.findVarHandle(Pending.class, "spares", Spares.class);
            TASK = lookup.findVarHandle(Alarm.class, "task", Disposable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final Spares CLOSED = new Spares(new Alarm[0], Integer.MAX_VALUE);
    private static final Disposable CANCELLED = () -> {};
    private static final Disposable FIRED = () -> {};

    private final TimeBase time;
    private final long longestDelay;
    private final long spareDelay;
    private final int mostSpares;
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
     * @param onError is told, on the thread it happens on, when the Scheduler refuses a task (then nothing is pending, unless it
     *     was a spare one) and when the action throws. It must not throw
     */
    WakeUp(TimeBase time, long longestDelay, Runnable action, Consumer<? super Throwable> onError) {
        if (longestDelay <= 0) {
            throw new IllegalArgumentException(
                    "longestDelay must be positive, was " + longestDelay + "; use Long.MAX_VALUE for none");
        }
        this.time = time;
        this.longestDelay = Math.min(longestDelay, time.unit().convert(LONGEST_DELAY_DAYS, TimeUnit.DAYS));
        this.spareDelay = time.unit().convert(SPARE_MILLIS, TimeUnit.MILLISECONDS);
        // in virtual time there is one thread, and what it runs takes no time
        this.mostSpares = EngineClock.readsOneSource(time.scheduler()) ? 0 : MOST_SPARES;
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
            if (due == Long.MAX_VALUE || (current != null && current.due <= due && !isStuck(current))) {
                return true;
            }
            Pending next = new Pending(current == null ? due : Math.min(due, current.due));
            if (PENDING.compareAndSet(this, current, next)) {
                if (current != null) {
                    current.close(null);
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
            last.close(null);
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

    /** A thread is held from now on: should the pending wake-up be bound to it, another thread must come for it. */
    void threadHeld() {
        Pending current = pending;
        if (mostSpares == 0 || current == null || current == disposed) {
            return;
        }
        int held = time.threads().count();
        Spares known = current.spares;
        if (known == null || (known.enoughFor < held && known.alarms.length < mostSpares)) {
            // not right after the first task, so one more of them is needed for as many different threads
            startSpares(current, known, held, held + 1, delayUntil(current.due) + spareDelay);
        }
    }

    /** Overdue although a thread should have come for it: behind an action that blocks its thread. */
    private boolean isStuck(Pending current) {
        return time.threads().count() > 0 && current.due < time.now() - 2 * spareDelay;
    }

    private boolean arm(Pending next) {
        long delay = delayUntil(next.due);
        try {
            next.first.start(delay);
        } catch (Throwable refused) {
            if (PENDING.compareAndSet(this, next, null)) {
                next.close(null);
            }
            onError.accept(refused);
            return false;
        }
        int held = Math.min(time.threads().count(), mostSpares);
        if (held > 0) {
            startSpares(next, null, held, held, delay + spareDelay);
        }
        return true;
    }

    private void startSpares(Pending next, @Nullable Spares known, int held, int count, long delay) {
        int before = known == null ? 0 : known.alarms.length;
        Alarm[] alarms = known == null ? new Alarm[count] : Arrays.copyOf(known.alarms, before + count);
        for (int i = before; i < alarms.length; i++) {
            alarms[i] = new Alarm(next);
        }
        if (!SPARES.compareAndSet(next, known, new Spares(alarms, held))) {
            return;
        }
        try {
            for (int i = before; i < alarms.length; i++) {
                alarms[i].start(delay);
            }
        } catch (Throwable refused) {
            onError.accept(refused);
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

    private void fire(Alarm alarm) {
        Pending woken = alarm.of;
        if (pending != woken) {
            return;
        }
        if (time.now() < woken.due) {
            Pending again = new Pending(woken.due);
            if (PENDING.compareAndSet(this, woken, again)) {
                woken.close(alarm);
                arm(again);
            }
            return;
        }
        try {
            // counted before the pending wake-up is cleared, so that no arming after it misses this thread
            time.threads().hold(this, () -> run(alarm));
        } catch (Throwable thrown) {
            onError.accept(thrown);
        }
    }

    private void run(Alarm alarm) {
        if (PENDING.compareAndSet(this, alarm.of, null)) {
            alarm.of.close(alarm);
            action.run();
        }
    }

    /** The further tasks of a wake-up, and with how many held threads one of them still finds a free one. */
    private static final class Spares {
        final Alarm[] alarms;
        final int enoughFor;

        Spares(Alarm[] alarms, int enoughFor) {
            this.alarms = alarms;
            this.enoughFor = enoughFor;
        }
    }

    /** One arming: a due time and the tasks of the Scheduler for it. */
    private final class Pending {
        final long due;
        final Alarm first = new Alarm(this);

        /** Null until there are some; {@link WakeUp#CLOSED} from the moment this has left the field {@code pending}. */
        private volatile @Nullable Spares spares;

        Pending(long due) {
            this.due = due;
        }

        /** Disposes all tasks but the one that fired, called by the one that took this out of the field {@code pending}. */
        void close(@Nullable Alarm fired) {
            Spares started = spares == CLOSED ? null : (Spares) SPARES.getAndSet(this, CLOSED);
            if (fired != null) {
                fired.task = FIRED;
            }
            first.cancel();
            if (started != null) {
                for (Alarm spare : started.alarms) {
                    spare.cancel();
                }
            }
        }
    }

    /** One task of the Scheduler for a wake-up. */
    private final class Alarm implements Runnable {
        final Pending of;

        /** Null until the Scheduler has answered; {@link WakeUp#FIRED} or {@link WakeUp#CANCELLED} for ever once one of these is true. */
        volatile @Nullable Disposable task;

        Alarm(Pending of) {
            this.of = of;
        }

        @Override
        public void run() {
            fire(this);
        }

        void start(long delay) {
            if (task == CANCELLED) {
                return;
            }
            Disposable scheduled = time.scheduler().schedule(this, delay, time.unit());
            if (!TASK.compareAndSet(this, null, scheduled) && task == CANCELLED) {
                scheduled.dispose();
            }
        }

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
