package io.reactorscheduler.benchmarks;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The JDK's own, with one thread: its one lock makes more of them slower on trivial work. */
@SuppressWarnings("FutureReturnValueIgnored") // runs that fail are missing in the count
final class StpeSubject implements Subject {

    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

    StpeSubject() {
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void fireNow(int n, Runnable work) {
        for (int i = 0; i < n; i++) {
            executor.execute(work);
        }
    }

    @Override
    public void fireAt(Due due) {
        for (int i = 0; i < due.n(); i++) {
            executor.schedule(due.job(i), due.delayNanos(i), NANOSECONDS);
        }
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        for (int i = 0; i < first.n(); i++) {
            Runnable job = Repeated.of(first, i, period);
            executor.scheduleAtFixedRate(job, first.delayNanos(i), period.toNanos(), NANOSECONDS);
        }
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        for (int i = 0; i < n; i++) {
            executor.schedule(() -> {}, ahead.toNanos(), NANOSECONDS).cancel(false);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
