package io.reactorscheduler.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EmbeddedRedisSentinelTest {

    @Test
    void theReplicaBecomesMasterWhenTheMasterIsKilled() {
        try (EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.start()) {
            EmbeddedRedis master = sentinel.master();
            assertThat(master).isSameAs(sentinel.servers().get(0));
            assertThat(sentinel.sentinels()).hasSize(3);
            assertThat(sentinel.uri()).matches("redis-sentinel://(127\\.0\\.0\\.1:\\d+,?){3}/0#mymaster");
            master.command("SET", "a", "1");
            assertThat(master.command("WAIT", "1", "1000")).isEqualTo(1L);

            master.kill();
            EmbeddedRedis successor = sentinel.awaitFailover(master);
            assertThat(successor).isSameAs(sentinel.servers().get(1));
            assertThat(successor.command("GET", "a")).isEqualTo("1");
            assertThat(successor.command("SET", "a", "2")).isEqualTo("OK");
        }
    }

    @Test
    void allCanSpeakTls() {
        try (EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.startTls()) {
            assertThat(sentinel.uri()).startsWith("rediss-sentinel://");
            sentinel.master().command("SET", "a", "1");
            assertThat(sentinel.master().command("WAIT", "1", "1000")).isEqualTo(1L);
        }
    }
}
