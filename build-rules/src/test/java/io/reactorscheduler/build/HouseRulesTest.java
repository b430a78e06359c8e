package io.reactorscheduler.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class HouseRulesTest {

    @Test
    void aCallOfTheSystemClockIsFound() {
        assertThat(breaks(HouseRules.TIME_IS_THE_INJECTED_SCHEDULERS, ReadsNanoTime.class))
                .isTrue();
    }

    @Test
    void aReferenceToTheSystemClockIsFound() {
        assertThat(breaks(HouseRules.TIME_IS_THE_INJECTED_SCHEDULERS, RefersToNow.class))
                .isTrue();
    }

    @Test
    void aSleepIsFound() {
        assertThat(breaks(HouseRules.NOTHING_BLOCKS, Sleeps.class)).isTrue();
    }

    @Test
    void anArrayOfStreamsThatIsJoinedIsFoundAndAListIsFine() {
        assertThat(breaks(HouseRules.STREAMS_ARE_JOINED_WITHOUT_LOSS, JoinsArray.class))
                .isTrue();
        assertThat(breaks(HouseRules.STREAMS_ARE_JOINED_WITHOUT_LOSS, JoinsNext.class))
                .isTrue();
        assertThat(breaks(HouseRules.STREAMS_ARE_JOINED_WITHOUT_LOSS, JoinsAfterEnd.class))
                .isTrue();
        assertThat(breaks(HouseRules.STREAMS_ARE_JOINED_WITHOUT_LOSS, JoinsList.class))
                .isFalse();
    }

    @Test
    void aThreadOfItsOwnIsFound() {
        assertThat(breaks(HouseRules.THREADS_ARE_THE_INJECTED_SCHEDULERS, StartsThread.class))
                .isTrue();
        assertThat(breaks(HouseRules.THREADS_ARE_THE_INJECTED_SCHEDULERS, OwnsTimer.class))
                .isTrue();
        assertThat(breaks(HouseRules.THREADS_ARE_THE_INJECTED_SCHEDULERS, OwnsExecutor.class))
                .isTrue();
    }

    @Test
    void aConstructorWithSixParametersIsFound() {
        assertThat(breaks(HouseRules.CONSTRUCTORS_ARE_SMALL, SixParameters.class))
                .isTrue();
        assertThat(breaks(HouseRules.CONSTRUCTORS_ARE_SMALL, SixInRecord.class)).isTrue();
    }

    @Test
    void whatTheCompilerAddsToAConstructorDoesNotCount() {
        assertThat(breaks(HouseRules.CONSTRUCTORS_ARE_SMALL, SixComponents.class))
                .isFalse();
        assertThat(breaks(HouseRules.CONSTRUCTORS_ARE_SMALL, FiveInEnum.class)).isFalse();
        assertThat(breaks(HouseRules.CONSTRUCTORS_ARE_SMALL, FiveInInner.class)).isFalse();
    }

    @Test
    void aPublicFieldIsFoundAndAnEnumConstantIsNone() {
        assertThat(breaks(HouseRules.NO_FIELD_IS_PUBLIC, PublicField.class)).isTrue();
        assertThat(breaks(HouseRules.NO_FIELD_IS_PUBLIC, FiveInEnum.class)).isFalse();
    }

    private static boolean breaks(ArchRule rule, Class<?> type) {
        return rule.evaluate(new ClassFileImporter().importClasses(type)).hasViolation();
    }

    static class ReadsNanoTime {
        final long time = System.nanoTime();
    }

    static class RefersToNow {
        final Supplier<Instant> now = Instant::now;
    }

    static class Sleeps {
        void sleep() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    static class JoinsArray {
        final Flux<Integer> joined = Flux.concat(Flux.just(1), Flux.just(2));
    }

    static class JoinsNext {
        final Flux<Integer> joined = Flux.just(1).concatWith(Flux.just(2));
    }

    static class JoinsAfterEnd {
        final Flux<Integer> joined = Mono.empty().thenMany(Flux.just(2));
    }

    static class JoinsList {
        final Flux<Integer> joined =
                Flux.concat(List.of(Flux.just(1), Flux.just(2))).concatMap(Flux::just);
    }

    static class StartsThread {
        final Thread thread = new Thread(() -> {});
    }

    static class OwnsTimer {
        final Timer timer = new Timer(true);
    }

    static class OwnsExecutor {
        final Object executor = Executors.newSingleThreadExecutor();
    }

    static class SixParameters {
        SixParameters(int a, int b, int c, int d, int e, int f) {}
    }

    record SixComponents(int a, int b, int c, int d, int e, int f) {}

    record SixInRecord(int a) {
        SixInRecord(int a, int b, int c, int d, int e, int f) {
            this(a + b + c + d + e + f);
        }
    }

    enum FiveInEnum {
        ONE(1, 2, 3, 4, 5);

        FiveInEnum(int a, int b, int c, int d, int e) {}
    }

    class FiveInInner {
        FiveInInner(int a, int b, int c, int d, int e) {}
    }

    static class PublicField {
        public int value;
    }
}
