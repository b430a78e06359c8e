package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a node keeps of the elements that streams gave. */
class RecentElementsTest {

    private final RecentElements recent = new RecentElements();

    private static Claim claim(String id, long number, int attempt) {
        return new Claim(
                TaskRecord.builder(id, "h").build(), number, 0, 0, attempt, number, 0, 0, number, 0, false, null);
    }

    private RecentElements.Of run(String id, long number, int elements) {
        RecentElements.Of run = recent.of(claim(id, number, 1));
        IntStream.rangeClosed(1, elements).forEach(run::add);
        return run;
    }

    @Test
    void numbersGrowWithEveryElementOfTheNode() {
        RecentElements.Of one = recent.of(claim("a", 1, 1));
        RecentElements.Of other = recent.of(claim("b", 1, 1));

        assertThat(new long[] {one.add("x"), other.add("y"), one.add("z")})
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(recent.of("a", 1).elements()).containsExactly("x", "z");
    }

    @Test
    void aStreamThatEndedWithItsOnlyElementLeavesNothing() {
        run("a", 1, 1).ended(true);
        run("b", 1, 0).ended(true);

        assertThat(recent.of("a", 1)).isNull();
        assertThat(recent.of("b", 1)).isNull();
    }

    @Test
    void theOnlyElementOfAStreamThatFailedIsKept() {
        run("a", 1, 1).ended(false);

        assertThat(recent.of("a", 1).elements()).containsExactly(1);
    }

    @Test
    void ofOneRunTheNewestAreKept() {
        run("a", 1, RecentElements.OF_RUN + 1);

        RecentElements.Kept kept = recent.of("a", 1);
        assertThat(kept.elements()).hasSize(RecentElements.OF_RUN).startsWith(2);
        assertThat(kept.isWhole()).isFalse();
    }

    @Test
    void runsThatEndedFirstArePushedOutAndThoseUnderWayStay() {
        run("active", 1, 2);
        run("first", 1, 1_000).ended(true);
        for (int i = 1; i <= RecentElements.OF_ENDED / 1_000; i++) {
            run("next", i, 1_000).ended(true);
        }

        assertThat(recent.of("first", 1)).isNull();
        assertThat(recent.of("next", 1)).isNotNull();
        assertThat(recent.of("active", 1)).isNotNull();
    }

    @Test
    void anAttemptGoesOnWithTheElementsOfTheOneBeforeAndALostOneBeginsAnew() {
        run("a", 1, 2).ended(false);
        recent.of(claim("a", 1, 2)).add(3);
        assertThat(recent.of("a", 1).elements()).containsExactly(1, 2, 3);

        recent.of(claim("a", 1, 1)).add(9);
        assertThat(recent.of("a", 1).elements()).containsExactly(9);
    }

    @Test
    void whatARemovedTaskStillGivesIsNotKept() {
        RecentElements.Of run = run("a", 1, 2);

        recent.forget(claim("a", 1, 1).task());
        run.add(3);
        run.ended(true);

        assertThat(recent.of("a", 1)).isNull();
    }

    @Test
    void anElementThatComesAfterTheEndIsNotKept() {
        RecentElements.Of run = run("a", 1, 0);
        run.ended(false);
        run.add(1);

        assertThat(recent.of("a", 1)).isNull();
    }
}
