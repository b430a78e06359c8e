package io.reactorscheduler.proof;

import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.FaultProxy;
import io.reactorscheduler.redis.RedisTaskStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Redis, the nodes, the way between them, and the driver's own access to the store. */
final class Arena implements AutoCloseable {

    static final String NAMESPACE = "proof";

    /** Where the directory of each round is, as seen from the module. */
    private static final String LOGS = "target/proof";

    private static final String EVIDENCE = "evidence.txt";

    /** What a namespace keeps without any task: its settings and the queues nodes have; and answers to calls, which go by themselves. */
    static final String KEPT = ".*:(m|c|q|j|Q:(" + Work.FAST + "|" + Work.SLOW + "|default)|i:.*)";

    /** What Redis says of the time that is left to a key without an end. */
    private static final Long WITHOUT_END = -1L;

    /** Keeps next to nothing. */
    private static final Retention BRIEF = new Retention(1, Duration.ofMillis(1), 1);

    /** Of the driver's own calls; the machine may be busy. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final RoundSettings settings;
    private final Servers servers;
    private final Path logs;
    private final RedisTaskStore store;

    /** The way of the driver's calls to a standalone Redis. */
    private final @Nullable FaultProxy wayOfCalls;

    private final RedisTaskStore called;
    private final ReactiveScheduler scheduler;
    private final Map<String, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final List<Worker> alive = new CopyOnWriteArrayList<>();
    private final List<Strike> strikes = new CopyOnWriteArrayList<>();
    private int started;

    Arena(RoundSettings settings) {
        this.settings = settings;
        this.servers = settings.servers().start();
        try {
            Path all = Files.createDirectories(Path.of(LOGS)).toAbsolutePath();
            this.logs = Files.createTempDirectory(all, settings.seed() + "-" + settings.servers() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a directory for logs in " + LOGS, e);
        }
        this.store = WorkerMain.store(workerSettings("driver", servers.uri(), Duration.ZERO), TIMEOUT);
        this.wayOfCalls = settings.servers() == Servers.Kind.STANDALONE
                ? FaultProxy.to(servers.nodes().get(0))
                : null;
        String uri = wayOfCalls == null ? servers.uri() : wayOfCalls.uri();
        this.called = WorkerMain.store(workerSettings("driver", uri, Duration.ZERO), TIMEOUT);
        this.scheduler = ReactiveScheduler.builder()
                .store(called)
                .node("driver")
                .queue(TaskQueue.named(Work.FAST))
                .queue(TaskQueue.named(Work.SLOW))
                .build();
    }

    private WorkerSettings workerSettings(String node, String uri, Duration skew) {
        return new WorkerSettings(
                uri,
                NAMESPACE,
                servers.partitions(),
                node,
                logs.resolve(node + ".log").toString(),
                RoundSettings.LEASE,
                skew);
    }

    Servers servers() {
        return servers;
    }

    /** The store without anything broken in between. */
    TaskStore store() {
        return store;
    }

    /** Schedules and changes tasks; runs nothing. */
    ReactiveScheduler scheduler() {
        return scheduler;
    }

    // ---- nodes

    /** Starts a node without waiting for it. */
    synchronized Worker start(Duration skew) {
        String node = "node" + ++started;
        String uri = servers.uri();
        if (settings.servers() == Servers.Kind.STANDALONE) {
            FaultProxy proxy = FaultProxy.to(servers.nodes().get(0));
            proxies.put(node, proxy);
            uri = proxy.uri();
        }
        Worker worker = Worker.start(workerSettings(node, uri, skew), settings.patched());
        alive.add(worker);
        return worker;
    }

    void awaitReady() {
        for (Worker worker : alive) {
            Waiting.until(worker.node() + " runs", () -> worker.isReady() || !worker.isAlive());
            if (!worker.isAlive() && alive.contains(worker)) {
                throw new IllegalStateException(worker.node() + " ended by itself:\n" + worker.output());
            }
        }
    }

    /** The nodes that nothing was done to for good. */
    List<Worker> workers() {
        return List.copyOf(alive);
    }

    /** The node will be no more; whether it was there. */
    boolean gone(Worker worker) {
        return alive.remove(worker);
    }

    FaultProxy proxyOf(Worker worker) {
        return there(proxies.get(worker.node()));
    }

    FaultProxy proxyOfCalls() {
        return there(wayOfCalls);
    }

    private FaultProxy there(@Nullable FaultProxy proxy) {
        if (proxy == null) {
            throw new IllegalStateException("there is no proxy before " + servers);
        }
        return proxy;
    }

    // ---- what happened

    void struck(Fault fault, @Nullable Worker worker, long fromMicros) {
        strikes.add(new Strike(fault, worker == null ? Line.NOTHING : worker.node(), fromMicros, Line.now()));
    }

    void crashed(long fromMicros, Partitions hit) {
        strikes.add(new Strike(Fault.REDIS_CRASH, Line.NOTHING, fromMicros, Line.now(), hit));
    }

    List<Strike> strikes() {
        return List.copyOf(strikes);
    }

    List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        for (int number = 1; number <= started; number++) {
            lines.addAll(WorkLog.read(logs.resolve("node" + number + ".log")));
        }
        lines.sort(Comparator.comparingLong(Line::micros));
        return lines;
    }

    /** What the nodes said, for people. */
    Path logs() {
        return logs;
    }

    // ---- what Redis holds

    /** The same store with a retention that leaves nothing; to be disposed by whoever asked for it. */
    RedisTaskStore forgetful() {
        return WorkerMain.store(workerSettings("forgetful", servers.uri(), Duration.ZERO), TIMEOUT, BRIEF);
    }

    /** What all servers hold but answers to calls that may come twice, which go by themselves; keys without settings and queues. */
    Evidence.Held held() {
        for (EmbeddedRedis redis : servers.nodes()) {
            if (String.valueOf(redis.command("INFO", "replication")).contains("role:master")) {
                keysOf(redis, "*}:i:*").forEach(key -> forget(redis, key));
            }
        }
        long keys = 0;
        long bytes = 0;
        long dataset = 0;
        for (EmbeddedRedis redis : servers.nodes()) {
            // all of this counts as data: scripts, which are sent again, and the statistics of each command
            redis.command("SCRIPT", "FLUSH", "SYNC");
            redis.command("SLOWLOG", "RESET");
            redis.command("CONFIG", "RESETSTAT");
            redis.command("MEMORY", "PURGE");
            String memory = String.valueOf(redis.command("INFO", "memory"));
            keys += (Long) Objects.requireNonNull(redis.command("DBSIZE"));
            keys -= keysOf(redis, "*").stream().filter(key -> key.matches(KEPT)).count();
            bytes += number(memory, "used_memory");
            dataset += number(memory, "used_memory_dataset");
        }
        return new Evidence.Held(keys, bytes, dataset);
    }

    private static void forget(EmbeddedRedis redis, String answer) {
        if (Objects.equals(redis.command("TTL", answer), WITHOUT_END)) {
            throw new IllegalStateException("the answer " + answer + " would never go by itself");
        }
        redis.command("DEL", answer);
    }

    private static long number(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    /** The keys of the namespace on one server. */
    static List<String> keysOf(EmbeddedRedis redis, String pattern) {
        return redis.command("KEYS", "{" + NAMESPACE + ":" + pattern) instanceof List<?> keys
                ? keys.stream().map(String::valueOf).toList()
                : List.of();
    }

    // ---- what is kept for people

    /** Copies what each server holds into the directory of the logs. */
    void dump() {
        for (EmbeddedRedis redis : servers.nodes()) {
            if (redis.isRunning()) {
                redis.dumpTo(logs);
            }
        }
    }

    /** Writes all that the checker knew beside the logs. */
    void keep(List<Problem> problems, Evidence evidence) {
        List<String> text = new ArrayList<>();
        problems.forEach(problem -> text.add(problem.toString()));
        evidence.strikes().forEach(strike -> text.add(strike.toString()));
        evidence.planned().forEach(task -> text.add(task.toString()));
        evidence.store().rows().forEach(row -> text.add(row.toString()));
        text.add(evidence.before() + " " + evidence.after());
        try {
            Files.write(logs.resolve(EVIDENCE), text);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write into " + logs, e);
        }
    }

    @Override
    public void close() {
        alive.forEach(Worker::kill);
        scheduler.dispose();
        called.dispose();
        store.dispose();
        proxies.values().forEach(FaultProxy::close);
        if (wayOfCalls != null) {
            wayOfCalls.close();
        }
        servers.close();
    }

    /** Deletes the logs of a round of which nobody has questions. */
    void forget() {
        try (Stream<Path> files = Files.walk(logs)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + logs, e);
        }
    }
}
