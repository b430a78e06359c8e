package io.reactorscheduler.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What locks and leadership promise on every kind of Redis; the tests share clients, as their connecting takes longest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LockContract {

    static final Duration LONG = Duration.ofSeconds(30);

    /** What a machine that is busy with other builds needs to connect to a cluster. */
    static final Duration BUSY = Duration.ofSeconds(30);

    private final List<RedisLock> made = Collections.synchronizedList(new ArrayList<>());
    RedisLock locks;
    RedisLock others;

    abstract String uri();

    abstract void command(String... words);

    abstract void start();

    abstract void stop();

    @BeforeAll
    void connect() {
        start();
        locks = newLocks();
        others = newLocks();
        // connected, and in a new JVM its classes loaded, before anything is timed
        locks.withLock("warm-up", LONG, others.tryAcquire("warm-up", LONG)).block();
    }

    @AfterEach
    void forget() {
        command("FLUSHALL");
    }

    @AfterAll
    void close() {
        made.forEach(lock -> lock.close().block());
        stop();
    }

    final RedisLock newLocks() {
        RedisLock lock = RedisLock.builder().uri(uri()).commandTimeout(BUSY).build();
        closedLater(lock);
        return lock;
    }

    final void closedLater(RedisLock lock) {
        made.add(lock);
    }

    abstract RedisLink link();

    abstract long inLine(String lock);

    final void awaitInLine(String lock, long number) {
        AtomicReference<Long> last = new AtomicReference<>();
        Mono.fromSupplier(() -> inLine(lock))
                .subscribeOn(Schedulers.boundedElastic())
                .doOnNext(last::set)
                .filter(found -> found == number)
                .repeatWhenEmpty(asked -> asked.delayElements(Duration.ofMillis(5)))
                .timeout(
                        Duration.ofSeconds(10),
                        Mono.error(() -> new AssertionError(last + " instead of " + number + " in line")))
                .block();
    }

    @Nested
    class Locks extends LockRules {
        Locks() {
            super(LockContract.this);
        }
    }

    @Nested
    class Work extends LockWorkRules {
        Work() {
            super(LockContract.this);
        }
    }

    @Nested
    class Leading extends LeadershipRules {
        Leading() {
            super(LockContract.this);
        }
    }
}
