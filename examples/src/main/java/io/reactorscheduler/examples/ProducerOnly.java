package io.reactorscheduler.examples;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.TaskQuery;
import java.util.Locale;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A program that only schedules and reads, as a web server would; the work is done by whoever has the handler. */
public final class ProducerOnly {

    static final Handler<String, String> SHOUT = Handler.named("shout", String.class, String.class);

    private ProducerOnly() {}

    public static void main(String[] args) {
        RedisServer.print(args, ProducerOnly::lines);
    }

    static Flux<String> lines(String uri) {
        String namespace = "producer-" + UUID.randomUUID();
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .store(RedisNode.store(uri, namespace))
                        .start()),
                producer -> Flux.concat(
                        save(producer).thenMany(states(producer)),
                        Mono.just("a worker starts elsewhere"),
                        results(producer).mergeWith(worker(uri, namespace, ThreeNodes.allDone(producer, 3))),
                        states(producer)),
                ReactiveScheduler::disposeLater);
    }

    private static Flux<ScheduledTask<String>> save(ReactiveScheduler producer) {
        return producer.scheduleAll(
                Flux.just("one", "two", "three").map(word -> SHOUT.task(word).id(word)));
    }

    private static Flux<String> states(ReactiveScheduler producer) {
        return producer.tasks(TaskQuery.all())
                .map(task -> task.id() + " is " + task.state())
                .sort();
    }

    /** Knows nothing of the producer, and stops when the producer has seen that all is done. */
    private static Flux<String> worker(String uri, String namespace, Mono<Long> done) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .store(RedisNode.store(uri, namespace))
                        .handle(SHOUT, (word, run) -> Mono.just(word.toUpperCase(Locale.ROOT) + "!"))
                        .start()),
                worker -> done.thenMany(Flux.empty()),
                ReactiveScheduler::disposeLater);
    }

    /** What the workers give, heard as it comes. */
    private static Flux<String> results(ReactiveScheduler producer) {
        return Flux.just("one", "two", "three")
                .flatMap(id -> producer.results(id, SHOUT).map(shouted -> id + " gave " + shouted))
                .sort();
    }
}
