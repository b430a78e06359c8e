package io.reactorscheduler.redis;

import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One of two nodes has a bad network under load: all work is recorded once, and the node takes part again. */
class BadNetworkTest {

    private static final int TASKS = 2_000;

    private static EmbeddedRedis server;

    private FaultProxy proxy;
    private Nodes nodes;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void work() {
        String namespace = UUID.randomUUID().toString();
        proxy = FaultProxy.to(server);
        nodes = new Nodes(() -> RedisTaskStore.builder()
                        .uri(server.uri())
                        .namespace(namespace)
                        .commandTimeout(Duration.ofMillis(300)))
                .lease(Duration.ofSeconds(3))
                .concurrency(10)
                .time(Duration.ofMillis(5));
        nodes.save(TASKS);
        nodes.node("good").start();
        nodes.node(
                        "bad",
                        nodes.store(RedisTaskStore.builder()
                                .uri(proxy.uri())
                                .namespace(namespace)
                                .commandTimeout(Duration.ofMillis(300))))
                .start();
    }

    @AfterEach
    void end() {
        nodes.dispose();
        proxy.close();
    }

    @Test
    void slowReplies() {
        proxy.delay(Duration.ofMillis(40));
        nodes.awaitAllRecordedOnce(TASKS);
    }

    @Test
    void repliesThatAreDroppedNowAndThen() {
        for (int times = 1; times <= 4; times++) {
            nodes.awaitRuns(times * TASKS / 8);
            proxy.dropReplies();
            nodes.awaitRuns(times * TASKS / 8 + TASKS / 16);
            proxy.heal();
        }
        nodes.awaitAllRecordedOnce(TASKS);
    }

    @Test
    void requestsThatAreDroppedNowAndThen() {
        for (int times = 1; times <= 4; times++) {
            nodes.awaitRuns(times * TASKS / 8);
            proxy.dropRequests();
            nodes.awaitRuns(times * TASKS / 8 + TASKS / 16);
            proxy.heal();
        }
        nodes.awaitAllRecordedOnce(TASKS);
    }

    @Test
    void connectionsThatAreResetAllTheTime() {
        for (int times = 1; times <= 20; times++) {
            nodes.awaitRuns(times * TASKS / 25);
            proxy.reset();
        }
        nodes.awaitAllRecordedOnce(TASKS);
    }

    @Test
    void aPartitionThatLastsLongerThanTheLease() {
        nodes.awaitRuns(TASKS / 4);
        proxy.partition();
        nodes.awaitRuns(TASKS / 2);
        Pause.of(Duration.ofSeconds(3));
        proxy.heal();
        nodes.awaitAllRecordedOnce(TASKS);
    }
}
