package io.reactorscheduler.redis;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** The transitions of locks as this client asks Redis for them. Answers arrive on the Scheduler, never on Lettuce's threads. */
final class LockCalls {

    /** How long a waiting owner counts as alive without asking again: some safety polls. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long a lock that got free is kept for the first in line. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(LockCalls.class);
    private static final Script ACQUIRE = Script.named("acquire_lock-1");
    private static final Script RENEW = Script.named("renew_lock-1");
    private static final Script RELEASE = Script.named("release_lock-1");

    private final RedisLink link;
    private final String namespace;
    private final Supplier<Scheduler> scheduler;
    private final String client = UUID.randomUUID().toString();
    private final AtomicLong owners = new AtomicLong();
    private final Sinks.Many<String> turns = Sinks.many().multicast().directBestEffort();
    private @Nullable Disposable listening;

    LockCalls(RedisLink link, String namespace, Supplier<Scheduler> scheduler) {
        this.link = link;
        this.namespace = namespace;
        this.scheduler = scheduler;
    }

    /**
     * What a script said to one who asked for a lock.
     *
     * @param fence the fencing token, 0 when the lock was not given
     * @param startNanos the Scheduler's monotonic time when the call began, from which a lease counts
     * @param pause how long it is not worth asking again, zero when the lock was given
     */
    record Answer(long fence, long startNanos, Duration pause) {
        boolean isGiven() {
            return fence > 0;
        }
    }

    Scheduler scheduler() {
        return scheduler.get();
    }

    /** A name for one acquisition, unlike any other of any client. */
    String newOwner() {
        return client + "/" + owners.incrementAndGet();
    }

    /** Owners of this client whose turn may have come. The channel stays subscribed from the first that waits until the close. */
    Flux<String> turns() {
        return Flux.defer(() -> {
            listen();
            return turns.asFlux();
        });
    }

    private synchronized void listen() {
        if (listening == null) {
            listening = link.listen(channels() + client)
                    .publishOn(scheduler())
                    .subscribe(
                            turns::tryEmitNext,
                            error -> LOG.warn("Turns for locks are not heard of any more; waiters poll", error));
        }
    }

    /** Asks for a lock; one that waits is put in line and stays there as long as it asks again within {@link #PATIENCE}. */
    Mono<Answer> acquire(String lock, String owner, Duration lease, boolean waits) {
        return timed(startNanos -> run(
                        ACQUIRE, lock, owner, micros(lease), waits ? micros(PATIENCE) : "0", micros(GRACE), channels())
                .map(reply -> {
                    long number = number(reply, 1);
                    return number(reply, 0) == 1
                            ? new Answer(number, startNanos, Duration.ZERO)
                            : new Answer(0, startNanos, Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(number)));
                }));
    }

    /** Renews a lease from now on; gives the monotonic time when the call began, nothing where the lease is lost. */
    Mono<Long> renew(String lock, String owner, Duration lease) {
        return timed(startNanos -> run(RENEW, lock, owner, micros(lease))
                .filter(reply -> number(reply, 0) == 1)
                .map(reply -> startNanos));
    }

    /** Gives up a lock or a place in line; gives whether it was a lock. */
    Mono<Boolean> release(String lock, String owner) {
        return run(RELEASE, lock, owner, micros(GRACE), channels()).map(reply -> number(reply, 0) == 1);
    }

    /** Releases without anybody waiting for it: what fails is logged, and the lease ends by itself. */
    void releaseLater(String lock, String owner) {
        release(lock, owner)
                .subscribe(
                        held -> LOG.debug("Lock {} given back", lock),
                        error -> LOG.warn(
                                "Lock {} is not given back and stays taken until its lease ends", lock, error));
    }

    Mono<Void> close() {
        return Mono.defer(() -> {
            stopListening();
            return link.close();
        });
    }

    private synchronized void stopListening() {
        if (listening != null) {
            listening.dispose();
            listening = null;
        }
    }

    private interface Timed<T> {
        Mono<T> call(long startNanos);
    }

    private <T> Mono<T> timed(Timed<T> call) {
        return Mono.defer(() -> call.call(scheduler().now(TimeUnit.NANOSECONDS)));
    }

    private Mono<List<@Nullable Object>> run(Script script, String lock, String... args) {
        return link.run(script, key(lock), List.of(args))
                .publishOn(scheduler()); // one hop for all that follows: user code is behind it
    }

    /** The braces make everything of a lock one slot of a cluster; those of the name are written otherwise. */
    private String key(String lock) {
        return "{" + namespace + ":lock:"
                + lock.replace("%", "%25").replace("{", "%7B").replace("}", "%7D") + "}";
    }

    private String channels() {
        return "{" + namespace + ":lock}:";
    }

    private static String micros(Duration duration) {
        return String.valueOf(duration.toNanos() / 1_000);
    }

    private static long number(List<@Nullable Object> reply, int index) {
        return (Long) Objects.requireNonNull(reply.get(index));
    }
}
