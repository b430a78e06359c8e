package io.reactorscheduler;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;

/**
 * The due work of a queue as a {@code Flux} of claims: what is requested from it is asked of the store, nothing else. It
 * is the timelines of the queue's tasks, which are fire times, merged in order, each fire time as the right to run it.
 *
 * <p>The one hand-written source of the engine, because no stock operator turns demand into a question. Each subscription
 * is a {@link Lane} of its own; the lanes of a queue share its work by their demand. A lane holds what was claimed for it
 * only until it is handed on in the same round; what is still there when the subscription is cancelled goes back.
 *
 * <p>Never completes by itself. Claims are emitted one at a time, on a thread of the engine, never from within
 * {@link Subscription#request}: so a handler that completes on a thread of its own does not make that thread run the next
 * one.
 */
final class Timeline extends Flux<Claim> implements Scannable {

    private final Source source;

    Timeline(Source source) {
        this.source = source;
    }

    /** Where the claims of lanes come from. */
    interface Source {

        /** A lane wants work. */
        void opened(Lane lane);

        /** A lane has more demand than before; called on any thread, must not emit on it. */
        void requested(Lane lane);

        /** A lane wants nothing any more. */
        void closed(Lane lane);

        /** A claim that will not be run here. */
        void discarded(Claim claim);
    }

    @Override
    public void subscribe(CoreSubscriber<? super Claim> actual) {
        Lane lane = new Lane(actual, source);
        actual.onSubscribe(lane);
        if (!lane.isClosed()) {
            source.opened(lane);
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public @Nullable Object scanUnsafe(Attr key) {
        return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
    }

    /** One subscription to a timeline. */
    static final class Lane implements Subscription, Scannable {

        private static final int CHUNK = 64;

        private static final AtomicLongFieldUpdater<Lane> REQUESTED =
                AtomicLongFieldUpdater.newUpdater(Lane.class, "requested");
        private static final AtomicIntegerFieldUpdater<Lane> ROUNDS =
                AtomicIntegerFieldUpdater.newUpdater(Lane.class, "rounds");

        private final CoreSubscriber<? super Claim> actual;
        private final Source source;
        private final Queue<Claim> claimed = Queues.<Claim>unbounded(CHUNK).get();

        /** Demand that is neither emitted nor promised by {@link #offer}. */
        private volatile long requested;

        /** Above zero while a thread emits; whoever raises it from zero does. */
        @SuppressWarnings("unused")
        private volatile int rounds;

        private volatile boolean closed;
        private volatile @Nullable Throwable failure;

        Lane(CoreSubscriber<? super Claim> actual, Source source) {
            this.actual = actual;
            this.source = source;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                failure = Exceptions.nullOrNegativeRequestException(n);
                drain();
            } else {
                Operators.addCap(REQUESTED, this, n);
                source.requested(this);
            }
        }

        @Override
        public void cancel() {
            if (!closed) {
                closed = true;
                source.closed(this);
                drain();
            }
        }

        boolean isClosed() {
            return closed;
        }

        /** Whether a thread emits now. */
        boolean isBusy() {
            return rounds != 0;
        }

        /** How many claims may be offered. */
        long demand() {
            return closed ? 0 : requested;
        }

        /** Takes a claim against the demand; by one thread at a time. {@link #drain} hands it on. */
        void offer(Claim claim) {
            if (requested != Long.MAX_VALUE) {
                REQUESTED.decrementAndGet(this);
            }
            claimed.offer(claim);
        }

        /** Hands on what was offered, on this thread unless another one is doing it. */
        void drain() {
            if (ROUNDS.getAndIncrement(this) != 0) {
                return;
            }
            int missed = 1;
            do {
                round();
                missed = ROUNDS.addAndGet(this, -missed);
            } while (missed != 0);
        }

        private void round() {
            endIfBroken();
            for (Claim claim = claimed.poll(); claim != null; claim = claimed.poll()) {
                if (closed) {
                    source.discarded(claim);
                } else {
                    emit(claim);
                }
            }
        }

        /** What is thrown through operators, against all rules, must not leave the others here for ever. */
        private void emit(Claim claim) {
            try {
                actual.onNext(claim);
            } catch (Throwable thrown) {
                failure = thrown;
                endIfBroken();
            }
        }

        private void endIfBroken() {
            Throwable broken = failure;
            if (broken != null && !closed) {
                closed = true;
                source.closed(this);
                actual.onError(broken);
            }
        }

        @Override
        @SuppressWarnings("rawtypes")
        public @Nullable Object scanUnsafe(Attr key) {
            if (key == Attr.ACTUAL) {
                return actual;
            }
            if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
                return requested;
            }
            if (key == Attr.BUFFERED) {
                return claimed.size();
            }
            if (key == Attr.CANCELLED) {
                return closed;
            }
            if (key == Attr.ERROR) {
                return failure;
            }
            return key == Attr.RUN_STYLE ? Attr.RunStyle.ASYNC : null;
        }
    }
}
