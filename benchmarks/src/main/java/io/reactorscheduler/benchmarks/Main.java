package io.reactorscheduler.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The commands of the jar. */
public final class Main {

    private static final String USAGE = """
            compare                                    all workloads against all subjects, at the end the tables and the goals
            compare --quick                            only ours and whom the goals name, smaller, once
            run --workload <names> --subject <names>   some of them, or all; parameters as --n 1000000 --rate 20000
            table --in <file>                          the tables of lines that were written before
            list                                       the workloads with their parameters, and the subjects
            jmh [arguments of JMH]                     the micro-benchmarks

            Options of compare and run:
              --reps <number>      JVMs for each subject: 3, with --quick 1; compare repeats what goals need
              --warm-up <seconds>  small runs before the measured one in each JVM: 4
              --budget <seconds>   the measured run of slow subjects, which their number of tasks follows: 4, with
                                   --quick 2, on Redis twice that; for no budget 0
              --whole              slow subjects get as many tasks as the others; with --budget 0
              --jvm <options>      of the JVMs instead of -Xms2g -Xmx2g -XX:+AlwaysPreTouch
              --limit <seconds>    after which a JVM is ended: 180, compare 60, with --quick 20; on Redis a second
                                   later for 15,000 jobs, and 3 for each node that it starts
              --within <minutes>   after which no JVM is started: compare 57, with --quick 9.5
              --out <file>         also writes the lines of JSON to this file
            """;

    private Main() {}

    /** Runs one command. */
    public static void main(String[] words) throws Exception {
        String command = words.length == 0 ? "help" : words[0];
        List<String> rest = Arrays.asList(words).subList(Math.min(1, words.length), words.length);
        switch (command) {
            case "compare" -> run(command, Workloads.ALL, new Arguments(rest));
            case "run" -> {
                Arguments arguments = new Arguments(rest);
                run(command, Workloads.list(arguments.text("workload", "all")), arguments);
            }
            case "work" -> work(new Arguments(rest));
            case "measure" -> measure(new Arguments(rest));
            case "table" -> Table.printAll(read(Path.of(new Arguments(rest).text("in", ""))), System.out);
            case "list" -> list();
            case "jmh" -> org.openjdk.jmh.Main.main(rest.toArray(String[]::new));
            default -> System.out.print(USAGE);
        }
    }

    private static void run(String command, List<Workload> workloads, Arguments arguments)
            throws IOException, InterruptedException {
        List<Subjects> subjects = Subjects.list(arguments.text("subject", "all"));
        Runner.Plan plan = plan(command, arguments);
        Table.printVersions(subjects, System.out);
        List<Measurement> all;
        try (Writer file = arguments.has("out")
                ? Files.newBufferedWriter(Path.of(arguments.text("out", "")))
                : Writer.nullWriter()) {
            Runner runner = new Runner(plan, line -> print(line, file), System.err);
            List<Runner.Case> cases = cases(workloads, plan.isQuick(), arguments.params());
            List<Schedule.Turn> turns = Schedule.of(cases, subjects, plan);
            if (turns.stream().anyMatch(turn -> turn.subject() == Subjects.BULLMQ)) {
                BullMqSubject.prepare();
            }
            all = runner.measure(turns);
        }
        Table.printAll(all, System.out);
    }

    static Runner.Plan plan(String command, Arguments arguments) {
        boolean isQuick = arguments.has("quick");
        boolean isCompare = command.equals("compare");
        return new Runner.Plan(
                (int) arguments.number("reps", isQuick ? 1 : 3),
                arguments.number("warm-up", 4),
                arguments.number("budget", isQuick ? 2 : 4),
                arguments.has("whole"),
                isCompare && !arguments.has("subject"),
                isQuick,
                arguments.has("jvm") ? List.of(arguments.text("jvm", "").split(" ")) : List.of(),
                (long) arguments.number("limit", isQuick ? 20 : isCompare ? 60 : 180),
                60 * arguments.number("within", !isCompare ? Integer.MAX_VALUE : isQuick ? 9.5 : 57));
    }

    /** What is to be measured, with what was given instead of the parameters of the cases; which may make some the same. */
    private static List<Runner.Case> cases(List<Workload> workloads, boolean isQuick, Params given) {
        Set<String> unknown = new HashSet<>(given.asMap().keySet());
        List<Runner.Case> cases = new ArrayList<>();
        for (Workload workload : workloads) {
            for (Params params : workload.cases(isQuick)) {
                unknown.removeAll(params.asMap().keySet());
                cases.add(new Runner.Case(workload, params.with(given)));
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no workload has the parameters " + unknown + "; see list");
        }
        return cases.stream().distinct().toList();
    }

    /** Each line is there as soon as it is known: a comparison that is broken off has not been in vain. */
    private static void print(String line, Writer file) {
        System.out.println(line);
        try {
            file.write(line + "\n");
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to the file given by --out", e);
        }
    }

    private static List<Measurement> read(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(Measurement::fromJson).toList();
    }

    /** Whatever subjects print goes to standard error, so that standard output has one line and nothing else. */
    private static void measure(Arguments arguments) {
        PrintStream out = System.out;
        System.setOut(System.err);
        Child.main(arguments, out);
        // subjects may have left threads that are no daemons
        System.exit(0);
    }

    private static void work(Arguments arguments) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        WorkerProcess.main(Subjects.of(arguments.text("subject", "")), (int) arguments.number("partitions", 1), out);
        System.exit(0);
    }

    private static void list() {
        for (Workload workload : Workloads.ALL) {
            System.out.printf("%-16s %s%n", workload.key(), workload.question());
            workload.cases(false).forEach(params -> System.out.printf("%-16s   %s%n", "", params));
        }
        Table.printVersions(List.of(Subjects.values()), System.out);
    }
}
