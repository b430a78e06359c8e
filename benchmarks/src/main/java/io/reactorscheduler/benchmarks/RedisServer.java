package io.reactorscheduler.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The Redis of this JVM: started at first use, without persistence, ended with the JVM. Another one is named with
 * {@code -Dbenchmarks.redis=redis://host:port}; everything in it is deleted. Beside it there is a {@link Cluster}, for the
 * workloads that ask for it.
 */
final class RedisServer {

    /** The system property that names a server. */
    static final String PROPERTY = "benchmarks.redis";

    /** What the server uses and has done so far, and the processor time that it took for that. */
    record Usage(long bytes, long reads, long commands, long cpuMicros) {

        /**
         * Adds what each of so many jobs took since an earlier moment: how often the server read from a connection (of which
         * one may bring many commands), commands, those that scripts call among them, and the server's processor time.
         */
        void putInto(Values values, Usage before, long jobs) {
            values.put("reads_per_job", (reads - before.reads) / (double) jobs);
            values.put("commands_per_job", (commands - before.commands) / (double) jobs);
            values.put("server_us_per_job", (cpuMicros - before.cpuMicros) / (double) jobs);
        }

        /** Adds the same of several servers together, and what the busiest of them got and took for each job. */
        static void putInto(Values values, List<Usage> before, List<Usage> after, long jobs) {
            sum(after).putInto(values, sum(before), jobs);
            values.put("commands_of_busiest_per_job", most(before, after, Usage::commands) / (double) jobs);
            values.put("us_of_busiest_per_job", most(before, after, Usage::cpuMicros) / (double) jobs);
        }

        private static long most(List<Usage> before, List<Usage> after, ToLongFunction<Usage> what) {
            return IntStream.range(0, after.size())
                    .mapToLong(i -> what.applyAsLong(after.get(i)) - what.applyAsLong(before.get(i)))
                    .max()
                    .orElse(0);
        }

        private static Usage sum(List<Usage> all) {
            return all.stream()
                    .reduce(
                            new Usage(0, 0, 0, 0),
                            (one, other) -> new Usage(
                                    one.bytes + other.bytes,
                                    one.reads + other.reads,
                                    one.commands + other.commands,
                                    one.cpuMicros + other.cpuMicros));
        }
    }

    /** Three masters with a replica each, which share the slots. */
    static final class Cluster {

        private static final EmbeddedRedisCluster NODES = EmbeddedRedisCluster.start(Place.MASTERS, Place.MASTERS);
        private static final List<RedisCommands<String, String>> COMMANDS = NODES.uris().stream()
                .limit(Place.MASTERS)
                .map(RedisServer::connect)
                .toList();

        private Cluster() {}

        /** An address of it; everything in it is deleted. */
        static String emptied() {
            COMMANDS.forEach(RedisCommands::flushall);
            return NODES.uris().get(0);
        }
    }

    private static final String URI = start();
    private static final RedisCommands<String, String> COMMANDS = connect(URI);

    private RedisServer() {}

    /** Its address. */
    static String uri() {
        return URI;
    }

    /** Deletes everything in it. */
    static void clear() {
        COMMANDS.flushall();
    }

    /** Writes an append-only file that is synced every second, or none. */
    static void persist(boolean everySecond) {
        COMMANDS.configSet("appendonly", everySecond ? "yes" : "no");
    }

    /** How often it has read from a connection: for clients that send one command at a time, their commands. */
    static long reads() {
        return usage().reads();
    }

    static Usage usage() {
        return usage(COMMANDS);
    }

    /** What the server, or each master of the cluster, uses and has done so far. */
    static List<Usage> usages(boolean isCluster) {
        return isCluster ? Cluster.COMMANDS.stream().map(RedisServer::usage).toList() : List.of(usage());
    }

    private static Usage usage(RedisCommands<String, String> server) {
        return new Usage(
                (long) info(server, "memory", "used_memory"),
                (long) info(server, "stats", "total_reads_processed"),
                (long) info(server, "stats", "total_commands_processed"),
                (long) (1e6 * (info(server, "cpu", "used_cpu_user") + info(server, "cpu", "used_cpu_sys"))));
    }

    private static double info(RedisCommands<String, String> server, String section, String key) {
        return server.info(section)
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .mapToDouble(line -> Double.parseDouble(line.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("INFO " + section + " says nothing of " + key));
    }

    private static RedisCommands<String, String> connect(String uri) {
        return RedisClient.create(uri).connect().sync();
    }

    private static String start() {
        String given = System.getProperty(PROPERTY);
        return given != null ? given : EmbeddedRedis.start().uri();
    }
}
