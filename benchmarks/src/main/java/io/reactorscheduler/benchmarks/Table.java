package io.reactorscheduler.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints measurements of one case: a line for each subject, medians and ranges, and how many times better ours is. */
final class Table {

    private Table() {}

    /** All cases that occur, in their order. */
    static void printAll(List<Measurement> all, PrintStream out) {
        Map<List<Object>, List<Measurement>> cases = all.stream()
                .collect(Collectors.groupingBy(
                        each -> List.of(each.workload(), each.of()), LinkedHashMap::new, Collectors.toList()));
        cases.forEach(
                (key, measurements) -> print(Workloads.of(measurements.get(0).workload()), measurements, out));
        Goals.print(all, out);
    }

    private static void print(Workload workload, List<Measurement> measurements, PrintStream out) {
        Map<String, List<Measurement>> bySubject = measurements.stream()
                .collect(Collectors.groupingBy(Measurement::subject, LinkedHashMap::new, Collectors.toList()));
        List<Metric> metrics = workload.metrics();
        Metric first = metrics.get(0);
        double ours = median(
                measurements.stream()
                        .filter(each -> Subjects.of(each.subject()).isOurs())
                        .toList(),
                first);

        out.printf(
                "%n%s (%s)%n%s%n", workload.key(), Params.of(measurements.get(0).of()), workload.question());
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> head.add(metric.label()));
        head.add("ours is better by");
        rows.add(head);
        bySubject.forEach((subject, each) -> {
            List<String> row = new ArrayList<>(List.of(subject));
            Measurement any = each.stream()
                    .filter(one -> !one.values().isEmpty())
                    .findFirst()
                    .orElse(each.get(0));
            if (any.values().isEmpty()) {
                row.add(any.reason());
            } else {
                metrics.forEach(metric -> row.add(range(each, metric)));
                row.add(Subjects.of(subject).isOurs() ? "" : ratio(ours, median(each, first), first));
                if (!any.params().equals(any.of())) {
                    row.add("with " + Params.of(any.params()));
                }
            }
            rows.add(row);
        });
        printAligned(rows, out);
    }

    private static String ratio(double ours, double theirs, Metric metric) {
        double ratio = metric.isMoreBetter() ? ours / theirs : theirs / ours;
        return Double.isFinite(ratio) ? figure(ratio) + " x" : "";
    }

    /** The median, and the range where there are several. */
    private static String range(List<Measurement> measurements, Metric metric) {
        double[] values = values(measurements, metric);
        if (values.length == 0) {
            return "-";
        }
        String median = figure(median(measurements, metric));
        return values.length == 1
                ? median
                : median + " [" + figure(values[0]) + ".." + figure(values[values.length - 1]) + "]";
    }

    private static double median(List<Measurement> measurements, Metric metric) {
        double[] values = values(measurements, metric);
        int half = values.length / 2;
        if (values.length == 0) {
            return Double.NaN;
        }
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    private static double[] values(List<Measurement> measurements, Metric metric) {
        return measurements.stream()
                .filter(each -> each.values().containsKey(metric.value()))
                .mapToDouble(each -> each.values().get(metric.value()) * metric.factor())
                .sorted()
                .toArray();
    }

    /** Three digits that matter. */
    static String figure(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }

    /** A row of two cells that is shorter than the head is a sentence: it takes no part in the widths. */
    static void printAligned(List<List<String>> rows, PrintStream out) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns + 1];
        for (List<String> row : rows) {
            boolean isSentence = row.size() < columns;
            for (int i = 0; i < (isSentence ? 1 : row.size()); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder("  ");
            for (int i = 0; i < row.size(); i++) {
                boolean isLeft = i == 0 || row.size() < columns || i == columns;
                String pad = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
                line.append(isLeft ? row.get(i) + pad : pad + row.get(i)).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }

    /** Who takes part, with versions. */
    static void printVersions(List<Subjects> subjects, PrintStream out) {
        out.printf(
                "JVM %s, %d processors, %s %s%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"));
        out.println(subjects.stream()
                .map(each -> each.key() + ": " + each.version())
                .collect(Collectors.joining("; ")));
    }
}
