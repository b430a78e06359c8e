package io.reactorscheduler;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A store that answers one of its methods only when the test lets it; the call itself is made at once. */
final class SlowStore {

    private SlowStore() {}

    static TaskStore of(TaskStore store, String method, Mono<Void> answer) {
        return StandInStore.over(
                store,
                (called, arguments, through) ->
                        called.getName().equals(method) ? late(through.get(), answer) : through.get());
    }

    /** A store whose streams of one method are read only when the test lets them be. */
    static TaskStore readLater(TaskStore store, String method, Mono<Void> begin) {
        return StandInStore.over(
                store,
                (called, arguments, through) ->
                        called.getName().equals(method) ? begin.thenMany((Flux<?>) through.get()) : through.get());
    }

    private static Publisher<?> late(Object result, Mono<Void> answer) {
        return result instanceof Mono<?> mono
                ? mono.flatMap(value -> answer.thenReturn((Object) value))
                : ((Flux<?>) result).concatMap(value -> answer.thenReturn((Object) value));
    }
}
