package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.EmbeddedRedisCluster;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Scripts are functions of the server where it has them. */
class FunctionsTest extends StoreTest {

    private static long calls(EmbeddedRedis of, String command) {
        return String.valueOf(of.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^:]*:calls=([0-9]+).*", "$1")))
                .sum();
    }

    private static List<?> libraries(EmbeddedRedis of) {
        return (List<?>) of.command("FUNCTION", "LIST", "LIBRARYNAME", "reactor_scheduler_*");
    }

    private static Stream<Script> scripts() {
        return Arrays.stream(Scripts.class.getDeclaredFields()).map(field -> {
            try {
                return (Script) field.get(null);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void eachScriptIsALibraryOfOneFunction() {
        scripts()
                .forEach(script -> assertThat(server.command("FUNCTION", "LOAD", script.library()))
                        .isEqualTo(script.function()));
        assertThat(libraries(server)).hasSize((int) scripts().count());
    }

    @Test
    void aServerIsGivenEachFunctionOnceAndIsSentNoScripts() {
        TaskStore store = store();
        for (String id : List.of("a", "b", "c")) {
            store.save(due(store, id)).block(PATIENCE);
            assertThat(claim(store, 1)).hasSize(1);
        }
        use(builder().build()).save(due(store, "d")).block(PATIENCE);

        assertThat(calls(server, "function|load")).isEqualTo(3);
        assertThat(libraries(server)).as("open, save, claim").hasSize(3);
        assertThat(calls(server, "evalsha") + calls(server, "eval")).isZero();
    }

    @Test
    void eachMasterOfAClusterIsGivenWhatItIsAsked() {
        try (EmbeddedRedisCluster cluster = EmbeddedRedisCluster.start(3, 0)) {
            List<EmbeddedRedis> masters = new ArrayList<>(cluster.nodes());
            TaskStore store = use(RedisTaskStore.builder()
                    .uri(cluster.uris().get(0))
                    .namespace(namespace)
                    .partitions(6)
                    .commandTimeout(BUSY_MACHINE)
                    .build());
            for (int n = 0; n < 50; n++) {
                store.save(due(store, "task " + n)).block(PATIENCE);
            }
            for (EmbeddedRedis master : masters) {
                assertThat(libraries(master)).as("open and save").hasSize(2);
                assertThat(calls(master, "evalsha") + calls(master, "eval")).isZero();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> whereThereAreNoFunctionsScriptsAreSent() {
        return Stream.of(
                        "user default on nopass ~* &* +@all -fcall",
                        "user default on nopass ~* &* +@all -function",
                        "rename-command FCALL \"\"",
                        "rename-command FUNCTION \"\"")
                .map(config -> DynamicTest.dynamicTest(config, () -> scriptsAreSentWith(config)));
    }

    private void scriptsAreSentWith(String config) {
        try (EmbeddedRedis without = EmbeddedRedis.builder().config(config).start()) {
            TaskStore store = use(RedisTaskStore.builder()
                    .uri(without.uri())
                    .namespace(namespace)
                    .commandTimeout(BUSY_MACHINE)
                    .build());
            store.save(due(store, "a")).block(PATIENCE);
            long asked = calls(without, "fcall");
            without.command("SCRIPT", "FLUSH");
            store.save(due(store, "b")).block(PATIENCE);
            assertThat(claim(store, 5)).hasSize(2);

            assertThat(calls(without, "fcall")).as("not asked again").isEqualTo(asked);
            assertThat(calls(without, "eval"))
                    .as("sent when it does not know them")
                    .isEqualTo(4);
        }
    }

    /** Reads go on where the server refuses writes, though a function that may write is refused as a whole. */
    @Test
    void whatIsNotWrittenIsReadWhileTheServerRefusesWrites() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        store.task("a").block(PATIENCE);
        server.command("CONFIG", "SET", "min-replicas-to-write", "1");

        assertThat(store.task("a").block(PATIENCE)).isNotNull();
        server.command("CONFIG", "SET", "min-replicas-to-write", "0");
        long sent = calls(server, "evalsha");
        assertThat(store.task("a").block(PATIENCE)).isNotNull();
        assertThat(calls(server, "evalsha")).as("functions again").isEqualTo(sent);
    }

    @Test
    void aCallThatFailsHalfWayLeavesNothingToTheNext() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        String elsewhere = "{elsewhere:0}:";
        // counts what it saves, and fails at the second task, which has no due time to be read
        assertThatThrownBy(() -> server.command(("FCALL " + Scripts.SAVE.function() + " 1 " + elsewhere
                                + " token 0 100 1 h q 5 ~ ~ ~ d F x 1 5 y 1 z")
                        .replace("~", "")
                        .split(" ", -1)))
                .hasMessageContaining("user_function");
        store.save(due(store, "b")).block(PATIENCE);

        assertThat(claim(store, 5)).hasSize(2);
        assertThat((List<?>) server.command("KEYS", key("Q:*"))).hasSize(1);
        assertThat(server.command("KEYS", elsewhere + "*")).isEqualTo(List.of());
    }

    @Test
    void whatACallWasGivenIsLetGoWhenItHasEnded() {
        TaskStore store = store();
        store.save(due(store, "a")).block(PATIENCE);
        server.command(
                "FCALL",
                Scripts.SAVE.function(),
                "1",
                key(""),
                "",
                "0",
                "100",
                "1",
                "h",
                "",
                "5",
                "",
                "",
                "",
                "i",
                "R",
                "b",
                "1",
                "x".repeat(30_000_000));
        server.command("HDEL", key("t"), "b");
        for (int n = 0; n < 300; n++) {
            store.task("a").block(PATIENCE);
        }
        assertThat(info("memory", "used_memory_vm_functions")).isLessThan(5_000_000);
    }
}
