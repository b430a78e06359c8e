package io.reactorscheduler;

import static io.reactorscheduler.TimelineTckTest.claim;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;

/** How demand becomes claims. */
class TimelineTest {

    private final RecordingSource source = new RecordingSource();

    @Test
    void eachSubscriptionIsALaneOfItsOwn() {
        Timeline timeline = new Timeline(source);

        timeline.subscribe(new BaseSubscriber<>() {});
        timeline.subscribe(new BaseSubscriber<>() {});

        assertThat(source.open).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void demandIsWhatWasRequestedAndNotYetOffered() {
        BaseSubscriber<Claim> subscriber = asking(3);

        new Timeline(source).subscribe(subscriber);
        Timeline.Lane lane = source.open.get(0);
        lane.offer(claim(1));

        assertThat(lane.demand()).isEqualTo(2);
        subscriber.request(5);
        assertThat(lane.demand()).isEqualTo(7);
        assertThat(Scannable.from(lane).scan(Scannable.Attr.BUFFERED)).isEqualTo(1);
    }

    @Test
    void requestNeverEmitsOnTheRequestingThread() {
        List<Claim> seen = new ArrayList<>();
        BaseSubscriber<Claim> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(Claim claim) {
                seen.add(claim);
            }
        };
        new Timeline(source).subscribe(subscriber);
        source.open.get(0).offer(claim(1));

        subscriber.request(1);

        assertThat(seen).isEmpty();
        source.open.get(0).drain();
        assertThat(seen).hasSize(1);
    }

    @Test
    void claimsThatWereNotHandedOnGoBackWhenTheLaneIsCancelled() {
        BaseSubscriber<Claim> subscriber = asking(2);
        new Timeline(source).subscribe(subscriber);
        Timeline.Lane lane = source.open.get(0);
        Claim claim = claim(1);
        lane.offer(claim);

        subscriber.cancel();

        assertThat(source.discarded).containsExactly(claim);
        assertThat(source.open).isEmpty();
        assertThat(lane.demand()).isZero();
    }

    @Test
    void aRequestBelowOneIsAnError() {
        AtomicReference<Throwable> error = new AtomicReference<>();
        new Timeline(source).subscribe(new CoreSubscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(-1);
            }

            @Override
            public void onNext(Claim claim) {}

            @Override
            public void onError(Throwable thrown) {
                error.set(thrown);
            }

            @Override
            public void onComplete() {}
        });

        assertThat(error.get()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
        assertThat(source.open).isEmpty();
    }

    private static BaseSubscriber<Claim> asking(long demand) {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(demand);
            }
        };
    }

    private static final class RecordingSource implements Timeline.Source {
        final List<Timeline.Lane> open = new ArrayList<>();
        final List<Claim> discarded = new ArrayList<>();

        @Override
        public void opened(Timeline.Lane lane) {
            open.add(lane);
        }

        @Override
        public void requested(Timeline.Lane lane) {}

        @Override
        public void closed(Timeline.Lane lane) {
            open.remove(lane);
        }

        @Override
        public void discarded(Claim claim) {
            discarded.add(claim);
        }
    }
}
