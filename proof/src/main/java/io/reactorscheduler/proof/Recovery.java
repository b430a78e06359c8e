package io.reactorscheduler.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * From each kill of a node to the next start of each run that it cut off.
 *
 * @param micros while nothing else went wrong, sorted
 * @param inOutageMicros when Redis was struck from a lease before the kill until a second after the lease ended, or when
 *     another node was struck between the kill and the start; sorted
 * @param afterOutageMicros of these, from the end of the last such strike, unless the run waited in line then; sorted
 * @param inLineMicros when the run was back in line in time, and what went before it there kept it waiting, from the kill
 *     or from the end of the last such strike; sorted
 */
record Recovery(long[] micros, long[] inOutageMicros, long[] afterOutageMicros, long[] inLineMicros) {

    /** A recovery may take so much longer than the lease. */
    static final long AFTER_LEASE_MICROS = 1_000_000;

    /** Of fewer recoveries the middle one says nothing. */
    private static final int ENOUGH = 5;

    private static final double HALF = 0.5;

    static Recovery of(Evidence evidence, List<Run> runs) {
        Map<String, List<Run>> byExecution = runs.stream().collect(Collectors.groupingBy(Run::execution));
        List<Long> plain = new ArrayList<>();
        List<Long> inOutage = new ArrayList<>();
        List<Long> afterOutage = new ArrayList<>();
        List<Long> inLine = new ArrayList<>();
        List<Line> claims = evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.CLAIMED)
                .toList();
        for (Strike death : evidence.strikes()) {
            if (!death.isDeath()) {
                continue;
            }
            boolean isInOutage = isInOutage(death, evidence);
            for (Run run : runs) {
                if (!run.isOpen() || !run.node().equals(death.node())) {
                    continue;
                }
                byExecution.getOrDefault(run.execution(), List.of()).stream()
                        // another one may have had the run before, when the node stood still and was killed then
                        .filter(next -> next.fence() > run.fence())
                        .min(Comparator.comparing(Run::fence))
                        .filter(next -> next.startMicros() >= death.fromMicros())
                        .ifPresent(next -> {
                            long allowed = Line.micros(evidence.lease()) + AFTER_LEASE_MICROS;
                            long took = next.startMicros() - death.fromMicros();
                            if (isInOutage || isAnotherStruck(death, next.startMicros(), evidence)) {
                                inOutage.add(took);
                                long over = endOfStrikes(death, next.startMicros(), evidence);
                                (hasWaitedInLine(next, over + allowed, claims) ? inLine : afterOutage)
                                        .add(next.startMicros() - over);
                            } else {
                                (hasWaitedInLine(next, death.fromMicros() + allowed, claims) ? inLine : plain)
                                        .add(took);
                            }
                        });
            }
        }
        return new Recovery(sorted(plain), sorted(inOutage), sorted(afterOutage), sorted(inLine));
    }

    /**
     * Whether a run that started too late had been back in line in time: after that something was claimed from its line, and
     * nothing but what goes before it. Claims are given in order of their fences.
     */
    private static boolean hasWaitedInLine(Run next, long inTimeMicros, List<Line> claims) {
        if (next.startMicros() <= inTimeMicros) {
            return false;
        }
        Optional<Turn> own = claims.stream()
                .filter(claim ->
                        claim.fence() == next.fence() && claim.execution().equals(next.execution()))
                .map(claim -> Turn.parse(claim.note()))
                .findFirst();
        List<Turn> meanwhile = claims.stream()
                .filter(claim -> claim.micros() >= inTimeMicros && claim.fence() < next.fence())
                .map(claim -> Turn.parse(claim.note()))
                .filter(turn -> own.filter(turn::isInLineWith).isPresent())
                .toList();
        return !meanwhile.isEmpty() && meanwhile.stream().allMatch(turn -> turn.goesBefore(own.orElseThrow()));
    }

    private static long[] sorted(List<Long> times) {
        return times.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    private static boolean isInOutage(Strike death, Evidence evidence) {
        long lease = Line.micros(evidence.lease());
        return evidence.strikes().stream()
                .anyMatch(strike -> strike.fault().isOfRedis()
                        && strike.isWithin(
                                death.fromMicros() - lease, death.fromMicros() + lease + AFTER_LEASE_MICROS));
    }

    /**
     * Who claims a run and is struck before it writes that into its log, or starts it, holds it for another lease. And nodes
     * that are struck together leave more work than the others can do at once, of which the least urgent waits.
     */
    private static boolean isAnotherStruck(Strike death, long untilMicros, Evidence evidence) {
        return evidence.strikes().stream()
                .anyMatch(strike -> !strike.fault().isGentle()
                        && !strike.equals(death)
                        && strike.isWithin(death.fromMicros(), untilMicros));
    }

    /** When the last of what was struck until a run started was over, of which each may have held the run for another lease. */
    private static long endOfStrikes(Strike death, long untilMicros, Evidence evidence) {
        long lease = Line.micros(evidence.lease());
        return evidence.strikes().stream()
                .filter(strike -> !strike.fault().isGentle())
                .filter(strike -> strike.isWithin(death.fromMicros() - lease, untilMicros))
                .mapToLong(strike -> Math.min(strike.toMicros(), untilMicros))
                .reduce(death.fromMicros(), Math::max);
    }

    /** Whether half of enough recoveries took too long. */
    boolean isLate(long leaseMicros) {
        return micros.length >= ENOUGH && quantile(HALF, micros) > leaseMicros + AFTER_LEASE_MICROS;
    }

    /** What is wrong when some took more than a lease and a second; nothing on a machine that does only this. */
    List<Problem> tooLong(Duration lease) {
        long allowed = Line.micros(lease) + AFTER_LEASE_MICROS;
        List<Problem> problems = new ArrayList<>();
        if (longest(micros) > allowed) {
            problems.add(new Problem(
                    Problem.Rule.LATE, "a run that a kill cut off ran again " + longest(micros) + " us after it"));
        }
        if (longest(afterOutageMicros) > allowed) {
            problems.add(new Problem(
                    Problem.Rule.LATE,
                    "a run that a kill cut off ran again " + longest(afterOutageMicros)
                            + " us after the last strike was over that may have kept it"));
        }
        return problems;
    }

    private static long longest(long[] sorted) {
        return sorted.length == 0 ? 0 : quantile(1, sorted);
    }

    /** Of some sorted numbers, of which there is at least one. */
    static long quantile(double part, long[] sorted) {
        return sorted[(int) Math.ceil(part * sorted.length) - 1];
    }
}
