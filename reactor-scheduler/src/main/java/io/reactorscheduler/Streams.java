package io.reactorscheduler;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What Reactor has, but not without loss. */
final class Streams {

    private Streams() {}

    /**
     * A stream after the end of something else, begun on the thread of this end, as with {@code thenMany}; but that one, like
     * {@code concatWith}, loses what is requested at the moment of the end.
     */
    static <T> Flux<T> after(Mono<?> first, Publisher<T> next) {
        return first.then(Mono.just(next)).flatMapMany(begun -> begun);
    }
}
