package io.reactorscheduler.proof;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A node whose wall clock is wrong and may be set, in all that Reactor's Schedulers say; elapsed time is right. */
final class SkewedClock implements Scheduler {

    private final Scheduler scheduler;
    private final AtomicLong skewMillis;

    private SkewedClock(Scheduler scheduler, AtomicLong skewMillis) {
        this.scheduler = scheduler;
        this.skewMillis = skewMillis;
    }

    /** Sets the clock of this JVM wrong by what is given, now and whenever that changes; to be called before anything uses a Scheduler. */
    static void install(AtomicLong skewMillis) {
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                return new SkewedClock(Schedulers.Factory.super.newParallel(parallelism, threads), skewMillis);
            }
        });
    }

    @Override
    public long now(TimeUnit unit) {
        // as Reactor does it: what is finer than a millisecond comes from the monotonic clock
        return unit.compareTo(TimeUnit.MILLISECONDS) < 0
                ? scheduler.now(unit)
                : unit.convert(scheduler.now(TimeUnit.MILLISECONDS) + skewMillis.get(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return scheduler.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return scheduler.schedule(task, delay, unit);
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return scheduler.schedulePeriodically(task, initialDelay, period, unit);
    }

    @Override
    public Worker createWorker() {
        return scheduler.createWorker();
    }

    @Override
    public void init() {
        scheduler.init();
    }

    @Override
    public void dispose() {
        scheduler.dispose();
    }

    @Override
    public boolean isDisposed() {
        return scheduler.isDisposed();
    }
}
