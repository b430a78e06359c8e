package io.reactorscheduler.redis;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A value that is made at first use and then kept until it is let go. What fails is told to all who wait for it and then
 * forgotten, so that the next use tries again. Nobody who stops waiting stops the making. Safe for any thread.
 */
final class Kept<T> {

    private final Supplier<Mono<T>> make;
    private @Nullable Mono<T> known;

    /** How often something was begun. */
    private int times;

    Kept(Supplier<Mono<T>> make) {
        this.make = make;
    }

    synchronized Mono<T> get() {
        Mono<T> now = known;
        if (now == null) {
            int time = ++times;
            now = make.get().doOnError(error -> forget(time)).cache();
            known = now;
        }
        return now;
    }

    /** What is there or being made, empty for nothing. */
    synchronized Mono<T> known() {
        Mono<T> now = known;
        return now == null ? Mono.empty() : now;
    }

    private synchronized void forget(int time) {
        if (time == times) {
            known = null;
        }
    }

    /** What is there or being made, empty for nothing; the next use makes another one. */
    synchronized Mono<T> letGo() {
        Mono<T> now = known;
        known = null;
        return now == null ? Mono.empty() : now;
    }
}
