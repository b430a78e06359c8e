package io.reactorscheduler.proof;

import io.reactorscheduler.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

    private Checker(Evidence evidence) {
        this.evidence = evidence;
        this.runs = Run.of(evidence);
        this.planned = new HashMap<>();
        evidence.planned().forEach(task -> planned.put(task.id(), task));
        evidence.lines().stream()
                .filter(line ->
                        line.kind() == Line.Kind.SCHEDULED && !line.execution().equals(Line.NOTHING))
                .forEach(line -> planned.put(line.execution(), fromNode(line)));
    }

    /**
     * What came of the check.
     *
     * @param problems the promises that were broken
     * @param excused runs at once or done twice that count as no problem, only because a node stood still as its ticks say
     */
    record Verdict(List<Problem> problems, long excused) {}

    static Verdict check(Evidence evidence) {
        Checker checker = new Checker(evidence);
        checker.everyFireTimeOnce();
        checker.everyExecutionOnce();
        checker.recordsAreTrue();
        evidence.store().findings().forEach(finding -> checker.found(Problem.Rule.INDEX, finding));
        evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.FOUND)
                .forEach(line -> checker.found(Problem.Rule.INDEX, line.node() + " found: " + line.note()));
        evidence.store().leftovers().forEach(key -> checker.found(Problem.Rule.LEFTOVER, key));
        checker.nothingGrew();
        Verdict ofRuns = RunChecker.check(evidence, checker.runs, checker.planned);
        checker.problems.addAll(ofRuns.problems());
        return new Verdict(checker.problems, ofRuns.excused());
    }

    /** What a node scheduled itself: it knows the earliest time, the fire time is the store's. */
    private Planned fromNode(Line line) {
        long fire = evidence.store().rows().stream()
                .filter(row -> row.task().equals(line.execution()))
                .mapToLong(Row::fireMicros)
                .findFirst()
                .orElse(line.fireMicros());
        long first = Math.max(fire, line.fireMicros());
        return new Planned(line.execution(), Planned.Kind.NORMAL, first, 0, 1, true, !mayBeForgotten(line), first);
    }

    /** Whether a replica took over that may not have heard of what was saved just before. */
    private boolean mayBeForgotten(Line line) {
        return evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.fault() == Fault.REDIS_CRASH
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
        boolean isExcused = !task.isSure()
                || (task.kind() == Planned.Kind.CANCELLED
                        && evidence.store().tasks().get(task.id()) == TaskState.CANCELLED);
        for (int number = 0; number < records.length; number++) {
            String which = "fire time " + number + " of " + records.length + " (" + task.fireTime(number) + ") of "
                    + task.id() + ", which is " + evidence.store().tasks().get(task.id());
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
            if (seen.add(run.execution())
                    && !finals.containsKey(run.execution())
                    && !evidence.store().tasks().containsKey(run.task())) {
                found(Problem.Rule.LOSS, run.execution() + " ran, and its task is not known any more");
            }
        }
        for (Row row : evidence.store().rows()) {
            if (!row.state().isFinal()) {
                found(Problem.Rule.LOSS, row + " has not ended");
            }
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
        for (Row row : evidence.store().rows()) {
            List<Run> ran = byExecution.getOrDefault(row.execution(), List.of());
            switch (row.state()) {
                case COMPLETED -> completed(row, ran);
                case FAILED -> found(Problem.Rule.UNTRUE, row + " failed, but no task fails as often as it is tried");
                case SKIPPED, CANCELLED -> explained(row);
                default -> {}
            }
            ran.stream()
                    .filter(run -> run.fence() > row.fence() && row.state().isFinal() && !isForgotten(run))
                    .forEach(run ->
                            found(Problem.Rule.STALE_WRITE, row + " although it was claimed again before: " + run));
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

    private void explained(Row row) {
        if (row.why().isEmpty()) {
            found(Problem.Rule.UNTRUE, row + " has no reason");
        }
    }

    /** Whether the store may have forgotten this claim, because a replica took over that had not heard of it. */
    private boolean isForgotten(Run run) {
        return evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.fault() == Fault.REDIS_CRASH
                                && run.startMicros() < strike.toMicros()
                                && run.endMicros() > strike.fromMicros());
    }
}
