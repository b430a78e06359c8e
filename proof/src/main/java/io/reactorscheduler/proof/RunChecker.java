package io.reactorscheduler.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at the runs that logs tell of: nothing early, nothing at once that must not be, nothing twice without need. */
final class RunChecker {

    /** A node that stands still for so much of a lease may notice too late that it lost it. */
    private static final int PAUSE_OF_LEASE = 20;

    /** A node that stands still for so much of a lease, between two renewals, may lose it. */
    private static final int LONG_PAUSE_OF_LEASE = 2;

    private final Evidence evidence;
    private final List<Run> runs;
    private final Map<String, Planned> planned;
    private final Map<String, List<Line>> pauses;
    private final long leaseMicros;
    private final List<Problem> problems = new ArrayList<>();

    private RunChecker(Evidence evidence, List<Run> runs, Map<String, Planned> planned) {
        this.evidence = evidence;
        this.runs = runs;
        this.planned = planned;
        this.leaseMicros = Line.micros(evidence.lease());
        this.pauses = evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.PAUSED
                        && line.micros() - line.fireMicros() >= leaseMicros / PAUSE_OF_LEASE)
                .collect(Collectors.groupingBy(Line::node));
    }

    static List<Problem> check(Evidence evidence, List<Run> runs, Map<String, Planned> planned) {
        RunChecker checker = new RunChecker(evidence, runs, planned);
        checker.nothingEarly();
        checker.nothingAtOnce();
        if (evidence.isGentle()) {
            checker.nothingTwice();
        }
        return checker.problems;
    }

    private void nothingEarly() {
        for (Run run : runs) {
            long earliest = earliest(run, planned.get(run.task()));
            if (run.startMicros() < earliest) {
                problems.add(new Problem(
                        Problem.Rule.EARLY, run + " started " + (earliest - run.startMicros()) + " us early"));
            }
        }
    }

    /** What a node says of the fire time of a run is not trusted where the plan knows it. */
    private static long earliest(Run run, @Nullable Planned task) {
        if (task == null || task.kind() == Planned.Kind.TRIGGERED || task.periodMicros() > 0) {
            return run.fireMicros();
        }
        return task.firstMicros();
    }

    private void nothingAtOnce() {
        forPairs(runs.stream().collect(Collectors.groupingBy(Run::execution)));
        forPairs(runs.stream()
                .filter(run -> isSerial(planned.get(run.task())))
                .collect(Collectors.groupingBy(Run::task)));
    }

    private static boolean isSerial(@Nullable Planned task) {
        return task != null && task.isSerial();
    }

    /** Of each group, every run has ended when the next one by fence starts. */
    private void forPairs(Map<String, List<Run>> groups) {
        for (List<Run> group : groups.values()) {
            List<Run> inOrder =
                    group.stream().sorted(Comparator.comparing(Run::fence)).toList();
            for (int i = 1; i < inOrder.size(); i++) {
                Run earlier = inOrder.get(i - 1);
                Run later = inOrder.get(i);
                if (!earlier.isBefore(later) && !isExcused(earlier, later)) {
                    problems.add(new Problem(
                            Problem.Rule.OVERLAP,
                            later + " started " + (earlier.endMicros() - later.startMicros()) + " us before the end of "
                                    + earlier));
                }
            }
        }
    }

    private void nothingTwice() {
        for (List<Run> group :
                runs.stream().collect(Collectors.groupingBy(Run::execution)).values()) {
            List<Run> done = group.stream().filter(Run::isDone).toList();
            for (int i = 1; i < done.size(); i++) {
                if (!couldNotReport(done.get(i - 1))) {
                    problems.add(
                            new Problem(Problem.Rule.REPEAT, done.get(i) + " was done before: " + done.get(i - 1)));
                }
            }
        }
    }

    /** A process that stood still for most of a lease, before the end of its run was recorded, lost the lease. */
    private boolean couldNotReport(Run run) {
        return pauses.getOrDefault(run.node(), List.of()).stream()
                .anyMatch(pause -> pause.micros() - pause.fireMicros() >= leaseMicros / LONG_PAUSE_OF_LEASE
                        && pause.fireMicros() < run.endMicros() + leaseMicros
                        && pause.micros() > run.startMicros());
    }

    /** A process that stood still cannot have ended its run in time, and a store may have forgotten a claim. */
    private boolean isExcused(Run earlier, Run later) {
        long from = later.startMicros() - leaseMicros;
        boolean stoodStill = pauses.getOrDefault(earlier.node(), List.of()).stream()
                .anyMatch(pause -> pause.fireMicros() < later.startMicros() && pause.micros() > from);
        boolean wasFrozen = evidence.strikes().stream()
                .anyMatch(strike -> strike.fault() == Fault.FREEZE
                        && strike.node().equals(earlier.node())
                        && strike.fromMicros() < later.startMicros()
                        && strike.toMicros() > from);
        boolean isForgotten = evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.fault() == Fault.REDIS_CRASH
                                && strike.fromMicros() - leaseMicros < later.startMicros()
                                && strike.toMicros() + leaseMicros > earlier.startMicros());
        return stoodStill || wasFrozen || isForgotten;
    }
}
