package io.reactorscheduler.examples;

import static io.reactorscheduler.HandlerFunction.value;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.TaskQueue;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A plain function as a handler: a + b, a hundred times, ten at once. */
public final class AddNumbers {

    record Numbers(int a, int b) {}

    static final Handler<Numbers, Integer> ADD = Handler.named("add", Numbers.class, Integer.class);

    private AddNumbers() {}

    public static void main(String[] args) {
        sums(100).doOnNext(System.out::println).blockLast();
    }

    static Flux<String> sums(int count) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .queue(TaskQueue.named("sums").concurrency(10))
                        .handle(ADD, value((numbers, run) -> numbers.a() + numbers.b()))
                        .start()),
                scheduler -> Flux.range(1, count)
                        .map(n -> new Numbers(n, n * n))
                        .flatMapSequential(numbers -> scheduler
                                .schedule(ADD.task(numbers).queue("sums").timeout(Duration.ofSeconds(1)))
                                .flatMapMany(sum -> sum.results())
                                .map(sum -> numbers.a() + " + " + numbers.b() + " = " + sum)),
                ReactiveScheduler::disposeLater);
    }
}
