package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A lock that something else wrote to is refused by name, stays as it is, and holds up no other lock. */
class LockDamageTest extends RedisTest {

    private static final Duration LEASE = Duration.ofSeconds(10);

    @Test
    void aLockThatCannotBeReadIsRefusedAndTheOthersAreGiven() {
        RedisLock locks = RedisLock.builder()
                .uri(server.uri())
                .namespace(namespace)
                .commandTimeout(BUSY_MACHINE)
                .build();
        String key = new RedisKeys(namespace).lock("bad");
        for (String field : List.of("until", "fence", "offerUntil")) {
            server.command("DEL", key);
            server.command("HSET", key, "owner", "x/1", field, "garbage");

            assertThatThrownBy(() -> locks.tryAcquire("bad", LEASE).block(PATIENCE))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("field \"" + field + "\" of the lock cannot be read")
                    .hasMessageContaining("DEL " + key);

            assertThat(server.command("HGET", key, field)).isEqualTo("garbage");
        }
        assertThat(locks.withLock("good", LEASE, Mono.just(1)).block(PATIENCE)).isEqualTo(1);
        locks.close().block(PATIENCE);
    }
}
