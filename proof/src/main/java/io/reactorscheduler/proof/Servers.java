package io.reactorscheduler.proof;

import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import io.reactorscheduler.embedded.EmbeddedRedisSentinel;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** The Redis that all nodes share, real and breakable. */
interface Servers extends AutoCloseable {

    /** Bytes that may be left on a disk that is as good as full. */
    int LARGEST_REST = 300;

    /** How long a crash lasts at most where nothing takes over. */
    Duration LONGEST_DOWN = Duration.ofMillis(1_500);

    /** Kinds of Redis. */
    enum Kind {
        STANDALONE,
        CLUSTER,
        SENTINEL;

        Servers start() {
            return switch (this) {
                case STANDALONE -> new Standalone();
                case CLUSTER -> new Cluster();
                case SENTINEL -> new Sentinel();
            };
        }
    }

    /** Where a client finds it. */
    String uri();

    /** Over how many partitions tasks are spread. */
    int partitions();

    /** The servers that keep data. */
    List<EmbeddedRedis> nodes();

    /** Whether an acknowledged write may be forgotten when a replica takes over. */
    boolean losesWrites();

    /** Kills a server that takes writes; returns when there is one again, with what was on it. */
    Partitions crash(Random random);

    /**
     * Fills the disk of the server, starts it once on the full disk and then on one with room; returns when it serves again.
     *
     * @throws UnsupportedOperationException where there are several
     */
    default void fillDisk(Random random) {
        throw new UnsupportedOperationException("the disk of one server of several");
    }

    /** Brings the killed server back, as a replica where another one took over. */
    void mend();

    /**
     * Whether a replica took over since the last call although nothing was killed, as on a machine that is far too busy.
     *
     * @return since when the master before may have been left alone, in epoch microseconds; empty for no such thing
     */
    default OptionalLong surprise() {
        return OptionalLong.empty();
    }

    @Override
    void close();

    /** One server that syncs every write. */
    final class Standalone implements Servers {
        private final EmbeddedRedis redis = EmbeddedRedis.builder().durable().start();

        @Override
        public String uri() {
            return redis.uri();
        }

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public List<EmbeddedRedis> nodes() {
            return List.of(redis);
        }

        @Override
        public boolean losesWrites() {
            return false;
        }

        @Override
        public Partitions crash(Random random) {
            redis.kill();
            Pause.of(Duration.ofMillis(random.nextLong(LONGEST_DOWN.toMillis())));
            redis.restart();
            return Partitions.ALL;
        }

        @Override
        public void mend() {}

        @Override
        public void fillDisk(Random random) {
            // the last command may fit in part, so that the file ends within it
            redis.fillDisk(random.nextInt(LARGEST_REST));
            awaitEnd();
            Pause.of(Duration.ofMillis(random.nextLong(LONGEST_DOWN.toMillis() / 2)));
            redis.restart();
            redis.fillDisk(0);
            awaitEnd();
            redis.restart();
        }

        /** With appendfsync always Redis ends itself rather than acknowledge what is not on the disk. */
        private void awaitEnd() {
            Waiting.until(redis + " has ended at a write", () -> !redis.isRunning());
        }

        @Override
        public void close() {
            redis.close();
        }
    }

    /** Three masters with a replica each. */
    final class Cluster implements Servers {
        private static final int MASTERS = 3;
        private static final int PARTITIONS = 4;

        private final EmbeddedRedisCluster cluster =
                EmbeddedRedisCluster.start(MASTERS, MASTERS, "appendonly yes", "appendfsync always");
        private volatile EmbeddedRedis killed = cluster.nodes().get(0);

        @Override
        public String uri() {
            return cluster.uris().get(MASTERS - 1);
        }

        @Override
        public int partitions() {
            return PARTITIONS;
        }

        @Override
        public List<EmbeddedRedis> nodes() {
            return cluster.nodes();
        }

        @Override
        public boolean losesWrites() {
            return true;
        }

        @Override
        public Partitions crash(Random random) {
            killed = masterOf(random.nextInt(PARTITIONS));
            Set<Integer> hit = new HashSet<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                if (masterOf(partition) == killed) {
                    hit.add(partition);
                }
            }
            killed.kill();
            cluster.awaitReady();
            return new Partitions(PARTITIONS, hit);
        }

        /** By a key that each partition has; its tag is the store's affair. */
        private EmbeddedRedis masterOf(int partition) {
            return nodes().stream()
                    .filter(EmbeddedRedis::isRunning)
                    .flatMap(node -> Arena.keysOf(node, partition + "[.}]*:m").stream())
                    .findFirst()
                    .map(cluster::masterOf)
                    .orElseThrow(() -> new IllegalStateException("no server has a key of partition " + partition));
        }

        @Override
        public void mend() {
            killed.restart();
            Waiting.until("the killed server is a replica in sync", () -> isReplica(killed));
        }

        @Override
        public void close() {
            cluster.close();
        }
    }

    /** A master with a replica, and three Sentinels. */
    final class Sentinel implements Servers {
        private final EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.start();
        private volatile EmbeddedRedis killed = sentinel.servers().get(0);
        private EmbeddedRedis master = sentinel.servers().get(0);
        private long masterAt = Line.now();
        private OptionalLong surprise = OptionalLong.empty();

        @Override
        public String uri() {
            return sentinel.uri();
        }

        @Override
        public int partitions() {
            return 1;
        }

        @Override
        public List<EmbeddedRedis> nodes() {
            return sentinel.servers();
        }

        @Override
        public boolean losesWrites() {
            return true;
        }

        @Override
        public synchronized Partitions crash(Random random) {
            look();
            killed = master;
            killed.kill();
            master = sentinel.awaitFailover(killed);
            masterAt = Line.now();
            return Partitions.ALL;
        }

        @Override
        public synchronized OptionalLong surprise() {
            look();
            OptionalLong given = surprise;
            surprise = OptionalLong.empty();
            return given;
        }

        private void look() {
            EmbeddedRedis now = sentinel.master();
            if (now != master) {
                surprise = OptionalLong.of(masterAt);
            }
            master = now;
            masterAt = Line.now();
        }

        @Override
        public void mend() {
            killed.restart();
            // as an operator would write into its file: Sentinels that were short of processor time take half a minute
            killed.command(
                    "REPLICAOF", "127.0.0.1", String.valueOf(sentinel.master().port()));
            Waiting.until("the killed server is a replica in sync", () -> isReplica(killed));
        }

        @Override
        public void close() {
            sentinel.close();
        }
    }

    private static boolean isReplica(EmbeddedRedis redis) {
        try {
            String info = String.valueOf(redis.command("INFO", "replication"));
            return info.contains("role:slave") && info.contains("master_link_status:up");
        } catch (UncheckedIOException | IllegalStateException busy) {
            return false; // it takes its copy, and answers later
        }
    }
}
