package io.reactorscheduler.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Measures cases of workloads: a fresh JVM for each subject and repetition, the subjects turn by turn. */
final class Runner {

    /**
     * How it is done.
     *
     * @param reps how often each subject is asked, at least once
     * @param warmUpSeconds how long it may warm up each time
     * @param budgetSeconds how long the run that counts of a slow subject may take, which its number of tasks follows;
     *     0 for as long as it takes; twice as long on Redis
     * @param isWhole whether slow subjects get as much as all others
     * @param isCompare whether all are compared, so that what no goal needs is asked once
     * @param isQuick whether they are not asked at all
     * @param jvmOptions options of the JVMs; the workload's heap if there are none
     * @param limitSeconds after which a JVM is ended; see {@link Schedule#limitSeconds}
     * @param withinSeconds after which none is started any more
     */
    record Plan(
            int reps,
            double warmUpSeconds,
            double budgetSeconds,
            boolean isWhole,
            boolean isCompare,
            boolean isQuick,
            List<String> jvmOptions,
            long limitSeconds,
            double withinSeconds) {

        /** Jobs on Redis take longer to get going. */
        double budgetSeconds(Workload workload) {
            return workload.field() == Field.REDIS ? 2 * budgetSeconds : budgetSeconds;
        }
    }

    /** A workload with its parameters. */
    record Case(Workload workload, Params params) {
        @Override
        public String toString() {
            return workload.key() + " (" + params + ")";
        }
    }

    private static final long PATIENCE_MILLIS = 1_000;

    private final Plan plan;
    private final Consumer<String> lines;
    private final PrintStream progress;

    /** Lines of JSON go to the first, words for the watching to the second. */
    Runner(Plan plan, Consumer<String> lines, PrintStream progress) {
        this.plan = plan;
        this.lines = lines;
        this.progress = progress;
    }

    /** Takes all turns; who cannot, or failed, is not asked for the same again. */
    List<Measurement> measure(List<Schedule.Turn> turns) throws InterruptedException {
        long jvms = turns.stream().filter(turn -> turn.leftOut() == null).count();
        double left = turns.stream().mapToDouble(Schedule.Turn::seconds).sum();
        progress.printf(
                "expected: at most %s for %d JVMs, less as soon as it is known who cannot what%n",
                clock(Math.min(left, plan.withinSeconds())), jvms);
        List<Measurement> all = new ArrayList<>();
        Set<List<Object>> without = new HashSet<>();
        Meter total = Meter.start();
        for (int i = 0; i < turns.size(); i++) {
            Schedule.Turn turn = turns.get(i);
            left -= turn.seconds();
            List<Object> pair = List.of(turn.of(), turn.subject());
            boolean isLate = total.seconds() + turn.seconds() > plan.withinSeconds();
            if (without.contains(pair) || (isLate && turn.rep() > 1)) {
                continue;
            }
            Meter meter = Meter.start();
            Measurement measured =
                    isLate && turn.leftOut() == null ? blank(turn).withLeftOut("as time was over") : take(turn);
            all.add(measured);
            lines.accept(measured.toJson());
            if (measured.values().isEmpty()) {
                without.add(pair);
            }
            progress.printf(
                    "%d of %d, %s so far, %s to go: %s, %s%s: %s (%.0f s)%n",
                    i + 1,
                    turns.size(),
                    clock(total.seconds()),
                    clock(left),
                    turn.of(),
                    turn.subject().key(),
                    plan.reps() > 1 ? ", repetition " + turn.rep() : "",
                    inShort(turn.of().workload(), measured),
                    meter.seconds());
        }
        progress.printf("over after %s%n", clock(total.seconds()));
        return all;
    }

    /** Whatever goes wrong with one is no reason not to ask the next. */
    private Measurement take(Schedule.Turn turn) throws InterruptedException {
        if (turn.leftOut() != null) {
            return blank(turn).withLeftOut(turn.leftOut());
        }
        try {
            return fork(turn);
        } catch (IOException | UncheckedIOException | JacksonException e) {
            return blank(turn).withFailure(e.toString());
        }
    }

    private Measurement blank(Schedule.Turn turn) {
        Params of = turn.of().params();
        Params params = plan.isWhole() ? of : of.scaled(turn.subject().share());
        return Measurement.of(turn.of().workload(), turn.subject(), params, of);
    }

    private static String clock(double seconds) {
        long whole = Math.max(0, Math.round(Math.min(seconds, Integer.MAX_VALUE)));
        return "%d:%02d min".formatted(whole / 60, whole % 60);
    }

    private static String inShort(Workload workload, Measurement measured) {
        if (measured.values().isEmpty()) {
            return measured.reason();
        }
        Metric first = workload.metrics().get(0);
        return Table.figure(measured.values().getOrDefault(first.value(), Double.NaN) * first.factor()) + " "
                + first.label();
    }

    private Measurement fork(Schedule.Turn turn) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        command(turn.of().workload(), turn.of().params(), turn.subject()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread atExit = new Thread(() -> end(process));
        Runtime.getRuntime().addShutdownHook(atExit);
        AtomicReference<@Nullable String> line = new AtomicReference<>();
        Thread reader = new Thread(() -> read(process, line));
        reader.setDaemon(true);
        reader.start();
        try {
            boolean isOver = process.waitFor(Schedule.limitSeconds(turn.of(), plan), TimeUnit.SECONDS);
            if (!isOver) {
                end(process);
            }
            // a process that outlives the JVM may hold its output open: it is not waited for
            reader.join(PATIENCE_MILLIS);
            String json = line.get();
            if (json != null) {
                return Measurement.fromJson(json);
            }
            return blank(turn)
                    .withFailure(
                            isOver
                                    ? "ended with " + process.exitValue() + " and without a figure"
                                    : "not over in time, " + Schedule.limitSeconds(turn.of(), plan) + " s");
        } finally {
            end(process);
            removeHook(atExit);
        }
    }

    private static void read(Process process, AtomicReference<@Nullable String> line) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines().filter(each -> each.startsWith("{\"workload\"")).forEach(line::set);
        } catch (IOException | UncheckedIOException e) {
            // it has ended, and what it said before is known
            process.destroyForcibly();
        }
    }

    /**
     * Ends a JVM with its children: the servers and nodes that it started end by themselves when it is gone, and clean up;
     * those that do not are ended after a moment.
     */
    private static void end(Process process) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        CompletableFuture<?> allGone = CompletableFuture.allOf(
                children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        try {
            allGone.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            children.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            children.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // this JVM is ending, and so the hook does its work
        }
    }

    private List<String> command(Workload workload, Params of, Subjects subject) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (plan.jvmOptions().isEmpty()) {
            command.add("-Xms" + workload.heap());
            command.add("-Xmx" + workload.heap());
            if (workload.field() == Field.MEMORY) {
                // else the first use of each page is measured, which on a virtual machine takes longer than what uses
                // it
                command.add("-XX:+AlwaysPreTouch");
            }
        }
        command.addAll(plan.jvmOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "measure"));
        command.addAll(List.of("--workload", workload.key(), "--subject", subject.key()));
        command.addAll(List.of("--warm-up", String.valueOf(plan.warmUpSeconds())));
        command.addAll(List.of("--budget", String.valueOf(plan.budgetSeconds(workload))));
        if (plan.isWhole()) {
            command.add("--whole");
        }
        for (Map.Entry<String, Long> param : of.asMap().entrySet()) {
            command.addAll(List.of("--" + param.getKey(), String.valueOf(param.getValue())));
        }
        return command;
    }
}
