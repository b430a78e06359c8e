package io.reactorscheduler.proof;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
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
 *     the node that claimed the run next was struck too before it could start it; sorted
 */
record Recovery(long[] micros, long[] inOutageMicros) {

    /** A recovery may take so much longer than the lease. */
    static final long AFTER_LEASE_MICROS = 1_000_000;

    /** Of fewer recoveries the middle one says nothing. */
    private static final int ENOUGH = 5;

    private static final double HALF = 0.5;

    static Recovery of(Evidence evidence, List<Run> runs) {
        Map<String, List<Run>> byExecution = runs.stream().collect(Collectors.groupingBy(Run::execution));
        Map<String, List<Line>> claims = evidence.lines().stream()
                .filter(line -> line.kind() == Line.Kind.CLAIMED)
                .collect(Collectors.groupingBy(Line::execution));
        List<Long> plain = new ArrayList<>();
        List<Long> inOutage = new ArrayList<>();
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
                            boolean isDelayed = claims.getOrDefault(run.execution(), List.of()).stream()
                                    .filter(claim -> claim.fence() > run.fence() && claim.fence() <= next.fence())
                                    .anyMatch(claim -> wasStruck(claim, next.startMicros(), evidence));
                            (isInOutage || isDelayed ? inOutage : plain).add(next.startMicros() - death.fromMicros());
                        });
            }
        }
        return new Recovery(sorted(plain), sorted(inOutage));
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

    private static boolean wasStruck(Line claim, long untilMicros, Evidence evidence) {
        return evidence.strikes().stream()
                .anyMatch(strike -> !strike.fault().isGentle()
                        && strike.node().equals(claim.node())
                        && strike.isWithin(claim.micros(), untilMicros));
    }

    /** Whether half of enough recoveries took too long. */
    boolean isLate(long leaseMicros) {
        return micros.length >= ENOUGH && quantile(HALF, micros) > leaseMicros + AFTER_LEASE_MICROS;
    }

    /** The longest while nothing else went wrong. */
    Optional<Duration> longest() {
        return micros.length == 0
                ? Optional.empty()
                : Optional.of(Duration.of(micros[micros.length - 1], ChronoUnit.MICROS));
    }

    /** Of some sorted numbers, of which there is at least one. */
    static long quantile(double part, long[] sorted) {
        return sorted[(int) Math.ceil(part * sorted.length) - 1];
    }
}
