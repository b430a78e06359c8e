package io.reactorscheduler.examples;

import io.reactorscheduler.redis.Leadership;
import io.reactorscheduler.redis.RedisLock;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Locks and leadership without a scheduler: two programs share a printer, and one of them leads. */
public final class LocksAndLeaders {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private LocksAndLeaders() {}

    public static void main(String[] args) {
        RedisServer.print(args, LocksAndLeaders::lines);
    }

    static Flux<String> lines(String uri) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> RedisLock.connect(uri)),
                ada -> Flux.usingWhen(
                        Mono.fromSupplier(() -> RedisLock.connect(uri)),
                        bob -> Flux.concat(printing(ada, bob), leading(ada, bob)),
                        RedisLock::close),
                RedisLock::close);
    }

    private static Flux<String> printing(RedisLock ada, RedisLock bob) {
        return Flux.merge(page(ada, "Ada", 1), page(bob, "Bob", 1), page(ada, "Ada", 2), page(bob, "Bob", 2));
    }

    /** The lock is renewed while the page is printed, and released after it; the lease only matters when this program dies. */
    private static Flux<String> page(RedisLock locks, String who, int page) {
        return locks.withLease(
                "printer",
                LEASE,
                held -> Flux.concat(
                        Mono.just(who + " prints page " + page + " under fence " + held.fence()),
                        Mono.delay(Duration.ofMillis(300)).thenReturn(who + " has printed page " + page)));
    }

    private static Flux<String> leading(RedisLock ada, RedisLock bob) {
        Flux<String> first = terms(ada, "Ada").take(Duration.ofSeconds(2)).concatWith(Mono.just("Ada resigns"));
        Flux<String> second = terms(bob, "Bob").take(Duration.ofSeconds(4)).delaySubscription(Duration.ofSeconds(1));
        return Flux.merge(first, second);
    }

    private static Flux<String> terms(RedisLock locks, String who) {
        return Leadership.of(locks, "chair", LEASE).terms().map(leads -> who + (leads ? " leads" : " does not lead"));
    }
}
