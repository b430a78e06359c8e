package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import io.reactorscheduler.embedded.EmbeddedRedisSentinel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/** Locks when the server that has them is killed and a replica takes over. */
class LockFailoverTest {

    /** Longer than a fail-over takes, so that work goes on over it. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void workGoesOnOverAFailOverOfACluster() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(3, 3)) {
            EmbeddedRedis master = cluster.masterOf("{reactor-scheduler:lock:a}");
            String uri = cluster.nodes().stream()
                    .filter(node -> node != master)
                    .findFirst()
                    .orElseThrow()
                    .uri();
            workGoesOn(uri, master, () -> {
                master.kill();
                cluster.awaitReady();
            });
        }
    }

    @Test
    void workGoesOnOverAFailOverBySentinel() {
        try (EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.start()) {
            EmbeddedRedis master = sentinel.master();
            workGoesOn(sentinel.uri(), master, () -> {
                master.kill();
                sentinel.awaitFailover(master);
            });
        }
    }

    private static void workGoesOn(String uri, EmbeddedRedis master, Runnable failover) {
        RedisLock locks = RedisLock.builder()
                .uri(uri)
                .commandTimeout(Duration.ofSeconds(1))
                .build();
        Retry untilConnected = Retry.fixedDelay(30, Duration.ofMillis(500));
        Sinks.One<LockLease> started = Sinks.one();
        Sinks.Empty<Void> ends = Sinks.empty();
        Mono<Long> work = locks.withLease("a", LEASE, held -> {
                    started.tryEmitValue(held);
                    return ends.asMono().thenReturn(held.fence());
                })
                .retryWhen(untilConnected)
                .next()
                .cache();
        work.subscribe();
        LockLease held = started.asMono().block(PATIENCE);
        assertThat(master.command("WAIT", "1", "5000")).isEqualTo(1L); // the replica has it, too

        failover.run();
        held.renew().retryWhen(untilConnected).block(PATIENCE);
        assertThat(locks.tryAcquire("a", LEASE).retryWhen(untilConnected).block(PATIENCE))
                .isNull();
        ends.tryEmitEmpty();
        assertThat(work.block(PATIENCE)).isEqualTo(held.fence());
        LockLease next = locks.acquire("a", LEASE).retryWhen(untilConnected).block(PATIENCE);
        assertThat(next.fence()).isGreaterThan(held.fence());
        locks.close().block(PATIENCE);
    }
}
