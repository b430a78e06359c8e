package io.reactorscheduler.examples;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Three nodes in three JVMs share tasks; one of them is killed, and the others finish what it had begun. */
public final class ThreeNodes {

    private static final String VICTIM = "node-2";

    private ThreeNodes() {}

    public static void main(String[] args) {
        RedisServer.print(args, uri -> lines(uri, 60));
    }

    static Flux<String> lines(String uri, int tasks) {
        String namespace = "three-nodes-" + UUID.randomUUID();
        return Flux.usingWhen(
                Mono.fromSupplier(() -> ReactiveScheduler.builder()
                        .store(RedisNode.store(uri, namespace))
                        .start()),
                client -> Flux.concat(
                        work(uri, namespace, save(client, tasks)).takeUntilOther(allDone(client, tasks)),
                        report(client, tasks)),
                ReactiveScheduler::disposeLater);
    }

    /** This process only schedules: it has no handler. */
    private static Flux<String> save(ReactiveScheduler client, int tasks) {
        return client.scheduleAll(Flux.range(1, tasks)
                        .map(number -> RedisNode.SQUARE.task(number).id("square of " + number)))
                .count()
                .map(saved -> saved + " tasks are saved")
                .flux();
    }

    /** All nodes, and what is to be saved once they are up. */
    private static Flux<String> work(String uri, String namespace, Flux<String> saved) {
        return Flux.defer(() -> {
            Sinks.Many<String> up = Sinks.many().replay().all();
            Flux<String> nodes = Flux.merge(
                            node(uri, namespace, "node-1"), killed(uri, namespace), node(uri, namespace, "node-3"))
                    .doOnNext(line -> {
                        if (line.endsWith(RedisNode.UP)) {
                            up.tryEmitNext(line);
                        }
                    });
            return nodes.mergeWith(up.asFlux().take(3).thenMany(saved));
        });
    }

    private static Flux<String> node(String uri, String namespace, String name) {
        return Flux.defer(() -> started(uri, namespace, name).lines());
    }

    /** The node that is killed in the midst of its third run. */
    private static Flux<String> killed(String uri, String namespace) {
        return Flux.defer(() -> {
            Jvm node = started(uri, namespace, VICTIM);
            return node.lines()
                    .index()
                    .doOnNext(line -> {
                        if (line.getT2().contains("begins") && line.getT1() >= 4) {
                            node.kill();
                        }
                    })
                    .map(line -> line.getT2())
                    .concatWith(Mono.just(VICTIM + " is killed"));
        });
    }

    private static Jvm started(String uri, String namespace, String name) {
        try {
            return Jvm.start(RedisNode.class, uri, namespace, name);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a JVM", e);
        }
    }

    static Mono<Long> allDone(ReactiveScheduler client, int tasks) {
        return completed(client)
                .count()
                .filter(count -> count == tasks)
                .repeatWhenEmpty(asked -> asked.delayElements(Duration.ofMillis(200)));
    }

    private static Flux<Execution> completed(ReactiveScheduler client) {
        return client.executions(ExecutionQuery.all().state(TaskState.COMPLETED).limit(1_000));
    }

    /** What any program can read from Redis. */
    private static Flux<String> report(ReactiveScheduler client, int tasks) {
        return completed(client).collectList().flatMapIterable(executions -> {
            Map<String, Long> perNode = executions.stream()
                    .collect(Collectors.groupingBy(Execution::node, TreeMap::new, Collectors.counting()));
            long different =
                    executions.stream().map(Execution::taskId).distinct().count();
            return List.of(
                    "recorded by node: " + perNode,
                    different + " of " + tasks + " tasks are recorded as done, "
                            + (different == executions.size() ? "each once" : "some more than once"));
        });
    }
}
