package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.JournalEntry;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import io.reactorscheduler.embedded.EmbeddedRedisSentinel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Servers that ask for a user, who may do what docs/redis.md says and nothing else; and servers that speak TLS only. */
class SecuredTest {

    private static final Duration PATIENCE = RedisTest.PATIENCE;
    private static final Handler<String, String> ECHO = Handler.named("echo", String.class, String.class);
    private static final String NAMESPACE = "guarded";
    private static final String SIGNED_BY_ITSELF = "?verifyPeer=NONE";

    // ---- users

    /** The rights that the docs name after these words. */
    private static String rights(String words) {
        try {
            String page = Files.readString(Path.of("..", "docs", "redis.md")).replaceAll("\\s+", " ");
            Matcher rights =
                    Pattern.compile(Pattern.quote(words) + " `([^`]*)`").matcher(page);
            assertThat(rights.find()).as("\"" + words + "\" in docs/redis.md").isTrue();
            return rights.group(1).replace("{namespace", "{" + NAMESPACE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String user() {
        return "ada on >pw " + rights("An ACL user needs");
    }

    private static String as(String user, String uri) {
        return uri.replace("://", "://" + user + ":pw@");
    }

    @Test
    void aServerThatGivesAUserWhatIsDocumented() {
        try (EmbeddedRedis server = EmbeddedRedis.builder()
                .config("user default off")
                .config("user " + user())
                .start()) {
            assertAllWorks(as("ada", server.uri()), 1);
        }
    }

    @Test
    void aClusterThatGivesAUserWhatIsDocumented() {
        String more = " " + rights("on a cluster also");
        try (EmbeddedRedisCluster cluster =
                EmbeddedRedisCluster.start(3, 0, "user default off", "user " + user() + more)) {
            assertAllWorks(as("ada", cluster.uris().get(0)), 4);
        }
    }

    @Test
    void serversOfASentinelThatGiveAUserWhatIsDocumented() {
        try (EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.start(1, 1)) {
            String[] user = ("ACL SETUSER " + user()).split(" ");
            for (EmbeddedRedis server : sentinel.servers()) {
                server.command(user);
                server.command("ACL", "SETUSER", "default", "off");
            }
            assertAllWorks(as("ada", sentinel.uri()), 1);
        }
    }

    /** All that a scheduler and a lock do, with a user who may do nothing else. */
    private static void assertAllWorks(String uri, int partitions) {
        Supplier<RedisTaskStore> stores = () -> RedisTaskStore.builder()
                .uri(uri)
                .namespace(NAMESPACE)
                .partitions(partitions)
                .commandTimeout(RedisTest.BUSY_MACHINE)
                .build();
        ReactiveScheduler client =
                ReactiveScheduler.builder().store(stores.get()).node("client").start();
        ReactiveScheduler worker = ReactiveScheduler.builder()
                .store(stores.get())
                .node("worker")
                .handle(ECHO, (text, run) -> {
                    run.info("said");
                    return text.equals("for ever") ? Mono.never() : Mono.just(text);
                })
                .start();
        try {
            assertThat(results(client, "a")).containsExactly("a");
            // nobody waits for what a handler says, so the results may be there before it
            RedisTest.await("what it said", () -> client.events("a#1").count().block(PATIENCE) == 1);
            client.pauseQueue("default").block(PATIENCE);
            client.resizeQueue("default", 3).block(PATIENCE);
            client.resumeQueue("default").block(PATIENCE);
            client.schedule(ECHO.task("for ever").id("b")).block(PATIENCE);
            RedisTest.await("a run", () -> client.task("b").block(PATIENCE).running() == 1);
            client.cancel("b").block(PATIENCE);
            RedisTest.await(
                    "its end",
                    () -> client.executions(ExecutionQuery.of("b").state(io.reactorscheduler.TaskState.CANCELLED))
                                    .count()
                                    .block(PATIENCE)
                            == 1);
            client.resume("b").block(PATIENCE);
            client.trigger("a").block(PATIENCE);
            client.remove("b").block(PATIENCE);
            assertThat(client.tasks(TaskQuery.all()).collectList().block(PATIENCE))
                    .hasSize(1);
            client.stats().block(PATIENCE);
            RedisTaskStore sweeping = stores.get();
            assertThat(sweeping.sweep().block(PATIENCE).findings()).isEmpty();
            sweeping.dispose();
            assertThat(client.journal("")
                            .filter(entry -> entry.kind() == Kind.COMPLETED)
                            .map(JournalEntry::taskId)
                            .blockFirst(PATIENCE))
                    .isEqualTo("a");
        } finally {
            worker.dispose();
            client.dispose();
        }
        RedisLock locks = RedisLock.builder().uri(uri).namespace(NAMESPACE).build();
        assertThat(locks.withLock("printer", Duration.ofSeconds(5), Mono.just("printed"))
                        .block(PATIENCE))
                .isEqualTo("printed");
    }

    private static List<String> results(ReactiveScheduler client, String text) {
        return client.schedule(ECHO.task(text).id(text))
                .flatMapMany(ScheduledTask::results)
                .collectList()
                .block(PATIENCE);
    }

    // ---- TLS

    @Test
    void aClusterThatSpeaksTls() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.startTls(3, 0)) {
            assertAllWorks(cluster.uris().get(0) + SIGNED_BY_ITSELF, 4);
            RedisClusterClient client = RedisClusterClient.create(cluster.uris().get(0));
            client.setOptions(ClusterClientOptions.builder()
                    .sslOptions(trusting(cluster.nodes().get(0)))
                    .build());
            try {
                assertRuns(RedisTaskStore.builder().client(client).namespace("verified"));
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aSentinelAndServersThatSpeakTls() {
        try (EmbeddedRedisSentinel sentinel = EmbeddedRedisSentinel.startTls()) {
            assertAllWorks(sentinel.uri().replace("#", SIGNED_BY_ITSELF + "#"), 1);
            RedisClient client = RedisClient.create(sentinel.uri());
            client.setOptions(ClientOptions.builder()
                    .sslOptions(trusting(sentinel.servers().get(0)))
                    .build());
            try {
                assertRuns(RedisTaskStore.builder().client(client).namespace("verified"));
            } finally {
                client.shutdown();
            }
        }
    }

    private static SslOptions trusting(EmbeddedRedis server) {
        return SslOptions.builder().trustManager(server.certificate().toFile()).build();
    }

    private static void assertRuns(RedisStoreBuilder builder) {
        ReactiveScheduler node = ReactiveScheduler.builder()
                .store(builder.commandTimeout(RedisTest.BUSY_MACHINE).build())
                .handle(ECHO, (text, run) -> Mono.just(text))
                .start();
        try {
            assertThat(results(node, "a")).containsExactly("a");
        } finally {
            node.disposeLater().block(PATIENCE);
        }
    }
}
