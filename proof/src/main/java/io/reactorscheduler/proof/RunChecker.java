package io.reactorscheduler.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at the runs that logs tell of: nothing early, nothing at once that must not be, nothing twice without need. */
final class RunChecker {

    /** A node that stands still for so much of a lease may notice too late that it lost it. */
    private static final int PAUSE_OF_LEASE = 10;

    /** A node that stands still for so much of a lease, between two renewals, may lose it. */
    private static final int LONG_PAUSE_OF_LEASE = 2;

    /** Within so much of a lease after it goes on, a node that stood still has seen that its leases are over, and cancelled. */
    private static final int WAKING_OF_LEASE = 4;

    /** Longer than any node stands still here. */
    private static final int STANDSTILLS_OF_LEASE = 3;

    /** Longer than a replica is behind, also on a busy machine. */
    private static final long UNREPLICATED_MICROS = 1_000_000;

    private static final Pattern GIVEN_BACK = Pattern.compile("givenBack=(\\d+)");

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
        checker.nothingAfterACancel();
        checker.nothingAtOnce();
        checker.nothingGivenTwice();
        checker.nothingTwice();
        checker.everythingFinished();
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

    /**
     * Who had claimed a run before its task was cancelled starts it at once, or when it goes on after it stood still, for
     * longer than a lease.
     */
    private void nothingAfterACancel() {
        for (Run run : runs) {
            Planned task = planned.get(run.task());
            if (task != null && run.startMicros() - STANDSTILLS_OF_LEASE * leaseMicros > task.haltedMicros()) {
                problems.add(new Problem(
                        Problem.Rule.CANCEL,
                        run + " started " + (run.startMicros() - task.haltedMicros())
                                + " us after the store had said that its task is cancelled"));
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
        forPairs(runs.stream().collect(Collectors.groupingBy(Run::execution)), false);
        forPairs(
                runs.stream()
                        .filter(run -> isSerial(planned.get(run.task())))
                        .collect(Collectors.groupingBy(Run::task)),
                true);
    }

    private static boolean isSerial(@Nullable Planned task) {
        return task != null && task.isSerial();
    }

    /** Of each group, every run has ended when the next one by fence starts. */
    private void forPairs(Map<String, List<Run>> groups, boolean isOfTasks) {
        for (List<Run> group : groups.values()) {
            List<Run> inOrder =
                    group.stream().sorted(Comparator.comparing(Run::fence)).toList();
            for (int i = 1; i < inOrder.size(); i++) {
                Run earlier = inOrder.get(i - 1);
                Run later = inOrder.get(i);
                // of a task, without what was seen of its executions
                boolean isSeen = isOfTasks && earlier.execution().equals(later.execution());
                if (!isSeen && !earlier.isBefore(later)) {
                    unless(
                            wasFrozen(earlier, later) || isForgotten(earlier, later) || stoodStill(earlier, later),
                            new Problem(
                                    Problem.Rule.OVERLAP,
                                    later + " started " + (earlier.endMicros() - later.startMicros())
                                            + " us before the end of " + earlier));
                }
            }
        }
    }

    /** A claim is of one node, and each of its attempts starts once. */
    private void nothingGivenTwice() {
        Map<String, Line> first = new HashMap<>();
        for (Line line : evidence.lines()) {
            if (line.kind() == Line.Kind.STARTED) {
                String claim = line.execution() + " under " + line.fence();
                Line same = first.putIfAbsent(claim + " attempt " + line.attempt(), line);
                Line other = first.putIfAbsent(claim, line);
                if (same != null || (other != null && !other.node().equals(line.node()))) {
                    problems.add(new Problem(
                            Problem.Rule.OVERLAP, line + " started before: " + (same == null ? other : same)));
                }
            }
        }
    }

    /** A node that stops in order, and to which and to whose Redis nothing came, gives nothing back. */
    private void everythingFinished() {
        Map<String, Line> stopped = evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.STOPPED)
                .collect(Collectors.toMap(Line::node, line -> line, (one, other) -> one));
        for (Strike stop : evidence.strikes()) {
            if (stop.fault() != Fault.ROLLING_RESTART) {
                continue;
            }
            Line line = stopped.get(stop.node());
            Matcher given = GIVEN_BACK.matcher(line == null ? "" : line.note());
            boolean isInOrder = given.find() && Long.parseLong(given.group(1)) == 0;
            if (!isInOrder && !wasStruckBefore(stop)) {
                unless(
                        pauses.getOrDefault(stop.node(), List.of()).stream()
                                .anyMatch(pause -> isLong(pause)
                                        && pause.fireMicros() < stop.toMicros()
                                        && pause.micros() > stop.fromMicros() - leaseMicros),
                        new Problem(
                                Problem.Rule.REPEAT,
                                stop.node() + " was stopped in order and did not finish its runs: "
                                        + (line == null ? "it said nothing" : line.note())));
            }
        }
    }

    private boolean wasStruckBefore(Strike stop) {
        return evidence.strikes().stream()
                .filter(strike -> !strike.fault().isGentle())
                .filter(strike -> strike.fault().isOfRedis() || strike.node().equals(stop.node()))
                .anyMatch(strike -> strike.isWithin(stop.fromMicros() - leaseMicros, stop.toMicros()));
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

    /**
     * Whether anything that is not gentle came to the node of the earlier run, or to Redis, so that it could not record its
     * end. A cluster of which one master is gone takes no writes at all, so it does not matter which.
     */
    private boolean wasStruck(Run earlier, Run later) {
        return evidence.strikes().stream()
                .filter(strike -> !strike.fault().isGentle())
                .filter(strike -> strike.fault().isOfRedis() || strike.node().equals(earlier.node()))
                .anyMatch(strike -> strike.fromMicros() < later.startMicros()
                        && strike.fromMicros() < earlier.endMicros() + leaseMicros
                        && strike.toMicros() + leaseMicros > earlier.startMicros());
    }

    /** A process that stood still for most of a lease, before the end of its run was recorded, lost the lease. */
    private boolean couldNotReport(Run run) {
        return pauses.getOrDefault(run.node(), List.of()).stream()
                .anyMatch(pause -> isLong(pause)
                        && pause.fireMicros() < run.endMicros() + leaseMicros
                        && pause.micros() > run.startMicros());
    }

    private boolean isLong(Line pause) {
        return pause.micros() - pause.fireMicros() >= leaseMicros / LONG_PAUSE_OF_LEASE;
    }

    /** A process that stood still cannot have ended its run in time, but does so when it goes on. */
    private boolean stoodStill(Run earlier, Run later) {
        return pauses.getOrDefault(earlier.node(), List.of()).stream()
                .anyMatch(pause -> pause.fireMicros() < later.startMicros()
                        && pause.micros() > later.startMicros() - leaseMicros
                        && earlier.endMicros() <= pause.micros() + leaseMicros / WAKING_OF_LEASE);
    }

    private boolean wasFrozen(Run earlier, Run later) {
        return evidence.strikes().stream()
                .anyMatch(strike -> strike.fault() == Fault.FREEZE
                        && strike.node().equals(earlier.node())
                        && strike.fromMicros() < later.startMicros()
                        && strike.toMicros() > later.startMicros() - leaseMicros
                        && earlier.endMicros() <= strike.toMicros() + leaseMicros / WAKING_OF_LEASE);
    }

    /** A replica that took over may not have heard of a claim that was given just before. */
    private boolean isForgotten(Run earlier, Run later) {
        return evidence.losesWrites()
                && evidence.strikes().stream()
                        .anyMatch(strike -> strike.isCrashOf(earlier.task())
                                && strike.fromMicros() < later.startMicros()
                                && strike.fromMicros() - UNREPLICATED_MICROS < earlier.startMicros()
                                && strike.toMicros() > earlier.startMicros()
                                && strike.toMicros() + leaseMicros > earlier.endMicros());
    }
}
