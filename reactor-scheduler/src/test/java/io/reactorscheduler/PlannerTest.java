package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Which fire times run, which are skipped, and that each is one or the other. */
class PlannerTest {

    private static final long PERIOD = 1_000_000;

    private static Claim claim(Trigger trigger, Overlap overlap, Misfire misfire, long fire) {
        TaskRecord task = TaskRecord.builder("task", "handler")
                .trigger(trigger)
                .settingsOf(Task.of("handler", run -> null).overlap(overlap).misfire(misfire))
                .build();
        return new Claim(task, 1, fire, fire, 1, 1, Long.MAX_VALUE, 0, 1, Long.MIN_VALUE, false, null);
    }

    private static Claim every(Overlap overlap, Misfire misfire) {
        return claim(Trigger.every(Duration.ofSeconds(1)), overlap, misfire, 0);
    }

    @Test
    void aClaimInTimeRunsAsItIs() {
        Claim claim = every(Overlap.sequential(), Misfire.once());

        assertThat(Planner.plan(claim, PERIOD - 1)).isEqualTo(Plan.run(claim));
    }

    @Test
    void onceRunsTheLatestOfTheMissedFireTimes() {
        Plan plan = Planner.plan(every(Overlap.sequential(), Misfire.once()), 10 * PERIOD + 1);

        assertThat(plan.runs()).isTrue();
        assertThat(plan.claim().fireMicros()).isEqualTo(10 * PERIOD);
        assertThat(plan.skipped()).containsExactly(new Skip(0, 9 * PERIOD, 10, Planner.MISFIRED));
    }

    @Test
    void skipRunsNothingThatIsLaterThanItsTolerance() {
        Plan plan =
                Planner.plan(every(Overlap.sequential(), Misfire.skip(Duration.ofMillis(500))), 10 * PERIOD + 600_000);

        assertThat(plan.reason()).isEqualTo(Planner.TOO_LATE);
        assertThat(plan.claim().fireMicros()).isEqualTo(10 * PERIOD);
        assertThat(Planner.afterSkip(plan, 10 * PERIOD + 600_000).position().fireMicros())
                .isEqualTo(11 * PERIOD);
    }

    @Test
    void allRunsTheNewestOfTheWindowOneAfterAnother() {
        Misfire misfire = Misfire.all(Duration.ofSeconds(5), 3);
        List<Long> ran = simulate(
                every(Overlap.sequential(), misfire),
                List.of(10 * PERIOD + 1, 10 * PERIOD + 2, 10 * PERIOD + 3, 10 * PERIOD + 4, 11 * PERIOD));

        assertThat(ran).containsExactly(8 * PERIOD, 9 * PERIOD, 10 * PERIOD, 11 * PERIOD);
    }

    @Test
    void jitterIsNotLateness() {
        Trigger trigger = Trigger.every(Duration.ofSeconds(1)).jitter(Duration.ofSeconds(10));
        Claim fired = claim(trigger, Overlap.sequential(), Misfire.skip(Duration.ofMillis(10)), 0);
        Claim claim =
                new Claim(fired.task(), 1, 0, 5 * PERIOD, 1, 1, Long.MAX_VALUE, 0, 1, Long.MIN_VALUE, false, null);

        assertThat(Planner.plan(claim, 5 * PERIOD).runs()).isTrue();
    }

    @Test
    void sequentialKeepsTheNewestFireTimesOfALongRunAndSkipsTheOthers() {
        Planner.Next next = Planner.after(Plan.run(every(Overlap.sequential(2), Misfire.once())), 5 * PERIOD + 1);

        assertThat(next.position()).isEqualTo(new Position(4 * PERIOD, 4 * PERIOD, 5 * PERIOD));
        assertThat(next.skipped()).containsExactly(new Skip(PERIOD, 3 * PERIOD, 3, Planner.OVERLAPPED));
    }

    @Test
    void skipLeavesOutEveryFireTimeOfALongRun() {
        Planner.Next next = Planner.after(Plan.run(every(Overlap.skip(), Misfire.once())), 5 * PERIOD + 1);

        assertThat(next.position().fireMicros()).isEqualTo(6 * PERIOD);
        assertThat(next.skipped()).containsExactly(new Skip(PERIOD, 5 * PERIOD, 5, Planner.OVERLAPPED));
    }

    @Test
    void parallelSkipsWhenAsManyAsAllowedAreActive() {
        Claim free = claim(Trigger.every(Duration.ofSeconds(1)), Overlap.parallel(2), Misfire.once(), 0);
        Claim full = new Claim(free.task(), 3, 0, 0, 1, 1, Long.MAX_VALUE, 2, 3, Long.MIN_VALUE, false, null);

        assertThat(Planner.plan(free, 0).runs()).isTrue();
        assertThat(Planner.plan(full, 0).reason()).isEqualTo(Planner.BOUND);
        assertThat(Planner.plan(full, 0).head()).isEqualTo(Position.at(PERIOD, PERIOD));
    }

    @Test
    void aTimelineEndsAfterItsLastRun() {
        Claim last = claim(Trigger.every(Duration.ofSeconds(1)).maxRuns(1), Overlap.sequential(), Misfire.once(), 0);

        assertThat(Planner.after(Plan.run(last), 5)).isEqualTo(Planner.Next.ENDED);
    }

    @Test
    void aHugeGapOfAFixedRateIsComputedNotWalked() {
        Claim claim = claim(Trigger.every(Duration.ofNanos(1_000)), Overlap.sequential(), Misfire.once(), 0);
        long tenYears = Duration.ofDays(3_650).toSeconds() * 1_000_000;

        Plan plan = Planner.plan(claim, tenYears);

        assertThat(plan.claim().fireMicros()).isEqualTo(tenYears);
        assertThat(plan.skipped().get(0).count()).isEqualTo(tenYears);
    }

    @Test
    void aHugeGapOfACronIsCutOffAndTheTimelineGoesOnAfterIt() {
        Claim claim = claim(Trigger.cron("* * * * * *"), Overlap.sequential(), Misfire.once(), 0);
        long aYear = Duration.ofDays(365).toSeconds() * 1_000_000;

        Plan plan = Planner.plan(claim, aYear + 1);

        assertThat(plan.runs()).isTrue();
        assertThat(plan.skipped().get(0).count()).isEqualTo(Missed.MOST_STEPS - 1);
        assertThat(Planner.after(plan, aYear + 1).position().fireMicros()).isGreaterThanOrEqualTo(aYear);
    }

    /** The heart of promise 1: whatever the rules and the delays, no fire time is lost and none counts twice. */
    @Property
    void everyFireTimeEitherRunsOnceOrIsSkippedOnce(
            @ForAll("overlaps") Overlap overlap,
            @ForAll("misfires") Misfire misfire,
            @ForAll List<@IntRange(max = 8_000_000) Integer> delays,
            @ForAll List<@IntRange(max = 8_000_000) Integer> lengths) {
        Claim claim = every(overlap, misfire);
        List<Long> accounted = new ArrayList<>();
        long now = 0;
        int turns = Math.min(delays.size(), lengths.size());
        for (int i = 0; i < turns; i++) {
            now = Math.max(now, claim.fireMicros()) + delays.get(i);
            Plan plan = Planner.plan(claim, now);
            plan.skipped().forEach(skip -> account(accounted, skip));
            accounted.add(plan.claim().fireMicros());
            assertThat(plan.claim().fireMicros()).isLessThanOrEqualTo(now);
            now += plan.runs() ? lengths.get(i) : 0;
            Planner.Next next = plan.runs() ? Planner.after(plan, now) : Planner.afterSkip(plan, now);
            next.skipped().forEach(skip -> account(accounted, skip));
            claim = claim.firingAt(next.position().fireMicros(), next.position().bufferedUntilMicros());
        }

        List<Long> expected = new ArrayList<>();
        for (long fire = 0; fire < claim.fireMicros(); fire += PERIOD) {
            expected.add(fire);
        }
        assertThat(accounted).containsExactlyElementsOf(expected);
    }

    /** A timeline has so many fire times, however many of them run and whatever is done with the others. */
    @Property
    void aTimelineEndsAfterItsMostRunsWhateverWasMissed(
            @ForAll("overlaps") Overlap overlap,
            @ForAll("misfires") Misfire misfire,
            @ForAll @IntRange(min = 1, max = 12) int most,
            @ForAll List<@IntRange(max = 8_000_000) Integer> delays) {
        Claim claim = claim(Trigger.every(Duration.ofSeconds(1)).maxRuns(most), overlap, misfire, 0);
        List<Long> accounted = new ArrayList<>();
        long fired = 1;
        for (int i = 0; claim.fireMicros() != Position.NO_TIME; i++) {
            int delay = delays.isEmpty() ? 0 : delays.get(i % delays.size());
            long now = claim.fireMicros() + delay;
            Plan plan = Planner.plan(claim, now);
            plan.skipped().forEach(skip -> account(accounted, skip));
            accounted.add(plan.claim().fireMicros());
            Planner.Next next = plan.runs() ? Planner.after(plan, now + delay) : Planner.afterSkip(plan, now);
            next.skipped().forEach(skip -> account(accounted, skip));
            fired += 1 + counted(plan.skipped()) + counted(next.skipped());
            claim = claimed(claim, next.position(), fired, 0);
        }

        List<Long> expected = new ArrayList<>();
        for (long n = 0; n < most; n++) {
            expected.add(n * PERIOD);
        }
        assertThat(accounted).containsExactlyElementsOf(expected);
    }

    /** The same where fire times overlap: the head moves before the run, and counts what was recorded until then. */
    @Property
    void anOverlappingTimelineAccountsForEachFireTimeOnce(
            @ForAll("misfires") Misfire misfire,
            @ForAll @IntRange(min = 1, max = 12) int most,
            @ForAll List<@IntRange(max = 8_000_000) Integer> delays,
            @ForAll List<@IntRange(max = 3) Integer> active) {
        Claim claim = claim(Trigger.every(Duration.ofSeconds(1)).maxRuns(most), Overlap.parallel(3), misfire, 0);
        List<Long> accounted = new ArrayList<>();
        long fired = 1;
        for (int i = 0; claim.fireMicros() != Position.NO_TIME; i++) {
            long now = claim.fireMicros() + (delays.isEmpty() ? 0 : delays.get(i % delays.size()));
            Plan plan = Planner.plan(claim, now);
            assertThat(plan.runs() && !plan.skipped().isEmpty()).isFalse();
            plan.skipped().forEach(skip -> account(accounted, skip));
            accounted.add(plan.claim().fireMicros());
            fired += 1 + counted(plan.skipped());
            claim = claimed(claim, plan.head(), fired, active.isEmpty() ? 0 : active.get(i % active.size()));
        }

        List<Long> expected = new ArrayList<>();
        for (long n = 0; n < most; n++) {
            expected.add(n * PERIOD);
        }
        assertThat(accounted).containsExactlyElementsOf(expected);
    }

    private static long counted(List<Skip> skips) {
        return skips.stream().mapToLong(Skip::count).sum();
    }

    /** The claim of the next head of the same task. */
    private static Claim claimed(Claim before, Position head, long fired, int active) {
        return new Claim(
                before.task(),
                before.number() + 1,
                head.fireMicros(),
                head.dueMicros(),
                1,
                before.fence() + 1,
                Long.MAX_VALUE,
                active,
                fired,
                head.bufferedUntilMicros(),
                false,
                null);
    }

    private static void account(List<Long> accounted, Skip skip) {
        long count = 0;
        for (long fire = skip.fromMicros(); fire <= skip.toMicros(); fire += PERIOD) {
            accounted.add(fire);
            count++;
        }
        assertThat(skip.count()).isEqualTo(count);
    }

    private static List<Long> simulate(Claim first, List<Long> moments) {
        List<Long> ran = new ArrayList<>();
        Claim claim = first;
        for (long now : moments) {
            if (claim.fireMicros() > now) {
                break;
            }
            Plan plan = Planner.plan(claim, now);
            if (plan.runs()) {
                ran.add(plan.claim().fireMicros());
            }
            Position next = (plan.runs() ? Planner.after(plan, now) : Planner.afterSkip(plan, now)).position();
            claim = claim.firingAt(next.fireMicros(), next.bufferedUntilMicros());
        }
        return ran;
    }

    @Provide
    Arbitrary<Overlap> overlaps() {
        return Arbitraries.of(Overlap.sequential(), Overlap.sequential(3), Overlap.skip());
    }

    @Provide
    Arbitrary<Misfire> misfires() {
        return Arbitraries.of(
                Misfire.once(),
                Misfire.skip(),
                Misfire.skip(Duration.ofMillis(2_500)),
                Misfire.all(Duration.ofSeconds(4), 2),
                Misfire.all(Duration.ofSeconds(10), 100));
    }
}
