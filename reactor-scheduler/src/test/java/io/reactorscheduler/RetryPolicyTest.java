package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often and how soon attempts are repeated. */
class RetryPolicyTest {

    private static final double MIDDLE = 0.5;

    @Test
    void delaysGrowAsTheBackoffSays() {
        Duration second = Duration.ofSeconds(1);

        assertThat(RetryPolicy.fixed(3, second).delayMicros(3, MIDDLE)).isEqualTo(1_000_000);
        assertThat(RetryPolicy.linear(3, second).delayMicros(3, MIDDLE)).isEqualTo(3_000_000);
        assertThat(RetryPolicy.exponential(9, second).delayMicros(4, MIDDLE)).isEqualTo(8_000_000);
    }

    @Test
    void theCapHoldsHoweverManyRetriesThereWere() {
        RetryPolicy policy =
                RetryPolicy.exponential(Long.MAX_VALUE, Duration.ofSeconds(1)).jitter(0);

        assertThat(policy.delayMicros(1_000_000_000L, MIDDLE)).isEqualTo(3_600_000_000L);
        assertThat(policy.cap(Duration.ofSeconds(5)).delayMicros(60, MIDDLE)).isEqualTo(5_000_000);
    }

    @Test
    void errorsAreRetriedByTheirTypeAndSubtypes() {
        RetryPolicy onlyIo = RetryPolicy.fixed(1, Duration.ZERO).onlyOn(IOException.class);
        RetryPolicy notMissing = onlyIo.notOn(FileNotFoundException.class);

        assertThat(onlyIo.retries(new FileNotFoundException())).isTrue();
        assertThat(onlyIo.retries(new IllegalStateException())).isFalse();
        assertThat(notMissing.retries(new FileNotFoundException())).isFalse();
        assertThat(notMissing.retries(new IOException())).isTrue();
        assertThat(RetryPolicy.never().retries(new IOException())).isFalse();
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedByName() {
        assertThatThrownBy(() -> RetryPolicy.fixed(0, Duration.ZERO)).hasMessageStartingWith("retries 0");
        assertThatThrownBy(() -> RetryPolicy.fixed(1, Duration.ofSeconds(-1))).hasMessageStartingWith("delay PT-1S");
        assertThatThrownBy(() -> RetryPolicy.fixed(1, Duration.ZERO).jitter(1.1))
                .hasMessageStartingWith("jitter 1.1");
        assertThatThrownBy(() -> RetryPolicy.fixed(1, Duration.ZERO).jitter(Double.NaN))
                .hasMessageStartingWith("jitter NaN");
        assertThatThrownBy(() -> RetryPolicy.fixed(1, Duration.ZERO).cap(Duration.ZERO))
                .hasMessageStartingWith("cap PT0S");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "FIXED",
                "FIXED 1",
                "FIXED x PT1S",
                "SOMETIMES 1 PT1S",
                "FIXED 1 PT1S cap",
                "FIXED 1 PT1S luck 3",
                "FIXED 1 PT1S only ,"
            })
    void textThatIsNoPolicyIsRefused(String text) {
        assertThatThrownBy(() -> RetryPolicy.parse(text)).isInstanceOf(InvalidTaskException.class);
    }

    @Property
    void delaysStayBetweenTheirBounds(
            @ForAll("policies") RetryPolicy policy,
            @ForAll @LongRange(min = 1, max = 10_000) long retry,
            @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double random) {
        assertThat(policy.delayMicros(retry, random)).isBetween(0L, policy.cap().toNanos() / 1_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FIXED 0 PT1S",
                "FIXED -3 PT1S",
                "FIXED 99999999999999999999 PT1S",
                "LINEAR 3 PT-1S",
                "LINEAR 3 PT9999999999999S",
                "EXPONENTIAL 3 P12000D",
                "EXPONENTIAL 3 PT1S cap PT0S",
                "EXPONENTIAL 3 PT1S cap PT-1S",
                "FIXED 3 PT1S jitter 1.01",
                "FIXED 3 PT1S jitter -0.1",
                "FIXED 3 PT1S jitter NaN",
                "FIXED 3 PT1S deadline PT0S",
                "FIXED 3 PT1S deadline P12000D"
            })
    void textOfAPolicyThatNobodyCouldMakeIsRefused(String text) {
        assertThatThrownBy(() -> RetryPolicy.parse(text)).isInstanceOf(InvalidTaskException.class);
    }

    @Property
    void textIsReadExactlyWhereTheFactoriesWouldTakeIt(
            @ForAll @LongRange(min = -2, max = 2) long retries,
            @ForAll @LongRange(min = -2, max = 12_000) long days,
            @ForAll @DoubleRange(min = -0.5, max = 1.5) double jitter) {
        Duration delay = Duration.ofDays(days);
        Duration cap = Duration.ofHours(days);
        RetryPolicy made = null;
        try {
            made = RetryPolicy.linear(retries, delay).cap(cap).jitter(jitter);
        } catch (InvalidTaskException refused) {
            assertThat(refused.field()).isIn("retries", "delay", "cap", "jitter");
        }
        String text = "LINEAR " + retries + " " + delay + " cap " + cap + " jitter " + jitter;

        if (made == null) {
            assertThatThrownBy(() -> RetryPolicy.parse(text)).isInstanceOf(InvalidTaskException.class);
        } else {
            assertThat(RetryPolicy.parse(text)).isEqualTo(made);
        }
    }

    @Property
    void everyPolicySurvivesItsText(@ForAll("policies") RetryPolicy policy) {
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
    }

    @Provide
    @SuppressWarnings("unchecked")
    Arbitrary<RetryPolicy> policies() {
        Arbitrary<Duration> durations =
                Arbitraries.longs().between(1, 100_000_000).map(Duration::ofMillis);
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        durations,
                        durations.injectNull(0.3),
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.of(true, false))
                .as((kind, max, delay, deadline, jitter, picky) -> {
                    RetryPolicy policy = switch (kind) {
                        case 0 -> RetryPolicy.fixed(max, delay);
                        case 1 -> RetryPolicy.linear(max, delay);
                        default -> RetryPolicy.exponential(max, delay);
                    };
                    policy = policy.jitter(jitter).cap(delay.multipliedBy(3));
                    if (deadline != null) {
                        policy = policy.deadline(deadline);
                    }
                    return picky ? policy.onlyOn(IOException.class).notOn(FileNotFoundException.class) : policy;
                });
    }
}
