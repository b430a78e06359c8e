package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A server whose users may not call functions is sent scripts. */
class ScriptsContractTest extends RedisContract {

    private static EmbeddedRedis server;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.builder()
                .config("user default on nopass ~* &* +@all -fcall")
                .start();
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
