package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Who leads, and what is promised to the work of a leader. */
abstract class LeadershipRules extends LockSubject {

    LeadershipRules(LockContract contract) {
        super(contract);
    }

    @Test
    void oneLeadsAndWhenItResignsTheNextDoesAtOnce() {
        Leadership here = Leadership.of(locks, "reports", LONG);
        Leadership there = Leadership.of(others, "reports", LONG);
        Terms first = new Terms(here);
        first.expect(false, true);
        Terms second = new Terms(there);
        second.expect(false);
        contract.awaitInLine("reports", 1);
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
        contract.awaitInLine("reports", 1);
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
}
