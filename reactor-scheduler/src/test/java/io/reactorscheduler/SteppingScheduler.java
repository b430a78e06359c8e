package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Virtual time with two clocks, like those of a real Scheduler: {@code now(MILLISECONDS)} and coarser units read a wall clock that a
 * test can step at will, {@code now(NANOSECONDS)} and finer units a monotonic one. Both move with {@link #advanceTimeBy}; delays are
 * measured by the monotonic one.
 */
@NullMarked
final class SteppingScheduler implements Scheduler {
    private final VirtualTimeScheduler virtual = VirtualTimeScheduler.create();
    private volatile long wallOffsetNanos;

    private SteppingScheduler(long wallOffsetNanos) {
        this.wallOffsetNanos = wallOffsetNanos;
    }

    /** A Scheduler whose wall clock shows {@code wall} and whose monotonic clock shows 0. */
    static SteppingScheduler startingAt(Instant wall) {
        return new SteppingScheduler(
                Math.addExact(Math.multiplyExact(wall.getEpochSecond(), 1_000_000_000L), wall.getNano()));
    }

    /** Sets the wall clock forwards, or backwards for a negative duration; no task runs and the monotonic clock stays. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one test thread steps
    void stepWallBy(Duration step) {
        wallOffsetNanos += step.toNanos();
    }

    /** Lets time pass on both clocks and runs what falls due. */
    void advanceTimeBy(Duration time) {
        virtual.advanceTimeBy(time);
    }

    /** The wall clock, finer than {@code now(MILLISECONDS)} shows it. */
    Instant wall() {
        return Instant.ofEpochSecond(0, virtual.now(TimeUnit.NANOSECONDS) + wallOffsetNanos);
    }

    @Override
    public long now(TimeUnit unit) {
        long nanos = virtual.now(TimeUnit.NANOSECONDS);
        if (unit.compareTo(TimeUnit.MILLISECONDS) < 0) {
            return unit.convert(nanos, TimeUnit.NANOSECONDS);
        }
        long millis = Math.floorDiv(nanos + wallOffsetNanos, 1_000_000L);
        return unit.convert(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return virtual.schedule(task);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return virtual.schedule(task, delay, unit);
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return virtual.schedulePeriodically(task, initialDelay, period, unit);
    }

    @Override
    public Worker createWorker() {
        return virtual.createWorker();
    }

    @Override
    public void dispose() {
        virtual.dispose();
    }

    @Override
    public boolean isDisposed() {
        return virtual.isDisposed();
    }
}
