package io.reactorscheduler.examples;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.TaskQuery;
import java.time.Duration;
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
                producer -> producer.scheduleAll(Flux.just("one", "two", "three")
                                .map(word -> SHOUT.task(word).id(word)))
                        .collectList()
                        .flatMapMany(saved -> Flux.concat(
                                states(producer),
                                Mono.just("a worker starts elsewhere"),
                                results(uri, namespace, Flux.fromIterable(saved)),
                                states(producer))),
                ReactiveScheduler::disposeLater);
    }

    private static Flux<String> states(ReactiveScheduler producer) {
        return producer.tasks(TaskQuery.all())
                .map(task -> task.id() + " is " + task.state())
                .sort();
    }

    /** The worker knows nothing of the producer; the results come to whoever asks for them. */
    private static Flux<String> results(String uri, String namespace, Flux<ScheduledTask<String>> saved) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .store(RedisNode.store(uri, namespace))
                        .handle(
                                SHOUT,
                                (word, run) -> Mono.just(word.toUpperCase(Locale.ROOT) + "!")
                                        .delayElement(Duration.ofMillis(100)))
                        .start()),
                worker -> saved.flatMapSequential(task -> task.results().map(result -> task.id() + " gave " + result)),
                ReactiveScheduler::disposeLater);
    }
}
