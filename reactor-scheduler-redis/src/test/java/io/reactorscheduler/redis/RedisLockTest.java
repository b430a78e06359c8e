package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Locks and leadership on one server. */
class RedisLockTest extends LockRules {

    private EmbeddedRedis redis;

    @Override
    void start() {
        redis = EmbeddedRedis.start();
    }

    @Override
    void stop() {
        redis.close();
    }

    @Override
    String uri() {
        return redis.uri();
    }

    @Override
    void command(String... words) {
        redis.command(words);
    }

    @Override
    RedisLink link() {
        return new LettuceLink(
                new UriOpener(RedisURI.create(uri()), RedisLock.DEFAULT_COMMAND_TIMEOUT),
                RedisLock.DEFAULT_COMMAND_TIMEOUT);
    }

    @Override
    long inLine(String lock) {
        return (Long) redis.command("ZCARD", "{reactor-scheduler:lock:" + lock + "}:line");
    }

    @Test
    void argumentsAreCheckedByTheCall() {
        RedisLock locks = RedisLock.connect("redis://localhost");
        Duration lease = Duration.ofSeconds(1);
        assertThatThrownBy(() -> locks.acquire(null, lease))
                .hasMessage("name null: give a lock a name of 1 to 200 characters");
        assertThatThrownBy(() -> locks.tryAcquire(" ", lease)).hasMessageStartingWith("name  :");
        assertThatThrownBy(() -> locks.acquire("x".repeat(10_000), lease))
                .hasMessageStartingWith("name 10000 characters:");
        assertThatThrownBy(() -> locks.acquire("a", Duration.ofMillis(99)))
                .hasMessageStartingWith("lease PT0.099S: give");
        assertThatThrownBy(() -> locks.acquire("a", Duration.ofDays(2))).hasMessageStartingWith("lease PT48H: give");
        assertThatThrownBy(() -> locks.acquire("a", null)).hasMessageStartingWith("lease null: give");
        assertThatThrownBy(() -> locks.withLock("a", lease, (Mono<Object>) null))
                .hasMessageStartingWith("work null");
        assertThatThrownBy(() -> locks.withLease("a", lease, null)).hasMessageStartingWith("work null");
        assertThatThrownBy(() -> RedisLock.builder().build()).hasMessageContaining("uri(...) or client(...)");
        assertThatThrownBy(() -> RedisLock.builder().namespace("a{b")).hasMessageStartingWith("namespace a{b: give");
        assertThatThrownBy(() -> RedisLock.builder().commandTimeout(Duration.ZERO))
                .hasMessageStartingWith("commandTimeout PT0S");
        assertThatThrownBy(() -> Leadership.of(null, "a", lease)).hasMessageStartingWith("locks null");
        assertThatThrownBy(() -> Leadership.of(locks, "", lease)).hasMessageStartingWith("name ");
        assertThatThrownBy(() -> Leadership.of(locks, "a", lease).whileLeading(null))
                .hasMessageStartingWith("work null");
    }
}
