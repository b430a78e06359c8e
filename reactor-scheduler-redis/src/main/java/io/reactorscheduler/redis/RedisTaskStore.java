package io.reactorscheduler.redis;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tasks in Redis: they survive crashes, and any number of nodes share them. One server, Sentinel or a cluster.
 *
 * <p>Nothing is connected before first use, and what was lost connects again by itself. What this store opened closes when
 * the last scheduler that uses it has stopped, and by {@link #dispose()}; it opens again at next use. Safe for any thread;
 * signals arrive on the threads of Lettuce, so do not block in them. Errors are
 * {@link io.reactorscheduler.StoreUnavailableException}s that name the setting to look at.
 *
 * <p>Due times and leases are compared on the server's clock. {@link #nowMicros()} is never behind it.
 */
public final class RedisTaskStore implements TaskStore, Disposable {

    /** What keys begin with unless it is said otherwise. */
    public static final String DEFAULT_NAMESPACE = "reactor-scheduler";

    /** How many slots the tasks are spread over unless it is said otherwise. */
    public static final int DEFAULT_PARTITIONS = 1;

    /** The most partitions of a namespace. */
    public static final int MOST_PARTITIONS = 1_024;

    /** After how many lost nodes in a row a task is put in quarantine unless it is said otherwise. */
    public static final int DEFAULT_QUARANTINE_AFTER = 3;

    /** How many calls of the store the journal of a partition keeps unless it is said otherwise. */
    public static final int DEFAULT_JOURNAL = 2_000;

    /**
     * How long a node sleeps at most without looking for work unless it is said otherwise. Of several partitions not all are
     * asked each time.
     */
    public static final Duration DEFAULT_SAFETY_POLL = Duration.ofSeconds(5);

    /** How long a command may take unless it is said otherwise. */
    public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofSeconds(2);

    private final RedisSettings settings;
    private final RedisClock clock = new RedisClock();
    private final StoreLink link;
    private final Partitions partitions;
    private final Outlook outlook;
    private final RedisHints hints;
    private final RedisJournal journal;
    private final RedisTasks tasks;
    private final RedisRuns runs;
    private final Sweeps sweeps;
    private final RedisQueries queries;

    RedisTaskStore(RedisSettings settings, RedisLink redis) {
        this.settings = settings;
        RedisKeys keys = new RedisKeys(settings.namespace(), settings.partitions());
        this.link = new StoreLink(redis);
        Namespace namespace = new Namespace(settings, redis);
        this.partitions = new Partitions(settings, keys, redis, clock, Mono.defer(link::ready));
        link.check(namespace.check(partitions));
        this.outlook = new Outlook(settings.partitions(), settings.safetyPoll(), clock::nowMicros);
        this.hints = new RedisHints(keys, redis, outlook);
        this.journal = new RedisJournal(settings, keys, redis, partitions);
        this.tasks = new RedisTasks(settings, partitions);
        this.runs = new RedisRuns(settings, partitions, hints, outlook);
        this.sweeps = new Sweeps(settings, partitions, namespace, tasks, outlook);
        this.queries = new RedisQueries(partitions);
    }

    /**
     * A store with the defaults for one server ({@code redis://host}), with TLS ({@code rediss://host}), Sentinel
     * ({@code redis-sentinel://host1,host2#master}) or a cluster (the URI of one of its nodes); users and passwords in the
     * URI ({@code redis://user:password@host}).
     */
    public static RedisTaskStore connect(String uri) {
        return builder().uri(uri).build();
    }

    /** Starts a store with settings of its own. */
    public static RedisStoreBuilder builder() {
        return new RedisStoreBuilder();
    }

    /** The time of the server in epoch microseconds, at most a round trip ahead of it and never behind. */
    @Override
    public long nowMicros() {
        return clock.nowMicros();
    }

    @Override
    public long reachedMicros() {
        return clock.reachedMicros();
    }

    /** Completes when the server has been asked for its time, and the namespace can be used. */
    @Override
    public Mono<Void> ready() {
        return Mono.defer(link::ready);
    }

    /** True: any process that knows the server and the namespace may use it. */
    @Override
    public boolean isShared() {
        return true;
    }

    /**
     * How long a node may sleep although no news came; 5 seconds by default. Of several partitions not all are asked each
     * time.
     */
    @Override
    public Duration safetyPoll() {
        return settings.safetyPoll();
    }

    /** How long claims are valid of schedulers that were not told otherwise; null where the builder was not told. */
    @Override
    public @Nullable Duration lease() {
        return settings.lease();
    }

    /** The partitions: in a cluster, masters have some of them each. */
    @Override
    public int parts() {
        return partitions.size();
    }

    @Override
    public int partOf(Claim claim) {
        return partitions.numberOf(claim.task().id());
    }

    // ---- tasks and their runs

    @Override
    public Mono<Saved> save(NewTask task) {
        return tasks.save(task);
    }

    @Override
    public Flux<Saved> saveAll(Flux<NewTask> newTasks) {
        return tasks.saveAll(newTasks);
    }

    @Override
    public Mono<ClaimBatch> claim(ClaimRequest request) {
        return runs.claim(request);
    }

    @Override
    public Mono<Void> advance(List<Advance> heads) {
        return runs.advance(heads);
    }

    @Override
    public Mono<List<Claim>> renew(List<Claim> claims, Duration lease) {
        return runs.renew(claims, lease);
    }

    @Override
    public Mono<List<Recorded>> complete(List<Completion> completions) {
        return runs.complete(completions);
    }

    // ---- changes

    @Override
    public Mono<TaskInfo> cancel(String taskId) {
        return tasks.cancel(taskId);
    }

    @Override
    public Mono<Boolean> cancelExecution(String executionId) {
        return tasks.cancelExecution(executionId);
    }

    @Override
    public Mono<TaskInfo> resume(String taskId, Position head) {
        return tasks.resume(taskId, head);
    }

    @Override
    public Mono<TaskInfo> reschedule(String taskId, Trigger trigger, Position head) {
        return tasks.reschedule(taskId, trigger, head);
    }

    @Override
    public Mono<TaskInfo> remove(String taskId) {
        return tasks.remove(taskId);
    }

    @Override
    public Mono<String> enqueue(String taskId, Extra extra) {
        return tasks.enqueue(taskId, extra);
    }

    // ---- looking

    @Override
    public Mono<TaskInfo> task(String taskId) {
        return queries.task(taskId);
    }

    @Override
    public Flux<TaskInfo> tasks(TaskQuery query) {
        return queries.tasks(query);
    }

    @Override
    public Flux<Execution> executions(ExecutionQuery query) {
        return queries.executions(query);
    }

    @Override
    public Flux<ExecutionEvent> events(String executionId) {
        return queries.events(executionId);
    }

    @Override
    public Mono<List<Said>> append(List<Said> said) {
        return Mono.defer(() -> tasks.append(Tokens.next(), said));
    }

    @Override
    public Mono<List<Said>> append(String token, List<Said> said) {
        return tasks.append(token, said);
    }

    @Override
    public Mono<TaskQueue> declareQueue(TaskQueue queue) {
        return tasks.declare(queue);
    }

    @Override
    public Mono<TaskQueue> pauseQueue(String queue, boolean paused) {
        return tasks.pause(queue, paused);
    }

    @Override
    public Mono<TaskQueue> resizeQueue(String queue, int concurrency) {
        return tasks.resize(queue, concurrency);
    }

    @Override
    public Flux<TaskQueue> queues() {
        return queries.queues();
    }

    @Override
    public Mono<StoreStats> stats() {
        return queries.stats();
    }

    @Override
    public Mono<Swept> sweep() {
        return sweeps.sweep();
    }

    @Override
    public Flux<Hint> hints() {
        return link.using(outlook.whileListening(Flux.merge(
                Flux.range(0, settings.partitions())
                        .flatMap(number -> hints.of(partitions.at(number)), settings.partitions()),
                hints.ends(),
                hints.changes(partitions.at(0), settings.safetyPoll()))));
    }

    @Override
    public Flux<JournalEntry> journal(@Nullable String after) {
        return link.using(journal.after(after));
    }

    @Override
    public Mono<String> journalEnd() {
        return journal.end();
    }

    // ---- the end

    /** Ends its hints and journals and closes what this store opened, without waiting; it opens again at next use. */
    @Override
    public void dispose() {
        link.dispose();
    }

    /** Whether nothing is connected now. */
    @Override
    public boolean isDisposed() {
        return link.isClosed();
    }
}
