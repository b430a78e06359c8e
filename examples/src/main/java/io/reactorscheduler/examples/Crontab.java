package io.reactorscheduler.examples;

import io.reactorscheduler.Cron;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A crontab file, run through a year of virtual time by the scheduler as it is: nothing but the clock is a double. */
public final class Crontab {

    /** One second before the year 2026: the year includes its first moment and not that of the next. */
    static final Instant START = Instant.parse("2025-12-31T23:59:59Z");

    static final Duration YEAR = Duration.ofDays(365);

    /**
     * A line of the file.
     *
     * @param cron when
     * @param command what, also the id of its task
     */
    record Line(Cron cron, String command) {

        Task<?, Object> task() {
            return Task.of(command, run -> Mono.empty()).id(command).cron(cron);
        }
    }

    private Crontab() {}

    public static void main(String[] args) throws IOException {
        List<Line> lines;
        try (InputStream file = Crontab.class.getResourceAsStream("/crontab")) {
            lines = read(new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8));
        }
        long started = System.nanoTime();
        List<TaskInfo> tasks = run(lines, START, YEAR);
        double seconds = (System.nanoTime() - started) / 1e9;

        System.out.println(table(lines, tasks));
        long runs = tasks.stream().mapToLong(TaskInfo::executions).sum();
        System.out.printf(Locale.ROOT, "%nA year with %,d runs took %.2f s%n", runs, seconds);
    }

    /** Reads what cron itself reads: comments, CRON_TZ, and lines of five fields or a nickname before a command. */
    static List<Line> read(String file) {
        List<Line> lines = new ArrayList<>();
        String zone = "UTC";
        for (String line : file.lines().map(String::strip).toList()) {
            if (line.startsWith("CRON_TZ=")) {
                zone = line.substring("CRON_TZ=".length());
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                int fields = line.startsWith("@") ? 1 : 5;
                String[] words = line.split("\\s+", fields + 1);
                String expression = String.join(" ", List.of(words).subList(0, fields));
                lines.add(new Line(Cron.unix(expression).zone(zone), words[fields]));
            }
        }
        return lines;
    }

    /** Runs them from an instant for so long; gives where each task stands then. */
    static List<TaskInfo> run(List<Line> lines, Instant start, Duration length) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        time.advanceTimeTo(start);
        ReactiveScheduler scheduler =
                ReactiveScheduler.builder().scheduler(() -> time).start();
        List<TaskInfo> tasks = new ArrayList<>();
        scheduler.scheduleAll(Flux.fromIterable(lines).map(Line::task)).subscribe();
        time.advanceTimeBy(length);
        scheduler.tasks(TaskQuery.all().limit(lines.size())).subscribe(tasks::add);
        scheduler.dispose();
        return tasks;
    }

    private static Table table(List<Line> lines, List<TaskInfo> tasks) {
        Map<String, TaskInfo> byId = new TreeMap<>();
        tasks.forEach(task -> byId.put(task.id(), task));
        Table table = new Table(List.of("command", "when", "zone", "runs", "next"));
        for (Line line : lines) {
            TaskInfo task = Objects.requireNonNull(byId.get(line.command()));
            table.row(List.of(
                    line.command(),
                    line.cron().expression(),
                    line.cron().zone().getId(),
                    String.format(Locale.ROOT, "%,d", task.executions()),
                    String.valueOf(task.nextFireTime())));
        }
        return table;
    }
}
