package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jobrunr.jobs.lambdas.JobLambda;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobBuilder;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.jspecify.annotations.Nullable;

/** JobRunr in memory, with the shortest interval between polls that it takes there; jobs are handed over in bulk. */
public final class JobRunrSubject implements Subject {

    private static final Duration POLL = Duration.ofMillis(200);

    /** A job is a static call that is read from the byte code, so what it is to do stands where that call finds it. */
    private static volatile @Nullable Runnable work;

    private static volatile @Nullable Lateness lateness;

    private final InMemoryStorageProvider storage = new InMemoryStorageProvider();
    private final JobScheduler scheduler;
    private final BackgroundJobServer server;

    JobRunrSubject() {
        Jackson3JsonMapper json = new Jackson3JsonMapper();
        storage.setJobMapper(new JobMapper(json));
        scheduler = new JobScheduler(storage);
        server = new BackgroundJobServer(
                storage,
                json,
                null,
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andPollInterval(POLL));
        server.start();
    }

    /** Called by jobs. */
    public static void run() {
        Objects.requireNonNull(work).run();
    }

    /** Called by jobs with the time that they are due, in epoch microseconds. */
    public static void run(long dueMicros) {
        Objects.requireNonNull(lateness).record(dueMicros);
    }

    @Override
    public void fireNow(int n, Runnable code) {
        work = code;
        scheduler.enqueue(IntStream.range(0, n).boxed(), i -> run());
    }

    @Override
    public void fireNowEach(int n, Runnable code) {
        work = code;
        for (int i = 0; i < n; i++) {
            scheduler.enqueue(() -> run());
        }
    }

    @Override
    public void fireAt(Due due) {
        lateness = due.lateness();
        Stream<JobBuilder> jobs = IntStream.range(0, due.n()).mapToObj(i -> {
            long micros = due.micros(i);
            JobLambda code = () -> run(micros);
            return JobBuilder.aJob().scheduleAt(due.instant(i)).withJobLambda(code);
        });
        scheduler.create(jobs);
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        Instant then = Instant.now().plus(ahead);
        for (int i = 0; i < n; i++) {
            UUID id = UUID.randomUUID();
            scheduler.schedule(id, then, () -> run());
            scheduler.delete(id);
        }
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        throw new Cannot("recurring jobs are looked at with every poll, and are meant for hundreds");
    }

    @Override
    public void fireByCron(Iterable<CronJob> jobs) {
        throw new Cannot("recurring jobs are looked at with every poll, and are meant for hundreds");
    }

    @Override
    public void failOnce(int n, Attempt attempt) {
        throw new Cannot("retries after a second at the earliest, never at once");
    }

    @Override
    public void fireWithRetry(int n, Runnable code) {
        fireNow(n, code);
    }

    @Override
    public void fireByPriority(Backlog backlog) {
        throw new Cannot("has priorities in its paid edition only");
    }

    /** A stop takes up to ten seconds, which nobody has to wait for. */
    @Override
    public void close() {
        Thread stop = new Thread(server::stop);
        stop.setDaemon(true);
        stop.start();
    }
}
