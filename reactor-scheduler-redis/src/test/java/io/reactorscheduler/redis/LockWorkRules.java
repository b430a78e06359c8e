package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What is promised to work that runs under a lock. */
abstract class LockWorkRules extends LockSubject {

    LockWorkRules(LockContract contract) {
        super(contract);
    }

    @Test
    void workKeepsTheLockForAsLongAsItRuns() {
        Duration lease = Duration.ofSeconds(1);
        Sinks.One<LockLease> started = Sinks.one();
        Sinks.Empty<Void> ends = Sinks.empty();
        Flux<Void> work = locks.<Void>withLease("a", lease, held -> {
                    started.tryEmitValue(held);
                    return ends.asMono();
                })
                .cache();
        work.subscribe();
        LockLease held = started.asMono().block(LONG);
        Flux.interval(lease.dividedBy(8))
                .onBackpressureDrop()
                .takeUntilOther(Mono.delay(lease.multipliedBy(3)))
                .concatMap(tick -> others.tryAcquire("a", lease))
                .as(StepVerifier::create)
                .verifyComplete();
        assertThat(held.isTrusted()).isTrue();
        ends.tryEmitEmpty();
        work.blockLast(LONG);
        assertThat(others.tryAcquire("a", lease).block()).isNotNull();
    }

    @Test
    void whatTheWorkEmitsArrivesAndTheLockIsFreeAfterwards() {
        StepVerifier.create(locks.withLock("a", LONG, Flux.range(1, 3)), 1)
                .expectNext(1)
                .thenRequest(2)
                .expectNext(2, 3)
                .verifyComplete();
        assertThat(others.tryAcquire("a", LONG).block().release().block()).isTrue();
        assertThat(locks.withLock("a", LONG, Mono.empty()).block()).isNull();
        assertThat(others.tryAcquire("a", LONG).block()).isNotNull();
    }

    @Test
    void workThatFailsGivesTheLockBackAndFailsTheCaller() {
        Mono<String> failing = Mono.error(new IllegalStateException("boom"));
        assertThatThrownBy(() -> locks.withLock("a", LONG, failing).block()).hasMessage("boom");
        Flux<String> throwing = locks.withLease("a", LONG, held -> {
            throw new IllegalStateException("bang");
        });
        assertThatThrownBy(throwing::blockLast).hasMessage("bang");
        assertThat(others.tryAcquire("a", LONG).block()).isNotNull();
    }

    @Test
    void cancellingTheWorkGivesTheLockBackAtOnce() {
        Sinks.Empty<Void> cancelled = Sinks.empty();
        Mono<Object> work = Mono.never().doOnCancel(cancelled::tryEmitEmpty);
        StepVerifier.create(locks.withLock("a", LONG, work))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(200))
                .thenCancel()
                .verify();
        cancelled.asMono().block(WOKEN);
        assertThat(others.acquire("a", LONG).block(WOKEN)).isNotNull();
    }

    @Test
    void cancellingAtAnyMomentLeavesNoLockBehind() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        Mono<Void> work = Mono.using(
                inside::incrementAndGet,
                number -> {
                    together.accumulateAndGet(number, Math::max);
                    return Mono.delay(Duration.ofMillis(2)).then();
                },
                number -> inside.decrementAndGet());
        Flux.range(0, 300)
                .flatMap(
                        i -> (i % 2 == 0 ? locks : others)
                                .withLock("a", LONG, work)
                                .timeout(Duration.ofMillis(i * 7 % 400), Mono.empty())
                                .delaySubscription(Duration.ofMillis(i)),
                        300)
                .then()
                .block(LONG);
        // all were cancelled or are done: who comes now waits for no lease and for no grace of those who left the line
        assertThat(locks.acquire("a", LONG).block(WOKEN.plus(LockCalls.GRACE))).isNotNull();
        assertThat(together).hasValue(1);
    }

    @Test
    void signalsArriveOnTheGivenScheduler() {
        Scheduler own = Schedulers.newSingle("own", true);
        RedisLock lock = RedisLock.builder()
                .uri(contract.uri())
                .commandTimeout(BUSY)
                .scheduler(() -> own)
                .build();
        contract.closedLater(lock);
        AtomicReference<String> subscribed = new AtomicReference<>();
        Mono<String> work = Mono.fromSupplier(() -> {
            subscribed.set(Thread.currentThread().getName());
            return "x";
        });
        String arrived = lock.withLock("a", LONG, work)
                .then(Mono.fromSupplier(() -> Thread.currentThread().getName()))
                .block();
        assertThat(subscribed.get()).startsWith("own");
        assertThat(arrived).startsWith("own");
        assertThat(lock.tryAcquire("a", LONG)
                        .map(held -> Thread.currentThread().getName())
                        .block())
                .startsWith("own");
    }
}
