package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** A record gives back what it was made of, also what it keeps as a number. */
class TaskRecordTest {

    private final TaskIds ids = new TaskIds();

    @Property
    void anInstantComesBackToTheNanosecond(@ForAll("instants") Instant instant) {
        TaskRecord record =
                TaskRecord.builder("a", "h").trigger(Trigger.at(instant)).build();

        assertThat(record.firesOnce()).isTrue();
        assertThat(record.trigger().instant()).isEqualTo(instant);
        assertThat(record.trigger()).isEqualTo(Trigger.at(instant));
    }

    @Property
    void aDelayComesBackToTheNanosecond(@ForAll @LongRange(max = 900_000_000_000_000_000L) long nanos) {
        Trigger after = Trigger.after(Duration.ofNanos(nanos));
        TaskRecord record = TaskRecord.builder("a", "h").trigger(after).build();

        assertThat(record.trigger()).isEqualTo(after);
        assertThat(record.withTrigger(Trigger.now()).trigger()).isSameAs(Trigger.now());
    }

    @Test
    void aTriggerWithLimitsIsKeptAsItIs() {
        Trigger jittered = Trigger.at(Instant.EPOCH).jitter(Duration.ofSeconds(1));
        Trigger every = Trigger.every(Duration.ofSeconds(1));

        assertThat(TaskRecord.builder("a", "h").trigger(jittered).build().trigger())
                .isSameAs(jittered);
        assertThat(TaskRecord.builder("a", "h").trigger(every).build().trigger())
                .isSameAs(every);
        assertThat(TaskRecord.builder("a", "h").trigger(every).build().firesOnce())
                .isFalse();
    }

    @Property
    void aGeneratedIdIsTheSameAsItsText(@ForAll @LongRange(min = 1, max = 1L << 54) long micros) {
        long number = ids.nextNumber(micros);
        TaskRecord generated = TaskRecord.builder(ids, number, "h").build();
        TaskRecord named = TaskRecord.builder(generated.id(), "h").build();

        assertThat(generated.id()).hasSize(16).isEqualTo(ids.text(number));
        assertThat(ids.isOwn(generated.id())).isTrue();
        assertThat(generated.idHash()).isEqualTo(named.idHash()).isEqualTo(TaskIds.hash(generated.id()));
        assertThat(generated.hasIdOf(named)).isTrue();
        assertThat(named.hasIdOf(generated)).isTrue();
        assertThat(generated.hasIdOf(TaskRecord.builder(ids, number + 1, "h").build()))
                .isFalse();
        assertThat(generated.hasIdOf(
                        TaskRecord.builder(new TaskIds(), number, "h").build()))
                .isFalse();
        assertThat(generated.withTrigger(Trigger.after(Duration.ZERO)).id()).isEqualTo(generated.id());
    }

    @Test
    void generatedIdsSortInTheOrderInWhichTheyWereMade() {
        String first = ids.next(1_000);
        String same = ids.next(1_000);
        String clockWentBack = ids.next(10);
        String later = ids.next(2_000_000);

        assertThat(first).isLessThan(same);
        assertThat(same).isLessThan(clockWentBack);
        assertThat(clockWentBack).isLessThan(later);
    }

    @Provide
    Arbitrary<Instant> instants() {
        return Arbitraries.longs()
                .between(Checks.EARLIEST.getEpochSecond(), Checks.LATEST.getEpochSecond())
                .flatMap(second -> Arbitraries.integers()
                        .between(0, 999_999_999)
                        .map(nano ->
                                Instant.ofEpochSecond(second, second == Checks.LATEST.getEpochSecond() ? 0 : nano)));
    }
}
