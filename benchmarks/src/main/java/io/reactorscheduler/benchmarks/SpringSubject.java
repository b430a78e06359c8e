package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.scheduling.support.CronTrigger;

/** Spring's {@code ThreadPoolTaskScheduler}, with one thread for the reason of {@link StpeSubject}. */
@SuppressWarnings("FutureReturnValueIgnored") // runs that fail are missing in the count
final class SpringSubject implements Subject {

    private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

    SpringSubject() {
        scheduler.setPoolSize(1);
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.setDaemon(true);
        scheduler.initialize();
    }

    @Override
    public void fireNow(int n, Runnable work) {
        for (int i = 0; i < n; i++) {
            scheduler.execute(work);
        }
    }

    @Override
    public void fireAt(Due due) {
        for (int i = 0; i < due.n(); i++) {
            scheduler.schedule(due.job(i), due.instant(i));
        }
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        for (int i = 0; i < first.n(); i++) {
            scheduler.scheduleAtFixedRate(Repeated.of(first, i, period), first.instant(i), period);
        }
    }

    @Override
    public void fireByCron(Iterable<CronJob> jobs) {
        for (CronJob job : jobs) {
            scheduler.schedule(job, new CronTrigger(job.cron().spring(), ZoneOffset.UTC));
        }
    }

    @Override
    public long walk(CronText text, long fromEpochSecond, int steps) {
        CronExpression cron = CronExpression.parse(text.spring());
        ZonedDateTime time = Instant.ofEpochSecond(fromEpochSecond).atZone(ZoneOffset.UTC);
        for (int i = 0; i < steps; i++) {
            time = Objects.requireNonNull(cron.next(time));
        }
        return time.toEpochSecond();
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        for (int i = 0; i < n; i++) {
            scheduler.schedule(() -> {}, Instant.now().plus(ahead)).cancel(false);
        }
    }

    @Override
    public void close() {
        scheduler.shutdown();
    }
}
