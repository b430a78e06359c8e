package io.reactorscheduler.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.reactorscheduler.embedded.EmbeddedRedis;

/**
 * The Redis of this JVM: started at first use, without persistence, ended with the JVM. Another one is named with
 * {@code -Dbenchmarks.redis=redis://host:port}; everything in it is deleted.
 */
final class RedisServer {

    /** The system property that names a server. */
    static final String PROPERTY = "benchmarks.redis";

    /** What the server uses and has done so far. */
    record Usage(long bytes, long reads, long commands) {

        /**
         * Adds what each of so many jobs took since an earlier moment: how often the server read from a connection (of which
         * one may bring many commands), and commands, those that scripts call among them.
         */
        void putInto(Values values, Usage before, long jobs) {
            values.put("reads_per_job", (reads - before.reads) / (double) jobs);
            values.put("commands_per_job", (commands - before.commands) / (double) jobs);
        }
    }

    private static final String URI = start();
    private static final RedisCommands<String, String> COMMANDS =
            RedisClient.create(URI).connect().sync();

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
        return info("stats", "total_reads_processed");
    }

    static Usage usage() {
        return new Usage(info("memory", "used_memory"), reads(), info("stats", "total_commands_processed"));
    }

    private static long info(String section, String key) {
        return COMMANDS.info(section)
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.substring(key.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("INFO " + section + " says nothing of " + key));
    }

    private static String start() {
        String given = System.getProperty(PROPERTY);
        return given != null ? given : EmbeddedRedis.start().uri();
    }
}
