package io.reactorscheduler.benchmarks;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;

/** Netty's wheel with ticks of 1 ms, its finest; work runs in the timer's thread. */
final class NettyWheelSubject implements Subject {

    private static final int TICKS = 4_096;

    private final HashedWheelTimer timer =
            new HashedWheelTimer(new DefaultThreadFactory("wheel", true), 1, MILLISECONDS, TICKS, false);

    /** A task at a fixed rate puts itself in again: the wheel has none. */
    private record Again(HashedWheelTimer timer, Repeated job) implements TimerTask {

        @Override
        public void run(Timeout timeout) {
            job.run();
            timer.newTimeout(this, (job.dueMicros() - Meter.nowMicros()) * 1_000, NANOSECONDS);
        }
    }

    @Override
    public void fireNow(int n, Runnable work) {
        TimerTask task = timeout -> work.run();
        for (int i = 0; i < n; i++) {
            timer.newTimeout(task, 0, NANOSECONDS);
        }
    }

    @Override
    public void fireAt(Due due) {
        for (int i = 0; i < due.n(); i++) {
            timer.newTimeout(due.job(i), due.delayNanos(i), NANOSECONDS);
        }
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        for (int i = 0; i < first.n(); i++) {
            timer.newTimeout(new Again(timer, Repeated.of(first, i, period)), first.delayNanos(i), NANOSECONDS);
        }
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        for (int i = 0; i < n; i++) {
            timer.newTimeout(timeout -> {}, ahead.toNanos(), NANOSECONDS).cancel();
        }
    }

    @Override
    public void close() {
        timer.stop();
    }
}
