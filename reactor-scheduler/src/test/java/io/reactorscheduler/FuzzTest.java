package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindException;

/**
 * Whatever text comes from outside, it is read, or refused with an error of a type that says so; nothing takes long.
 *
 * <p>The examples that all begins with are in {@code src/test/resources/fuzz}.
 */
@PropertyDefaults(tries = 300, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
class FuzzTest {

    private static final Instant NOW = Instant.parse("2024-03-31T00:30:00Z");
    private static final int FIRE_TIMES = 3;

    /** Read or refused; what was read has a text that gives the same again. */
    private static <T> void readOrRefused(String text, Function<String, T> read, Consumer<T> use) {
        Corpus.within(text, () -> {
            T found;
            try {
                found = read.apply(text);
            } catch (InvalidTaskException refused) {
                assertThat(refused.field()).isNotBlank();
                assertThat(refused.getMessage()).as("bounded").hasSizeLessThan(2_000);
                return;
            }
            use.accept(found);
        });
    }

    @Property
    void cronStrings(@ForAll("cronTexts") String text) {
        readOrRefused(text, Cron::parse, cron -> {
            Instant at = NOW;
            for (int i = 0; i < FIRE_TIMES && at != null; i++) {
                at = cron.next(at);
            }
            assertThat(cron.describe(Locale.ENGLISH)).isNotNull();
        });
    }

    @Property
    void durationsAndTimesOfTriggers(@ForAll("triggerTexts") String text) {
        readOrRefused(text, Trigger::parse, trigger -> {
            assertThat(Trigger.parse(trigger.toString())).isEqualTo(trigger);
            if (!text.startsWith("CUSTOM")) {
                Instant at = trigger.next(null, NOW);
                for (int i = 0; i < FIRE_TIMES && at != null; i++) {
                    at = trigger.next(at, NOW);
                }
            }
        });
    }

    @Property
    void durationsOfRetries(@ForAll("retryTexts") String text) {
        readOrRefused(text, RetryPolicy::parse, policy -> {
            assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
            for (long retry : new long[] {1, 2, 63, 64, Integer.MAX_VALUE, Long.MAX_VALUE}) {
                assertThat(policy.delayMicros(retry, 0.5)).isNotNegative();
            }
        });
    }

    @Property
    void durationsOfMisfires(@ForAll("misfireTexts") String text) {
        readOrRefused(
                text,
                Misfire::parse,
                misfire -> assertThat(Misfire.parse(misfire.toString())).isEqualTo(misfire));
    }

    @Property
    void overlaps(@ForAll("overlapTexts") String text) {
        readOrRefused(
                text,
                Overlap::parse,
                overlap -> assertThat(Overlap.parse(overlap.toString())).isEqualTo(overlap));
    }

    /** What may be stored as an input or a result. */
    record Payload(@Nullable String to, int copies, List<String> tags, double at, Map<String, Object> more) {}

    @Property
    void storedJson(@ForAll("jsonTexts") String text) {
        for (var type : List.of(Payload.class, String.class, Object.class, Integer.class, Instant.class)) {
            Corpus.within(text, () -> decodedOrRefused(text, type));
        }
    }

    @Property(tries = 20)
    void deepJson(@ForAll("depths") int depth) {
        String text = "[".repeat(depth) + "]".repeat(depth);
        Corpus.within(text, () -> decodedOrRefused(text, Object.class));
    }

    /** Refused by the codec's own type of exceptions. */
    private static void decodedOrRefused(String text, Class<?> type) {
        try {
            JsonCodec.jackson().decode(text, type);
        } catch (RuntimeException refused) {
            assertThat(refused)
                    .isInstanceOf(DatabindException.class.getSuperclass())
                    .hasMessageContaining(" ");
        }
    }

    @Provide
    Arbitrary<Integer> depths() {
        return Arbitraries.integers().between(1, 1_000_000);
    }

    @Provide
    Arbitrary<String> cronTexts() {
        return Corpus.texts("cron");
    }

    @Provide
    Arbitrary<String> triggerTexts() {
        return Corpus.texts("trigger");
    }

    @Provide
    Arbitrary<String> retryTexts() {
        return Corpus.texts("retry");
    }

    @Provide
    Arbitrary<String> misfireTexts() {
        return Corpus.texts("misfire");
    }

    @Provide
    Arbitrary<String> overlapTexts() {
        return Corpus.texts("overlap");
    }

    @Provide
    Arbitrary<String> jsonTexts() {
        return Corpus.texts("json");
    }
}
