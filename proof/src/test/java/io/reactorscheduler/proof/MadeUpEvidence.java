package io.reactorscheduler.proof;

import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Evidence that tests of the checker make up, a little at a time. */
abstract class MadeUpEvidence {

    static final Duration LEASE = Duration.ofSeconds(2);
    static final long SECOND = 1_000_000;

    final List<Planned> planned = new ArrayList<>();
    final Set<String> asked = new HashSet<>();
    final List<Line> lines = new ArrayList<>();
    final List<Strike> strikes = new ArrayList<>();
    final List<Row> rows = new ArrayList<>();
    final Map<String, TaskState> tasks = new HashMap<>();
    final List<String> findings = new ArrayList<>();
    final List<String> leftovers = new ArrayList<>();
    final Evidence.Held before = new Evidence.Held(9, 1_000_000, 50_000);
    Evidence.Held after = before;
    boolean losesWrites;
    int unanswered;
    private Checker.@Nullable Verdict verdict;

    Evidence evidence() {
        return new Evidence(
                LEASE,
                losesWrites,
                planned,
                asked,
                unanswered,
                lines,
                strikes,
                new Evidence.Snapshot(rows, tasks, findings, leftovers),
                before,
                after);
    }

    List<Problem.Rule> broken() {
        verdict = Checker.check(evidence());
        return verdict.problems().stream().map(Problem::rule).distinct().toList();
    }

    /** How much of what {@link #broken} looked at was excused. */
    long excused() {
        return Objects.requireNonNull(verdict).excused();
    }

    void once(String id, long fire) {
        planned.add(new Planned(id, Planned.Kind.NORMAL, fire, 0, 1, true, true, fire, Set.of()));
        tasks.put(id, TaskState.COMPLETED);
    }

    void repeating(String id, int count) {
        repeating(id, count, true, Reason.LATER, Reason.OVERLAPPED);
    }

    void repeating(String id, int count, boolean isSerial, Reason... reasons) {
        planned.add(repeatingTask(id, count, isSerial, reasons));
        tasks.put(id, TaskState.COMPLETED);
    }

    static Planned repeatingTask(String id, int count, boolean isSerial, Reason... reasons) {
        return new Planned(id, Planned.Kind.NORMAL, SECOND, SECOND, count, isSerial, true, SECOND, Set.of(reasons));
    }

    void line(Line.Kind kind, String execution, long fence, String node, long fire, long micros) {
        lines.add(new Line(kind, micros, node, execution, fence, 1, fire, ""));
    }

    /** A claim of what stood in the line that all are in, by priority. */
    void claimed(String execution, long fence, int priority, long due, long micros) {
        String note = new Turn(Work.FAST, 0, priority, due).toString();
        lines.add(new Line(Line.Kind.CLAIMED, micros, "n2", execution, fence, 1, due, note));
    }

    /** What the first node says when it has stopped in order. */
    static Line stopped(String note) {
        return new Line(Line.Kind.STOPPED, 6 * SECOND, "n1", Line.NOTHING, 0, 0, 0, note);
    }

    void pause(String node, long from, long to) {
        lines.add(new Line(Line.Kind.PAUSED, to, node, Line.NOTHING, 0, 0, from, ""));
    }

    void ran(String execution, long fence, String node, long fire, long start, long end) {
        line(Line.Kind.STARTED, execution, fence, node, fire, start);
        line(Line.Kind.ENDED, execution, fence, node, fire, end);
    }

    void row(String execution, TaskState state, long fence, String node, long fire) {
        String why = state == TaskState.CANCELLED ? Reason.CANCELLED.text() : "";
        rows.add(new Row(execution, taskOf(execution), state, fire, 1, fence, node, fire, why));
    }

    /** A record of fire times that did not run. */
    void skipped(String execution, long fence, long fire, int fireTimes, long end, String why) {
        rows.add(new Row(execution, taskOf(execution), TaskState.SKIPPED, fire, fireTimes, fence, "n1", end, why));
    }

    private static String taskOf(String execution) {
        return execution.substring(0, execution.lastIndexOf('#'));
    }

    /** One task that ran as it should. */
    void oneGoodRun() {
        once("a", SECOND);
        ran("a#1", 5, "n1", SECOND, SECOND + 10, SECOND + 500);
        row("a#1", TaskState.COMPLETED, 5, "n1", SECOND);
    }
}
