package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.quartz.CronExpression;
import org.quartz.CronScheduleBuilder;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** Quartz in memory: triggers are acquired in batches as large as the pool, the update check is off, jobs come in bulk. */
@SuppressWarnings("JavaUtilDate") // it speaks in no other
final class QuartzSubject implements Subject {

    private static final AtomicInteger INSTANCES = new AtomicInteger();
    private static final TimeZone UTC = TimeZone.getTimeZone("UTC");
    private static final int THREADS = 10;
    private static final int BULK = 1_000;

    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final Scheduler scheduler;

    QuartzSubject() throws SchedulerException {
        Properties properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "benchmark-" + INSTANCES.incrementAndGet());
        properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.setProperty("org.quartz.scheduler.makeSchedulerThreadDaemon", "true");
        properties.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", String.valueOf(THREADS));
        properties.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        properties.setProperty("org.quartz.threadPool.threadCount", String.valueOf(THREADS));
        properties.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
        scheduler = new StdSchedulerFactory(properties).getScheduler();
        scheduler.setJobFactory(
                (bundle, of) -> jobs.get(bundle.getJobDetail().getKey().getName()));
        scheduler.start();
    }

    @Override
    public void fireNow(int n, Runnable work) throws SchedulerException {
        bulk(n, context -> work.run(), i -> now());
    }

    @Override
    public void fireNowEach(int n, Runnable work) throws SchedulerException {
        JobDetail job = job(context -> work.run());
        scheduler.addJob(job, true);
        for (int i = 0; i < n; i++) {
            scheduler.scheduleJob(now().forJob(job).build());
        }
    }

    @Override
    public void fireAt(Due due) throws SchedulerException {
        Lateness lateness = due.lateness();
        bulk(
                due.n(),
                context -> lateness.record(context.getScheduledFireTime().getTime() * 1_000),
                i -> TriggerBuilder.newTrigger().startAt(Date.from(due.instant(i))));
    }

    @Override
    public void fireEvery(Due first, Duration period) throws SchedulerException {
        Lateness lateness = first.lateness();
        SimpleScheduleBuilder every = SimpleScheduleBuilder.simpleSchedule()
                .withIntervalInMilliseconds(period.toMillis())
                .repeatForever();
        bulk(
                first.n(),
                context -> lateness.record(context.getScheduledFireTime().getTime() * 1_000),
                i -> TriggerBuilder.newTrigger()
                        .startAt(Date.from(first.instant(i)))
                        .withSchedule(every));
    }

    @Override
    public void fireByCron(Iterable<CronJob> cronJobs) throws SchedulerException {
        for (CronJob cronJob : cronJobs) {
            JobDetail job = job(context -> cronJob.run());
            scheduler.scheduleJob(
                    job,
                    TriggerBuilder.newTrigger()
                            .withSchedule(CronScheduleBuilder.cronSchedule(
                                            cronJob.cron().quartz())
                                    .inTimeZone(UTC))
                            .build());
        }
    }

    @Override
    public long walk(CronText text, long fromEpochSecond, int steps) throws Exception {
        CronExpression cron = new CronExpression(text.quartz());
        cron.setTimeZone(UTC);
        Date start = Date.from(Instant.ofEpochSecond(fromEpochSecond));
        Date time = start;
        for (int i = 0; i < steps; i++) {
            Date next = cron.getNextValidTimeAfter(time);
            // it looks a hundred years ahead, and there is nothing after that
            time = next == null ? start : next;
        }
        return time.getTime() / 1_000;
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) throws SchedulerException {
        JobDetail job = job(context -> {});
        scheduler.addJob(job, true);
        Date date = Date.from(Instant.now().plus(ahead));
        for (int i = 0; i < n; i++) {
            Trigger trigger =
                    TriggerBuilder.newTrigger().startAt(date).forJob(job).build();
            scheduler.scheduleJob(trigger);
            scheduler.unscheduleJob(trigger.getKey());
        }
    }

    @Override
    public void failOnce(int n, Attempt attempt) throws SchedulerException {
        bulk(
                n,
                context -> {
                    try {
                        attempt.run(context.getRefireCount() + 1);
                    } catch (FirstAttemptFailed failure) {
                        throw new JobExecutionException(failure, true);
                    }
                },
                i -> now());
    }

    @Override
    public void fireWithRetry(int n, Runnable work) {
        throw new Cannot("has no retry policies: a job asks itself to be fired again");
    }

    @Override
    public void fireByPriority(Backlog backlog) throws SchedulerException {
        scheduler.standby();
        JobDetail[] levels = new JobDetail[Backlog.LEVELS];
        for (int i = 0; i < levels.length; i++) {
            int level = i;
            levels[i] = job(context -> backlog.start(level));
            scheduler.addJob(levels[i], true);
        }
        Date date = new Date();
        for (int i = 0; i < backlog.n(); i++) {
            int level = backlog.level(i);
            scheduler.scheduleJob(TriggerBuilder.newTrigger()
                    .startAt(date)
                    .withPriority(level + 1)
                    .forJob(levels[level])
                    .build());
        }
        scheduler.start();
    }

    @Override
    public void close() throws SchedulerException {
        scheduler.shutdown(false);
    }

    private static TriggerBuilder<?> now() {
        return TriggerBuilder.newTrigger().startNow();
    }

    private JobDetail job(Job code) {
        String name = "job-" + jobs.size();
        jobs.put(name, code);
        return JobBuilder.newJob(Job.class).withIdentity(name).storeDurably().build();
    }

    private void bulk(int n, Job code, java.util.function.IntFunction<TriggerBuilder<?>> triggers)
            throws SchedulerException {
        JobDetail job = job(code);
        scheduler.addJob(job, true);
        Set<Trigger> bulk = new HashSet<>();
        for (int i = 0; i < n; i++) {
            bulk.add(triggers.apply(i).forJob(job).build());
            if (bulk.size() == BULK || i == n - 1) {
                scheduler.scheduleJobs(Map.of(job, bulk), true);
                bulk = new HashSet<>();
            }
        }
    }
}
