package io.reactorscheduler.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The Redis of this JVM: started at first use, ended with the JVM. Another one is named with
 * {@code -Dbenchmarks.redis=redis://host:port}; everything in it is deleted. Beside it there is a {@link Cluster}, for the
 * workloads that ask for it.
 */
final class RedisServer {

    /** The system property that names a server. */
    static final String PROPERTY = "benchmarks.redis";

    /** What the server uses and has done so far, and the processor time that it took for that. */
    record Usage(long bytes, long reads, long commands, long cpuMicros) {

        /**
         * Adds what each of so many jobs took of all servers since an earlier moment: how often they read from a connection
         * (of which one may bring many commands), commands, those that scripts call among them, and their processor time; and
         * what the busiest of them got and took.
         */
        static void putInto(Values values, List<Usage> before, List<Usage> after, long jobs) {
            values.put("reads_per_job", spent(before, after, Usage::reads) / (double) jobs);
            values.put("commands_per_job", spent(before, after, Usage::commands) / (double) jobs);
            values.put("server_us_per_job", spent(before, after, Usage::cpuMicros) / (double) jobs);
            values.put("commands_of_busiest_per_job", most(before, after, Usage::commands) / (double) jobs);
            values.put("us_of_busiest_per_job", most(before, after, Usage::cpuMicros) / (double) jobs);
        }

        private static long most(List<Usage> before, List<Usage> after, ToLongFunction<Usage> what) {
            return IntStream.range(0, after.size())
                    .mapToLong(i -> what.applyAsLong(after.get(i)) - what.applyAsLong(before.get(i)))
                    .max()
                    .orElse(0);
        }

        /** Of all servers together since an earlier moment. */
        static long spent(List<Usage> before, List<Usage> after, ToLongFunction<Usage> what) {
            return after.stream().mapToLong(what).sum()
                    - before.stream().mapToLong(what).sum();
        }
    }

    /** Three masters with a replica each, which share the slots. */
    static final class Cluster {

        private static final EmbeddedRedisCluster NODES = EmbeddedRedisCluster.start(
                // a machine that is busy is no reason to make a replica master
                Place.MASTERS, Place.MASTERS, "cluster-node-timeout 15000");
        private static final List<RedisCommands<String, String>> ALL =
                NODES.uris().stream().map(RedisServer::connect).toList();
        private static final List<RedisCommands<String, String>> MASTERS = ALL.subList(0, Place.MASTERS);

        private Cluster() {}
    }

    private static final String URI = start();
    private static final RedisCommands<String, String> COMMANDS = connect(URI);

    private RedisServer() {}

    /** Its address. */
    static String uri() {
        return URI;
    }

    /** The address of the server, or of the cluster. */
    static String uri(boolean isCluster) {
        return isCluster ? Cluster.NODES.uris().get(0) : URI;
    }

    /** Deletes everything in it. */
    static void clear() {
        clear(false);
    }

    /** Deletes everything in the server, or in the cluster. */
    static void clear(boolean isCluster) {
        masters(isCluster).forEach(RedisCommands::flushall);
    }

    /** The server, or each of the cluster, writes an append-only file that is synced every second, or none. */
    static void persist(boolean isCluster, boolean everySecond) {
        (isCluster ? Cluster.ALL : List.of(COMMANDS))
                .forEach(server -> server.configSet("appendonly", everySecond ? "yes" : "no"));
    }

    /** What the server, or each master of the cluster, uses and has done so far. */
    static List<Usage> usages(boolean isCluster) {
        return masters(isCluster).stream().map(RedisServer::usage).toList();
    }

    private static List<RedisCommands<String, String>> masters(boolean isCluster) {
        return isCluster ? Cluster.MASTERS : List.of(COMMANDS);
    }

    /** By one command, so that a look is one read. */
    private static Usage usage(RedisCommands<String, String> server) {
        String info = server.info("all");
        // replicas say how far they are, each once a second: no client does
        double acknowledged = figure(info, "cmdstat_replconf:calls=([0-9]+)").orElse(0);
        return new Usage(
                (long) required(info, "used_memory"),
                (long) (required(info, "total_reads_processed") - acknowledged),
                (long) required(info, "total_commands_processed"),
                (long) (1e6 * (required(info, "used_cpu_user") + required(info, "used_cpu_sys"))));
    }

    private static double required(String info, String name) {
        return figure(info, name + ":([0-9.]+)")
                .orElseThrow(() -> new IllegalStateException("INFO says nothing of " + name));
    }

    private static OptionalDouble figure(String info, String pattern) {
        return Pattern.compile("(?m)^" + pattern)
                .matcher(info)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .findFirst();
    }

    private static RedisCommands<String, String> connect(String uri) {
        return RedisClient.create(uri).connect().sync();
    }

    private static String start() {
        String given = System.getProperty(PROPERTY);
        return given != null ? given : EmbeddedRedis.start().uri();
    }
}
