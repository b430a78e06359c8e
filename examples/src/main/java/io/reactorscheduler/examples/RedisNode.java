package io.reactorscheduler.examples;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.redis.RedisTaskStore;
import java.io.IOException;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** A program that runs what others schedule: {@code RedisNode <redis uri> <namespace> <node>}. */
final class RedisNode {

    static final Handler<Integer, Integer> SQUARE = Handler.named("square", Integer.class, Integer.class);

    /** How the first line ends. */
    static final String UP = " is up";

    /** How long the work of a node that vanished waits for it. */
    static final Duration LEASE = Duration.ofSeconds(2);

    private RedisNode() {}

    public static void main(String[] args) throws IOException {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .store(store(args[0], args[1]))
                .node(args[2])
                .lease(LEASE)
                .queue(TaskQueue.named(TaskQueue.DEFAULT_NAME).concurrency(2))
                .handle(SQUARE, RedisNode::square)
                .start();
        System.out.println(args[2] + UP);
        while (System.in.read() >= 0) {
            // standard input is a pipe that nobody writes to: waits until whoever started this has ended
        }
        scheduler.disposeGracefully(Duration.ofSeconds(1)).block();
    }

    static RedisTaskStore store(String uri, String namespace) {
        return RedisTaskStore.builder().uri(uri).namespace(namespace).build();
    }

    private static Mono<Integer> square(Integer number, RunContext run) {
        return Mono.delay(Duration.ofMillis(200))
                .doFirst(() -> System.out.println(run.node() + " begins with " + run.taskId()))
                .map(waited -> number * number)
                .doOnNext(square -> System.out.println(run.node() + " says " + run.taskId() + " is " + square));
    }
}
