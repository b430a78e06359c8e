package io.reactorscheduler.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Locks with a lease and a fencing token on Redis: of all programs that ask for a name, one has it at a time.
 *
 * <pre>{@code
 * RedisLock locks = RedisLock.connect("redis://localhost");
 * locks.withLock("invoices", Duration.ofSeconds(30), invoices.send())   // a Mono or a Flux
 * }</pre>
 *
 * <p>A lock belongs to one acquisition, not to a thread or a process, and is not reentrant: a second acquisition of the same name waits,
 * whoever makes it. Leases are counted by the clock of the Redis server; an owner stops trusting its lease, by its own monotonic
 * clock, before the server ends it. So two owners never overlap as far as clocks tick at the same rate and Redis keeps what it
 * acknowledged. Redis replicates asynchronously, so a fail-over may forget a lock: what must never happen twice has to check the
 * {@linkplain LockLease#fence() fence}, which grows even then.
 *
 * <p>Those who wait get the lock in the order they came; one that does not take its turn within a second loses its place. They are
 * woken by a message, and ask by themselves when the owner's lease ends and every two seconds.
 *
 * <p>Every method is cold and may be subscribed many times, each subscription being an acquisition of its own; cancelling gives up the
 * lock or the place in line. Signals arrive, and publishers are subscribed, on the given {@link Scheduler}. Nothing blocks.
 * Safe for any thread. Names are of 1 to 200 characters; leases of 100 ms to 1 day.
 */
public final class RedisLock {

    /** The prefix of all keys and channels unless another is given. */
    public static final String DEFAULT_NAMESPACE = "reactor-scheduler";

    /** How long an answer of Redis is waited for unless another time is given. */
    public static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofSeconds(5);

    private static final int LONGEST_NAME = 200;
    private static final Duration SHORTEST_LEASE = Duration.ofMillis(100);
    private static final Duration LONGEST_LEASE = Duration.ofDays(1);

    private final LockCalls calls;

    private RedisLock(LockCalls calls) {
        this.calls = calls;
    }

    /**
     * Locks on the Redis at a URI: {@code redis://}, {@code rediss://} for TLS, or {@code redis-sentinel://}; a cluster is recognised.
     * Connects at first use.
     */
    public static RedisLock connect(String uri) {
        return builder().uri(uri).build();
    }

    /** Settings of locks; an address or a client has to be given. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Acquires a lock if it is free and nobody waits for it.
     *
     * @param name the lock
     * @param lease how long it is kept unless it is renewed or released
     * @return the lock, or nothing when somebody else has it; fails with {@link io.reactorscheduler.StoreUnavailableException} when
     *     Redis does not answer
     */
    public Mono<LockLease> tryAcquire(String name, Duration lease) {
        checkName(name);
        checkLease(lease);
        return Mono.defer(() -> new LockWaiting(calls, name, lease).once());
    }

    /**
     * Acquires a lock, waiting for as long as it takes; {@code timeout} bounds it. Nobody renews what it gives: see
     * {@link #withLease} for work of unknown length.
     *
     * @param name the lock
     * @param lease how long it is kept unless it is renewed or released, from when it is given
     * @return the lock; fails with {@link io.reactorscheduler.StoreUnavailableException} when Redis does not answer at first, while
     *     later it is waited for
     */
    public Mono<LockLease> acquire(String name, Duration lease) {
        checkName(name);
        checkLease(lease);
        return Mono.defer(() -> new LockWaiting(calls, name, lease).inTurn());
    }

    /** As {@link #withLease}, for work that is one value and does not need the fencing token. */
    public <T> Mono<T> withLock(String name, Duration lease, Mono<T> work) {
        checkGiven("work", work);
        return withLease(name, lease, held -> work).singleOrEmpty();
    }

    /** As {@link #withLease}, for work that does not need the fencing token. */
    public <T> Flux<T> withLock(String name, Duration lease, Flux<T> work) {
        checkGiven("work", work);
        return withLease(name, lease, held -> work);
    }

    /**
     * Acquires a lock as {@link #acquire} does, runs work under it, and releases it when the work completes, fails or is cancelled. The
     * lease is renewed while the work runs, every third of it.
     *
     * <p>When the lease cannot be renewed the work is cancelled, before anybody else can have the lock.
     *
     * @param name the lock
     * @param lease how long the lock outlives a process that vanishes
     * @param work what to run; called once for each subscriber, with the lock, when it is held
     * @return what the work emits; fails as the work does, with {@link LockLostException} when the lock was lost, and with
     *     {@link io.reactorscheduler.StoreUnavailableException} when Redis does not answer at first. A release that fails is logged.
     */
    public <T> Flux<T> withLease(
            String name, Duration lease, Function<? super LockLease, ? extends Publisher<T>> work) {
        checkName(name);
        checkLease(lease);
        checkGiven("work", work);
        return Flux.defer(() -> {
            LockWaiting waiting = new LockWaiting(calls, name, lease);
            return Flux.usingWhen(
                            waiting.inTurn(),
                            held -> Flux.<T>from(work.apply(held)).takeUntilOther(held.lost()),
                            LockLease::releaseQuietly,
                            (held, error) -> held.releaseQuietly(),
                            LockLease::releaseQuietly)
                    .doFinally(end -> {
                        if (end == SignalType.CANCEL) {
                            waiting.giveBackUnused();
                        }
                    });
        });
    }

    /** Closes the connections that were made here. Leases that are held end by themselves; later calls connect again. */
    public Mono<Void> close() {
        return calls.close();
    }

    Scheduler scheduler() {
        return calls.scheduler();
    }

    static void checkName(@Nullable String name) {
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME) {
            String shown = name == null || name.length() <= LONGEST_NAME ? name : name.length() + " characters";
            throw new IllegalArgumentException(
                    "name " + shown + ": give a lock a name of 1 to " + LONGEST_NAME + " characters");
        }
    }

    static void checkLease(@Nullable Duration lease) {
        if (lease == null || lease.compareTo(SHORTEST_LEASE) < 0 || lease.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("lease " + lease + ": give a duration from " + SHORTEST_LEASE.toMillis()
                    + " ms, which a pause of this process or of Redis must not exceed, to " + LONGEST_LEASE.toDays()
                    + " day");
        }
    }

    private static void checkGiven(String parameter, @Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException(parameter + " null: give what is to run under the lock");
        }
    }

    /** Settings of locks. Not safe for several threads. */
    public static final class Builder {

        private @Nullable RedisURI uri;
        private @Nullable RedisOpener opener;
        private String namespace = DEFAULT_NAMESPACE;
        private Duration commandTimeout = DEFAULT_COMMAND_TIMEOUT;
        private Supplier<Scheduler> scheduler = Schedulers::parallel;

        private Builder() {}

        /** Where Redis is, as {@link RedisLock#connect} takes it. */
        public Builder uri(String value) {
            checkGiven("uri", value);
            this.uri = RedisURI.create(value);
            this.opener = null;
            return this;
        }

        /** A client of one server or of Sentinel, which is not closed by these locks. */
        public Builder client(RedisClient value) {
            checkGiven("client", value);
            this.opener = RedisOpener.of(value);
            this.uri = null;
            return this;
        }

        /** A client of a cluster, which is not closed by these locks. */
        public Builder client(RedisClusterClient value) {
            checkGiven("client", value);
            this.opener = RedisOpener.of(value);
            this.uri = null;
            return this;
        }

        /** The prefix of all keys and channels; {@value RedisLock#DEFAULT_NAMESPACE} by default. */
        public Builder namespace(String value) {
            if (value == null || value.isBlank() || value.matches(".*[{}].*")) {
                throw new IllegalArgumentException(
                        "namespace " + value + ": give at least one character, and none of { and }");
            }
            this.namespace = value;
            return this;
        }

        /** How long an answer of Redis, or a connection to it, is waited for; 5 seconds by default. */
        public Builder commandTimeout(Duration value) {
            if (value == null || value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("commandTimeout " + value + ": give a duration above zero");
            }
            this.commandTimeout = value;
            return this;
        }

        /** Where signals arrive, publishers are subscribed, and time is read; {@link Schedulers#parallel()} by default. */
        public Builder scheduler(Supplier<Scheduler> value) {
            checkGiven("scheduler", value);
            this.scheduler = value;
            return this;
        }

        /**
         * The locks.
         *
         * @throws IllegalArgumentException when neither an address nor a client was given
         */
        public RedisLock build() {
            RedisOpener opened = opener;
            if (opened == null) {
                if (uri == null) {
                    throw new IllegalArgumentException("uri null: say where Redis is by uri(...) or client(...)");
                }
                opened = new UriOpener(uri, commandTimeout);
            }
            return new RedisLock(new LockCalls(new LettuceLink(opened, commandTimeout), namespace, scheduler));
        }
    }
}
