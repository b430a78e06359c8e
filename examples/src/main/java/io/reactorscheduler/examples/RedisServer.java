package io.reactorscheduler.examples;

import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The Redis that an example runs on. */
final class RedisServer {

    private RedisServer() {}

    /** Prints what {@link #lines} gives, until it ends. */
    static void print(String[] args, Function<String, Flux<String>> example) {
        lines(args, example).doOnNext(System.out::println).blockLast();
    }

    /** The lines that an example gives for the server at the first argument, or for one that is started for it alone. */
    static Flux<String> lines(String[] args, Function<String, Flux<String>> example) {
        return args.length > 0
                ? example.apply(args[0])
                : Flux.usingWhen(
                        Mono.fromSupplier(
                                        () -> EmbeddedRedis.builder().durable().start())
                                .subscribeOn(Schedulers.boundedElastic()),
                        redis -> example.apply(redis.uri()),
                        redis -> Mono.fromRunnable(redis::close).subscribeOn(Schedulers.boundedElastic()));
    }
}
