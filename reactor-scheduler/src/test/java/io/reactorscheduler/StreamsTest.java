package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.util.RaceTestUtils;

class StreamsTest {

    private static final int RACES = 20_000;

    @Test
    void whatComesAfterwardsBeginsWhenTheFirstHasEnded() {
        Sinks.One<String> first = Sinks.one();

        StepVerifier.create(Streams.after(first.asMono(), Flux.just(1, 2)))
                .expectSubscription()
                .then(() -> first.tryEmitValue("is not given"))
                .expectNext(1, 2)
                .verifyComplete();
    }

    @Test
    void whatComesAfterwardsBeginsOnTheThreadOfTheEndAlsoWhenItCameMeanwhile() {
        Mono<Void> first = Mono.create(sink -> {
            Thread other = new Thread(sink::success, "other");
            other.start();
            try {
                other.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        StepVerifier.create(Streams.after(
                        first, Flux.defer(() -> Flux.just(Thread.currentThread().getName()))))
                .expectNext("other")
                .verifyComplete();
    }

    @Test
    void anErrorOfTheFirstIsTheEnd() {
        StepVerifier.create(Streams.after(Mono.error(new IllegalStateException("first")), Flux.just(1)))
                .verifyErrorMessage("first");
    }

    @Test
    void whatIsRequestedWhileTheFirstEndsIsGiven() {
        for (int race = 0; race < RACES; race++) {
            Sinks.Empty<Void> first = Sinks.empty();
            AtomicInteger given = new AtomicInteger();
            BaseSubscriber<Integer> subscriber = new BaseSubscriber<>() {
                @Override
                protected void hookOnSubscribe(Subscription subscription) {
                    // requests in the race
                }

                @Override
                protected void hookOnNext(Integer element) {
                    given.set(element);
                }
            };
            Streams.after(first.asMono(), Flux.just(1)).subscribe(subscriber);

            RaceTestUtils.race(first::tryEmitEmpty, () -> subscriber.request(1));

            assertThat(given).as("race %s", race).hasValue(1);
        }
    }
}
