package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Who gets a lock, in which order, and for how long. */
abstract class LockRules extends LockSubject {

    LockRules(LockContract contract) {
        super(contract);
    }

    @Test
    void manyContendersNeverHoldItTogetherAndTheirFencesGrow() {
        List<RedisLock> clients = List.of(locks, others, contract.newLocks());
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
            contract.awaitInLine("a", i + 1);
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
        contract.awaitInLine("a", 1);
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
    void cancellingTheWaitLeavesTheLine() {
        LockLease first = locks.acquire("a", LONG).block();
        others.acquire("a", LONG).timeout(Duration.ofMillis(300), Mono.empty()).block();
        Mono<LockLease> third = others.acquire("a", LONG).cache();
        third.subscribe();
        contract.awaitInLine("a", 1);
        first.release().block();
        assertThat(third.block(WOKEN)).isNotNull();
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
        LockCalls calls = new LockCalls(contract.link(), new RedisKeys("test"), Schedulers::parallel);
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
        LockCalls calls =
                new LockCalls(contract.link(), new RedisKeys(RedisLock.DEFAULT_NAMESPACE), Schedulers::parallel);
        LockLease first = locks.acquire("a", LONG).block();
        assertThat(calls.acquire("a", "vanished/1", LONG, true).block().isGiven())
                .isFalse();
        Mono<LockLease> third = others.acquire("a", LONG).cache();
        third.subscribe();
        contract.awaitInLine("a", 2);
        first.release().block();
        assertThat(third.block(LockCalls.GRACE.plus(WOKEN).plus(WOKEN))).isNotNull();
        calls.close().block();
    }

    @Test
    void fencesGrowAlsoWhenTheServerHasForgottenTheLock() {
        LockLease first = locks.acquire("a", LONG).block();
        contract.command("FLUSHALL");
        LockLease second = others.acquire("a", LONG).block();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThatThrownBy(() -> first.renew().block()).isInstanceOf(LockLostException.class);
        assertThat(first.isTrusted()).isFalse();
    }

    @Test
    void aServerThatForgotTheScriptsIsSentThemAgain() {
        LockLease first = locks.acquire("a", LONG).block();
        contract.command("FUNCTION", "FLUSH");
        first.renew().block();
        contract.command("FUNCTION", "FLUSH");
        assertThat(others.tryAcquire("a", LONG).block()).isNull();
        contract.command("FUNCTION", "FLUSH");
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
                .uri(contract.uri())
                .commandTimeout(BUSY)
                .namespace("elsewhere")
                .build();
        contract.closedLater(elsewhere);
        assertThat(elsewhere.tryAcquire("a", LONG).block()).isNotNull();
    }
}
