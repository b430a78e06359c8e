package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class BatchTest extends InVirtualTime {

    private static final Handler<Integer, Batch.Report> COUNT =
            Handler.named("count", Integer.class, Batch.Report.class);
    private static final Handler<Integer, Batch.Result<Integer>> HALVE =
            Handler.named("halve", new TypeRef<Integer>() {}, new TypeRef<Batch.Result<Integer>>() {});
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Mono<Integer> half(int number) {
        return number % 2 == 0 ? Mono.just(number / 2) : Mono.error(new IllegalArgumentException(number + " is odd"));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static <T> Mono<T> broken() {
        return Mono.error(new IllegalStateException("broken"));
    }

    // ---- results

    @Test
    void eachItemGivesItsResultAndTheReportComesLast() {
        StepVerifier.create(Batch.of(numbers(3)).each(BatchTest::half))
                .expectNext(new Batch.Result<>(0, 0, null, null))
                .expectNext(new Batch.Result<>(
                        1, null, new Batch.Failure(1, "java.lang.IllegalArgumentException", "1 is odd"), null))
                .expectNext(new Batch.Result<>(2, 1, null, null))
                .assertNext(last -> {
                    assertThat(last.index()).isEqualTo(-1);
                    assertThat(last.report().items()).isEqualTo(3);
                    assertThat(last.report().succeeded()).isEqualTo(2);
                    assertThat(last.report().failed()).isEqualTo(1);
                    assertThat(last.report().failureShare()).isEqualTo(1.0 / 3);
                })
                .verifyComplete();
    }

    @Test
    void anItemWithoutAValueIsASuccess() {
        StepVerifier.create(Batch.of(numbers(1)).each(number -> Mono.empty()))
                .expectNext(new Batch.Result<>(0, null, null, null))
                .expectNextCount(1)
                .verifyComplete();
    }

    @Test
    void noItemsGiveAnEmptyReport() {
        StepVerifier.create(Batch.of(List.<Integer>of()).report(BatchTest::half))
                .expectNext(new Batch.Report(0, 0, 0, List.of()))
                .verifyComplete();
    }

    @Test
    void workThatThrowsReturnsNullOrThrowsAnErrorFailsItsItemOnly() {
        Mono<Batch.Report> report = Batch.of(numbers(4)).report(number -> switch (number) {
            case 0 -> throw new IllegalStateException("thrown");
            case 1 -> null;
            case 2 -> throw new StackOverflowError("deep");
            default -> Mono.just(number);
        });

        StepVerifier.create(report)
                .assertNext(seen -> assertThat(seen.firstFailures())
                        .extracting(Batch.Failure::type)
                        .containsExactly(
                                "java.lang.IllegalStateException",
                                "java.lang.NullPointerException",
                                "java.lang.StackOverflowError"))
                .verifyComplete();
    }

    @Test
    void aReportKeepsTheFirstFailuresAndCountsTheOthers() {
        StepVerifier.create(Batch.of(numbers(1_000)).neverFail().report(number -> broken()))
                .assertNext(report -> {
                    assertThat(report.failed()).isEqualTo(1_000);
                    assertThat(report.firstFailures()).hasSize(Batch.KEPT_FAILURES);
                })
                .verifyComplete();
    }

    @Test
    void anErrorOfTheSourceEndsTheBatch() {
        StepVerifier.create(Batch.of(Flux.concat(Flux.just(2), BatchTest.<Integer>broken()))
                        .each(BatchTest::half))
                .expectNextCount(1)
                .verifyErrorMessage("broken");
    }

    @Test
    void eachSubscriptionIsABatchOfItsOwn() {
        Mono<Batch.Report> report = Batch.of(numbers(3)).report(BatchTest::half);

        StepVerifier.create(report.concatWith(report))
                .assertNext(seen -> assertThat(seen.items()).isEqualTo(3))
                .assertNext(seen -> assertThat(seen.items()).isEqualTo(3))
                .verifyComplete();
    }

    // ---- concurrency

    @Test
    void asManyItemsAsAllowedAreWorkedOnAtOnceAndNoMoreAreAskedFor() {
        TestPublisher<Integer> source = TestPublisher.create();
        List<Integer> begun = new ArrayList<>();
        Batch.of(source.flux())
                .concurrency(3)
                .each(number -> {
                    begun.add(number);
                    return Mono.delay(SECOND, time).thenReturn(number);
                })
                .subscribe();

        source.assertMinRequested(3).assertMaxRequested(3);
        source.next(1, 2, 3);
        assertThat(begun).containsExactly(1, 2, 3);
        source.assertMaxRequested(3);
        pass(SECOND);
        source.next(4);
        assertThat(begun).hasSize(4);
    }

    @Test
    void cancellingCancelsWhatIsBeingWorkedOn() {
        AtomicInteger cancelled = new AtomicInteger();

        Batch.of(numbers(100))
                .concurrency(5)
                .each(number -> Mono.never().doOnCancel(cancelled::incrementAndGet))
                .subscribe()
                .dispose();

        assertThat(cancelled).hasValue(5);
    }

    // ---- when the run fails

    @Test
    void theRunFailsWhenALargerShareFailedThanItBears() {
        StepVerifier.create(Batch.of(numbers(10)).failAbove(0.4).each(BatchTest::half))
                .expectNextCount(11)
                .verifyErrorSatisfies(error -> {
                    assertThat(error)
                            .isInstanceOf(BatchFailedException.class)
                            .hasMessage("5 of 10 items failed; the first, item 1: "
                                    + "java.lang.IllegalArgumentException: 1 is odd");
                    assertThat(((BatchFailedException) error).report().failed()).isEqualTo(5);
                });
        StepVerifier.create(Batch.of(numbers(10)).failAbove(0.5).report(BatchTest::half))
                .expectNextCount(1)
                .verifyComplete();
        StepVerifier.create(Batch.of(numbers(10)).failAbove(0).each(BatchTest::half))
                .expectNextCount(11)
                .verifyError(BatchFailedException.class);
    }

    @Test
    void theRunFailsWhenAllFailedUnlessItNeverDoes() {
        StepVerifier.create(Batch.of(numbers(2)).each(number -> broken()))
                .expectNextCount(3)
                .verifyError(BatchFailedException.class);
        StepVerifier.create(Batch.of(numbers(2)).neverFail().each(number -> broken()))
                .expectNextCount(3)
                .verifyComplete();
    }

    @Test
    void theReportOfABatchThatFailsIsInItsError() {
        StepVerifier.create(Batch.of(numbers(2)).report(number -> broken()))
                .verifyErrorSatisfies(error -> assertThat(
                                ((BatchFailedException) error).report().items())
                        .isEqualTo(2));
    }

    // ---- retries of items

    @Test
    void onlyFailedItemsAreTriedAgain() {
        List<Integer> tried = new ArrayList<>();
        ReactiveScheduler scheduler = started(builder()
                .handle(
                        COUNT,
                        (count, run) -> Batch.of(numbers(count))
                                .retry(RetryPolicy.fixed(2, SECOND))
                                .report(number -> {
                                    tried.add(number);
                                    return number == 1 && tried.size() < 5 ? broken() : Mono.just(number);
                                })));

        scheduler.schedule(COUNT.task(3).id("t")).subscribe();
        pass(SECOND);
        assertThat(tried).containsExactly(0, 1, 2, 1);
        pass(SECOND);

        assertThat(tried).containsExactly(0, 1, 2, 1, 1);
        assertThat(executionsOf(scheduler, "t").get(0).value()).isEqualTo(new Batch.Report(3, 3, 0, List.of()));
    }

    @Test
    void anItemIsNotTriedMoreOftenLaterOrForOtherErrorsThanItsPolicySays() {
        List<RetryPolicy> policies = List.of(
                RetryPolicy.fixed(2, Duration.ZERO),
                RetryPolicy.fixed(100, SECOND).deadline(Duration.ofMillis(2_500)),
                RetryPolicy.fixed(100, SECOND).notOn(IllegalStateException.class));
        List<Integer> attempts = new ArrayList<>();
        for (RetryPolicy policy : policies) {
            AtomicInteger tried = new AtomicInteger();
            Batch.of(List.of(1))
                    .retry(policy)
                    .neverFail()
                    .report(number -> {
                        tried.incrementAndGet();
                        return broken();
                    })
                    .contextWrite(context -> context.put(RunContext.class, new StubRun(time)))
                    .subscribe();
            pass(Duration.ofMinutes(5));
            attempts.add(tried.get());
        }

        assertThat(attempts).containsExactly(3, 3, 1);
    }

    @Test
    void outsideOfARunItWaitsInReactorsTime() {
        AtomicInteger tried = new AtomicInteger();
        StepVerifier.withVirtualTime(() -> Batch.of(List.of(1))
                        .retry(RetryPolicy.fixed(1, Duration.ofHours(1)))
                        .report(number -> tried.incrementAndGet() == 1 ? broken() : Mono.just(number)))
                .expectSubscription()
                .expectNoEvent(Duration.ofHours(1))
                .expectNext(new Batch.Report(1, 1, 0, List.of()))
                .verifyComplete();
    }

    // ---- in a run

    @Test
    void resultsReachSubscribersAsTheyComeAndTheReportIsStored() {
        ReactiveScheduler scheduler = started(builder()
                .handle(
                        HALVE,
                        (count, run) -> Batch.of(numbers(count))
                                .concurrency(1)
                                .each(number -> Mono.delay(SECOND, run.timer()).then(half(number)))));
        List<Batch.Result<Integer>> seen = new ArrayList<>();
        scheduler
                .schedule(HALVE.task(3).id("t"))
                .flatMapMany(ScheduledTask::results)
                .subscribe(seen::add);

        pass(SECOND);
        assertThat(seen).extracting(Batch.Result::index).containsExactly(0L);
        pass(SECOND.multipliedBy(2));

        assertThat(seen).extracting(Batch.Result::index).containsExactly(0L, 1L, 2L, -1L);
        assertThat(executionsOf(scheduler, "t").get(0).result())
                .contains("\"report\":{\"items\":3,\"succeeded\":2,\"failed\":1,\"firstFailures\":[{\"index\":1");
        assertThat(JsonCodec.jackson()
                        .decode(executionsOf(scheduler, "t").get(0).result(), HALVE.outputType()))
                .isEqualTo(seen.get(3));
    }

    @Test
    void progressIsToldAtMostOnceASecondAndAtMostOnceForEachHundredth() {
        StubRun run = new StubRun(time);
        Batch.of(numbers(10_000))
                .concurrency(1)
                .report(number -> Mono.delay(Duration.ofMillis(1), time).thenReturn(number))
                .contextWrite(context -> context.put(RunContext.class, run))
                .subscribe();
        pass(Duration.ofSeconds(20));

        assertThat(run.said).hasSizeBetween(9, 11);
        assertThat(run.said.get(0)).isEqualTo("0.1 1000 of 10000 items");
        assertThat(run.said.get(run.said.size() - 1)).isEqualTo("1.0 10000 items");

        StubRun slow = new StubRun(time);
        Batch.of(numbers(10_000))
                .concurrency(1)
                .report(number -> Mono.delay(SECOND, time).thenReturn(number))
                .contextWrite(context -> context.put(RunContext.class, slow))
                .subscribe();
        pass(Duration.ofDays(1));

        assertThat(slow.said).hasSizeBetween(100, 101);
    }

    @Test
    void withoutAKnownTotalProgressIsToldInNumbersOfItems() {
        StubRun run = new StubRun(time);
        Batch.of(Flux.fromIterable(numbers(3)))
                .concurrency(1)
                .report(number -> Mono.delay(SECOND, time).then(half(number)))
                .contextWrite(context -> context.put(RunContext.class, run))
                .subscribe();
        pass(Duration.ofSeconds(5));

        assertThat(run.said)
                .containsExactly(
                        "INFO 1 items", "INFO 2 items, 1 failed", "INFO 3 items, 1 failed", "1.0 3 items, 1 failed");
    }

    // ---- options

    @Test
    void optionsHaveDefaultsAndAreChecked() {
        Batch<Integer> batch = Batch.of(numbers(2));

        assertThat(batch.total()).isEqualTo(2);
        assertThat(batch.concurrency()).isEqualTo(Batch.DEFAULT_CONCURRENCY);
        assertThat(batch.retry()).isEqualTo(RetryPolicy.never());
        assertThat(batch.failAbove()).isEqualTo(1);
        assertThat(Batch.of(Flux.just(1)).total()).isNegative();
        assertThatThrownBy(() -> batch.concurrency(0)).hasMessageContaining("concurrency 0");
        assertThatThrownBy(() -> batch.total(-1)).hasMessageContaining("total -1");
        assertThatThrownBy(() -> batch.failAbove(1.1)).hasMessageContaining("failAbove 1.1");
        assertThatThrownBy(() -> batch.failAbove(Double.NaN)).hasMessageContaining("failAbove NaN");
        assertThatThrownBy(() -> batch.retry(null)).hasMessageContaining("retry");
        assertThatThrownBy(() -> batch.each(null)).hasMessageContaining("work");
    }
}
