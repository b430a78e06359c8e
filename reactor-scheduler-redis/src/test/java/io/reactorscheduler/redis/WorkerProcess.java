package io.reactorscheduler.redis;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** A node in a JVM of its own, which can be frozen and killed. */
final class WorkerProcess implements Disposable {

    /** Runs that never end by themselves; the node prints {@code BEGINS} and {@code CANCELLED} with their fences. */
    static final Handler<Void, String> HOLD = Handler.named("hold", String.class);

    /** Runs that end after so many milliseconds, also while the node is frozen. */
    static final Handler<Long, String> LAST = Handler.named("last", Long.class, String.class);

    /** Runs that take their node down. */
    static final Handler<Void, String> HALT = Handler.named("halt", String.class);

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private WorkerProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of worker " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static WorkerProcess start(String uri, String namespace, String node, Duration lease) {
        return start(WorkerProcess.class, uri, namespace, node, lease.toString());
    }

    /** Another program that prints lines. */
    static WorkerProcess start(Class<?> main, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        try {
            return new WorkerProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException killed) {
            lines.add("ENDED");
        }
    }

    /** What it has printed so far. */
    List<String> lines() {
        return lines;
    }

    void awaitLine(String start) {
        RedisTest.await(start + " of a worker", () -> lines.stream().anyMatch(line -> line.startsWith(start)));
    }

    /** The fence of the first line that begins so. */
    long fence(String start) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }

    void freeze() {
        signal("-STOP");
    }

    void thaw() {
        signal("-CONT");
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
    }

    void awaitEnd() {
        RedisTest.await("the end of a worker", () -> !process.isAlive());
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", name, String.valueOf(process.pid())).start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("kill " + name + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void dispose() {
        kill();
    }

    // ---- in the other JVM

    public static void main(String[] args) throws IOException {
        ReactiveScheduler node = ReactiveScheduler.builder()
                .store(RedisTaskStore.builder().uri(args[0]).namespace(args[1]).build())
                .node(args[2])
                .lease(Duration.parse(args[3]))
                .handle(
                        HOLD,
                        (none, run) -> Mono.<String>never()
                                .doOnSubscribe(on -> say("BEGINS", run.fence()))
                                .doOnCancel(() -> say("CANCELLED", run.fence())))
                .handle(
                        LAST,
                        (millis, run) -> Mono.delay(Duration.ofMillis(millis))
                                .thenReturn("by " + args[2])
                                .doOnSubscribe(on -> say("BEGINS", run.fence())))
                .handle(
                        HALT,
                        (none, run) ->
                                Mono.fromRunnable(() -> Runtime.getRuntime().halt(1)))
                .build();
        node.events().subscribe(WorkerProcess::tell);
        node.start();
        say("UP", 0);
        // its input ends with the JVM that started it
        while (System.in.read() >= 0) {
            continue;
        }
        Runtime.getRuntime().halt(0);
    }

    private static void tell(SchedulerEvent event) {
        if (event.executionId() != null) {
            say("EVENT " + event.kind() + " " + event.executionId(), 0);
        }
    }

    private static void say(String what, long fence) {
        System.out.println(what + " " + fence);
    }
}
