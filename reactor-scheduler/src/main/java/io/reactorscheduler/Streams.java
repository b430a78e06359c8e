package io.reactorscheduler;

import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What Reactor has, but not without loss. */
final class Streams {

    private Streams() {}

    /**
     * A stream after the end of something else, as with {@code thenMany}; that one, like {@code concatWith}, loses what is
     * requested at the moment of this end.
     */
    static <T> Flux<T> after(Mono<?> first, Publisher<? extends T> next) {
        return Flux.concat(List.of(first.then(Mono.empty()), next));
    }
}
