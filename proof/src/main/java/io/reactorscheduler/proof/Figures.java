package io.reactorscheduler.proof;

import io.reactorscheduler.TaskState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What was counted in a round.
 *
 * @param name seed and kind of the round
 * @param executions records of runs in the store
 * @param fireTimes that have a record
 * @param skipped those of them that did not run, by reason
 * @param runs claims that reached a handler
 * @param strikes faults by kind
 * @param problems broken promises by rule
 * @param excused what the checker let pass, because a node stood still or a replica that took over was behind
 * @param unsure saves and triggers of the driver that got no answer
 * @param repeated executions whose work was done more than once, because a crash came before the record
 * @param stale ends that the store refused
 * @param mixed faults that began while another one went on
 * @param before what Redis held before the work
 * @param after what it held after it
 * @param recovery how long after a kill what it cut off ran again
 * @param unavailableMicros the longest time without a start of a run of what a server held, from its crash on
 */
record Figures(
        String name,
        long executions,
        long fireTimes,
        Map<String, Long> skipped,
        long runs,
        Map<String, Long> strikes,
        Map<String, Long> problems,
        long excused,
        long unsure,
        long repeated,
        long stale,
        long mixed,
        Evidence.Held before,
        Evidence.Held after,
        Recovery recovery,
        long unavailableMicros) {

    private static final double MICROS_PER_MILLI = 1_000;

    /** What comes later is no outage of this crash. */
    private static final long AFTER_CRASH_MICROS = 15_000_000;

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
                evidence.store().rows().stream()
                        .filter(row -> row.state().isFinal())
                        .mapToLong(Row::fireTimes)
                        .sum(),
                skipped(evidence),
                runs.size(),
                count(evidence.strikes().stream()
                        .map(strike -> strike.fault().name())
                        .toList()),
                count(verdict.problems().stream()
                        .map(problem -> problem.rule().name())
                        .toList()),
                verdict.excused(),
                evidence.unanswered()
                        + evidence.planned().stream()
                                .filter(task -> !task.isSure())
                                .count(),
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

    private static Map<String, Long> skipped(Evidence evidence) {
        return evidence.store().rows().stream()
                .filter(row -> row.state() == TaskState.SKIPPED)
                .collect(Collectors.groupingBy(
                        row -> String.valueOf(Reason.of(row.why())),
                        TreeMap::new,
                        Collectors.summingLong(Row::fireTimes)));
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

    /** Longest time without a start of a run of the tasks of a server, from its crash on. */
    private static long unavailable(List<Run> runs, Evidence evidence) {
        long end = evidence.planned().stream()
                .filter(task -> task.kind() != Planned.Kind.TRIGGERED)
                .mapToLong(task -> task.fireTime(task.count() - 1))
                .max()
                .orElse(0);
        return evidence.strikes().stream()
                .filter(strike -> strike.fault().stopsRedis())
                .mapToLong(strike -> longestGap(
                        strike.fromMicros(),
                        Math.max(end, strike.fromMicros()),
                        runs.stream()
                                .filter(run -> strike.partitions().have(run.task()))
                                .mapToLong(Run::startMicros)))
                .max()
                .orElse(0);
    }

    /** Between two of these starts, the crash and the end of what is looked at. */
    private static long longestGap(long from, long to, LongStream starts) {
        long last = Math.min(to, from + AFTER_CRASH_MICROS);
        long[] inOrder = LongStream.concat(LongStream.of(from, last), starts)
                .filter(start -> start >= from && start <= last)
                .sorted()
                .toArray();
        long longest = 0;
        for (int i = 1; i < inOrder.length; i++) {
            longest = Math.max(longest, inOrder[i] - inOrder[i - 1]);
        }
        return longest;
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
        return "{" + name + ",\"executions\":" + executions + ",\"fireTimes\":" + fireTimes + ",\"skipped\":"
                + skipped.values().stream().mapToLong(Long::longValue).sum()
                + ",\"skippedBy\":" + json(skipped)
                + ",\"runs\":" + runs + ",\"kills\":" + kills
                + ",\"losses\":" + problems(Problem.Rule.LOSS)
                + ",\"doubles\":" + problems(Problem.Rule.DOUBLE, Problem.Rule.OVERLAP, Problem.Rule.REPEAT)
                + ",\"excused\":" + excused + ",\"unsure\":" + unsure + ",\"repeated\":" + repeated
                + ",\"staleRefused\":" + stale
                + ",\"recoveries\":" + recovery.micros().length
                + ",\"recoveryP50\":" + quantile(0.5, recovery.micros())
                + ",\"recoveryP99\":" + quantile(0.99, recovery.micros())
                + ",\"recoveryMax\":" + quantile(1, recovery.micros())
                + ",\"recoveriesInOutage\":" + recovery.inOutageMicros().length
                + ",\"recoveryInOutageMax\":" + quantile(1, recovery.inOutageMicros())
                + ",\"recoveryAfterOutageMax\":" + quantile(1, recovery.afterOutageMicros())
                + ",\"recoveriesInLine\":" + recovery.inLineMicros().length
                + ",\"recoveryInLineMax\":" + quantile(1, recovery.inLineMicros())
                + ",\"unavailable\":" + millis(unavailableMicros)
                + ",\"keysBefore\":" + before.keys() + ",\"keysAfter\":" + after.keys()
                + ",\"usedMemoryBefore\":" + before.bytes() + ",\"usedMemoryAfter\":" + after.bytes()
                + ",\"datasetBefore\":" + before.dataset() + ",\"datasetAfter\":" + after.dataset()
                + ",\"mixed\":" + mixed + ",\"faults\":" + json(strikes) + ",\"problems\":" + json(problems) + "}";
    }
}
