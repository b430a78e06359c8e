package io.reactorscheduler.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.VoidExecutionHandler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.PlainScheduleAndData;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTaskWithPersistentSchedule;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * db-scheduler on H2 in memory: indices as its documentation gives them, a pool, bulk inserts, short polls. H2 knows no
 * lock-and-fetch, so it is fetch and lock-on-execute, with the limits recommended for throughput.
 */
final class DbSchedulerSubject implements Subject {

    private static final AtomicInteger INSTANCES = new AtomicInteger();
    private static final TaskDescriptor<Void> PLAIN = TaskDescriptor.of("plain");
    private static final TaskDescriptor<Void> RETRIED = TaskDescriptor.of("retried");
    private static final TaskDescriptor<PlainScheduleAndData> REPEATED =
            TaskDescriptor.of("repeated", PlainScheduleAndData.class);
    private static final int THREADS = 20;
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int FIRST_LEVEL = 1;

    private static final String[] TABLES = {
        "create table scheduled_tasks (task_name varchar(100) not null, task_instance varchar(100) not null,"
                + " task_data blob, execution_time timestamp(6) with time zone not null, picked boolean not null,"
                + " picked_by varchar(50), last_success timestamp(6) with time zone,"
                + " last_failure timestamp(6) with time zone, consecutive_failures int,"
                + " last_heartbeat timestamp(6) with time zone, version bigint not null, priority smallint,"
                + " state varchar(20), primary key (task_name, task_instance))",
        "create index execution_time_idx on scheduled_tasks (execution_time)",
        "create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)",
        "create index priority_execution_time_idx on scheduled_tasks (priority desc, execution_time asc)"
    };

    private final HikariDataSource source;
    private final Map<String, CronJob> cronJobs = new ConcurrentHashMap<>();
    private final RecurringTaskWithPersistentSchedule<PlainScheduleAndData> repeated =
            Tasks.recurringWithPersistentSchedule(REPEATED)
                    .execute((instance, context) -> runCronJob(instance.getId()));
    private @Nullable Scheduler scheduler;

    DbSchedulerSubject() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:benchmark" + INSTANCES.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
        config.setMaximumPoolSize(THREADS + 4);
        source = new HikariDataSource(config);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute(table);
            }
        }
    }

    @Override
    public void fireNow(int n, Runnable work) {
        Scheduler started = start((instance, context) -> work.run());
        Instant now = Instant.now();
        bulk(started, n, i -> PLAIN.instance(String.valueOf(i)).scheduledTo(now));
    }

    @Override
    public void fireNowEach(int n, Runnable work) {
        Scheduler started = start((instance, context) -> work.run());
        for (int i = 0; i < n; i++) {
            started.schedule(PLAIN.instance(String.valueOf(i)).scheduledTo(Instant.now()));
        }
    }

    @Override
    public void fireAt(Due due) {
        Lateness lateness = due.lateness();
        Scheduler started = start((instance, context) ->
                lateness.record(micros(context.getExecution().getExecutionTime())));
        bulk(started, due.n(), i -> PLAIN.instance(String.valueOf(i)).scheduledTo(due.instant(i)));
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        throw new Cannot("has a fixed delay, no fixed rate");
    }

    @Override
    public void fireByCron(Iterable<CronJob> jobs) {
        Scheduler started = start((instance, context) -> {});
        for (CronJob job : jobs) {
            String id = String.valueOf(cronJobs.size());
            cronJobs.put(id, job);
            started.schedule(repeated.schedulableInstance(
                    id, new PlainScheduleAndData(Schedules.cron(job.cron().spring(), ZoneOffset.UTC))));
        }
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        Scheduler started = start((instance, context) -> {});
        Instant then = Instant.now().plus(ahead);
        for (int i = 0; i < n; i++) {
            TaskInstance<Void> instance = PLAIN.instance(String.valueOf(i)).build();
            started.schedule(instance, then);
            started.cancel(instance);
        }
    }

    @Override
    public void failOnce(int n, Attempt attempt) {
        OneTimeTask<Void> task = Tasks.oneTime(RETRIED)
                .onFailure((complete, operations) -> operations.reschedule(complete, Instant.now()))
                .execute((instance, context) -> {
                    try {
                        attempt.run(context.getExecution().consecutiveFailures + 1);
                    } catch (FirstAttemptFailed failure) {
                        throw new IllegalStateException(failure);
                    }
                });
        Scheduler started = start(task);
        Instant now = Instant.now();
        bulk(started, n, i -> RETRIED.instance(String.valueOf(i)).scheduledTo(now));
    }

    @Override
    public void fireWithRetry(int n, Runnable work) {
        fireNow(n, work);
    }

    @Override
    public void fireByPriority(Backlog backlog) {
        Scheduler built = build(
                Tasks.oneTime(PLAIN)
                        .execute((instance, context) -> backlog.start(instance.getPriority() - FIRST_LEVEL)),
                SchedulerBuilder::enablePriority);
        Instant now = Instant.now();
        bulk(
                built,
                backlog.n(),
                i -> PLAIN.instance(String.valueOf(i))
                        .priority(FIRST_LEVEL + backlog.level(i))
                        .scheduledTo(now));
        built.start();
    }

    private void runCronJob(String id) {
        Objects.requireNonNull(cronJobs.get(id)).run();
    }

    private Scheduler start(VoidExecutionHandler<Void> code) {
        return start(Tasks.oneTime(PLAIN).execute(code));
    }

    private Scheduler start(OneTimeTask<Void> task) {
        Scheduler started = build(task, builder -> builder);
        started.start();
        return started;
    }

    private Scheduler build(OneTimeTask<Void> task, UnaryOperator<SchedulerBuilder> more) {
        scheduler = more.apply(Scheduler.create(source, task, repeated)
                        .threads(THREADS)
                        .pollingInterval(POLL)
                        .pollUsingFetch(0.5, 3.0)
                        .failureLogging(LogLevel.OFF, false)
                        .shutdownMaxWait(Duration.ofSeconds(1)))
                .build();
        return scheduler;
    }

    /** In the order of their numbers, with the library's own batches. */
    private static void bulk(Scheduler scheduler, int n, IntFunction<SchedulableInstance<?>> instances) {
        scheduler.scheduleBatch(IntStream.range(0, n).mapToObj(instances));
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * 1_000_000 + time.getNano() / 1_000;
    }

    @Override
    public void close() {
        if (scheduler != null) {
            scheduler.stop();
        }
        source.close();
    }
}
