package io.reactorscheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** What may come of two calls of one lane of a {@link Timeline} at the same moment. */
public class TimelineStress {
    private TimelineStress() {}

    private static Claim claim() {
        TaskRecord task = TaskRecord.builder("task", "handler").build();
        return new Claim(task, 1, 0, 0, 1, 1, Long.MAX_VALUE, 0, 1, Long.MIN_VALUE, false, null);
    }

    /** A lane with its subscriber; counts what was handed on and what was given back. */
    private abstract static class OneLane implements Timeline.Source {
        final AtomicInteger emitted = new AtomicInteger();
        final AtomicInteger discarded = new AtomicInteger();
        Timeline.Lane lane;

        final BaseSubscriber<Claim> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(Claim claim) {
                emitted.incrementAndGet();
            }
        };

        OneLane() {
            new Timeline(this).subscribe(subscriber);
        }

        @Override
        public void opened(Timeline.Lane opened) {
            lane = opened;
        }

        @Override
        public void requested(Timeline.Lane asking) {}

        @Override
        public void closed(Timeline.Lane closed) {}

        @Override
        public void discarded(Claim claim) {
            discarded.incrementAndGet();
        }
    }

    /** A claim is dealt while the lane is cancelled. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The claim was handed on before the cancel.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The claim was given back.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The claim is lost until its lease ends.")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The claim runs here and is given back as well.")
    @State
    public static class DealAgainstCancel extends OneLane {
        @Actor
        public void deal() {
            lane.offer(claim());
            lane.drain();
        }

        @Actor
        public void cancel() {
            subscriber.cancel();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = emitted.get();
            r.r2 = discarded.get();
        }
    }

    /** A claim is dealt while more is requested: demand is neither lost nor invented. */
    @JCStressTest
    @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "One of the four requested was handed on.")
    @Outcome(expect = FORBIDDEN, desc = "Demand was lost or counted twice.")
    @State
    public static class DealAgainstRequest extends OneLane {
        @Actor
        public void deal() {
            lane.offer(claim());
            lane.drain();
        }

        @Actor
        public void request() {
            subscriber.request(3);
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = emitted.get();
            r.r2 = (int) lane.demand();
        }
    }

    /** Two threads hand on what one of them dealt: one after the other, each claim once. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "Handed on once.")
    @Outcome(expect = FORBIDDEN, desc = "Handed on twice or not at all.")
    @State
    public static class DrainAgainstDrain extends OneLane {
        public DrainAgainstDrain() {
            lane.offer(claim());
        }

        @Actor
        public void first() {
            lane.drain();
        }

        @Actor
        public void second() {
            lane.drain();
        }

        @Arbiter
        public void result(I_Result r) {
            r.r1 = emitted.get();
        }
    }
}
