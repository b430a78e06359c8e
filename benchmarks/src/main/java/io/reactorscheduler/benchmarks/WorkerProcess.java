package io.reactorscheduler.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/** A node in a JVM of its own, which runs what others have enqueued. It ends when its standard input does. */
final class WorkerProcess implements AutoCloseable {

    private static final long REPORT_MILLIS = 2;
    private static final String READY = "ready";
    private static final String GO = "go\n";

    private final LongAdder runs;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Process process;
    private final Writer commands;

    /** Starts one where the jobs of a case are; its runs are added to the counter. */
    WorkerProcess(Subjects subject, Params params, LongAdder runs) throws IOException {
        this.runs = runs;
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-D" + RedisServer.PROPERTY + "=" + RedisServer.uri(Place.isCluster(params)),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "work",
                        "--subject",
                        subject.key(),
                        "--partitions",
                        String.valueOf(Place.partitions(params)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Meter.alsoCount(process.toHandle());
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read);
        reader.setDaemon(true);
        reader.start();
    }

    /** Waits until it is connected. */
    void awaitReady() throws InterruptedException {
        ready.await();
    }

    /** Lets it begin. */
    void go() throws IOException {
        commands.write(GO);
        commands.flush();
    }

    @Override
    public void close() throws IOException {
        commands.close();
        process.destroy();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.equals(READY)) {
                    runs.add(Long.parseLong(line));
                }
                ready.countDown();
            }
        } catch (IOException e) {
            process.destroy();
        }
        ready.countDown();
    }

    /** What such a JVM does. */
    @SuppressWarnings("try")
    static void main(Subjects subject, int partitions, PrintStream out) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        LongAdder runs = new LongAdder();
        Thread reporter = new Thread(() -> report(runs, out));
        reporter.setDaemon(true);
        try (Subject opened = subject.open()) {
            if (partitions > 1) {
                opened.partition(partitions, RedisServer::uri);
            }
            out.println(READY);
            in.readLine();
            opened.work(runs::increment);
            reporter.start();
            in.readLine();
        }
    }

    private static void report(LongAdder runs, PrintStream out) {
        try {
            while (true) {
                Thread.sleep(REPORT_MILLIS);
                long fresh = runs.sumThenReset();
                if (fresh > 0) {
                    out.println(fresh);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
