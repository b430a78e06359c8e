package io.reactorscheduler.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis 7.0.15 on a free port of the loopback address, which ends with this JVM however that ends.
 *
 * <p>A server keeps nothing over a {@link #restart()} unless it was built {@linkplain Builder#durable() durable}. Every method blocks
 * until it is done. Safe for any thread. Linux and macOS only; elsewhere {@link #start()} throws
 * {@link UnsupportedOperationException}.
 */
public final class EmbeddedRedis implements AutoCloseable {

    /** The version of the server. */
    public static final String VERSION = RedisBinary.VERSION;

    static final String HOST = "127.0.0.1";

    /** The user by whom this class asks its servers and they ask each other, whatever passwords a test sets. */
    static final String CONTROL_USER = "embedded";

    static final String CONTROL_PASSWORD = UUID.randomUUID().toString();

    private static final Duration READY = Duration.ofSeconds(20);
    private static final int LOG_LINES = 20;
    private static final int PORT_ATTEMPTS = 5;

    private final Builder settings;
    private final Path directory;
    private final int port;
    private final @Nullable Tls tls;
    private ServerProcess process;
    private boolean frozen;

    private EmbeddedRedis(Builder settings, Path directory, int port) {
        this.settings = settings;
        this.directory = directory;
        this.port = port;
        this.tls = settings.like != null ? settings.like.tls : settings.tls ? Tls.in(directory) : null;
        writeConfig();
        this.process = launch(settings, directory);
    }

    /** Starts a server with default settings that keeps nothing on disk; returns when it answers. */
    public static EmbeddedRedis start() {
        return builder().start();
    }

    /** Settings of a server to be started. */
    public static Builder builder() {
        return new Builder();
    }

    /** The port it listens on, the same after a restart. */
    public int port() {
        return port;
    }

    /** Its address for a client, with the password when it was built with one. */
    public String uri() {
        return uriOf(port);
    }

    /** The address of a port that leads to this server, such as that of a {@link FaultProxy}. */
    public String uriOf(int otherPort) {
        String user = settings.password == null ? "" : ":" + settings.password + "@";
        return (tls == null ? "redis://" : "rediss://") + user + HOST + ":" + otherPort;
    }

    /**
     * The certificate that a client has to trust, as a PEM file.
     *
     * @throws IllegalStateException when the server was not built with {@link Builder#tls()}
     */
    public Path certificate() {
        if (tls == null) {
            throw new IllegalStateException(this + " does not speak TLS: build it with tls()");
        }
        return tls.certificate();
    }

    /** The id of the server's process; after a restart another one. */
    public synchronized long pid() {
        return process.pid();
    }

    /** Whether the process runs, frozen or not. */
    public synchronized boolean isRunning() {
        return process.isAlive();
    }

    /** Whether it runs and is not frozen. */
    synchronized boolean isServing() {
        return process.isAlive() && !frozen;
    }

    /**
     * Sends one command and returns its reply: a String, a Long, a List of replies, or null. Each call is a connection of its own,
     * by an administrator's account that is always there.
     *
     * @throws IllegalStateException for an error reply, with its text
     * @throws UncheckedIOException when the server does not answer within five seconds
     */
    public @Nullable Object command(String... words) {
        try (Resp resp = connect()) {
            return resp.send(words);
        } catch (IOException e) {
            throw new UncheckedIOException("Redis at port " + port + " did not answer " + String.join(" ", words), e);
        }
    }

    /** Kills the process at once (SIGKILL); does nothing when it is not running. */
    public synchronized void kill() {
        process.signal("KILL");
        process.awaitEnd();
        frozen = false;
    }

    /** Stops the server as an operator would (SIGTERM), thawing it before; does nothing when it is not running. */
    public synchronized void stop() {
        thaw();
        process.signal("TERM");
        process.awaitEnd();
    }

    /** Stops the process in its tracks (SIGSTOP): its connections stay open and nothing is answered. */
    public synchronized void freeze() {
        process.signal("STOP");
        frozen = true;
    }

    /** Lets a frozen process go on (SIGCONT). */
    public synchronized void thaw() {
        process.signal("CONT");
        frozen = false;
    }

    /**
     * Fills its disk: the newest append-only file takes so many bytes more, further writes fail for want of space, until {@link
     * #freeDisk()} or a restart. Linux only.
     *
     * @throws UncheckedIOException where there is no prlimit, a command of util-linux
     */
    public synchronized void fillDisk(int bytesLeft) {
        process.limitFiles(String.valueOf(appendedBytes() + bytesLeft));
    }

    /** Ends what {@link #fillDisk} began. */
    public synchronized void freeDisk() {
        process.limitFiles("unlimited");
    }

    /** The length of the append-only file that is written to; 0 where there is none. */
    private long appendedBytes() {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".incr.aof"))
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                    .map(file -> file.toFile().length())
                    .orElse(0L);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list the files of " + this + " in " + directory, e);
        }
    }

    /** Copies what the server has in memory, as a file that a Redis can be started with, and its log into another directory. */
    public synchronized void dumpTo(Path folder) {
        command("SAVE");
        try {
            for (String name : List.of("dump.rdb", "redis.log")) {
                Files.copy(
                        directory.resolve(name),
                        folder.resolve(port + "-" + name),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot copy the data of " + this + " to " + folder, e);
        }
    }

    /** Starts the server again on the same port and directory, after killing it when it runs; returns when it answers. */
    public synchronized void restart() {
        kill();
        process = launch(settings, directory);
        awaitReady();
    }

    /** Kills the server and deletes its files; idempotent. */
    @Override
    public synchronized void close() {
        kill();
        delete(directory);
    }

    /** The last lines the server logged. */
    public String log() {
        return tail(directory);
    }

    @Override
    public String toString() {
        return "Redis at " + HOST + ":" + port;
    }

    private Resp connect() throws IOException {
        Resp resp = new Resp(tls == null ? new Socket(InetAddress.getLoopbackAddress(), port) : tls.connect(port));
        try {
            resp.send("AUTH", CONTROL_USER, CONTROL_PASSWORD);
            return resp;
        } catch (IOException | RuntimeException e) {
            resp.close();
            throw e;
        }
    }

    private void awaitReady() {
        Waiting.until(
                () -> !process.isAlive() || answers(),
                READY,
                () -> "Redis at port " + port + " did not answer within " + READY + ":\n" + tail(directory));
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "Redis at port " + port + " ended when it was started:\n" + tail(directory));
        }
    }

    /** Whether this very server answers, not a stranger that took the port first. */
    private boolean answers() {
        try (Resp resp = connect()) {
            return "PONG".equals(resp.send("PING"))
                    && String.valueOf(resp.send("INFO", "server")).contains("process_id:" + process.pid() + "\r");
        } catch (IOException | IllegalStateException e) {
            return false; // not listening yet, loading, or a stranger
        }
    }

    private static EmbeddedRedis start(Builder settings) {
        for (int attempt = 1; ; attempt++) {
            int port = settings.port > 0 ? settings.port : Ports.free();
            EmbeddedRedis redis = new EmbeddedRedis(settings, newDirectory(), port);
            try {
                redis.awaitReady();
                return redis;
            } catch (IllegalStateException e) {
                boolean taken = redis.log().contains("Failed listening on port");
                redis.close();
                if (!taken || settings.port > 0 || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static ServerProcess launch(Builder settings, Path directory) {
        List<String> command = new ArrayList<>(List.of(
                RedisBinary.path().toString(), directory.resolve("redis.conf").toString()));
        if (settings.sentinel) {
            command.add("--sentinel");
        }
        return ServerProcess.start(directory, directory.resolve("redis.log"), command);
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("embedded-redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Cannot make a directory for Redis; set -Djava.io.tmpdir to one that can be written", e);
        }
    }

    /** Written once: a Sentinel keeps what it learns in this file. */
    private void writeConfig() {
        List<String> lines = settings.lines(port);
        if (tls != null) {
            lines.addAll(tls.config(port));
        }
        lines.add("dir " + directory);
        try {
            Files.write(directory.resolve("redis.conf"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the configuration of Redis into " + directory, e);
        }
    }

    private static String tail(Path directory) {
        try (Stream<String> lines = Files.lines(directory.resolve("redis.log"))) {
            List<String> all = lines.toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    private static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + directory, e);
        }
    }

    /** Settings of a server; not reused after {@link #start()}. */
    public static final class Builder {

        private final List<String> config = new ArrayList<>();
        private @Nullable String password;
        private int port;
        private boolean sentinel;
        private boolean tls;
        private @Nullable EmbeddedRedis like;

        private Builder() {}

        /** Adds a line of {@code redis.conf}, such as {@code maxmemory 1mb}; of a setting given twice the last one holds. */
        public Builder config(String line) {
            config.add(line);
            return this;
        }

        /** Keeps every acknowledged write over a kill: an append-only file that is synced at each one. */
        public Builder durable() {
            return config("appendonly yes").config("appendfsync always");
        }

        /** The password of the default user; by default none is needed. */
        public Builder password(String value) {
            password = value;
            return config("requirepass " + value);
        }

        /** The port, which must be free; by default one is found. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Speaks TLS and nothing else, with a certificate of its own: see {@link EmbeddedRedis#certificate()}. */
        public Builder tls() {
            tls = true;
            return this;
        }

        /** Speaks TLS with the certificate of another server, so that each trusts the other; plainly where that does. */
        Builder tlsLike(@Nullable EmbeddedRedis other) {
            like = other;
            return this;
        }

        /** Makes it watch other servers instead of keeping data. */
        Builder sentinel() {
            sentinel = true;
            return this;
        }

        /** Starts the server and returns when it answers. */
        public EmbeddedRedis start() {
            return EmbeddedRedis.start(this);
        }

        private List<String> lines(int listenPort) {
            List<String> lines = new ArrayList<>(List.of(
                    "bind " + HOST,
                    "port " + listenPort,
                    "daemonize no",
                    "user " + CONTROL_USER + " on >" + CONTROL_PASSWORD + " ~* &* +@all"));
            if (!sentinel) {
                lines.addAll(List.of(
                        "save \"\"",
                        "appendonly no",
                        "masteruser " + CONTROL_USER,
                        "masterauth " + CONTROL_PASSWORD,
                        "repl-diskless-sync-delay 0"));
            }
            lines.addAll(config);
            return lines;
        }
    }
}
