package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Each option of the builder: what it changes, and what it refuses. */
class StoreOptionsTest extends StoreTest {

    private static void assertWorks(TaskStore store) {
        store.save(due(store, "a")).block(PATIENCE);
        succeed(store, claim(store, 1).get(0));
        assertThat(store.task("a").block(PATIENCE)).isNotNull();
    }

    private static void assertRefused(String parameter, Consumer<RedisStoreBuilder> setting) {
        assertThatThrownBy(() -> setting.accept(RedisTaskStore.builder()))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining(parameter);
    }

    @Test
    void whatCannotBeIsRefusedByItsName() {
        assertRefused("uri", builder -> builder.uri("http://localhost"));
        assertRefused("uri", RedisStoreBuilder::build);
        assertRefused("namespace", builder -> builder.namespace(" "));
        assertRefused("namespace", builder -> builder.namespace("a{b}"));
        assertRefused("namespace", builder -> builder.namespace("n".repeat(101)));
        assertRefused("partitions", builder -> builder.partitions(0));
        assertRefused("partitions", builder -> builder.partitions(RedisTaskStore.MOST_PARTITIONS + 1));
        assertRefused("safetyPoll", builder -> builder.safetyPoll(Duration.ZERO));
        assertRefused("commandTimeout", builder -> builder.commandTimeout(Duration.ofMillis(-1)));
        assertRefused("lease", builder -> builder.lease(Duration.ofMillis(99)));
        assertRefused("quarantineAfter", builder -> builder.quarantineAfter(0));
        assertRefused("journal", builder -> builder.journal(0));
        assertThatThrownBy(() -> RedisTaskStore.builder().uri("http://ada:secret@localhost"))
                .hasMessageNotContaining("secret");
    }

    @Test
    void aClientStaysOpen() {
        RedisClient client = RedisClient.create(server.uri());
        try {
            RedisTaskStore store = use(
                    RedisTaskStore.builder().client(client).namespace(namespace).build());
            assertWorks(store);
            store.dispose();
            await("the end of its connections", () -> clients() == 1);
            try (var connection = client.connect()) {
                assertThat(connection.sync().ping()).isEqualTo("PONG");
            }
        } finally {
            client.shutdown();
        }
    }

    /** Connections of clients, that of this question among them. */
    private long clients() {
        return String.valueOf(server.command("CLIENT", "LIST")).lines().count();
    }

    @Test
    void connectionsStayOpen() {
        RedisClient client = RedisClient.create(server.uri());
        try (var commands = client.connect();
                var messages = client.connectPubSub()) {
            RedisTaskStore store = use(RedisTaskStore.builder()
                    .connections(commands, messages)
                    .namespace(namespace)
                    .build());
            var hints = store.hints().subscribe();
            assertWorks(store);
            hints.dispose();
            store.dispose();

            assertThat(commands.sync().ping()).isEqualTo("PONG");
            assertThat(messages.sync().ping()).isEqualTo("PONG");
        } finally {
            client.shutdown();
        }
    }

    @Test
    void aClientAndConnectionsOfAClusterStayOpen() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(3, 0)) {
            RedisClusterClient client = RedisClusterClient.create(cluster.uris().get(0));
            try (var commands = client.connect();
                    var messages = client.connectPubSub()) {
                RedisStoreBuilder ofClient =
                        RedisTaskStore.builder().client(client).namespace("one").partitions(4);
                RedisStoreBuilder ofConnections =
                        RedisTaskStore.builder().connections(commands, messages).namespace("two");
                for (RedisStoreBuilder builder : new RedisStoreBuilder[] {ofClient, ofConnections}) {
                    RedisTaskStore store = use(builder.build());
                    assertWorks(store);
                    store.dispose();
                }
                assertThat(commands.sync().ping()).isEqualTo("PONG");
                assertThat(messages.sync().ping()).isEqualTo("PONG");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void namespacesKnowNothingOfEachOther() {
        assertWorks(store());

        assertThat(use(builder().namespace("other").build()).task("a").block(PATIENCE))
                .isNull();
    }

    @Test
    void partitionsAreKeptByANamespace() {
        assertWorks(use(builder().partitions(3).build()));

        assertWorks(use(builder().partitions(3).build()));
        assertThatThrownBy(() -> store().stats().block(PATIENCE))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("partitions(3)");
    }

    @Test
    void safetyPollIsWhatNodesAreTold() {
        Duration poll = Duration.ofMillis(700);

        assertThat(store().safetyPoll()).isEqualTo(RedisTaskStore.DEFAULT_SAFETY_POLL);
        assertThat(builder().safetyPoll(poll).build().safetyPoll()).isEqualTo(poll);
    }

    @Test
    void leaseIsThatOfSchedulersWhichDoNotSayOtherwise() {
        Duration lease = Duration.ofMinutes(7);

        assertThat(store().lease()).isNull();
        assertThat(leaseOfAClaim("default", builder(), node -> node)).isEqualTo(SchedulerBuilder.DEFAULT_LEASE);
        assertThat(leaseOfAClaim("of the store", builder().lease(lease), node -> node))
                .isEqualTo(lease);
        assertThat(leaseOfAClaim("of the scheduler", builder().lease(lease), node -> node.lease(Duration.ofMinutes(9))))
                .isEqualTo(Duration.ofMinutes(9));
    }

    /** How long the server waits for the owner of a claim, to the next 30 s, as some time may have passed. */
    private Duration leaseOfAClaim(String id, RedisStoreBuilder store, UnaryOperator<SchedulerBuilder> with) {
        ReactiveScheduler node = use(with.apply(ReactiveScheduler.builder()
                        .store(use(store.build()))
                        .handle(Handler.named(id, String.class), (none, run) -> Mono.never()))
                .start());
        node.schedule(Handler.named(id, String.class).task().id(id)).block(PATIENCE);
        await("the claim", () -> (Long) server.command("ZCARD", key("e")) == 1);
        List<?> first = (List<?>) server.command("ZRANGE", key("e"), "0", "0", "WITHSCORES");
        List<?> time = (List<?>) server.command("TIME");
        double left = Double.parseDouble(first.get(1).toString()) / 1e6
                - Double.parseDouble(time.get(0).toString());
        node.dispose();
        server.command("FLUSHALL");
        return Duration.ofSeconds(Math.round(left / 30) * 30);
    }

    @Test
    void retentionIsHowMuchHistoryIsKept() {
        RedisTaskStore store =
                use(builder().retention(Retention.defaults().perTask(2)).build());
        for (int run = 0; run < 5; run++) {
            store.save(due(store, "a")).block(PATIENCE);
            succeed(store, claim(store, 1).get(0));
        }

        assertThat(store.executions(ExecutionQuery.of("a")).collectList().block(PATIENCE))
                .hasSize(2);
    }

    @Test
    void commandTimeoutIsHowLongAnAnswerIsWaitedFor() {
        try (FaultProxy proxy = FaultProxy.to(server)) {
            RedisTaskStore store = use(RedisTaskStore.builder()
                    .uri(proxy.uri())
                    .namespace(namespace)
                    .commandTimeout(Duration.ofSeconds(1))
                    .build());
            assertWorks(store);
            proxy.dropReplies();

            assertThatThrownBy(() -> store.stats().block(PATIENCE)).hasMessageContaining("commandTimeout");
        }
    }

    @Test
    void journalIsHowManyCallsAreKept() {
        RedisTaskStore store = use(builder().journal(10).build());
        for (int i = 0; i < 500; i++) {
            store.save(due(store, "t" + i)).block(PATIENCE);
        }

        assertThat((Long) server.command("XLEN", key("j"))).isLessThan(250);
    }

    @Test
    void anAclUserIsGivenInTheUriAndNeedsWhatTheErrorSays() {
        String user = "user ada on >pw ~{" + namespace + "* &{" + namespace + "* +@scripting +@read +@write +@pubsub"
                + " +@connection +time +info";
        try (EmbeddedRedis guarded = EmbeddedRedis.builder()
                .config("user default off")
                .config(user)
                .config("user bob on >pw ~other* &* +@all")
                .start()) {
            String address = "pw@127.0.0.1:" + guarded.port();
            assertWorks(use(builder().uri("redis://ada:" + address).build()));
            TaskStore bob = use(builder().uri("redis://bob:" + address).build());
            assertThatThrownBy(() -> bob.stats().block(PATIENCE))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContainingAll("ACL user", "~{namespace*");
        }
    }

    @Test
    void tlsIsSpokenByTheUriAndByAClientThatTrustsTheCertificate() {
        try (EmbeddedRedis secure = EmbeddedRedis.builder().tls().start()) {
            assertWorks(use(builder()
                    .uri(secure.uri() + "?verifyPeer=NONE")
                    .namespace("unverified")
                    .build()));
            RedisURI address = RedisURI.create(secure.uri());
            RedisClient client = RedisClient.create(address);
            client.setOptions(ClientOptions.builder()
                    .sslOptions(SslOptions.builder()
                            .trustManager(secure.certificate().toFile())
                            .build())
                    .build());
            try {
                RedisTaskStore store = use(RedisTaskStore.builder()
                        .client(client)
                        .namespace("verified")
                        .build());
                assertWorks(store);
                store.dispose();
            } finally {
                client.shutdown();
            }
            assertThatThrownBy(() ->
                            use(builder().uri(secure.uri()).build()).stats().block(PATIENCE))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("certificate");
        }
    }
}
