package io.reactorscheduler.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Measures cases of workloads: a fresh JVM for each subject and repetition, the subjects turn by turn. */
final class Runner {

    /**
     * How it is done.
     *
     * @param reps how often each subject is asked, at least once
     * @param warmUpSeconds how long it may warm up each time
     * @param isWhole whether slow subjects get as much as all others
     * @param jvmOptions options of the JVMs; the workload's heap if there are none
     * @param limitSeconds after which a JVM is ended
     */
    record Plan(int reps, double warmUpSeconds, boolean isWhole, List<String> jvmOptions, long limitSeconds) {}

    /** A workload with its parameters. */
    record Case(Workload workload, Params params) {
        @Override
        public String toString() {
            return workload.key() + " (" + params + ")";
        }
    }

    private final Plan plan;
    private final Consumer<String> lines;
    private final PrintStream progress;

    /** Lines of JSON go to the first, words for the watching to the second. */
    Runner(Plan plan, Consumer<String> lines, PrintStream progress) {
        this.plan = plan;
        this.lines = lines;
        this.progress = progress;
    }

    /** All measurements of one case; who cannot is asked once. */
    List<Measurement> measure(Case of, List<Subjects> subjects) throws IOException, InterruptedException {
        List<Measurement> all = new ArrayList<>();
        List<Subjects> able = new ArrayList<>(subjects);
        able.removeIf(subject -> subject.field() != of.workload().field());
        for (int rep = 1; rep <= plan.reps(); rep++) {
            for (Subjects subject : List.copyOf(able)) {
                Meter meter = Meter.start();
                Measurement measured = fork(of.workload(), of.params(), subject);
                all.add(measured);
                lines.accept(measured.toJson());
                progress.printf(
                        "  %s, %d of %d: %s (%.0f s)%n",
                        subject.key(), rep, plan.reps(), inShort(of.workload(), measured), meter.seconds());
                if (measured.values().isEmpty()) {
                    able.remove(subject);
                }
            }
        }
        return all;
    }

    private static String inShort(Workload workload, Measurement measured) {
        if (measured.cannot() != null) {
            return "cannot, " + measured.cannot();
        }
        if (measured.failed() != null) {
            return "failed, " + measured.failed();
        }
        Metric first = workload.metrics().get(0);
        return Table.figure(measured.values().getOrDefault(first.value(), Double.NaN) * first.factor()) + " "
                + first.label();
    }

    private Measurement fork(Workload workload, Params of, Subjects subject) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(workload, of, subject))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread killer = killerOf(process);
        Optional<String> line;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            line = out.lines().filter(each -> each.startsWith("{\"workload\"")).reduce((first, second) -> second);
        }
        int exit = process.waitFor();
        killer.interrupt();
        Params params = plan.isWhole() ? of : of.scaled(subject.share());
        return line.map(Measurement::fromJson)
                .orElseGet(() -> Measurement.of(workload, subject, params, of)
                        .withFailure("ended with " + exit + " and without a figure, at the latest after "
                                + plan.limitSeconds() + " s"));
    }

    /** A child that hangs would hold up all the others. */
    private Thread killerOf(Process process) {
        Thread killer = new Thread(() -> {
            try {
                if (!process.waitFor(plan.limitSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        killer.setDaemon(true);
        killer.start();
        return killer;
    }

    private List<String> command(Workload workload, Params of, Subjects subject) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (plan.jvmOptions().isEmpty()) {
            command.add("-Xms" + workload.heap());
            command.add("-Xmx" + workload.heap());
        }
        command.addAll(plan.jvmOptions());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "measure"));
        command.addAll(List.of("--workload", workload.key(), "--subject", subject.key()));
        command.addAll(List.of("--warm-up", String.valueOf(plan.warmUpSeconds())));
        if (plan.isWhole()) {
            command.add("--whole");
        }
        for (Map.Entry<String, Long> param : of.asMap().entrySet()) {
            command.addAll(List.of("--" + param.getKey(), String.valueOf(param.getValue())));
        }
        return command;
    }
}
