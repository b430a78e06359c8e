package io.reactorscheduler.proof;

import io.reactorscheduler.TaskState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was counted in a round.
 *
 * @param name seed and kind of the round
 * @param executions records of runs in the store
 * @param fireTimes that have a record
 * @param skipped those of them that did not run, for a reason
 * @param runs claims that reached a handler
 * @param strikes faults by kind
 * @param problems broken promises by rule
 * @param excused what the checker let pass, because a node stood still or a replica that took over was behind
 * @param repeated executions whose work was done more than once, because a crash came before the record
 * @param stale ends that the store refused
 * @param mixed faults that began while another one went on
 * @param before what Redis held before the work
 * @param after what it held after it
 * @param recovery how long after a kill what it cut off ran again
 * @param unavailableMicros from the crash of a server until a run of what it held was claimed and started, at most
 */
record Figures(
        String name,
        long executions,
        long fireTimes,
        long skipped,
        long runs,
        Map<String, Long> strikes,
        Map<String, Long> problems,
        long excused,
        long repeated,
        long stale,
        long mixed,
        Evidence.Held before,
        Evidence.Held after,
        Recovery recovery,
        long unavailableMicros) {

    private static final double MICROS_PER_MILLI = 1_000;

    static Figures of(RoundSettings settings, Evidence evidence, Checker.Verdict verdict) {
        List<Run> runs = Run.of(evidence);
        long repeated = runs.stream()
                .filter(Run::isDone)
                .collect(Collectors.groupingBy(Run::execution, Collectors.counting()))
                .values()
                .stream()
                .filter(times -> times > 1)
                .count();
        return new Figures(
                "\"seed\":" + settings.seed() + ",\"redis\":\"" + settings.servers() + "\"",
                evidence.store().rows().stream()
                        .filter(row -> !row.execution().contains("-skipped-"))
                        .count(),
                fireTimes(evidence, false),
                fireTimes(evidence, true),
                runs.size(),
                count(evidence.strikes().stream()
                        .map(strike -> strike.fault().name())
                        .toList()),
                count(verdict.problems().stream()
                        .map(problem -> problem.rule().name())
                        .toList()),
                verdict.excused(),
                repeated,
                evidence.lines().stream()
                        .filter(line -> line.kind() == Line.Kind.STALE)
                        .count(),
                mixed(evidence.strikes()),
                evidence.before(),
                evidence.after(),
                Recovery.of(evidence, runs),
                unavailable(runs, evidence));
    }

    private static long fireTimes(Evidence evidence, boolean onlySkipped) {
        return evidence.store().rows().stream()
                .filter(row -> onlySkipped
                        ? row.state() == TaskState.SKIPPED
                        : row.state().isFinal())
                .mapToLong(Row::fireTimes)
                .sum();
    }

    private static Map<String, Long> count(List<String> names) {
        return names.stream().collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    }

    private static long mixed(List<Strike> strikes) {
        return strikes.stream()
                .filter(strike -> strikes.stream()
                        .anyMatch(other -> !other.equals(strike)
                                && other.fromMicros() <= strike.fromMicros()
                                && other.toMicros() > strike.fromMicros()))
                .count();
    }

    /** Longest time from a crash until a run of the tasks of that server started that was claimed after it. */
    private static long unavailable(List<Run> runs, Evidence evidence) {
        long end = evidence.planned().stream()
                .filter(task -> task.kind() != Planned.Kind.TRIGGERED)
                .mapToLong(task -> task.fireTime(task.count() - 1))
                .max()
                .orElse(0);
        return evidence.strikes().stream()
                .filter(strike -> strike.fault().stopsRedis())
                .mapToLong(strike -> runs.stream()
                                // fences are times of the store
                                .filter(run -> run.fence() > strike.fromMicros())
                                .filter(run -> strike.partitions().have(run.task()))
                                .mapToLong(Run::startMicros)
                                .min()
                                // none until the end, unless there was nothing left to start
                                .orElse(Math.max(end, strike.fromMicros()))
                        - strike.fromMicros())
                .max()
                .orElse(0);
    }

    private long problems(Problem.Rule... rules) {
        return Arrays.stream(rules)
                .mapToLong(rule -> problems.getOrDefault(rule.name(), 0L))
                .sum();
    }

    private static String quantile(double quantile, long[] sorted) {
        return sorted.length == 0 ? "null" : millis(Recovery.quantile(quantile, sorted));
    }

    private static String millis(long micros) {
        return String.format(java.util.Locale.ROOT, "%.0f", micros / MICROS_PER_MILLI);
    }

    private static String json(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** One line of JSON; times in milliseconds. */
    @Override
    public String toString() {
        long kills = strikes.getOrDefault(Fault.KILL.name(), 0L) + strikes.getOrDefault(Fault.CLOCK.name(), 0L);
        return "{" + name + ",\"executions\":" + executions + ",\"fireTimes\":" + fireTimes + ",\"skipped\":" + skipped
                + ",\"runs\":" + runs + ",\"kills\":" + kills
                + ",\"losses\":" + problems(Problem.Rule.LOSS)
                + ",\"doubles\":" + problems(Problem.Rule.DOUBLE, Problem.Rule.OVERLAP, Problem.Rule.REPEAT)
                + ",\"excused\":" + excused + ",\"repeated\":" + repeated + ",\"staleRefused\":" + stale
                + ",\"recoveries\":" + recovery.micros().length
                + ",\"recoveryP50\":" + quantile(0.5, recovery.micros())
                + ",\"recoveryP99\":" + quantile(0.99, recovery.micros())
                + ",\"recoveryMax\":" + quantile(1, recovery.micros())
                + ",\"recoveriesInOutage\":" + recovery.inOutageMicros().length
                + ",\"recoveryInOutageMax\":" + quantile(1, recovery.inOutageMicros())
                + ",\"unavailable\":" + millis(unavailableMicros)
                + ",\"keysBefore\":" + before.keys() + ",\"keysAfter\":" + after.keys()
                + ",\"usedMemoryBefore\":" + before.bytes() + ",\"usedMemoryAfter\":" + after.bytes()
                + ",\"datasetBefore\":" + before.dataset() + ",\"datasetAfter\":" + after.dataset()
                + ",\"mixed\":" + mixed + ",\"faults\":" + json(strikes) + ",\"problems\":" + json(problems) + "}";
    }
}
