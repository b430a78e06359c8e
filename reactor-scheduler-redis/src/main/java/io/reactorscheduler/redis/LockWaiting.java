package io.reactorscheduler.redis;

import io.reactorscheduler.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One acquisition of a lock by one subscriber: asks, and when it waits asks again when its turn is announced, when the lease of the
 * owner ends, or at the latest after a safety poll.
 *
 * <p>Whatever ends it other than the lock itself takes it out of line, and gives back a lock that was given meanwhile. A lost reply does
 * no harm: the script knows the owner and answers the same again.
 */
final class LockWaiting {

    private static final Logger LOG = LoggerFactory.getLogger(LockWaiting.class);

    /** The first pause is short, because an announcement may be missed before the channel is subscribed; each is twice the last. */
    private static final Duration FIRST_POLL = Duration.ofMillis(250);

    private static final Duration SAFETY_POLL = Duration.ofSeconds(2);

    private static final Object GIVEN_UP = new Object();

    private final LockCalls calls;
    private final String name;
    private final Duration lease;
    private final String owner;

    /** The lock once it was given, or {@link #GIVEN_UP}; whoever sets it first decides. */
    private final AtomicReference<@Nullable Object> end = new AtomicReference<>();

    private Sinks.Empty<Void> turn = Sinks.empty();
    private Duration poll = FIRST_POLL;
    private boolean inLine;

    LockWaiting(LockCalls calls, String name, Duration lease) {
        this.calls = calls;
        this.name = name;
        this.lease = lease;
        this.owner = calls.newOwner();
    }

    /** The lock if it is free, else nothing. */
    Mono<LockLease> once() {
        return safely(ask(false));
    }

    /** The lock once it is this one's turn. */
    Mono<LockLease> inTurn() {
        return Mono.using(this::listen, listening -> safely(untilGiven()), Disposable::dispose);
    }

    private Disposable listen() {
        return calls.turns().filter(owner::equals).subscribe(mine -> announced());
    }

    private Mono<LockLease> untilGiven() {
        return Mono.defer(() -> {
                    arm();
                    return ask(true);
                })
                .onErrorResume(StoreUnavailableException.class, e -> inLine ? waitOut(e) : Mono.error(e))
                .repeatWhenEmpty(pauses -> pauses);
    }

    private Mono<LockLease> ask(boolean waits) {
        return calls.acquire(name, owner, lease, waits).flatMap(answer -> {
            if (answer.isGiven()) {
                return given(answer);
            }
            inLine = waits;
            return waits ? pause(answer.pause()) : Mono.empty();
        });
    }

    private Mono<LockLease> given(LockCalls.Answer answer) {
        LockLease mine = new LockLease(calls, name, owner, lease, answer);
        return end.compareAndSet(null, mine) ? Mono.just(mine) : Mono.empty();
    }

    private Mono<LockLease> waitOut(StoreUnavailableException error) {
        LOG.warn("Waiting for lock {} although Redis does not answer now", name, error);
        return pause(SAFETY_POLL);
    }

    private Mono<LockLease> pause(Duration hint) {
        Duration most = poll;
        poll = shorter(SAFETY_POLL, poll.multipliedBy(2));
        Mono<Void> time = Mono.delay(shorter(hint, most), calls.scheduler()).then();
        return Mono.firstWithSignal(time, turn().asMono()).then(Mono.empty());
    }

    private Mono<LockLease> safely(Mono<LockLease> acquisition) {
        return acquisition.doOnCancel(this::giveUp).doOnError(error -> giveUp());
    }

    /** Leaves the line. The lock may be given although no reply came, so that it is given back, too. */
    private void giveUp() {
        if (end.compareAndSet(null, GIVEN_UP)) {
            calls.releaseLater(name, owner);
        }
    }

    /** After the subscriber is gone: gives back a lock that was on its way to it and never arrived. */
    void giveBackUnused() {
        if (end.get() instanceof LockLease unused) {
            unused.releaseLater();
        }
    }

    // what is announced between a question and its answer is not missed: the sink is new before each question

    private synchronized void arm() {
        turn = Sinks.empty();
    }

    private synchronized Sinks.Empty<Void> turn() {
        return turn;
    }

    private void announced() {
        turn().tryEmitEmpty();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
