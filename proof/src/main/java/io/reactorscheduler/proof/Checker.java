package io.reactorscheduler.proof;

import io.reactorscheduler.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides whether all promises were kept: a pure function of what is known after a round.
 *
 * <p>This part holds the records of the store against the plan and against the logs; {@link RunChecker} looks at the runs
 * that the logs tell of.
 */
final class Checker {

    /** Longer than a replica is behind, also on a busy machine. */
    private static final long UNREPLICATED_MICROS = 1_000_000;

    private final Evidence evidence;
    private final List<Run> runs;
    private final Map<String, Planned> planned;
    private final List<Problem> problems = new ArrayList<>();
    private long excused;

    private Checker(Evidence evidence) {
        this.evidence = evidence;
        this.runs = Run.of(evidence);
        this.planned = new HashMap<>();
        evidence.planned().forEach(task -> planned.put(task.id(), task));
        // a node that was killed may have scheduled it, and its successors may have run it
        evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.SCHEDULING)
                .forEach(line -> planned.put(line.execution(), fromNode(line).unsure()));
        evidence.lines().stream()
                .filter(line ->
                        line.kind() == Line.Kind.SCHEDULED && !line.execution().equals(Line.NOTHING))
                .forEach(line -> planned.put(line.execution(), fromNode(line)));
    }

    /**
     * What came of the check.
     *
     * @param problems the promises that were broken
     * @param excused what counts as no problem only because a node stood still, by order or as its ticks say, or because a
     *     replica that took over may not have heard of a claim
     */
    record Verdict(List<Problem> problems, long excused) {

        Verdict with(List<Problem> others) {
            return new Verdict(Stream.concat(problems.stream(), others.stream()).toList(), excused);
        }
    }

    static Verdict check(Evidence evidence) {
        Checker checker = new Checker(evidence);
        checker.everyFireTimeOnce();
        checker.everyExecutionOnce();
        checker.nothingInvented();
        checker.recordsAreTrue();
        evidence.store().findings().forEach(finding -> checker.found(Problem.Rule.INDEX, finding));
        evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.FOUND)
                .forEach(line -> checker.found(Problem.Rule.INDEX, line.node() + " found: " + line.note()));
        evidence.store().leftovers().forEach(key -> checker.found(Problem.Rule.LEFTOVER, key));
        checker.nothingGrew();
        if (Recovery.of(evidence, checker.runs).isLate(Line.micros(evidence.lease()))) {
            checker.found(
                    Problem.Rule.LATE, "half of the runs that kills cut off ran again later than a lease and a second");
        }
        Verdict ofRuns = RunChecker.check(evidence, checker.runs, checker.planned);
        checker.problems.addAll(ofRuns.problems());
        return new Verdict(checker.problems, checker.excused + ofRuns.excused());
    }

    /** What a node scheduled itself: it knows the earliest time, the fire time is the store's. */
    private Planned fromNode(Line line) {
        long fire = evidence.store().rows().stream()
                .filter(row -> row.task().equals(line.execution()))
                .mapToLong(Row::fireMicros)
                .findFirst()
                .orElse(line.fireMicros());
        long first = Math.max(fire, line.fireMicros());
        return new Planned(
                line.execution(), Planned.Kind.NORMAL, first, 0, 1, true, !mayBeForgotten(line), first, Set.of());
    }

    /** Whether a replica took over that may not have heard of what was saved just before. */
    private boolean mayBeForgotten(Line line) {
        return evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.isCrashOf(line.execution())
                                && line.micros() > strike.fromMicros() - UNREPLICATED_MICROS
                                && line.micros() < strike.toMicros() + UNREPLICATED_MICROS);
    }

    private void found(Problem.Rule rule, String text) {
        problems.add(new Problem(rule, text));
    }

    // ---- each fire time has one record

    private void everyFireTimeOnce() {
        Map<String, List<Row>> rows = evidence.store().rows().stream()
                .filter(row -> row.state().isFinal())
                .collect(Collectors.groupingBy(Row::task));
        for (Planned task : planned.values()) {
            if (task.kind() != Planned.Kind.TRIGGERED) {
                int[] records = new int[task.count()];
                rows.getOrDefault(task.id(), List.of()).forEach(row -> count(row, task, records));
                judge(task, records);
            }
        }
    }

    private void count(Row row, Planned task, int[] records) {
        long first = task.numberOf(row.fireMicros());
        if (first < 0 || first + row.fireTimes() > task.count()) {
            found(Problem.Rule.INVENTED, row + " is of no fire time of " + task);
            return;
        }
        for (long number = first; number < first + row.fireTimes(); number++) {
            records[(int) number]++;
        }
    }

    private void judge(Planned task, int[] records) {
        boolean isCancelled = task.kind() == Planned.Kind.CANCELLED
                && evidence.store().tasks().get(task.id()) == TaskState.CANCELLED;
        for (int number = 0; number < records.length; number++) {
            String which = "fire time " + number + " of " + records.length + " (" + task.fireTime(number) + ") of "
                    + task.id() + ", which is " + evidence.store().tasks().get(task.id());
            boolean isExcused = !task.isSure() || (isCancelled && task.wasCancelledBefore(number));
            if (records[number] == 0 && task.owes(number) && !isExcused) {
                found(Problem.Rule.LOSS, which + ", has no record");
            } else if (records[number] > 1) {
                found(Problem.Rule.DOUBLE, which + ", has " + records[number] + " records");
            }
        }
    }

    // ---- each execution has one record

    private void everyExecutionOnce() {
        Map<String, Long> finals = evidence.store().rows().stream()
                .filter(row -> row.state().isFinal())
                .collect(Collectors.groupingBy(Row::execution, Collectors.counting()));
        finals.forEach((execution, count) -> {
            if (count > 1) {
                found(Problem.Rule.DOUBLE, execution + " is recorded " + count + " times");
            }
        });
        for (String asked : evidence.asked()) {
            if (!finals.containsKey(asked)) {
                found(Problem.Rule.LOSS, asked + " was asked for and has no record");
            }
        }
        Set<String> seen = new HashSet<>();
        for (Run run : runs) {
            if (finals.containsKey(run.execution())) {
                continue;
            }
            boolean isKnown = evidence.store().tasks().containsKey(run.task());
            if ((run.isDone() || !isKnown) && !mayBeUnheardOf(run) && seen.add(run.execution())) {
                found(
                        Problem.Rule.LOSS,
                        run + " ran and has no record; its task is " + (isKnown ? "known" : "unknown"));
            }
        }
        for (Row row : evidence.store().rows()) {
            if (!row.state().isFinal()) {
                found(Problem.Rule.LOSS, row + " has not ended");
            }
        }
    }

    /** Whether a replica took over that may not have heard of this run, nor of what it was a run of. */
    private boolean mayBeUnheardOf(Run run) {
        return evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.isCrashOf(run.task())
                                && run.startMicros() > strike.fromMicros() - UNREPLICATED_MICROS
                                && run.startMicros() < strike.toMicros());
    }

    // ---- nothing is recorded that nobody asked for

    private void nothingInvented() {
        Map<String, Long> triggered = new TreeMap<>();
        for (Row row : evidence.store().rows()) {
            Planned task = planned.get(row.task());
            if (task == null) {
                found(Problem.Rule.INVENTED, row + " is of a task that nobody planned");
            } else if (task.kind() == Planned.Kind.TRIGGERED
                    && !evidence.asked().contains(row.execution())) {
                triggered.merge(row.execution(), 1L, Long::sum);
            }
        }
        if (triggered.size() > evidence.unanswered()) {
            found(
                    Problem.Rule.INVENTED,
                    triggered.keySet() + " were triggered by nobody; calls without an answer: "
                            + evidence.unanswered());
        }
    }

    // ---- what Redis holds is back where it was

    private void nothingGrew() {
        if (!evidence.after().isWithin(evidence.before())) {
            found(Problem.Rule.BASELINE, "Redis held " + evidence.before() + " before and holds " + evidence.after());
        }
    }

    // ---- records say what was done

    private void recordsAreTrue() {
        Map<String, List<Run>> byExecution = runs.stream().collect(Collectors.groupingBy(Run::execution));
        Map<String, List<Run>> byTask = runs.stream().collect(Collectors.groupingBy(Run::task));
        for (Row row : evidence.store().rows()) {
            List<Run> ran = byExecution.getOrDefault(row.execution(), List.of());
            switch (row.state()) {
                case COMPLETED -> completed(row, ran);
                case FAILED -> found(Problem.Rule.UNTRUE, row + " failed, but no task fails as often as it is tried");
                case SKIPPED, CANCELLED -> explained(row, byTask.getOrDefault(row.task(), List.of()));
                default -> {}
            }
            ran.stream()
                    .filter(run -> run.fence() > row.fence() && row.state().isFinal())
                    .forEach(run -> staleWrite(row, run));
        }
    }

    private void staleWrite(Row row, Run claimedAgain) {
        if (mayBeUnheardOf(claimedAgain)) {
            excused++;
        } else {
            found(Problem.Rule.STALE_WRITE, row + " although it was claimed again before: " + claimedAgain);
        }
    }

    private void completed(Row row, List<Run> ran) {
        boolean isTrue = ran.stream()
                .anyMatch(run -> run.fence() == row.fence()
                        && run.isDone()
                        && run.node().equals(row.node())
                        && run.fireMicros() == row.fireMicros());
        if (!isTrue) {
            found(Problem.Rule.UNTRUE, row + " but the logs say " + ran);
        }
    }

    /** The end of the last fault of Redis about a moment; the moment itself where there is none. */
    private long endOfOutage(long micros, long slack) {
        return evidence.strikes().stream()
                .filter(strike -> strike.fault().isOfRedis() && strike.isWithin(micros - slack, micros + slack))
                .mapToLong(Strike::toMicros)
                .reduce(micros, Math::max);
    }

    private void explained(Row row, List<Run> ofTask) {
        Planned task = planned.get(row.task());
        if (task != null && !isExplained(row, task, ofTask)) {
            found(Problem.Rule.UNTRUE, row + " has no reason that holds, of " + task);
        }
    }

    /** Whether the plan and the logs bear the reason out. */
    private boolean isExplained(Row row, Planned task, List<Run> ofTask) {
        Reason reason = Reason.of(row.why());
        if (row.state() == TaskState.CANCELLED && task.kind() == Planned.Kind.CANCELLED) {
            return !row.why().isEmpty();
        }
        if (reason == null || !task.reasons().contains(reason)) {
            return false;
        }
        boolean isCancel = reason == Reason.CANCELLED || reason == Reason.SUPERSEDED;
        if (isCancel != (row.state() == TaskState.CANCELLED)) {
            return false;
        }
        long first = task.numberOf(row.fireMicros());
        long last = task.fireTime(first + row.fireTimes() - 1);
        long slack = Line.micros(evidence.lease()) + UNREPLICATED_MICROS;
        return switch (reason) {
            // by a run of a later fire time, whose handler starts after that, and after what Redis suffers just then
            case CANCELLED, SUPERSEDED ->
                ofTask.stream()
                        .anyMatch(run -> run.fireMicros() > row.fireMicros()
                                && run.startMicros() <= endOfOutage(row.endMicros(), slack) + slack
                                && run.endMicros() + slack > row.endMicros());
            // the same claim ran for an earlier fire time, and the record of its end came at most a lease after it
            case OVERLAPPED ->
                ofTask.stream()
                        .anyMatch(run -> run.fence() == row.fence()
                                && run.fireMicros() < row.fireMicros()
                                && last <= run.endMicros() + slack);
            // the runs of a node that is no more count until their leases end, which nobody finds out while Redis is
            // away
            case BOUND ->
                ofTask.stream()
                        .anyMatch(run -> run.startMicros() <= row.endMicros()
                                && endOfOutage(run.endMicros(), slack) > row.fireMicros() - slack);
            case LATER ->
                first + row.fireTimes() < task.count() && task.fireTime(first + row.fireTimes()) <= row.endMicros();
            case TOO_LATE -> last + Line.micros(Workload.TOLERANCE) <= row.endMicros();
        };
    }
}
