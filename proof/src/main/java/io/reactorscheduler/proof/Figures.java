package io.reactorscheduler.proof;

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
 * @param runs claims that reached a handler
 * @param strikes faults by kind
 * @param problems broken promises by rule
 * @param excused what the checker let pass, because a node stood still as its ticks say
 * @param repeated executions whose work was done more than once, because a crash came before the record
 * @param stale ends that the store refused
 * @param mixed faults that began while another one went on
 * @param before what Redis held before the work
 * @param after what it held after it
 * @param recoveryMicros of each run that was cut off by a kill while Redis was there, how long after it ran again, sorted
 * @param recoveryInOutageMicros the same of kills that came with a fault of Redis
 * @param unavailableMicros after each crash of Redis, the longest time without a start of any run
 */
record Figures(
        String name,
        long executions,
        long runs,
        Map<String, Long> strikes,
        Map<String, Long> problems,
        long excused,
        long repeated,
        long stale,
        long mixed,
        Evidence.Held before,
        Evidence.Held after,
        long[] recoveryMicros,
        long[] recoveryInOutageMicros,
        long unavailableMicros) {

    private static final double MICROS_PER_MILLI = 1_000;
    private static final long AFTER_CRASH_MICROS = 15_000_000;
    private static final long AFTER_LEASE_MICROS = 1_000_000;

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
                recovery(runs, evidence, false),
                recovery(runs, evidence, true),
                unavailable(runs, evidence));
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

    /** From the kill to the next start of each run that was open. */
    private static long[] recovery(List<Run> runs, Evidence evidence, boolean inOutage) {
        return evidence.strikes().stream()
                .filter(Strike::isDeath)
                .filter(death -> isInOutage(death, evidence) == inOutage)
                .flatMapToLong(death -> runs.stream()
                        .filter(run -> run.isOpen() && run.node().equals(death.node()))
                        .flatMapToLong(run -> runs.stream()
                                .filter(next -> next.execution().equals(run.execution()) && next.fence() > run.fence())
                                .mapToLong(next -> next.startMicros() - death.fromMicros())
                                .sorted()
                                .limit(1)))
                .sorted()
                .toArray();
    }

    /** Whether Redis was struck while the leases of the killed node ended. */
    private static boolean isInOutage(Strike death, Evidence evidence) {
        long end = death.fromMicros() + Line.micros(evidence.lease()) + AFTER_LEASE_MICROS;
        return evidence.strikes().stream()
                .anyMatch(strike -> strike.fault().isOfRedis()
                        && strike.fromMicros() < end
                        && strike.toMicros() > death.fromMicros());
    }

    private static long unavailable(List<Run> runs, Evidence evidence) {
        long[] starts = runs.stream().mapToLong(Run::startMicros).sorted().toArray();
        long longest = 0;
        for (Strike strike : evidence.strikes()) {
            if (strike.fault().stopsRedis()) {
                for (int i = 1; i < starts.length; i++) {
                    if (starts[i] > strike.fromMicros() && starts[i - 1] < strike.fromMicros() + AFTER_CRASH_MICROS) {
                        longest = Math.max(longest, starts[i] - Math.max(starts[i - 1], strike.fromMicros()));
                    }
                }
            }
        }
        return longest;
    }

    private long problems(Problem.Rule... rules) {
        return Arrays.stream(rules)
                .mapToLong(rule -> problems.getOrDefault(rule.name(), 0L))
                .sum();
    }

    private static String quantile(double quantile, long[] sorted) {
        return sorted.length == 0 ? "null" : millis(sorted[(int) Math.ceil(quantile * sorted.length) - 1]);
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
        return "{" + name + ",\"executions\":" + executions + ",\"runs\":" + runs + ",\"kills\":" + kills
                + ",\"losses\":" + problems(Problem.Rule.LOSS)
                + ",\"doubles\":" + problems(Problem.Rule.DOUBLE, Problem.Rule.OVERLAP, Problem.Rule.REPEAT)
                + ",\"excused\":" + excused + ",\"repeated\":" + repeated + ",\"staleRefused\":" + stale
                + ",\"recoveries\":" + recoveryMicros.length
                + ",\"recoveryP50\":" + quantile(0.5, recoveryMicros)
                + ",\"recoveryMax\":" + quantile(1, recoveryMicros)
                + ",\"recoveryInOutageMax\":" + quantile(1, recoveryInOutageMicros)
                + ",\"unavailable\":" + millis(unavailableMicros)
                + ",\"keysBefore\":" + before.keys() + ",\"keysAfter\":" + after.keys()
                + ",\"usedMemoryBefore\":" + before.bytes() + ",\"usedMemoryAfter\":" + after.bytes()
                + ",\"datasetBefore\":" + before.dataset() + ",\"datasetAfter\":" + after.dataset()
                + ",\"mixed\":" + mixed + ",\"faults\":" + json(strikes) + ",\"problems\":" + json(problems) + "}";
    }
}
