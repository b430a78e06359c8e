package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.embedded.EmbeddedRedis;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Locks and leadership when Redis freezes, dies, comes back, or its answers do not arrive. */
class RedisLockFaultsTest {

    private static final Duration LEASE = Duration.ofMillis(1_500);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<RedisLock> made = new ArrayList<>();
    private EmbeddedRedis redis;
    private FaultProxy proxy;

    /** Reaches Redis through the proxy. */
    private RedisLock distant;

    /** Reaches Redis directly. */
    private RedisLock near;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.builder().durable().start();
        proxy = FaultProxy.to(redis);
        distant = locksAt(proxy.uri());
        near = locksAt(redis.uri());
        // connected, and in a new JVM its classes loaded, before anything is timed
        distant.withLock("warm-up", PATIENCE, near.tryAcquire("warm-up", LEASE)).block();
    }

    @AfterEach
    void stop() {
        proxy.heal();
        made.forEach(lock -> lock.close().block());
        proxy.close();
        redis.close();
    }

    private RedisLock locksAt(String uri) {
        RedisLock lock = RedisLock.builder()
                .uri(uri)
                .commandTimeout(Duration.ofSeconds(1))
                .build();
        made.add(lock);
        return lock;
    }

    @Test
    void workIsCancelledBeforeAnybodyElseHasTheLockWhenRepliesAreLost() {
        Work work = new Work(distant);
        long fence = work.awaitStart();
        proxy.dropReplies();
        // requests still pass, so that the server prolongs the lease: others have it later than the owner gave it up
        LockLease next = near.acquire("a", LEASE).doOnNext(lease -> work.seen()).block(PATIENCE);
        assertThat(next.fence()).isGreaterThan(fence);
        assertThatThrownBy(work::awaitEnd).isInstanceOf(LockLostException.class).satisfies(lost -> {
            assertThat(((LockLostException) lost).lockName()).isEqualTo("a");
            assertThat(((LockLostException) lost).fence()).isEqualTo(fence);
        });
        assertThat(work.cancelledNanos()).isLessThan(work.seenNanos());
    }

    @Test
    void workIsCancelledBeforeAnybodyElseHasTheLockWhenRequestsAreLost() {
        Work work = new Work(distant);
        work.awaitStart();
        proxy.dropRequests();
        near.acquire("a", LEASE).doOnNext(lease -> work.seen()).block(PATIENCE);
        assertThatThrownBy(work::awaitEnd).isInstanceOf(LockLostException.class);
        assertThat(work.cancelledNanos()).isLessThan(work.seenNanos());
    }

    @Test
    void workIsCancelledWhenTheServerFreezesAndAnotherHasTheLockAfterTheThaw() {
        Work work = new Work(near);
        work.awaitStart();
        Mono<LockLease> next =
                distant.acquire("a", LEASE).doOnNext(lease -> work.seen()).cache();
        next.subscribe();
        awaitInLine("a", 1);
        awaitReplies(distant);
        redis.freeze();
        assertThatThrownBy(work::awaitEnd).isInstanceOf(LockLostException.class);
        redis.thaw();
        assertThat(next.block(PATIENCE)).isNotNull();
        assertThat(work.cancelledNanos()).isLessThan(work.seenNanos());
    }

    @Test
    void workGoesOnOverAShortFreeze() {
        Work work = new Work(near);
        long fence = work.awaitStart();
        redis.freeze();
        Mono.delay(LEASE.dividedBy(4)).block();
        redis.thaw();
        Mono.delay(LEASE.multipliedBy(2)).block();
        assertThat(distant.tryAcquire("a", LEASE).block()).isNull();
        work.finish();
        assertThat(work.awaitEnd()).isEqualTo(fence);
    }

    @Test
    void anOwnerThatStandsStillLosesTheLockToALargerFenceAndLearnsOfItWhenItGoesOn() {
        WorkerProcess owner = WorkerProcess.start(LockOwner.class, redis.uri(), "a", LEASE.toString());
        try {
            owner.awaitLine("BEGINS");
            owner.freeze();
            LockLease next = near.acquire("a", PATIENCE).block(PATIENCE);
            assertThat(next.fence()).isGreaterThan(owner.fence("BEGINS"));
            assertThat(owner.lines()).as("it knows of nothing").noneMatch(line -> line.startsWith("CANCELLED"));

            owner.thaw();

            owner.awaitLine("CANCELLED");
            owner.awaitLine("LOST");
            assertThat(owner.fence("LOST")).isEqualTo(owner.fence("BEGINS"));
            next.renew().block(PATIENCE);
            assertThat(next.isTrusted()).as("it is the lock of the next").isTrue();
        } finally {
            owner.dispose();
        }
    }

    @Test
    void workGoesOnWhenItsConnectionsAreReset() {
        Work work = new Work(distant);
        long fence = work.awaitStart();
        for (int i = 0; i < 4; i++) {
            proxy.reset();
            Mono.delay(LEASE.dividedBy(2)).block();
        }
        assertThat(near.tryAcquire("a", LEASE).block()).isNull();
        work.finish();
        assertThat(work.awaitEnd()).isEqualTo(fence);
    }

    @Test
    void workGoesOnOverARestartOfADurableServer() {
        Work work = new Work(near);
        long fence = work.awaitStart();
        redis.restart();
        Mono.delay(LEASE.multipliedBy(2)).block();
        assertThat(distant.tryAcquire("a", LEASE).block()).isNull();
        work.finish();
        assertThat(work.awaitEnd()).isEqualTo(fence);
    }

    @Test
    void aLockWhoseReplyIsLostIsGivenBackAndTheCallerIsTold() {
        proxy.dropReplies();
        assertThatThrownBy(() -> distant.tryAcquire("a", PATIENCE).block())
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no answer in time");
        // the request was done, and so is that which takes it back
        assertThat(near.acquire("a", LEASE).block(LEASE)).isNotNull();
    }

    @Test
    void oneWhoWaitsGetsTheLockAlthoughTheReplyThatGaveItIsLost() {
        LockLease first = near.acquire("a", PATIENCE).block();
        Mono<LockLease> second = distant.acquire("a", PATIENCE).cache();
        second.subscribe();
        awaitInLine("a", 1);
        awaitReplies(distant);
        proxy.dropReplies();
        first.release().block();
        Mono.delay(LEASE).block();
        proxy.heal();
        assertThat(second.block(PATIENCE).isTrusted()).isTrue();
        assertThat(near.tryAcquire("a", LEASE).block()).isNull();
    }

    @Test
    void oneWhoWaitsGoesOnWaitingWhileTheServerIsDown() {
        near.acquire("a", LEASE.multipliedBy(2)).block();
        Mono<LockLease> second = distant.acquire("a", LEASE).cache();
        second.subscribe();
        awaitInLine("a", 1);
        awaitReplies(distant);
        redis.kill();
        Mono.delay(LEASE).block();
        redis.restart();
        assertThat(second.block(PATIENCE)).isNotNull();
    }

    @Test
    void callersAreToldWhenTheServerIsDown() {
        redis.kill();
        assertThatThrownBy(() -> near.tryAcquire("a", LEASE).block()).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> near.acquire("a", LEASE).block()).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> near.withLock("a", LEASE, Mono.just("x")).block())
                .isInstanceOf(StoreUnavailableException.class);
        redis.restart();
        Mono<LockLease> again = near.tryAcquire("a", LEASE);
        assertThat(again.retryWhen(Retry.fixedDelay(20, Duration.ofMillis(200))).block())
                .isNotNull();
    }

    @Test
    void aLeaderThatIsCutOffStepsDownBeforeAnotherLeadsAndStandsAgain() {
        AtomicLong downNanos = new AtomicLong();
        AtomicLong upNanos = new AtomicLong();
        Terms first = new Terms(Leadership.of(distant, "reports", LEASE), downNanos, false);
        first.expect(false, true);
        Terms second = new Terms(Leadership.of(near, "reports", LEASE), upNanos, true);
        second.expect(false);
        awaitInLine("reports", 1);
        proxy.partition();
        first.expect(false);
        second.expect(true);
        assertThat(downNanos.get()).isLessThan(upNanos.get());
        proxy.heal();
        second.resign();
        first.expect(true);
        first.resign();
    }

    @Test
    void leadershipSurvivesARedisThatIsDownAtTheStart() {
        redis.kill();
        Terms only = new Terms(Leadership.of(near, "reports", LEASE));
        only.expect(false);
        only.expectNothingFor(LEASE);
        redis.restart();
        only.expect(true);
        only.resign();
    }

    @Test
    void workWhileLeadingIsCancelledAtTheEndOfATermAndStartsInTheNextWithAGreaterFence() {
        Sinks.Many<Long> started = Sinks.many().replay().all();
        Sinks.Many<Long> cancelled = Sinks.many().replay().all();
        var leading = Leadership.of(distant, "reports", LEASE)
                .whileLeading(fence -> {
                    started.tryEmitNext(fence);
                    return Flux.never().doOnCancel(() -> cancelled.tryEmitNext(fence));
                })
                .subscribe();
        long first = started.asFlux().blockFirst(PATIENCE);
        proxy.refuse();
        assertThat(cancelled.asFlux().blockFirst(PATIENCE)).isEqualTo(first);
        proxy.heal();
        assertThat(started.asFlux().skip(1).blockFirst(PATIENCE)).isGreaterThan(first);
        leading.dispose();
    }

    /** Replies come in order: with that of this call those of all calls before it are there. */
    private static void awaitReplies(RedisLock to) {
        to.tryAcquire("another", LEASE).block(PATIENCE);
    }

    private void awaitInLine(String lock, long number) {
        Mono.fromSupplier(() -> redis.command("ZCARD", "{reactor-scheduler:lock:" + lock + "}:line"))
                .subscribeOn(Schedulers.boundedElastic())
                .filter(found -> found.equals(number))
                .repeatWhenEmpty(asked -> asked.delayElements(Duration.ofMillis(5)))
                .block(PATIENCE);
    }

    /** Work under lock a that ends when told to, with its fence. */
    private static final class Work {
        private final Sinks.One<Long> started = Sinks.one();
        private final Sinks.Empty<Void> ends = Sinks.empty();
        private final Mono<Long> run;
        private final AtomicLong cancelled = new AtomicLong();
        private final AtomicLong seen = new AtomicLong();

        Work(RedisLock locks) {
            run = locks.withLease("a", LEASE, held -> {
                        started.tryEmitValue(held.fence());
                        return ends.asMono().thenReturn(held.fence()).doOnCancel(() -> cancelled.set(now()));
                    })
                    .next()
                    .cache();
            run.subscribe(fence -> {}, error -> {});
        }

        long awaitStart() {
            return started.asMono().block(PATIENCE);
        }

        void finish() {
            ends.tryEmitEmpty();
        }

        Long awaitEnd() {
            return run.block(PATIENCE);
        }

        void seen() {
            seen.set(now());
        }

        long seenNanos() {
            return seen.get();
        }

        long cancelledNanos() {
            assertThat(cancelled.get()).isNotZero();
            return cancelled.get();
        }

        private static long now() {
            return Schedulers.parallel().now(TimeUnit.NANOSECONDS);
        }
    }
}
