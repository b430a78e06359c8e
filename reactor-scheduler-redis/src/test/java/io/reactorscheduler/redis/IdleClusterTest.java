package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What an idle node sends to all servers of a cluster, and that it finds a new master although it asks so little. */
class IdleClusterTest {

    /** Longer than a client would leave between two looks at the cluster if it looked every ten seconds. */
    private static final Duration WATCHED = Duration.ofSeconds(Integer.getInteger("idle.seconds", 12));

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What clients send; what scripts do, and what servers tell each other, is counted under other names. */
    private static final Pattern SENT = Pattern.compile(
            "cmdstat_(fcall|evalsha|eval|hello|ping|info|subscribe|client[^:]*|cluster[^:]*|config[^:]*):calls=([0-9]+)");

    private static EmbeddedRedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedRedisCluster.start(3, 3);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static RedisStoreBuilder builder(String namespace) {
        return RedisTaskStore.builder().uri(cluster.uris().get(0)).namespace(namespace);
    }

    @Test
    void anIdleNodeSendsLessThanOneCommandASecondToAllServersTogether() {
        RedisTaskStore store = builder("idle").partitions(16).build();
        ReactiveScheduler node = ReactiveScheduler.builder()
                .store(store)
                // sweeps, of which each partition takes one a lease, would come all at once
                .lease(Duration.ofHours(1))
                .handle(Handler.named("plain", String.class), (none, run) -> Mono.empty())
                .start();
        store.stats().block(PATIENCE);
        Pause.of(Duration.ofSeconds(1));
        Map<String, Long> sent = new TreeMap<>(sent());

        Pause.of(WATCHED);

        sent().forEach((name, calls) -> sent.merge(name, -calls, Long::sum));
        node.dispose();
        store.dispose();
        sent.replaceAll((name, calls) -> -calls);
        sent.values().removeIf(calls -> calls == 0);
        System.out.println("commands of an idle node to 3 + 3 servers in " + WATCHED + ": " + sent);
        assertThat(sent.values().stream().mapToLong(calls -> calls).sum()).isLessThan(WATCHED.toSeconds());
    }

    /** How often each command was sent to any server, but for what masters ask replicas and this asks all. */
    private static Map<String, Long> sent() {
        Map<String, Long> all = new TreeMap<>();
        for (EmbeddedRedis server : cluster.nodes()) {
            boolean isMaster = String.valueOf(server.command("ROLE")).contains("master");
            var found = SENT.matcher(String.valueOf(server.command("INFO", "commandstats")));
            while (found.find()) {
                if (isMaster || !found.group(1).equals("ping")) {
                    all.merge(found.group(1), Long.parseLong(found.group(2)), Long::sum);
                }
            }
        }
        // the first look does not see its own INFO, the second sees that of the first
        all.computeIfPresent(
                "info", (name, calls) -> calls - looks * cluster.nodes().size());
        looks++;
        return all;
    }

    private static long looks;

    @Test
    void aMasterThatStandsStillIsReplacedWithoutWaitingForTheNextLookAtTheCluster() {
        RedisTaskStore store =
                builder("frozen").commandTimeout(Duration.ofMillis(500)).build();
        store.save(StoreTest.due(store, "a")).block(PATIENCE);
        EmbeddedRedis master = cluster.masterOf(new RedisKeys("frozen", 1).prefix(0));
        assertThat(master.command("WAIT", "1", "5000")).isEqualTo(1L);
        master.freeze();
        try {
            Mono.defer(() -> store.save(StoreTest.due(store, "b")))
                    .retryWhen(Retry.fixedDelay(60, Duration.ofMillis(500)))
                    .block(PATIENCE);
            assertThat(StoreTest.claim(store, 5)).isNotEmpty();
        } finally {
            master.thaw();
            store.dispose();
        }
    }
}
