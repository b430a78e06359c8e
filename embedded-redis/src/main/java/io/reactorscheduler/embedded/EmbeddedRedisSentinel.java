package io.reactorscheduler.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Redis master with replicas, watched by Sentinels that make a replica the master when the master is gone for two and a half seconds.
 *
 * <p>Every method blocks until it is done; a fail-over takes some four to seven seconds.
 */
public final class EmbeddedRedisSentinel implements AutoCloseable {

    /** The name the Sentinels know the master by. */
    public static final String MASTER_NAME = "mymaster";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A server on a busy machine may say nothing for more than a second, and is no dead one then. */
    private static final Duration DOWN_AFTER = Duration.ofMillis(2_500);

    private final List<EmbeddedRedis> servers = new ArrayList<>();
    private final List<EmbeddedRedis> sentinels = new ArrayList<>();

    private EmbeddedRedisSentinel() {}

    /** Starts a master, one replica and three Sentinels. */
    public static EmbeddedRedisSentinel start() {
        return start(1, 3);
    }

    /**
     * Starts a master with replicas and Sentinels of which more than half have to agree; returns when all know each other.
     *
     * @param replicas how many, at least 1 for a fail-over
     * @param sentinels how many, at least 1
     */
    public static EmbeddedRedisSentinel start(int replicas, int sentinels) {
        return start(EmbeddedRedis.start(), replicas, sentinels);
    }

    /** A master, one replica and a Sentinel that speak TLS and nothing else, with one certificate: {@link EmbeddedRedis#certificate()}. */
    public static EmbeddedRedisSentinel startTls() {
        return start(EmbeddedRedis.builder().tls().start(), 1, 1);
    }

    private static EmbeddedRedisSentinel start(EmbeddedRedis master, int replicas, int sentinels) {
        EmbeddedRedisSentinel all = new EmbeddedRedisSentinel();
        all.servers.add(master);
        try {
            for (int i = 0; i < replicas; i++) {
                all.servers.add(EmbeddedRedis.builder()
                        .tlsLike(master)
                        .config("replicaof " + EmbeddedRedis.HOST + " " + master.port())
                        .start());
            }
            Waiting.until(
                    () -> String.valueOf(master.command("INFO", "replication")).split("state=online", -1).length
                            == replicas + 1,
                    PATIENCE,
                    () -> "the replicas were not in sync within " + PATIENCE);
            for (int i = 0; i < sentinels; i++) {
                all.sentinels.add(sentinel(master, sentinels / 2 + 1));
            }
            all.awaitKnown(replicas, sentinels - 1);
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private static EmbeddedRedis sentinel(EmbeddedRedis master, int quorum) {
        String name = " " + MASTER_NAME + " ";
        return EmbeddedRedis.builder()
                .sentinel()
                .tlsLike(master)
                .config("sentinel monitor" + name + EmbeddedRedis.HOST + " " + master.port() + " " + quorum)
                .config("sentinel auth-user" + name + EmbeddedRedis.CONTROL_USER)
                .config("sentinel auth-pass" + name + EmbeddedRedis.CONTROL_PASSWORD)
                .config("sentinel down-after-milliseconds" + name + DOWN_AFTER.toMillis())
                .config("sentinel failover-timeout" + name + "3000")
                .start();
    }

    /** The address for a client that asks the Sentinels for the master: {@code redis-sentinel://host:port,.../0#mymaster}. */
    public String uri() {
        String scheme = servers.get(0).uri().startsWith("rediss:") ? "rediss-sentinel://" : "redis-sentinel://";
        return sentinels.stream()
                .map(sentinel -> EmbeddedRedis.HOST + ":" + sentinel.port())
                .collect(Collectors.joining(",", scheme, "/0#" + MASTER_NAME));
    }

    /** The servers that keep data; the first was started as the master. */
    public List<EmbeddedRedis> servers() {
        return List.copyOf(servers);
    }

    /** The Sentinels. */
    public List<EmbeddedRedis> sentinels() {
        return List.copyOf(sentinels);
    }

    /** The server that is the master now, as the first running Sentinel sees it. */
    public EmbeddedRedis master() {
        EmbeddedRedis master = masterSeenBy(runningSentinels().get(0));
        if (master == null) {
            throw new IllegalStateException("the Sentinel knows no master");
        }
        return master;
    }

    /** Returns the new master when all running Sentinels see another master than {@code former}, which accepts writes; at most 30 s. */
    public EmbeddedRedis awaitFailover(EmbeddedRedis former) {
        Waiting.until(
                () -> runningSentinels().stream().allMatch(sentinel -> {
                    EmbeddedRedis master = masterSeenBy(sentinel);
                    return master != null && master != former && isWritable(master);
                }),
                PATIENCE,
                () -> "no fail-over within " + PATIENCE + ": "
                        + runningSentinels().get(0).log());
        return master();
    }

    /** Kills all servers and Sentinels and deletes their files; idempotent. */
    @Override
    public void close() {
        sentinels.forEach(EmbeddedRedis::close);
        servers.forEach(EmbeddedRedis::close);
    }

    private void awaitKnown(int replicas, int otherSentinels) {
        Waiting.until(
                () -> sentinels.stream()
                        .allMatch(sentinel -> size(sentinel, "REPLICAS") == replicas
                                && size(sentinel, "SENTINELS") == otherSentinels),
                PATIENCE,
                () -> "the Sentinels did not find each other within " + PATIENCE);
    }

    private static int size(EmbeddedRedis sentinel, String what) {
        Object reply = sentinel.command("SENTINEL", what, MASTER_NAME);
        return reply instanceof List<?> list ? list.size() : 0;
    }

    private @Nullable EmbeddedRedis masterSeenBy(EmbeddedRedis sentinel) {
        Object reply = sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME);
        if (!(reply instanceof List<?> address)) {
            return null;
        }
        int port = Integer.parseInt(String.valueOf(address.get(1)));
        return servers.stream()
                .filter(server -> server.port() == port)
                .findFirst()
                .orElse(null);
    }

    private static boolean isWritable(EmbeddedRedis server) {
        return server.isServing()
                && String.valueOf(server.command("INFO", "replication")).contains("role:master");
    }

    private List<EmbeddedRedis> runningSentinels() {
        return sentinels.stream().filter(EmbeddedRedis::isServing).toList();
    }
}
