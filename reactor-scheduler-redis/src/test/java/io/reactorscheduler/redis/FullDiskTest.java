package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server whose disk is full: what it refuses is told, what it has acknowledged is there, and with room all goes on. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest extends StoreTest {

    private static EmbeddedRedis redis(String appendfsync) {
        return EmbeddedRedis.builder()
                .config("appendonly yes")
                .config("appendfsync " + appendfsync)
                .start();
    }

    private TaskStore store(EmbeddedRedis redis) {
        return use(RedisTaskStore.builder()
                .uri(redis.uri())
                .commandTimeout(Duration.ofSeconds(1))
                .build());
    }

    /** Redis goes on and refuses writes, once it has seen that it cannot write. */
    @Test
    void aServerThatSyncsEverySecondNamesItsSettings() {
        try (EmbeddedRedis redis = redis("everysec")) {
            TaskStore store = store(redis);
            store.save(due(store, "before")).block(PATIENCE);
            redis.fillDisk(0);
            await("a refusal", () -> {
                try {
                    store.save(due(store, "unwritten")).block(PATIENCE);
                    return false;
                } catch (StoreUnavailableException refused) {
                    return true;
                }
            });

            assertThatThrownBy(() -> store.save(due(store, "a")).block(PATIENCE))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContainingAll("append-only file", "setting dir", "appendonly", "appendfsync");
            assertThat(store.task("before").block(PATIENCE)).as("reads go on").isNotNull();

            redis.freeDisk();
            await("room is noticed", () -> {
                try {
                    store.save(due(store, "after")).block(PATIENCE);
                    return true;
                } catch (StoreUnavailableException stillRefused) {
                    return false;
                }
            });
            assertThat(claim(store, 5)).extracting(claim -> claim.task().id()).contains("before", "after");
        }
    }

    /** Redis ends itself at the write, which is not acknowledged then. */
    @Test
    void aServerThatSyncsEachWriteEndsAndHasAllThatItAcknowledged() {
        try (EmbeddedRedis redis = redis("always")) {
            TaskStore store = store(redis);
            store.save(due(store, "before")).block(PATIENCE);
            redis.fillDisk(100);

            assertThatThrownBy(() -> store.save(due(store, "refused")).block(PATIENCE))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("reachable");
            await("the end of the server", () -> !redis.isRunning());

            redis.restart();
            var claims = claim(store, 5);
            assertThat(claims).extracting(claim -> claim.task().id()).containsExactly("before");
            assertThat(succeed(store, claims.get(0)).state()).isEqualTo(TaskState.COMPLETED);
        }
    }
}
