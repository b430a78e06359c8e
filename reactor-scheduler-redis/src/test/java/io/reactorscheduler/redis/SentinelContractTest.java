package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedisSentinel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SentinelContractTest extends RedisContract {

    private static EmbeddedRedisSentinel sentinel;

    @BeforeAll
    static void start() {
        sentinel = EmbeddedRedisSentinel.start();
    }

    @AfterAll
    static void stop() {
        sentinel.close();
    }

    @Override
    RedisStoreBuilder builder() {
        return RedisTaskStore.builder().uri(sentinel.uri());
    }
}
