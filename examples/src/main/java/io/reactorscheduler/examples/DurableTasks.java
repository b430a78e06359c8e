package io.reactorscheduler.examples;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The simplest program on Redis: what would run in memory, with one line more. */
public final class DurableTasks {

    record Order(String number, int items) {}

    static final Handler<Order, String> SHIP = Handler.named("ship", Order.class, String.class);
    static final Handler<Void, String> REPORT = Handler.named("report", String.class);

    private DurableTasks() {}

    public static void main(String[] args) {
        RedisServer.print(args, DurableTasks::lines);
    }

    static Flux<String> lines(String uri) {
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .store(RedisNode.store(uri, "durable-" + UUID.randomUUID()))
                        .handle(
                                SHIP,
                                (order, run) -> run.attempt() == 1 && order.items() > 2
                                        ? Mono.error(new IOException("the lorry is full"))
                                        : Mono.just("order " + order.number() + " left at attempt " + run.attempt()))
                        .handle(REPORT, (nothing, run) -> Mono.just("report for " + run.fireTime()))
                        .start()),
                scheduler -> Flux.merge(
                        results(scheduler, SHIP.task(new Order("A-1", 1))),
                        results(scheduler, SHIP.task(new Order("A-2", 2)).after(Duration.ofSeconds(2))),
                        results(
                                scheduler,
                                SHIP.task(new Order("A-3", 3)).retry(RetryPolicy.fixed(2, Duration.ofMillis(500)))),
                        results(scheduler, REPORT.task().cron("*/2 * * * * *")).take(2)),
                ReactiveScheduler::disposeLater);
    }

    private static Flux<String> results(ReactiveScheduler scheduler, Task<?, String> task) {
        return scheduler.schedule(task).flatMapMany(ScheduledTask::results);
    }
}
