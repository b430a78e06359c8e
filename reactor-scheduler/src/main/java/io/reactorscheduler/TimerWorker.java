package io.reactorscheduler;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;

/**
 * A worker of a {@link SharedTimer}: its tasks wait in the timer and then run one after another on one worker of the base Scheduler.
 * Disposing it cancels all of its tasks.
 */
final class TimerWorker implements Scheduler.Worker {
    private final SharedTimer timer;
    private final Scheduler.Worker base;
    private final Disposable.Composite waiting = Disposables.composite();

    TimerWorker(SharedTimer timer, Scheduler.Worker base) {
        this.timer = timer;
        this.base = base;
    }

    @Override
    public Disposable schedule(Runnable task) {
        rejectIfDisposed();
        return base.schedule(timer.unlessDisposed(task));
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        if (delay <= 0) {
            return schedule(task);
        }
        TimerEntry.Managed entry = add(task);
        try {
            timer.start(entry, timer.dueAfter(unit.toNanos(delay)));
        } catch (Throwable refused) {
            forget(entry);
            throw refused;
        }
        return entry;
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        TimerEntry.Managed entry = add(task);
        try {
            return timer.startPeriodically(entry, initialDelay, period, unit);
        } catch (Throwable refused) {
            forget(entry);
            throw refused;
        }
    }

    @Override
    public void dispose() {
        waiting.dispose();
        base.dispose();
    }

    @Override
    public boolean isDisposed() {
        return waiting.isDisposed();
    }

    /** Hands a task whose time has come to the base worker, behind those handed to it before. */
    void runInTurn(Runnable task) {
        base.schedule(task);
    }

    void forget(TimerEntry entry) {
        waiting.remove(entry);
    }

    /** Registers before starting: an entry that the worker's disposal overtakes has no task any more when it starts. */
    private TimerEntry.Managed add(Runnable task) {
        rejectIfDisposed();
        TimerEntry.Managed entry = new TimerEntry.Managed(timer, task, this);
        if (!waiting.add(entry)) {
            throw Exceptions.failWithRejected();
        }
        return entry;
    }

    private void rejectIfDisposed() {
        if (isDisposed() || timer.isDisposed()) {
            throw Exceptions.failWithRejected();
        }
    }
}
