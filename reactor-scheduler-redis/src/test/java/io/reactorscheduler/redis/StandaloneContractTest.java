package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedis;

class StandaloneContractTest extends RedisContract {

    private static final EmbeddedRedis REDIS = EmbeddedRedis.start();

    @Override
    RedisStoreBuilder builder() {
        return RedisTaskStore.builder().uri(REDIS.uri());
    }
}
