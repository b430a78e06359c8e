package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import io.reactorscheduler.embedded.EmbeddedRedisSentinel;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Nodes go on by themselves when a master is killed under load and a replica takes over. */
class FailoverTest {

    private static final int TASKS = 4_000;
    private static final String NAMESPACE = "failover";

    @Test
    void ofACluster() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(3, 3)) {
            EmbeddedRedis master = cluster.masterOf(new RedisKeys(NAMESPACE, 1).prefix(0));
            String uri = cluster.nodes().stream()
                    .filter(node -> node != master)
                    .findFirst()
                    .orElseThrow()
                    .uri();
            goesOn(() -> RedisTaskStore.builder().uri(uri).partitions(8), master, () -> {
                master.kill();
                cluster.awaitReady();
            });
        }
    }

    @Test
    void bySentinel() {
        try (EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.start()) {
            EmbeddedRedis master = sentinel.master();
            goesOn(() -> RedisTaskStore.builder().uri(sentinel.uri()), master, () -> {
                master.kill();
                sentinel.awaitFailover(master);
            });
        }
    }

    private static void goesOn(Supplier<RedisStoreBuilder> builders, EmbeddedRedis master, Runnable failover) {
        Nodes nodes = new Nodes(() -> builders.get().namespace(NAMESPACE).commandTimeout(Duration.ofMillis(500)))
                .lease(Duration.ofSeconds(6))
                .concurrency(20)
                .time(Duration.ofMillis(5));
        try {
            nodes.save(TASKS);
            assertThat(master.command("WAIT", "1", "5000")).isEqualTo(1L); // the replica has them, too
            nodes.node("one").start();
            nodes.node("two").start();
            nodes.awaitRuns(TASKS / 4);
            long began = System.nanoTime();
            failover.run();
            System.out.println("fail-over took " + (System.nanoTime() - began) / 1_000_000 + " ms, " + nodes.ran()
                    + " of " + TASKS + " had run");
            nodes.awaitAllRecordedOnce(TASKS);
            System.out.println("all recorded after " + (System.nanoTime() - began) / 1_000_000 + " ms, "
                    + nodes.repeated() + " runs came again");
        } finally {
            nodes.dispose();
        }
    }
}
