package io.reactorscheduler.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One server as a process that ends when this JVM does, however that ends.
 *
 * <p>A shell stands between: it starts the server and reads a pipe whose other end only this JVM holds. The pipe closes when the
 * JVM is gone, even by {@code kill -9}; then the shell kills the server and deletes its directory. When the server ends by itself
 * the shell ends too, so that {@link #isAlive} is about the server.
 */
final class ServerProcess {

    /**
     * Arguments: the directory, the log file, then the command. Prints the process id of the server. A write beyond a limit of
     * file sizes fails, as on a full disk, instead of ending the server.
     */
    private static final String SCRIPT = """
            directory=$1; log=$2; shift 2
            exec 3<&0
            trap '' XFSZ
            "$@" </dev/null 3<&- >>"$log" 2>&1 &
            server=$!
            echo "$server"
            { read -r ignored <&3; trap '' TERM; kill -9 "$server"; rm -rf "$directory"; } >/dev/null 2>&1 &
            watch=$!
            exec >/dev/null 2>&1
            wait "$server"
            kill -TERM "$watch"
            """;

    private static final long END_SECONDS = 10;

    private final Process shell;
    private final long pid;

    private ServerProcess(Process shell, long pid) {
        this.shell = shell;
        this.pid = pid;
    }

    /** Starts a command whose files are in {@code directory} and whose output goes to {@code log}. */
    static ServerProcess start(Path directory, Path log, List<String> command) {
        List<String> shell = new ArrayList<>(List.of("sh", "-c", SCRIPT, "sh", directory.toString(), log.toString()));
        shell.addAll(command);
        try {
            Process process = new ProcessBuilder(shell)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new ServerProcess(process, firstLine(process));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start " + command, e);
        }
    }

    private static long firstLine(Process process) throws IOException {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            if (line == null) {
                throw new IOException("sh ended before it had started the server");
            }
            return Long.parseLong(line.trim());
        }
    }

    long pid() {
        return pid;
    }

    boolean isAlive() {
        return shell.isAlive();
    }

    /** Sends a signal by its name without SIG; does nothing once the server has ended. */
    void signal(String name) {
        if (!isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot send " + name + " to process " + pid, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + name + " to process " + pid, e);
        }
    }

    /** Lets no file of the server grow beyond a number of bytes, or ends that where the text is {@code unlimited}. */
    void limitFiles(String bytes) {
        List<String> command = List.of("prlimit", "--pid", String.valueOf(pid), "--fsize=" + bytes + ":unlimited");
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0 && isAlive()) {
                throw new IllegalStateException("Cannot limit the files of process " + pid + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot run prlimit, which util-linux of a Linux system has", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while limiting the files of process " + pid, e);
        }
    }

    /** Waits until the server has ended. */
    void awaitEnd() {
        try {
            if (!shell.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Process " + pid + " did not end within " + END_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the end of process " + pid, e);
        }
    }
}
