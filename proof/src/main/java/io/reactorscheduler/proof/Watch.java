package io.reactorscheduler.proof;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Looks all the time for replicas that take over although nobody killed a master, which is what Sentinels do when they or
 * the master get no processor time. To all that is promised that is the crash of a master.
 */
final class Watch implements AutoCloseable {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    /** A master that was only slow takes writes until Sentinels have made it a replica. */
    private static final long DEMOTED_MICROS = 10_000_000;

    private final Servers servers;
    private final List<Strike> seen = new CopyOnWriteArrayList<>();
    private final Thread thread = new Thread(this::look, "watch");
    private volatile boolean isOver;

    private Watch(Servers servers) {
        this.servers = servers;
    }

    static Watch over(Servers servers) {
        Watch watch = new Watch(servers);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    private void look() {
        while (!isOver) {
            try {
                OptionalLong since = servers.surprise();
                since.ifPresent(from -> seen.add(new Strike(
                        Fault.REDIS_CRASH, Line.NOTHING, from, Line.now() + DEMOTED_MICROS, Partitions.ALL)));
            } catch (UncheckedIOException | IllegalStateException busy) {
                // a Sentinel without processor time; the next look tells
            }
            Pause.of(LOOK_AGAIN);
        }
    }

    /** What was seen so far. */
    List<Strike> seen() {
        return List.copyOf(seen);
    }

    /** Returns when nobody looks any more. */
    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
