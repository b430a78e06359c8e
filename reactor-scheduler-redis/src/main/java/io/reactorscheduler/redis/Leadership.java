package io.reactorscheduler.redis;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes one of many nodes the leader, and another one within a lease when that node vanishes.
 *
 * <p>The leader holds the {@link RedisLock} of the name; so every guarantee and gotcha of locks is one of leadership, too. A node that
 * cannot renew its lease steps down before another can lead. Nodes become leaders in the order they came.
 *
 * <p>Every method is cold; each subscription is a candidate of its own, also within one process. Redis being out of reach is no
 * error: the node does not lead then, and stands again. Cancelling resigns at once. Signals arrive on the Scheduler of the locks.
 */
public final class Leadership {

    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final RedisLock locks;
    private final String name;
    private final Duration lease;

    private Leadership(RedisLock locks, String name, Duration lease) {
        this.locks = locks;
        this.name = name;
        this.lease = lease;
    }

    /**
     * The leadership over a name.
     *
     * @param locks by which it is decided
     * @param name what is led; the same for all candidates, and of no lock
     * @param lease how long a leader that vanished is waited for, 100 ms to 1 day
     */
    public static Leadership of(RedisLock locks, String name, Duration lease) {
        Objects.requireNonNull(locks, "locks");
        RedisLock.checkName(name);
        RedisLock.checkLease(lease);
        return new Leadership(locks, name, lease);
    }

    /**
     * Whether this node leads: first false, then true at the start of each of its terms and false at its end, by turns. Never ends. A
     * subscriber that is slow to request hears the latest.
     */
    public Flux<Boolean> terms() {
        Flux<Boolean> terms = terms(held -> Flux.concat(List.of(Mono.just(true), Flux.never())), Flux.just(false));
        return Flux.concat(List.of(Flux.just(false), terms))
                .distinctUntilChanged()
                .onBackpressureLatest();
    }

    /**
     * Runs work whenever this node leads, and cancels it when it does not any more.
     *
     * @param work what to run, called at the start of each term with its fencing token (see {@link LockLease#fence()}); when it completes
     *     the node goes on leading, and when it fails the node resigns
     * @return what the work emits, of all terms; fails as the work does, and never ends otherwise
     */
    public <T> Flux<T> whileLeading(LongFunction<? extends Publisher<T>> work) {
        Objects.requireNonNull(work, "work");
        // errors of the work travel as values, so that they are not taken for those of the lock
        return terms(
                        held -> Flux.concat(List.of(
                                Flux.<T>defer(() -> work.apply(held.fence()))
                                        .materialize()
                                        .filter(signal -> !signal.isOnComplete()),
                                Flux.never())),
                        Flux.empty())
                .dematerialize();
    }

    /** One term after the other, each followed by {@code end} when the lock was lost. */
    private <T> Flux<T> terms(Function<LockLease, Publisher<T>> term, Flux<T> end) {
        return locks.withLease(name, lease, term)
                .onErrorResume(error -> Flux.concat(List.of(end, pause(error))))
                .repeat();
    }

    private <T> Mono<T> pause(Throwable error) {
        LOG.warn("This node does not lead {}, and stands again", name, error);
        Duration third = lease.dividedBy(3);
        return Mono.delay(third.compareTo(LONGEST_PAUSE) < 0 ? third : LONGEST_PAUSE, locks.scheduler())
                .then(Mono.empty());
    }
}
