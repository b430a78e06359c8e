package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import io.reactorscheduler.embedded.FaultProxy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What servers refuse, and what callers are told about it. */
class ServerErrorsTest extends StoreTest {

    private static void assertRefused(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(StoreUnavailableException.class).hasMessageContainingAll(words);
    }

    @Test
    void aServerWithoutMemoryNamesItsSetting() {
        TaskStore store = store();
        store.save(due(store, "before")).block(PATIENCE);
        server.command("CONFIG", "SET", "maxmemory", "100kb");

        assertRefused(() -> store.save(due(store, "a")).block(PATIENCE), "maxmemory", "out of memory");

        assertThat(claim(store, 5)).as("what is there can still be run").hasSize(1);
        server.command("CONFIG", "SET", "maxmemory", "0");
        store.save(due(store, "a")).block(PATIENCE);
    }

    /** Logback asks for the stream at each line. */
    @Test
    void aServerThatMayDeleteTasksIsWarnedAboutAndUsed() {
        PrintStream before = System.out;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        try (EmbeddedRedis evicting =
                EmbeddedRedis.builder().config("maxmemory-policy allkeys-lru").start()) {
            System.setOut(new PrintStream(logged, true, StandardCharsets.UTF_8));
            TaskStore store = use(RedisTaskStore.builder()
                    .uri(evicting.uri())
                    .namespace(namespace)
                    .build());
            store.save(due(store, "a")).block(PATIENCE);
            assertThat(claim(store, 1)).hasSize(1);
            store().stats().block(PATIENCE);
        } finally {
            System.setOut(before);
        }
        assertThat(logged.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.contains("WARN") && line.contains("maxmemory-policy")))
                .as("not of the server that keeps all")
                .singleElement()
                .asString()
                .contains("allkeys-lru", "Set maxmemory-policy noeviction");
    }

    @Test
    void aReplicaNamesItsSetting() {
        TaskStore store = store();
        store.save(due(store, "before")).block(PATIENCE);
        server.command("REPLICAOF", "127.0.0.1", "1");

        assertRefused(() -> store.save(due(store, "a")).block(PATIENCE), "replica", "replicaof");

        server.command("REPLICAOF", "NO", "ONE");
        store.save(due(store, "a")).block(PATIENCE);
    }

    @Test
    void aMissingAndAWrongPasswordNameTheUri() {
        try (EmbeddedRedis guarded = EmbeddedRedis.builder().password("secret").start()) {
            String address = "127.0.0.1:" + guarded.port();
            TaskStore none = use(builder().uri("redis://" + address).build());
            TaskStore wrong = use(builder().uri("redis://:wrong@" + address).build());
            TaskStore right = use(builder().uri(guarded.uri()).build());

            assertRefused(() -> none.stats().block(PATIENCE), "password", "requirepass");
            assertRefused(() -> wrong.stats().block(PATIENCE), "wrong", "requirepass");
            assertThat(right.stats().block(PATIENCE)).isNotNull();
        }
    }

    @Test
    void aServerThatTakesConnectionsAndSaysNothingNamesTheTimeout() {
        try (FaultProxy proxy = FaultProxy.to(server)) {
            proxy.dropReplies();
            TaskStore store = use(builder()
                    .uri(proxy.uri())
                    .commandTimeout(Duration.ofMillis(500))
                    .build());

            assertRefused(() -> store.stats().block(PATIENCE), "no answer in time", "commandTimeout");
        }
    }

    @Test
    void aServerThatIsNotThereIsNamedAndFoundOnceItIs() {
        TaskStore store = use(builder().commandTimeout(Duration.ofMillis(500)).build());
        server.stop();

        assertRefused(() -> store.save(due(store, "a")).block(PATIENCE), "reachable");

        server.restart();
        store.save(due(store, "a")).block(PATIENCE);
    }

    @Test
    void aServerThatWasAwayIsUsedAgain() {
        TaskStore store = use(builder().commandTimeout(Duration.ofSeconds(5)).build());
        store.save(due(store, "a")).block(PATIENCE);
        server.restart();

        store.save(due(store, "b")).block(PATIENCE);
        assertThat(claim(store, 5)).isNotEmpty();
    }

    @Test
    void aServerThatLoadsItsDataSaysSoAndServesAfterwards() {
        try (EmbeddedRedis loading = EmbeddedRedis.builder()
                .config("enable-debug-command local")
                .config("loading-process-events-interval-bytes 1024")
                .start()) {
            TaskStore store = use(builder().uri(loading.uri()).build());
            store.save(due(store, "a")).block(PATIENCE);
            // 200 keys, 10 ms each
            loading.command("DEBUG", "POPULATE", "200", "filler", "100");
            loading.command("CONFIG", "SET", "key-load-delay", "10000");
            Mono<?> reload = Mono.fromCallable(() -> loading.command("DEBUG", "RELOAD"))
                    .subscribeOn(Schedulers.boundedElastic())
                    .cache();
            reload.subscribe();

            await(
                    "a refusal while the server loads",
                    () -> store.task("a")
                            .map(found -> "")
                            .onErrorResume(error -> Mono.just(String.valueOf(error.getMessage())))
                            .block(PATIENCE)
                            .matches("(?s).*loading its data.*aof-use-rdb-preamble.*"));

            reload.block(PATIENCE);
            assertThat(claim(store, 5)).hasSize(1);
        }
    }

    @Test
    void aServerOfAClusterSaysWhichClientIsNeeded() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(3, 0)) {
            RedisClient client =
                    RedisClient.create(cluster.masterOf("elsewhere").uri());
            try {
                String elsewhere = Stream.iterate(0, n -> n + 1)
                        .map(n -> "n" + n)
                        .filter(name -> cluster.masterOf("{" + name + ":0}") != cluster.masterOf("elsewhere"))
                        .findFirst()
                        .orElseThrow();
                TaskStore store = use(RedisTaskStore.builder()
                        .client(client)
                        .namespace(elsewhere)
                        .build());

                assertRefused(() -> store.stats().block(PATIENCE), "cluster-enabled", "RedisClusterClient");
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aServerThatIsTooOldIsRefusedWithItsVersionAndTheOldestThatIsNot() {
        try (FaultProxy proxy = FaultProxy.to(server)) {
            proxy.replaceInReplies("redis_version:7.0.15", "redis_version:6.2.21");

            assertRefused(
                    () -> use(builder().uri(proxy.uri()).build()).stats().block(PATIENCE), "6.2.21", "too old", "7.0");
        }
        Namespace.checkVersion("redis_version:7.0.0\r\n");
        Namespace.checkVersion("redis_version:10.2.1\r\n");
    }

    @Test
    void scriptsThatTheServerForgotAreSentAgain() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        server.command("FUNCTION", "FLUSH");

        store.save(due(store, "b")).block(PATIENCE);
        assertThat(claim(store, 5)).hasSize(2);
    }

    @Test
    void connectionsThatAreKilledAreMadeAgain() {
        TaskStore store = store();
        store.hints().subscribe();
        store.save(due(store, "a")).block(PATIENCE);
        server.command("CLIENT", "KILL", "TYPE", "normal");
        server.command("CLIENT", "KILL", "TYPE", "pubsub");

        store.save(due(store, "b")).block(PATIENCE);
        assertThat(claim(store, 5)).hasSize(2);
    }

    @Test
    void aServerThatWasEmptiedTakesNewTasksAndWhatRanIsStale() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        var lost = claim(store, 5).get(0);
        server.command("FLUSHALL");

        assertThat(succeed(store, lost).isStale()).isTrue();
        assertThat(store.renew(List.of(lost), LEASE).block(PATIENCE)).hasSize(1);
        store.save(due(store, "a")).block(PATIENCE);
        var next = claim(store, 5).get(0);
        assertThat(next.fence()).as("fences go on").isGreaterThan(lost.fence());
        assertThat(succeed(store, lost).isStale()).isTrue();
        assertThat(succeed(store, next).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(store.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("FLUSHALL");
        assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
    }

    // ---- formats and foreign rows

    @Test
    void aNewerFormatIsRefused() {
        server.command("HSET", key("m"), "F", "3", "p", "1");

        assertRefused(() -> store().stats().block(PATIENCE), "format 3", "upgrade");
        assertThat(server.command("HGETALL", key("m"))).isEqualTo(List.of("F", "3", "p", "1"));
    }

    @Test
    void aFormatThatIsNoNumberIsRefusedWithItsKeyAndTheWayOut() {
        store().stats().block(PATIENCE);
        for (String damaged : List.of("garbage", "")) {
            server.command("HSET", key("m"), "F", damaged);

            assertRefused(
                    () -> store().stats().block(PATIENCE),
                    "field \"F\" of key \"" + key("m") + "\"",
                    "\"" + damaged + "\"",
                    "HSET " + key("m") + " F 1");
            assertThat(server.command("HGET", key("m"), "F")).isEqualTo(damaged);
        }
    }

    @Test
    void aNumberOfPartitionsThatIsNoNumberIsRefusedWithItsKeyAndTheWayOut() {
        RedisTaskStore before = store();
        before.save(due(before, "a")).block(PATIENCE);
        server.command("HSET", key("m"), "p", "garbage");

        assertRefused(
                () -> store().stats().block(PATIENCE),
                "field \"p\" of key \"" + key("m") + "\"",
                "\"garbage\"",
                "HSET " + key("m") + " p 1");
        server.command("HDEL", key("m"), "p");
        assertRefused(() -> store().stats().block(PATIENCE), "field \"p\"", "missing");

        server.command("HSET", key("m"), "p", "1");
        assertThat(claim(store(), 1)).as("mended").hasSize(1);
    }

    @Test
    void anOlderFormatIsRead() {
        TaskStore before = store();
        before.save(due(before, "a")).block(PATIENCE);
        server.command("HSET", key("m"), "F", "0");

        TaskStore store = store();

        assertThat(succeed(store, claim(store, 1).get(0)).state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void anOlderFormatOfSeveralPartitionsWhoseKeysWereOthersIsRefusedAndLeftAsItIs() {
        server.command("HSET", key("m"), "F", "1", "p", "4");

        assertRefused(
                () -> use(builder().partitions(4).build()).stats().block(PATIENCE),
                "format 1 and 4 partitions",
                "use another namespace",
                "run what is left");
        assertThat(server.command("HGETALL", key("m"))).isEqualTo(List.of("F", "1", "p", "4"));
        assertThat((List<?>) server.command("KEYS", "{" + namespace + ":*")).hasSize(1);
    }

    @Test
    void aNamespaceOfOnePartitionHasTheFormatThatAllReleasesRead() {
        store().stats().block(PATIENCE);

        assertThat(server.command("HGET", key("m"), "F")).isEqualTo("1");
    }

    @Test
    void aNodeThatIsRefusedChangesNothingForTheOthers() {
        use(builder().partitions(2).journal(10).build()).stats().block(PATIENCE);
        Object before = server.command("HGETALL", key("m"));

        assertRefused(
                () -> use(builder().partitions(3).noJournal().build()).stats().block(PATIENCE),
                "made with 2 partitions");

        assertThat(server.command("HGETALL", key("m"))).isEqualTo(before);
    }

    @Test
    void aFormatThatIsMissingIsNotMadeUp() {
        store().stats().block(PATIENCE);
        server.command("HDEL", key("m"), "F");

        assertRefused(() -> store().stats().block(PATIENCE), "field \"F\"", "missing");
    }

    @Test
    void aRowThatHasNothingOfWhatIsLeftOutByDefaultIsRead() {
        TaskStore store = store();
        store.stats().block(PATIENCE);
        String oldest = "redis.call('HSET',KEYS[1],'a',cmsgpack.pack({h='plain',d=1,f=1}))";
        server.command("EVAL", oldest, "1", key("t"));
        assertThat(store.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("stood in no line");

        assertThat(store.task("a").block(PATIENCE).task().queue()).isEqualTo("default");
        assertThat(succeed(store, claim(store, 1).get(0)).state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        store().stats().block(PATIENCE);

        assertRefused(
                () -> use(builder().partitions(3).build()).stats().block(PATIENCE), "1 partitions", "partitions(1)");
    }

    @Test
    void rowsThatCannotBeReadAreReportedSkippedAndLeft() {
        TaskStore store = store();
        store.save(due(store, "bad")).block(PATIENCE);
        store.save(due(store, "good")).block(PATIENCE);
        server.command("HSET", key("t"), "bad", "something else");
        server.command("HSET", key("t"), "foreign", "\u0001");

        assertThat(claim(store, 5)).extracting(claim -> claim.task().id()).containsExactly("good");

        assertThat(store.sweep().block(PATIENCE).findings()).anyMatch(finding -> finding.contains("\"bad\""));
        assertThat(store.tasks(io.reactorscheduler.TaskQuery.all())
                        .collectList()
                        .block(PATIENCE))
                .hasSize(1);
        assertRefused(() -> store.task("bad").block(PATIENCE), "bad", "HDEL");
        assertRefused(() -> store.save(due(store, "bad")).block(PATIENCE), "bad", "HDEL");
        assertThat(server.command("HGET", key("t"), "bad")).isEqualTo("something else");
        assertThat(server.command("HGET", key("t"), "foreign")).isEqualTo("\u0001");
    }

    @Test
    void fieldsOfALaterReleaseSurvive() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        String change = "local t=cmsgpack.unpack(redis.call('HGET',KEYS[1],'a')) t.later='kept'"
                + " redis.call('HSET',KEYS[1],'a',cmsgpack.pack(t))";
        server.command("EVAL", change, "1", key("t"));

        succeed(store, claim(store, 1).get(0));

        String look = "local ended,t=cmsgpack.unpack(redis.call('HGET',KEYS[1],'a')) return t.later";
        assertThat(server.command("EVAL", look, "1", key("t"))).isEqualTo("kept");
    }

    @Test
    void aTaskThatStandsInNoLineIsPutBack() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        server.command("DEL", key("w:7:default:0:plain"));
        server.command("DEL", key("l:default"));

        assertThat(store.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("\"a\"", "no line");

        assertThat(claim(store, 1)).hasSize(1);
        server.command("DEL", key("e"));
        assertThat(store.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("without a lease");
        assertThat(store.sweep().block(PATIENCE).expired()).containsExactly("a#1");
    }
}
