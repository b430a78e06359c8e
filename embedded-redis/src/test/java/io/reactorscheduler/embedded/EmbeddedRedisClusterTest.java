package io.reactorscheduler.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EmbeddedRedisClusterTest {

    @Test
    void aClusterServesAllSlotsAndWritesWorkAgainAfterTheKillOfAMaster() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(3, 3)) {
            assertThat(cluster.nodes()).hasSize(6);
            assertThat(cluster.uris()).hasSize(6);
            EmbeddedRedis master = cluster.masterOf("a");
            assertThat(master.command("SET", "a", "1")).isEqualTo("OK");
            assertThat(master.command("WAIT", "1", "1000")).isEqualTo(1L);
            EmbeddedRedis other = cluster.nodes().stream()
                    .filter(node -> node != master)
                    .findFirst()
                    .orElseThrow();
            assertThatThrownBy(() -> other.command("GET", "a")).hasMessage("MOVED 15495 127.0.0.1:" + master.port());

            master.kill();
            cluster.awaitReady();
            EmbeddedRedis successor = cluster.masterOf("a");
            assertThat(successor).isNotSameAs(master);
            assertThat(successor.command("GET", "a")).isEqualTo("1");
            assertThat(successor.command("SET", "a", "2")).isEqualTo("OK");

            master.restart();
            cluster.awaitReady();
            assertThat(cluster.masterOf("a")).isSameAs(successor);
        }
    }

    @Test
    void aClusterOfOneMasterServesAllSlots() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(1, 0)) {
            assertThat(cluster.masterOf("a")).isSameAs(cluster.nodes().get(0));
            assertThat(cluster.masterOf("a").command("SET", "a", "1")).isEqualTo("OK");
        }
    }

    @Test
    void aClusterCanSpeakTls() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.startTls(3, 0)) {
            assertThat(cluster.uris()).allMatch(uri -> uri.startsWith("rediss://"));
            assertThat(cluster.nodes())
                    .extracting(EmbeddedRedis::certificate)
                    .containsOnly(cluster.nodes().get(0).certificate());
            assertThat(cluster.masterOf("a").command("SET", "a", "1")).isEqualTo("OK");
        }
    }
}
