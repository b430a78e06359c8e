package io.reactorscheduler.examples;

import io.reactorscheduler.Execution;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Executions in numbers: how many by state, and how long after they were due they started. */
final class Report {

    private final List<Execution> executions;
    private final List<TaskState> states;

    Report(List<Execution> executions) {
        this.executions = executions;
        this.states =
                executions.stream().map(Execution::state).distinct().sorted().toList();
    }

    List<String> lines() {
        Map<String, List<Execution>> queues =
                executions.stream().collect(Collectors.groupingBy(Execution::queue, TreeMap::new, Collectors.toList()));
        Table table = new Table(cells("queue", states.stream().map(Report::lowerCase), "p50", "p95", "p99", "max"));
        queues.forEach((queue, of) -> table.row(row(queue, of)));
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("Executions by state, and how many ms after it was due an execution started (retried ones left out)");
        lines.addAll(table.row(cells("all", counts(executions), "", "", "", "")).lines());
        return lines;
    }

    private List<String> row(String name, List<Execution> of) {
        List<Double> late = of.stream()
                .filter(execution -> execution.attempt() == 1 && execution.startedAt() != null)
                .map(Report::millisLate)
                .sorted()
                .toList();
        return cells(name, counts(of), at(0.5, late), at(0.95, late), at(0.99, late), at(1, late));
    }

    private Stream<String> counts(List<Execution> of) {
        return states.stream()
                .map(state -> of.stream().filter(e -> e.state() == state).count())
                .map(String::valueOf);
    }

    private static List<String> cells(String first, Stream<String> middle, String... last) {
        return Stream.of(Stream.of(first), middle, Stream.of(last))
                .flatMap(cell -> cell)
                .toList();
    }

    private static double millisLate(Execution execution) {
        return Duration.between(execution.fireTime(), Objects.requireNonNull(execution.startedAt()))
                        .toNanos()
                / 1e6;
    }

    /** The nearest-rank percentile. */
    private static String at(double fraction, List<Double> sorted) {
        if (sorted.isEmpty()) {
            return "-";
        }
        int rank = (int) Math.ceil(fraction * sorted.size());
        return String.format(Locale.ROOT, "%.2f", sorted.get(Math.max(rank, 1) - 1));
    }

    private static String lowerCase(TaskState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
