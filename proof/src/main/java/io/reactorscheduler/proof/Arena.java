package io.reactorscheduler.proof;

import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Redis, the nodes, the way between them, and the driver's own access to the store. */
final class Arena implements AutoCloseable {

    static final String NAMESPACE = "proof";

    /** Of the driver's own calls; the machine may be busy. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final RoundSettings settings;
    private final Servers servers;
    private final Path logs;
    private final RedisTaskStore store;
    private final ReactiveScheduler scheduler;
    private final Map<String, FaultProxy> proxies = new ConcurrentHashMap<>();
    private final List<Worker> alive = new CopyOnWriteArrayList<>();
    private final List<Strike> strikes = new CopyOnWriteArrayList<>();
    private int started;

    Arena(RoundSettings settings) {
        this.settings = settings;
        this.servers = settings.servers().start();
        try {
            this.logs = Files.createTempDirectory("proof-");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make a directory for logs; set -Djava.io.tmpdir", e);
        }
        this.store = WorkerMain.store(workerSettings("driver", servers.uri(), Duration.ZERO), TIMEOUT);
        this.scheduler = ReactiveScheduler.builder()
                .store(store)
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
            if (!worker.isAlive()) {
                throw new IllegalStateException(worker.node() + " ended by itself:\n" + worker.output());
            }
        }
    }

    /** The nodes that nothing was done to for good. */
    List<Worker> workers() {
        return List.copyOf(alive);
    }

    /** The node is no more. */
    void gone(Worker worker) {
        alive.remove(worker);
    }

    FaultProxy proxyOf(Worker worker) {
        FaultProxy proxy = proxies.get(worker.node());
        if (proxy == null) {
            throw new IllegalStateException("there is no proxy before " + servers);
        }
        return proxy;
    }

    // ---- what happened

    void struck(Fault fault, @Nullable Worker worker, long fromMicros) {
        strikes.add(new Strike(fault, worker == null ? Line.NOTHING : worker.node(), fromMicros, Line.now()));
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

    @Override
    public void close() {
        alive.forEach(Worker::kill);
        scheduler.dispose();
        store.dispose();
        proxies.values().forEach(FaultProxy::close);
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
