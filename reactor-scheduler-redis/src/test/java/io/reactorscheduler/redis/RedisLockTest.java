package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Locks and leadership on one server. */
class RedisLockTest extends LockContract {

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
        return new LettuceLink(new UriOpener(RedisURI.create(uri()), BUSY), BUSY);
    }

    @Override
    long inLine(String lock) {
        return (Long) redis.command("ZCARD", "{reactor-scheduler:lock:" + lock + "}:line");
    }

    @Test
    void argumentsAreCheckedByTheCall() {
        RedisLock locks = RedisLock.connect("redis://localhost");
        Duration lease = Duration.ofSeconds(1);
        refused(() -> locks.acquire(null, lease), "name null: give a lock a name of 1 to 200 characters");
        refused(() -> locks.tryAcquire(" ", lease), "name \" \": give a lock a name");
        refused(() -> locks.acquire("x".repeat(10_000), lease), "name \"xxx");
        refused(
                () -> locks.acquire("a", Duration.ofMillis(99)),
                "lease PT0.099S: give a duration from 100 ms to 1 day");
        refused(() -> locks.acquire("a", Duration.ofDays(2)), "lease PT48H: give");
        refused(() -> locks.acquire("a", null), "lease null: give");
        refused(() -> Leadership.of(locks, "", lease), "name \"\": give");
        refused(() -> RedisLock.builder().build(), "uri null: say where Redis is");
        refused(() -> RedisLock.builder().uri("nonsense"), "uri");
        refused(() -> RedisLock.builder().namespace("a{b"), "namespace \"a{b\": give");
        refused(() -> RedisLock.builder().commandTimeout(Duration.ZERO), "commandTimeout PT0S: give");
        assertThatThrownBy(() -> locks.withLock("a", lease, (Mono<Object>) null))
                .hasMessage("work");
        assertThatThrownBy(() -> locks.withLease("a", lease, null)).hasMessage("work");
        assertThatThrownBy(() -> Leadership.of(null, "a", lease)).hasMessage("locks");
        assertThatThrownBy(() -> Leadership.of(locks, "a", lease).whileLeading(null))
                .hasMessage("work");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(InvalidTaskException.class).hasMessageStartingWith(message);
    }
}
