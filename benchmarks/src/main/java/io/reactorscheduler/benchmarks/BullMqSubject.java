package io.reactorscheduler.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * BullMQ in a process of Node, with bulk calls and a concurrency of 100. It is fetched with npm, once for each version, into the
 * directory for temporary files.
 */
@SuppressWarnings("try")
final class BullMqSubject implements Subject {

    private static final String SCRIPT = "/bullmq.mjs";
    private static final String CLIENT = "ioredis@5";
    private static final long HOUR_MILLIS = 3_600_000;
    private static final long INSTALL_SECONDS = 120;
    private static final long COMMAND_SECONDS = 120;

    private final Semaphore done = new Semaphore(0);
    private final Process node;
    private final Writer commands;
    private volatile @Nullable Runnable work;
    private volatile @Nullable Lateness lateness;

    BullMqSubject() throws IOException, InterruptedException {
        Path directory = install(Subjects.BULLMQ.version().replace("BullMQ ", ""));
        node = new ProcessBuilder("node", directory.resolve("bullmq.mjs").toString(), RedisServer.uri())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Meter.alsoCount(node.toHandle());
        commands = node.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public Subjects kind() {
        return Subjects.BULLMQ;
    }

    @Override
    public void enqueue(int n) throws Exception {
        send("enqueue " + n);
    }

    @Override
    public void enqueueEach(int n, int calls) throws Exception {
        send("each " + n + " " + calls);
    }

    @Override
    public void enqueueLater(int n) throws Exception {
        send("later " + n + " " + HOUR_MILLIS);
    }

    @Override
    public void work(Runnable code) throws Exception {
        work = code;
        send("work");
    }

    @Override
    public void fireNow(int n, Runnable code) throws Exception {
        work(code);
        enqueue(n);
    }

    @Override
    public void fireAt(Due due) throws Exception {
        lateness = due.lateness();
        work(() -> {});
        send(IntStream.range(0, due.n())
                .mapToObj(i -> String.valueOf(due.micros(i)))
                .collect(Collectors.joining(" ", "at ", "")));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        commands.close();
        if (!node.waitFor(1, TimeUnit.SECONDS)) {
            node.destroyForcibly().waitFor();
        }
    }

    private void send(String command) throws Exception {
        commands.write(command + "\n");
        commands.flush();
        if (!done.tryAcquire(COMMAND_SECONDS, TimeUnit.SECONDS) || !node.isAlive()) {
            throw new IllegalStateException("BullMQ did not do in time: " + command.split(" ", 2)[0]);
        }
    }

    private void read() {
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                hear(line.split(" "));
            }
        } catch (IOException e) {
            node.destroyForcibly();
        }
        // it has ended: whoever waits for an answer looks whether it is still there
        done.release();
    }

    private void hear(String[] words) {
        switch (words[0]) {
            case "done" -> done.release();
            case "late" -> Objects.requireNonNull(lateness).record(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "ran" -> {
                Runnable run = Objects.requireNonNull(work);
                for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                    run.run();
                }
            }
            default -> throw new IllegalStateException("BullMQ says " + words[0]);
        }
    }

    /** Fetches its packages, so that no measurement pays for that; who has no npm hears of it later. */
    static void prepare() throws IOException, InterruptedException {
        try {
            install(Subjects.BULLMQ.version().replace("BullMQ ", ""));
        } catch (Cannot e) {
            System.err.println("bullmq " + e.reason());
        }
    }

    /** The directory with the script and its packages. */
    private static Path install(String version) throws IOException, InterruptedException {
        if (!exists("node") || !exists("npm")) {
            throw new Cannot("needs node and npm, which are not installed here");
        }
        Path directory = Path.of(System.getProperty("java.io.tmpdir"), "reactor-scheduler-bullmq-" + version);
        if (!Files.exists(directory.resolve("node_modules/ioredis/package.json"))) {
            Files.createDirectories(directory);
            List<String> install = new ArrayList<>(List.of("npm", "install", "--no-audit", "--no-fund", "--silent"));
            install.addAll(List.of("--prefix", directory.toString(), "bullmq@" + version, CLIENT));
            Process npm = new ProcessBuilder(install)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                throw new Cannot("npm could not install bullmq@" + version);
            }
        }
        try (InputStream script = Objects.requireNonNull(BullMqSubject.class.getResourceAsStream(SCRIPT), SCRIPT)) {
            Files.copy(script, directory.resolve("bullmq.mjs"), StandardCopyOption.REPLACE_EXISTING);
        }
        return directory;
    }

    private static boolean exists(String program) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
