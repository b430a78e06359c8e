package io.reactorscheduler.examples;

import io.reactorscheduler.ReactiveScheduler;
import java.time.Duration;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A program is killed in the midst of its work and started again: it goes on where it was. */
public final class RestartAndResume {

    private static final int TASKS = 8;

    private RestartAndResume() {}

    public static void main(String[] args) {
        RedisServer.print(args, RestartAndResume::lines);
    }

    static Flux<String> lines(String uri) {
        String namespace = "restart-" + UUID.randomUUID();
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .store(RedisNode.store(uri, namespace))
                        .start()),
                client -> Flux.concat(
                        firstLife(uri, namespace, save(client)),
                        Mono.just("killed; started again"),
                        secondLife(uri, namespace).takeUntilOther(ThreeNodes.allDone(client, TASKS)),
                        Mono.just("all " + TASKS + " are done")),
                ReactiveScheduler::disposeLater);
    }

    /** Due one after the other. */
    private static Mono<String> save(ReactiveScheduler client) {
        return client.scheduleAll(Flux.range(1, TASKS)
                        .map(number -> RedisNode.SQUARE
                                .task(number)
                                .id("square of " + number)
                                .after(Duration.ofMillis(400L * number))))
                .then(Mono.just(TASKS + " tasks are saved"));
    }

    /** Ends in the midst of the third task. */
    private static Flux<String> firstLife(String uri, String namespace, Mono<String> saved) {
        return started(uri, namespace, "first life")
                .concatMap(line -> line.endsWith(RedisNode.UP) ? Flux.concat(Mono.just(line), saved) : Mono.just(line))
                .takeUntil(line -> line.endsWith("begins with square of 3"));
    }

    private static Flux<String> secondLife(String uri, String namespace) {
        return started(uri, namespace, "second life");
    }

    /** A process that is killed when nobody reads it any more. */
    private static Flux<String> started(String uri, String namespace, String node) {
        return Mono.fromCallable(() -> Jvm.start(RedisNode.class, uri, namespace, node))
                .flatMapMany(Jvm::lines);
    }
}
