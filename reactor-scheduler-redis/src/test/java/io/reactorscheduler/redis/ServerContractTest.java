package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ServerContractTest extends RedisContract {

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    RedisStoreBuilder builder() {
        return RedisTaskStore.builder().uri(server.uri());
    }
}
