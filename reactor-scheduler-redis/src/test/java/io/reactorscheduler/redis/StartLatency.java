package io.reactorscheduler.redis;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Measures how long after the call that schedules a task for now its handler starts on another, idle node. Arguments:
 * partitions, and how many tasks. Prints percentiles in microseconds; one line for tasks that come one by one, one for
 * tasks that come all at once.
 */
final class StartLatency {

    private static final Handler<Integer, Void> NOTE = Handler.named("note", Integer.class, Void.class);
    private static final int WARM_UP = 3;

    private final Map<Integer, Long> started = new ConcurrentHashMap<>();
    private final long[] asked;

    private StartLatency(int tasks) {
        this.asked = new long[tasks];
    }

    public static void main(String[] args) {
        int partitions = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        int tasks = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        try (EmbeddedRedis server = EmbeddedRedis.start()) {
            String namespace = UUID.randomUUID().toString();
            for (int round = 0; round <= WARM_UP; round++) {
                new StartLatency(tasks).measure(server, namespace, partitions, round == WARM_UP);
            }
        }
        System.exit(0);
    }

    private static RedisTaskStore store(EmbeddedRedis server, String namespace, int partitions) {
        return RedisTaskStore.builder()
                .uri(server.uri())
                .namespace(namespace)
                .partitions(partitions)
                .build();
    }

    private void measure(EmbeddedRedis server, String namespace, int partitions, boolean isShown) {
        ReactiveScheduler worker = ReactiveScheduler.builder()
                .store(store(server, namespace, partitions))
                .handle(NOTE, (number, run) -> Mono.fromRunnable(() -> started.put(number, System.nanoTime())))
                .start();
        ReactiveScheduler producer = ReactiveScheduler.builder()
                .store(store(server, namespace, partitions))
                .build();
        producer.stats().block(RedisTest.PATIENCE);
        for (int i = 0; i < asked.length; i++) {
            int number = i;
            asked[i] = System.nanoTime();
            producer.schedule(NOTE.task(i)).block(RedisTest.PATIENCE);
            RedisTest.await("a start", () -> started.containsKey(number));
        }
        show(isShown, "one by one");
        started.clear();
        Flux.range(0, asked.length)
                .flatMap(
                        i -> Mono.defer(() -> {
                            asked[i] = System.nanoTime();
                            return producer.schedule(NOTE.task(i));
                        }),
                        asked.length)
                .blockLast(RedisTest.PATIENCE);
        RedisTest.await("all starts", () -> started.size() == asked.length);
        show(isShown, "all at once");
        worker.dispose();
        producer.dispose();
    }

    private void show(boolean isShown, String what) {
        if (!isShown) {
            return;
        }
        long[] micros = new long[asked.length];
        for (int i = 0; i < micros.length; i++) {
            micros[i] = (started.get(i) - asked[i]) / 1_000;
        }
        Arrays.sort(micros);
        System.out.printf(
                "%s: p50 %d, p90 %d, p99 %d, max %d us%n",
                what,
                micros[micros.length / 2],
                micros[micros.length * 9 / 10],
                micros[micros.length * 99 / 100],
                micros[micros.length - 1]);
    }
}
