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
    private static final int PAUSE_OF_LEASE = 10;

    /** A node that stands still for so much of a lease, between two renewals, may lose it. */
    private static final int LONG_PAUSE_OF_LEASE = 2;

    private final Evidence evidence;
    private final List<Run> runs;
    private final Map<String, Planned> planned;
    private final Map<String, List<Line>> pauses;
    private final long leaseMicros;
    private final List<Problem> problems = new ArrayList<>();
    private long excused;

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

    static Checker.Verdict check(Evidence evidence, List<Run> runs, Map<String, Planned> planned) {
        RunChecker checker = new RunChecker(evidence, runs, planned);
        checker.nothingEarly();
        checker.nothingAtOnce();
        checker.nothingTwice();
        return new Checker.Verdict(checker.problems, checker.excused);
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
                if (!earlier.isBefore(later) && !wasFrozen(earlier, later) && !isForgotten(earlier, later)) {
                    unless(
                            stoodStill(earlier, later),
                            new Problem(
                                    Problem.Rule.OVERLAP,
                                    later + " started " + (earlier.endMicros() - later.startMicros())
                                            + " us before the end of " + earlier));
                }
            }
        }
    }

    private void nothingTwice() {
        for (List<Run> group :
                runs.stream().collect(Collectors.groupingBy(Run::execution)).values()) {
            List<Run> done = group.stream().filter(Run::isDone).toList();
            for (int i = 1; i < done.size(); i++) {
                Run earlier = done.get(i - 1);
                Run later = done.get(i);
                if (!wasStruck(earlier, later)) {
                    unless(
                            couldNotReport(earlier),
                            new Problem(Problem.Rule.REPEAT, later + " was done before: " + earlier));
                }
            }
        }
    }

    private void unless(boolean isExcused, Problem problem) {
        if (isExcused) {
            excused++;
        } else {
            problems.add(problem);
        }
    }

    /** Whether anything that is not gentle came to the node of the earlier run, or to Redis, so that it could not record its end. */
    private boolean wasStruck(Run earlier, Run later) {
        return evidence.strikes().stream()
                .filter(strike -> !strike.fault().isGentle())
                .filter(strike -> strike.fault().isOfRedis() || strike.node().equals(earlier.node()))
                .anyMatch(strike -> strike.fromMicros() < later.startMicros()
                        && strike.toMicros() + leaseMicros > earlier.startMicros());
    }

    /** A process that stood still for most of a lease, before the end of its run was recorded, lost the lease. */
    private boolean couldNotReport(Run run) {
        return pauses.getOrDefault(run.node(), List.of()).stream()
                .anyMatch(pause -> pause.micros() - pause.fireMicros() >= leaseMicros / LONG_PAUSE_OF_LEASE
                        && pause.fireMicros() < run.endMicros() + leaseMicros
                        && pause.micros() > run.startMicros());
    }

    /** A process that stood still cannot have ended its run in time. */
    private boolean stoodStill(Run earlier, Run later) {
        return pauses.getOrDefault(earlier.node(), List.of()).stream()
                .anyMatch(pause ->
                        pause.fireMicros() < later.startMicros() && pause.micros() > later.startMicros() - leaseMicros);
    }

    private boolean wasFrozen(Run earlier, Run later) {
        return evidence.strikes().stream()
                .anyMatch(strike -> strike.fault() == Fault.FREEZE
                        && strike.node().equals(earlier.node())
                        && strike.fromMicros() < later.startMicros()
                        && strike.toMicros() > later.startMicros() - leaseMicros);
    }

    /** A replica that took over may not have heard of a claim. */
    private boolean isForgotten(Run earlier, Run later) {
        return evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.fault() == Fault.REDIS_CRASH
                                && strike.fromMicros() - leaseMicros < later.startMicros()
                                && strike.toMicros() + leaseMicros > earlier.startMicros());
    }
}
