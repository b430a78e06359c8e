package io.reactorscheduler.redis;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * How long a store is connected: from its first use until the last one that listens to its hints has gone, or until it is
 * disposed. The namespace is looked at once per connection.
 */
final class StoreLink {

    private static final Logger LOG = LoggerFactory.getLogger(StoreLink.class);

    private final RedisLink redis;
    private final AtomicInteger listeners = new AtomicInteger();
    private Mono<Void> check = Mono.empty();
    private @Nullable Mono<Boolean> checked;
    private volatile boolean isReady;
    private volatile Sinks.Empty<Void> disposal = Sinks.empty();

    StoreLink(RedisLink redis) {
        this.redis = redis;
    }

    RedisLink redis() {
        return redis;
    }

    /** What to do before the first call. */
    void check(Mono<Void> first) {
        this.check = first;
    }

    /** Completes when the namespace has been looked at and can be used. */
    Mono<Void> ready() {
        return isReady ? Mono.empty() : checked().then();
    }

    private synchronized Mono<Boolean> checked() {
        Mono<Boolean> known = checked;
        if (known == null) {
            // an error is not kept: the next call looks again
            known = check.then(Mono.fromSupplier(() -> isReady = true)).cacheInvalidateIf(done -> !isReady);
            checked = known;
        }
        return known;
    }

    /** A stream whose subscribers count as users of the store; it ends when the store is disposed. */
    <T> Flux<T> using(Flux<T> source) {
        return Flux.defer(() -> {
            listeners.incrementAndGet();
            return source.takeUntilOther(disposal.asMono()).doFinally(end -> {
                if (listeners.decrementAndGet() == 0) {
                    closeNow();
                }
            });
        });
    }

    /** Ends what listens, which would connect again by itself, and closes. */
    void dispose() {
        Sinks.Empty<Void> before = disposal;
        disposal = Sinks.empty();
        before.tryEmitEmpty();
        closeNow();
    }

    private void closeNow() {
        synchronized (this) {
            isReady = false;
            checked = null;
        }
        redis.close().subscribe(done -> {}, error -> LOG.warn("Redis: not closed in order", error));
    }

    boolean isClosed() {
        return !isReady;
    }
}
