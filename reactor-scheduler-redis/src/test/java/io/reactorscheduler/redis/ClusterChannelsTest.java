package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** At which server of a cluster a channel is listened to. */
class ClusterChannelsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CHANNEL = "channel";

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private EmbeddedRedisCluster cluster;
    private LettuceLink link;

    @BeforeEach
    void start() {
        cluster = EmbeddedRedisCluster.start(3, 3);
        // any but the master of the channel, which some tests take away
        EmbeddedRedis other = others(master()).get(0);
        Duration timeout = Duration.ofMillis(500);
        link = new LettuceLink(new UriOpener(RedisURI.create(other.uri()), timeout), timeout);
    }

    @AfterEach
    void stop() {
        link.close().block(PATIENCE);
        cluster.close();
    }

    private EmbeddedRedis master() {
        return cluster.masterOf(CHANNEL);
    }

    private List<EmbeddedRedis> others(EmbeddedRedis one) {
        return cluster.nodes().stream().filter(node -> node != one).toList();
    }

    private Disposable listen() {
        Disposable listening = link.listen(CHANNEL).subscribe(heard::add);
        awaitListening(master());
        return listening;
    }

    private static long listeners(EmbeddedRedis server) {
        return (Long) ((List<?>) server.command("PUBSUB", "NUMSUB", CHANNEL)).get(1);
    }

    private void awaitListening(EmbeddedRedis server) {
        RedisTest.await("somebody listens to " + server, () -> listeners(server) == 1);
        RedisTest.await("who listens knows it", () -> heard.contains(RedisLink.LISTENING));
    }

    private void assertHeardFrom(EmbeddedRedis server) {
        assertThat(server.command("PUBLISH", CHANNEL, "hello")).isEqualTo(1L);
        RedisTest.await("the message", () -> heard.contains("hello"));
    }

    @Test
    void isTheMasterThatHasTheSlotOfTheChannel() {
        Disposable listening = listen();

        assertHeardFrom(master());
        assertThat(others(master())).allMatch(server -> listeners(server) == 0);
        listening.dispose();
        RedisTest.await("nobody listens", () -> listeners(master()) == 0);
    }

    @Test
    void isTheNewMasterWhenTheOldOneIsGone() {
        listen();
        EmbeddedRedis old = master();
        heard.clear();

        old.kill();
        cluster.awaitReady();

        awaitListening(master());
        assertHeardFrom(master());
    }

    @Test
    void isNotTheOldMasterWhenItComesBack() {
        listen();
        EmbeddedRedis old = master();
        old.kill();
        cluster.awaitReady();
        awaitListening(master());

        old.restart();

        // the client subscribes to what it had subscribed to before
        RedisTest.await(
                "the client is back",
                () -> String.valueOf(old.command("INFO", "commandstats")).contains("cmdstat_unsubscribe"));
        RedisTest.await("nobody listens", () -> listeners(old) == 0);
        assertHeardFrom(master());
    }

    @Test
    void isTheNewMasterWhenTheOldOneStandsStill() {
        listen();
        EmbeddedRedis old = master();
        heard.clear();

        old.freeze();
        try {
            // a call of the same slot that gets no answer has the cluster looked at, as do those of any node
            RedisTest.await("another master", () -> {
                link.run(Scripts.QUEUES, CHANNEL, List.of()).onErrorComplete().block(PATIENCE);
                return others(old).stream().filter(EmbeddedRedis::isRunning).anyMatch(server -> listeners(server) == 1);
            });
            RedisTest.await("who listens knows it", () -> heard.contains(RedisLink.LISTENING));
        } finally {
            old.thaw();
        }
    }

    @Test
    void isTheServerThatTookTheSlot() {
        listen();
        EmbeddedRedis old = master();
        List<EmbeddedRedis> masters = cluster.nodes().stream()
                .filter(server -> String.valueOf(server.command("ROLE")).contains("master"))
                .toList();
        EmbeddedRedis taker =
                masters.stream().filter(server -> server != old).findFirst().orElseThrow();
        heard.clear();

        String slot = String.valueOf(old.command("CLUSTER", "KEYSLOT", CHANNEL));
        String id = String.valueOf(taker.command("CLUSTER", "MYID"));
        taker.command("CLUSTER", "BUMPEPOCH");
        masters.forEach(server -> server.command("CLUSTER", "SETSLOT", slot, "NODE", id));
        // a call that is sent on has the cluster looked at
        RedisTest.await("the taker", () -> {
            link.run(Scripts.QUEUES, CHANNEL, List.of()).onErrorComplete().block(PATIENCE);
            return listeners(taker) == 1;
        });

        RedisTest.await("who listens knows it", () -> heard.contains(RedisLink.LISTENING));
        RedisTest.await("the old one is left", () -> listeners(old) == 0);
    }
}
