package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterContractTest extends RedisContract {

    private static EmbeddedRedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedRedisCluster.start(3, 0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    RedisStoreBuilder builder() {
        return RedisTaskStore.builder().uri(cluster.uris().get(0));
    }
}
