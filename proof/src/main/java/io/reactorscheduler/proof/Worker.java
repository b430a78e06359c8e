package io.reactorscheduler.proof;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process of a node, as the driver sees it. */
final class Worker {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final WorkerSettings settings;
    private final Process process;

    private Worker(WorkerSettings settings, Process process) {
        this.settings = settings;
        this.process = process;
    }

    /** @param patched a folder whose files take the place of those on the class path; null for none */
    static Worker start(WorkerSettings settings, @Nullable Path patched) {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                JAVA,
                // many short lives on few cores
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                patched == null ? classPath : patched + File.pathSeparator + classPath,
                WorkerMain.class.getName()));
        command.addAll(settings.args());
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(settings.log() + ".out")))
                    .start();
            return new Worker(settings, process);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start a JVM: " + JAVA, e);
        }
    }

    String node() {
        return settings.node();
    }

    WorkerSettings settings() {
        return settings;
    }

    /** Whether it has said that it runs. */
    boolean isReady() {
        return output().lines().anyMatch(WorkerMain.READY::equals);
    }

    /** All it printed. */
    String output() {
        try {
            return Files.readString(Path.of(settings.log() + ".out"));
        } catch (IOException e) {
            return "(no output: " + e + ")";
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    /** Sets its wall clock wrong by so much, without a restart. */
    void setClock(Duration skew) {
        tell(WorkerMain.CLOCK + skew);
    }

    /** Stops in order, waiting for what it runs. */
    void stop() {
        tell(WorkerMain.STOP);
        awaitEnd();
    }

    private void tell(String command) {
        try {
            // one writer, which stays open: a node whose input ends believes its driver to be gone
            Writer commands = process.outputWriter(StandardCharsets.UTF_8);
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            // its input is closed, so it is gone or will be
            process.destroyForcibly();
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(node() + " did not end within " + PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + node() + " ended", e);
        }
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot send SIG" + name + " to " + node(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
