package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What locks and leadership promise on every kind of Redis; the tests share clients, as their connecting takes longest. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LockRules {

    private static final Duration LONG = Duration.ofSeconds(30);
    /** What a machine that is busy with other builds needs to connect to a cluster. */
    static final Duration BUSY = Duration.ofSeconds(30);

    private static final Duration SHORT = Duration.ofMillis(500);

    /** What takes as long as this was woken, and did not wait for a poll, a grace or the end of a lease. */
    private static final Duration WOKEN = Duration.ofMillis(800);

    private final List<RedisLock> made = Collections.synchronizedList(new ArrayList<>());
    private RedisLock locks;
    private RedisLock others;

    abstract String uri();

    abstract void command(String... words);

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

    abstract void start();

    abstract void stop();

    private RedisLock newLocks() {
        RedisLock lock = RedisLock.builder().uri(uri()).commandTimeout(BUSY).build();
        made.add(lock);
        return lock;
    }

    // ---- locks

    @Test
    void manyContendersNeverHoldItTogetherAndTheirFencesGrow() {
        List<RedisLock> clients = List.of(locks, others, newLocks());
        AtomicInteger inside = new AtomicInteger();
        List<Long> fences = Collections.synchronizedList(new ArrayList<>());
        List<Integer> together = Flux.range(0, 150)
                .flatMap(
                        i -> clients.get(i % clients.size())
                                .withLease(
                                        "a",
                                        LONG,
                                        held -> Mono.defer(() -> {
                                                    fences.add(held.fence());
                                                    return Mono.just(inside.incrementAndGet());
                                                })
                                                .delayElement(Duration.ofMillis(i % 4))
                                                .doOnNext(number -> inside.decrementAndGet())),
                        150)
                .collectList()
                .block();
        assertThat(together).hasSize(150).containsOnly(1);
        assertThat(fences).hasSize(150).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void oneWhoWaitsIsWokenByTheRelease() {
        LockLease first = locks.acquire("a", LONG).block();
        Mono<LockLease> second = others.acquire("a", LONG).cache();
        StepVerifier.create(second)
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(400))
                .then(() -> assertThat(first.release().block()).isTrue())
                .assertNext(held -> assertThat(held.fence()).isGreaterThan(first.fence()))
                .expectComplete()
                .verify(Duration.ofMillis(400).plus(WOKEN));
    }

    @Test
    void thoseWhoWaitGetItInTheOrderTheyCame() {
        LockLease first = locks.acquire("a", LONG).block();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Mono<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            Mono<Integer> one = (i % 2 == 0 ? locks : others)
                    .withLock("a", LONG, Mono.fromSupplier(() -> {
                        order.add(number);
                        return number;
                    }))
                    .cache();
            one.subscribe();
            waiting.add(one);
            awaitInLine("a", i + 1);
        }
        first.release().block();
        Flux.merge(waiting).blockLast(Duration.ofSeconds(10));
        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
    }

    @Test
    void aTryGetsNothingWhileSomebodyHasIt() {
        LockLease first = locks.tryAcquire("a", LONG).block();
        assertThat(first.isTrusted()).isTrue();
        assertThat(first.name()).isEqualTo("a");
        assertThat(first.lease()).isEqualTo(LONG);
        assertThat(others.tryAcquire("a", LONG).block()).isNull();
        assertThat(others.tryAcquire("b", LONG).block()).isNotNull();
        assertThat(first.release().block()).isTrue();
        assertThat(first.isTrusted()).isFalse();
        assertThat(others.tryAcquire("a", LONG).block().fence()).isGreaterThan(first.fence());
    }

    @Test
    void aTryDoesNotOvertakeThoseWhoWait() {
        LockLease first = locks.acquire("a", LONG).block();
        Mono<LockLease> second = others.acquire("a", LONG).cache();
        second.subscribe();
        awaitInLine("a", 1);
        first.release().block();
        assertThat(locks.tryAcquire("a", LONG).block()).isNull();
        assertThat(second.block(WOKEN)).isNotNull();
    }

    @Test
    void whenItsLeaseEndsTheNextGetsItAndTheFirstCannotTouchIt() {
        LockLease first = locks.acquire("a", SHORT).block();
        LockLease second = others.acquire("a", LONG).block(SHORT.plus(WOKEN));
        assertThat(first.isTrusted()).isFalse();
        assertThat(first.release().block()).isFalse();
        assertThatThrownBy(() -> first.renew().block())
                .isInstanceOf(LockLostException.class)
                .hasMessageContaining("Lock \"a\" was lost (fence " + first.fence() + ")");
        assertThat(second.isTrusted()).isTrue();
        assertThat(locks.tryAcquire("a", LONG).block()).isNull();
        second.renew().block();
        assertThat(second.release().block()).isTrue();
    }

    @Test
    void aLeaseThatIsRenewedLastsLonger() {
        Duration lease = Duration.ofSeconds(1);
        LockLease first = locks.acquire("a", lease).block();
        for (int i = 0; i < 3; i++) {
            Mono.delay(lease.dividedBy(2)).block();
            first.renew().block();
            assertThat(others.tryAcquire("a", SHORT).block()).isNull();
        }
        assertThat(first.isTrusted()).isTrue();
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
    void cancellingTheWaitLeavesTheLine() {
        LockLease first = locks.acquire("a", LONG).block();
        others.acquire("a", LONG).timeout(Duration.ofMillis(300), Mono.empty()).block();
        Mono<LockLease> third = others.acquire("a", LONG).cache();
        third.subscribe();
        awaitInLine("a", 1);
        first.release().block();
        assertThat(third.block(WOKEN)).isNotNull();
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
    void takingTheFirstOfTheSignalDoesNotGiveTheLockBack() {
        LockLease first = Flux.from(locks.acquire("a", LONG)).next().block();
        assertThat(others.tryAcquire("a", LONG).block()).isNull();
        assertThat(first.release().block()).isTrue();
    }

    @Test
    void eachSubscriptionIsAnAcquisitionOfItsOwn() {
        Mono<LockLease> acquire = locks.acquire("a", SHORT);
        LockLease first = acquire.block();
        LockLease second = acquire.block(SHORT.plus(WOKEN));
        assertThat(second.fence()).isGreaterThan(first.fence());
        Mono<LockLease> tried = locks.tryAcquire("b", SHORT);
        assertThat(tried.block()).isNotNull();
        assertThat(tried.block()).isNull();
        Mono<String> work = locks.withLock("c", LONG, Mono.just("x"));
        assertThat(Flux.merge(work, work).collectList().block()).containsExactly("x", "x");
    }

    @Test
    void oneOwnerWhoAsksTwiceHasOneLock() {
        LockCalls calls = new LockCalls(link(), new RedisKeys("test"), Schedulers::parallel);
        String owner = calls.newOwner();
        LockCalls.Answer first = calls.acquire("a", owner, LONG, true).block();
        LockCalls.Answer again = calls.acquire("a", owner, LONG, true).block();
        assertThat(first.isGiven()).isTrue();
        assertThat(again.fence()).isEqualTo(first.fence());
        assertThat(calls.release("a", owner).block()).isTrue();
        assertThat(calls.release("a", owner).block()).isTrue();
        assertThat(calls.acquire("a", calls.newOwner(), LONG, false).block().isGiven())
                .isTrue();
        calls.close().block();
    }

    @Test
    void oneWhoDoesNotTakeItsTurnLosesItsPlace() {
        LockCalls calls = new LockCalls(link(), new RedisKeys(RedisLock.DEFAULT_NAMESPACE), Schedulers::parallel);
        LockLease first = locks.acquire("a", LONG).block();
        assertThat(calls.acquire("a", "vanished/1", LONG, true).block().isGiven())
                .isFalse();
        Mono<LockLease> third = others.acquire("a", LONG).cache();
        third.subscribe();
        awaitInLine("a", 2);
        first.release().block();
        assertThat(third.block(LockCalls.GRACE.plus(WOKEN).plus(WOKEN))).isNotNull();
        calls.close().block();
    }

    @Test
    void fencesGrowAlsoWhenTheServerHasForgottenTheLock() {
        LockLease first = locks.acquire("a", LONG).block();
        command("FLUSHALL");
        LockLease second = others.acquire("a", LONG).block();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThatThrownBy(() -> first.renew().block()).isInstanceOf(LockLostException.class);
        assertThat(first.isTrusted()).isFalse();
    }

    @Test
    void aServerThatForgotTheScriptsIsSentThemAgain() {
        LockLease first = locks.acquire("a", LONG).block();
        command("SCRIPT", "FLUSH");
        first.renew().block();
        command("SCRIPT", "FLUSH");
        assertThat(others.tryAcquire("a", LONG).block()).isNull();
        command("SCRIPT", "FLUSH");
        assertThat(first.release().block()).isTrue();
    }

    @Test
    void everyNameIsALockOfItsOwn() {
        List<String> names = List.of("}", "{", "{}", "a}b", "a", "a%7Db", " x", "\u00e9", "x".repeat(200), "a:line");
        for (String name : names) {
            assertThat(locks.tryAcquire(name, LONG).block()).as(name).isNotNull();
        }
        for (String name : names) {
            assertThat(others.tryAcquire(name, LONG).block()).as(name).isNull();
        }
        RedisLock elsewhere = RedisLock.builder()
                .uri(uri())
                .commandTimeout(BUSY)
                .namespace("elsewhere")
                .build();
        made.add(elsewhere);
        assertThat(elsewhere.tryAcquire("a", LONG).block()).isNotNull();
    }

    @Test
    void signalsArriveOnTheGivenScheduler() {
        Scheduler own = Schedulers.newSingle("own", true);
        RedisLock lock = RedisLock.builder()
                .uri(uri())
                .commandTimeout(BUSY)
                .scheduler(() -> own)
                .build();
        made.add(lock);
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

    // ---- leadership

    @Test
    void oneLeadsAndWhenItResignsTheNextDoesAtOnce() {
        Leadership here = Leadership.of(locks, "reports", LONG);
        Leadership there = Leadership.of(others, "reports", LONG);
        Terms first = new Terms(here);
        first.expect(false, true);
        Terms second = new Terms(there);
        second.expect(false);
        awaitInLine("reports", 1);
        second.expectNothingFor(Duration.ofMillis(300));
        first.resign();
        second.expect(true);
        second.resign();
    }

    @Test
    void twoSubscriptionsAreTwoCandidates() {
        Leadership here = Leadership.of(locks, "reports", LONG);
        Terms first = new Terms(here);
        first.expect(false, true);
        Terms second = new Terms(here);
        second.expect(false);
        awaitInLine("reports", 1);
        first.resign();
        second.expect(true);
        second.resign();
    }

    @Test
    void oneLeaderRunsTheWorkAndTheNextHasAGreaterFence() {
        Leadership here = Leadership.of(locks, "reports", LONG);
        Leadership there = Leadership.of(others, "reports", LONG);
        Long first = here.whileLeading(fence -> Mono.just(fence)).blockFirst(LONG);
        Long second = there.whileLeading(fence -> Mono.just(fence)).blockFirst(LONG);
        assertThat(second).isGreaterThan(first);
    }

    @Test
    void aLeaderWhoseWorkFailsResigns() {
        Leadership here = Leadership.of(locks, "reports", LONG);
        Flux<String> failing = here.whileLeading(fence -> Mono.error(new IllegalStateException("boom")));
        assertThatThrownBy(failing::blockLast).hasMessage("boom");
        Flux<String> throwing = here.whileLeading(fence -> {
            throw new IllegalStateException("bang");
        });
        assertThatThrownBy(throwing::blockLast).hasMessage("bang");
        assertThat(others.acquire("reports", LONG).block(WOKEN)).isNotNull();
    }

    @Test
    void aLeaderWhoseWorkIsDoneGoesOnLeading() {
        Leadership here = Leadership.of(locks, "reports", LONG);
        StepVerifier.create(here.whileLeading(fence -> Flux.just("a", "b")))
                .expectNext("a", "b")
                .then(() ->
                        assertThat(others.tryAcquire("reports", LONG).block()).isNull())
                .expectNoEvent(Duration.ofMillis(300))
                .thenCancel()
                .verify();
        assertThat(others.acquire("reports", LONG).block(WOKEN)).isNotNull();
    }

    abstract RedisLink link();

    abstract long inLine(String lock);

    private void awaitInLine(String lock, long number) {
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
}
