package io.reactorscheduler.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * A lock that was acquired: the right to act under its name until the lease ends, and the fencing token to prove it.
 *
 * <p>The lease is trusted from the start of the call that acquired or renewed it, on this process's monotonic clock, and given up a
 * tenth (at least 20 ms) before Redis would give the lock to somebody else. It is not renewed by itself, except while something runs
 * {@linkplain RedisLock#withLease under it}. Safe for any thread; every method is cold, and its signals arrive on the lock's
 * Scheduler.
 */
public final class LockLease {

    private static final Logger LOG = LoggerFactory.getLogger(LockLease.class);
    private static final int RENEWALS_PER_LEASE = 3;
    private static final int RETRIES_PER_LEASE = 12;
    private static final long MARGIN_PART = 10;
    private static final long LEAST_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LockCalls calls;
    private final String name;
    private final String owner;
    private final Duration lease;
    private final long fence;

    /** Monotonic nanoseconds of the Scheduler; it only moves forward until it is given up. */
    private volatile long trustedUntilNanos;

    private volatile boolean over;
    private volatile boolean isLost;

    LockLease(LockCalls calls, String name, String owner, Duration lease, LockCalls.Answer given) {
        this.calls = calls;
        this.name = name;
        this.owner = owner;
        this.lease = lease;
        this.fence = given.fence();
        this.trustedUntilNanos = given.startNanos() + trustNanos(lease);
    }

    /** The name of the lock. */
    public String name() {
        return name;
    }

    /**
     * The fencing token: greater than that of every earlier owner of this lock. Who writes to something that this lock guards passes it
     * along, and what is guarded refuses a token below one it has seen.
     */
    public long fence() {
        return fence;
    }

    /** How long the lock is kept after it was acquired or renewed. */
    public Duration lease() {
        return lease;
    }

    /** Whether nobody else can have the lock now: it was neither released nor lost, and its lease has not ended. */
    public boolean isTrusted() {
        return !over && remainingNanos() > 0;
    }

    /**
     * Makes the lease last as long as at first, from now on.
     *
     * @return completes when it is renewed; fails with {@link LockLostException} when it had ended, and with
     *     {@link io.reactorscheduler.StoreUnavailableException} when Redis does not answer, which may be tried again
     */
    public Mono<Void> renew() {
        return Mono.defer(() -> isTrusted() ? renewNow() : Mono.error(this::lose));
    }

    /**
     * Gives the lock up, and the next in line gets it at once. Does nothing when the lease has ended: a lock of somebody else is never
     * touched.
     *
     * @return whether it was still held when it was released first; fails with {@link io.reactorscheduler.StoreUnavailableException} when Redis does not answer:
     *     then the lock gets free when the lease ends
     */
    public Mono<Boolean> release() {
        return Mono.defer(() -> {
            over = true;
            return calls.release(name, owner);
        });
    }

    /** Releases for a caller who has other news to tell: waits no longer than the lease lasts, and failures are logged. */
    Mono<Void> releaseQuietly() {
        if (!isTrusted()) {
            // lost: Redis may be out of reach, and that news must not wait for it
            return Mono.fromRunnable(() -> calls.releaseLater(name, owner));
        }
        return release()
                .timeout(lease, calls.scheduler())
                .doOnError(e -> LOG.warn("Lock {} is not given back and stays taken until its lease ends", name, e))
                .onErrorComplete()
                .then();
    }

    /** Releases in the background, unless somebody did it already. */
    void releaseLater() {
        if (!over) {
            over = true;
            calls.releaseLater(name, owner);
        }
    }

    /** The work, while the lease is renewed; cancelled, and failed with {@link LockLostException}, when the lease ends. */
    <T> Flux<T> guard(Publisher<T> work) {
        // takeUntilOther cancels the work when the other one completes, but not when it fails
        return Flux.concat(List.of(
                Flux.from(work).takeUntilOther(lost()), Mono.defer(() -> isLost ? Mono.error(lose()) : Mono.empty())));
    }

    /** Renews the lease as long as it is subscribed; completes when the lease ends. */
    private Mono<Void> lost() {
        return Mono.defer(() -> {
            Scheduler scheduler = calls.scheduler();
            return Flux.merge(renewals(scheduler), end(scheduler)).then().onErrorResume(error -> {
                lose();
                return Mono.empty();
            });
        });
    }

    private Flux<Void> renewals(Scheduler scheduler) {
        Retry whileTrusted = Retry.fixedDelay(Long.MAX_VALUE, lease.dividedBy(RETRIES_PER_LEASE))
                .scheduler(scheduler)
                .filter(error -> !(error instanceof LockLostException))
                .doBeforeRetry(signal -> LOG.warn(
                        "Lock {} could not be renewed; trying again while its lease lasts", name, signal.failure()));
        return Mono.delay(lease.dividedBy(RENEWALS_PER_LEASE), scheduler)
                .then(Mono.defer(this::renewNow)
                        .timeout(lease.dividedBy(RETRIES_PER_LEASE / 2), scheduler)
                        .retryWhen(whileTrusted))
                .repeat();
    }

    /** Fails at the end of the trust, looking again when it was renewed meanwhile. */
    private Mono<Void> end(Scheduler scheduler) {
        return Mono.defer(() -> Mono.delay(Duration.ofNanos(Math.max(1, remainingNanos())), scheduler))
                .repeat(this::isTrusted)
                .then(Mono.error(this::lose));
    }

    private Mono<Void> renewNow() {
        return calls.renew(name, owner, lease)
                .doOnNext(startNanos -> trustedUntilNanos = startNanos + trustNanos(lease))
                .switchIfEmpty(Mono.error(this::lose))
                .then();
    }

    private LockLostException lose() {
        over = true;
        isLost = true;
        return new LockLostException(name, fence);
    }

    private long remainingNanos() {
        return trustedUntilNanos - calls.scheduler().now(TimeUnit.NANOSECONDS);
    }

    private static long trustNanos(Duration lease) {
        long nanos = lease.toNanos();
        return nanos - Math.max(LEAST_MARGIN_NANOS, nanos / MARGIN_PART);
    }

    @Override
    public String toString() {
        return "lock " + name + " (fence " + fence + ")";
    }
}
