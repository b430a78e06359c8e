package io.reactorscheduler.proof;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node did under one claim: all its attempts.
 *
 * @param execution the execution
 * @param fence of the claim
 * @param node that ran it
 * @param fireMicros the fire time it ran for
 * @param startMicros when its first attempt started
 * @param endMicros when its last attempt ended, or its process did
 * @param isDone whether its work was done
 * @param isOpen whether nothing is known of its end
 */
record Run(
        String execution,
        long fence,
        String node,
        long fireMicros,
        long startMicros,
        long endMicros,
        boolean isDone,
        boolean isOpen) {

    private record Claim(String execution, long fence) {}

    /** The runs that logs tell of, by execution and then by fence. */
    static List<Run> of(Evidence evidence) {
        Map<Claim, List<Line>> claims = new LinkedHashMap<>();
        for (Line line : evidence.lines()) {
            if (line.kind() == Line.Kind.STARTED || line.endsRun()) {
                claims.computeIfAbsent(new Claim(line.execution(), line.fence()), claim -> new ArrayList<>())
                        .add(line);
            }
        }
        return claims.values().stream()
                .map(lines -> of(lines, evidence.strikes()))
                .sorted(Comparator.comparing(Run::execution).thenComparing(Run::fence))
                .toList();
    }

    private static Run of(List<Line> lines, List<Strike> strikes) {
        Line first = lines.get(0);
        long start = first.micros();
        long end = start;
        boolean isDone = false;
        int open = 0;
        for (Line line : lines) {
            open += line.endsRun() ? -1 : 1;
            end = Math.max(end, line.micros());
            isDone |= line.kind() == Line.Kind.ENDED;
        }
        if (open > 0) {
            end = endOf(first.node(), start, strikes);
        }
        return new Run(
                first.execution(), first.fence(), first.node(), first.fireMicros(), start, end, isDone, open > 0);
    }

    /** When a process did its last. */
    private static long endOf(String node, long start, List<Strike> strikes) {
        return strikes.stream()
                .filter(strike -> strike.node().equals(node) && strike.isDeath())
                .mapToLong(Strike::fromMicros)
                .map(death -> Math.max(death, start))
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }

    String task() {
        return io.reactorscheduler.Execution.taskIdOf(execution);
    }

    boolean isBefore(Run other) {
        return endMicros <= other.startMicros;
    }
}
