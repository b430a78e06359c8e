package io.reactorscheduler.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A Redis Cluster of {@link EmbeddedRedis} servers: masters that share the slots evenly, and replicas that take over.
 *
 * <p>The node timeout is one second: about two seconds after the kill of a master that has a replica, writes work again. Every
 * method blocks until it is done.
 */
public final class EmbeddedRedisCluster implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final List<EmbeddedRedis> nodes;

    private EmbeddedRedisCluster(List<EmbeddedRedis> nodes) {
        this.nodes = nodes;
    }

    /**
     * Starts a cluster and returns when every node has seen it complete and every replica is in sync.
     *
     * @param masters how many share the slots, at least 1; fail-over needs at least 3, as masters elect the replica
     * @param replicas how many in total, dealt to the masters in turn
     * @param config lines of {@code redis.conf} for every node
     */
    public static EmbeddedRedisCluster start(int masters, int replicas, String... config) {
        return start(false, masters, replicas, config);
    }

    /** As {@link #start}, of nodes that speak TLS and nothing else, with one certificate: {@link EmbeddedRedis#certificate()}. */
    public static EmbeddedRedisCluster startTls(int masters, int replicas, String... config) {
        return start(true, masters, replicas, config);
    }

    private static EmbeddedRedisCluster start(boolean tls, int masters, int replicas, String... config) {
        EmbeddedRedisCluster cluster = new EmbeddedRedisCluster(new ArrayList<>());
        try {
            for (int i = 0; i < masters + replicas; i++) {
                EmbeddedRedis.Builder builder = builder(config);
                cluster.nodes.add(
                        (i > 0 ? builder.tlsLike(cluster.nodes.get(0)) : tls ? builder.tls() : builder).start());
            }
            cluster.join(masters);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static EmbeddedRedis.Builder builder(String... config) {
        EmbeddedRedis.Builder builder = EmbeddedRedis.builder()
                .config("cluster-enabled yes")
                .config("cluster-node-timeout 1000")
                .config("cluster-replica-validity-factor 0")
                .config("repl-ping-replica-period 1");
        Arrays.stream(config).forEach(builder::config);
        return builder;
    }

    /** All nodes, first those that were started as masters. */
    public List<EmbeddedRedis> nodes() {
        return List.copyOf(nodes);
    }

    /** The addresses of all nodes, for a client to start from. */
    public List<String> uris() {
        return nodes.stream().map(EmbeddedRedis::uri).toList();
    }

    /** The master that serves a key now, as some running node sees it. */
    public EmbeddedRedis masterOf(String key) {
        long slot = (Long) ask("CLUSTER", "KEYSLOT", key);
        for (Object range : (List<?>) ask("CLUSTER", "SLOTS")) {
            List<?> fields = (List<?>) range;
            if ((Long) fields.get(0) <= slot && slot <= (Long) fields.get(1)) {
                return byPort(((Long) ((List<?>) fields.get(2)).get(1)).intValue());
            }
        }
        throw new IllegalStateException("slot " + slot + " of key " + key + " has no master");
    }

    /** Returns when every running node has a running master for each slot and says so; at most 30 s. */
    public void awaitReady() {
        Waiting.until(
                () -> running().stream().allMatch(node -> says(node, "cluster_state:ok") && slotsAreServed(node)),
                PATIENCE,
                () -> "the cluster was not ready within " + PATIENCE + ": " + running());
    }

    /** Kills all nodes and deletes their files; idempotent. */
    @Override
    public void close() {
        nodes.forEach(EmbeddedRedis::close);
    }

    private void join(int masters) {
        EmbeddedRedis first = nodes.get(0);
        for (int i = 0; i < nodes.size(); i++) {
            // distinct from the start: nodes of one epoch would have to settle that first
            nodes.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
            first.command(
                    "CLUSTER",
                    "MEET",
                    EmbeddedRedis.HOST,
                    String.valueOf(nodes.get(i).port()));
        }
        for (int i = 0; i < masters; i++) {
            int from = SLOTS * i / masters;
            int to = SLOTS * (i + 1) / masters - 1;
            nodes.get(i).command("CLUSTER", "ADDSLOTSRANGE", String.valueOf(from), String.valueOf(to));
        }
        await(
                "every node knows the others",
                node -> says(node, "cluster_known_nodes:" + nodes.size())
                        && !String.valueOf(node.command("CLUSTER", "NODES")).contains("handshake"));
        for (int i = masters; i < nodes.size(); i++) {
            String master = String.valueOf(nodes.get((i - masters) % masters).command("CLUSTER", "MYID"));
            nodes.get(i).command("CLUSTER", "REPLICATE", master);
        }
        List<EmbeddedRedis> replicas = nodes.subList(masters, nodes.size());
        await(
                "every replica is in sync",
                node -> !replicas.contains(node)
                        || String.valueOf(node.command("INFO", "replication")).contains("master_link_status:up"));
        awaitReady();
    }

    private void await(String what, Predicate<EmbeddedRedis> condition) {
        Waiting.until(() -> nodes.stream().allMatch(condition), PATIENCE, () -> "not within " + PATIENCE + ": " + what);
    }

    private boolean slotsAreServed(EmbeddedRedis node) {
        long served = 0;
        for (Object range : (List<?>) reply(node, "CLUSTER", "SLOTS")) {
            List<?> fields = (List<?>) range;
            int master = ((Long) ((List<?>) fields.get(2)).get(1)).intValue();
            if (byPort(master).isServing()) {
                served += (Long) fields.get(1) - (Long) fields.get(0) + 1;
            }
        }
        return served == SLOTS;
    }

    private static boolean says(EmbeddedRedis node, String line) {
        return String.valueOf(node.command("CLUSTER", "INFO")).contains(line + "\r");
    }

    private EmbeddedRedis byPort(int port) {
        return nodes.stream()
                .filter(node -> node.port() == port)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node of this cluster listens on port " + port));
    }

    private List<EmbeddedRedis> running() {
        return nodes.stream().filter(EmbeddedRedis::isServing).toList();
    }

    private Object ask(String... words) {
        return reply(
                running().stream()
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("no node of the cluster runs")),
                words);
    }

    private static Object reply(EmbeddedRedis node, String... words) {
        Object reply = node.command(words);
        if (reply == null) {
            throw new IllegalStateException(node + " has no answer to " + String.join(" ", words));
        }
        return reply;
    }
}
