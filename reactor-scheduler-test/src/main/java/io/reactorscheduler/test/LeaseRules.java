package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Swept;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long a claim is valid, and what happens after that. */
abstract class LeaseRules extends StoreRules {

    private static final Node SHORT = NODE.lease(SHORT_LEASE);

    LeaseRules(TaskStoreContract contract) {
        super(contract);
    }

    @Test
    void anExpiredClaimIsBackInLineAfterASweepWithALargerFenceAndTheSameAttempt() {
        Claim lost = start(SHORT, once("a").input("1"));

        assertThat(expire()).containsExactly(lost.executionId());

        assertThat(state("a")).isEqualTo(TaskState.PENDING);
        assertThat(info("a").running()).isZero();
        Claim again = claimOne(OTHER_NODE);
        assertThat(again.executionId()).isEqualTo(lost.executionId());
        assertThat(again.fence()).isGreaterThan(lost.fence());
        assertThat(again.attempt()).isEqualTo(lost.attempt());
        assertThat(again.fireMicros()).isEqualTo(lost.fireMicros());
        assertThat(again.fired()).isEqualTo(lost.fired());
        assertThat(again.input()).isEqualTo("1");
        assertThat(succeed(lost).isStale()).isTrue();
        assertThat(succeed(again).isStale()).isFalse();
        assertThat(onlyExecution("a").node()).isEqualTo(OTHER_NODE.name());
    }

    @Test
    void aSweepReturnsOnlyWhatHasExpired() {
        start(SHORT, once("short"));
        Claim valid = start(once("long"));
        save(once("waiting"));

        assertThat(expire()).containsExactly("short#1");

        assertThat(state("long")).isEqualTo(TaskState.RUNNING);
        assertThat(ids(claims(10))).containsExactlyInAnyOrder("short", "waiting");
        assertThat(succeed(valid).isStale()).isFalse();
    }

    @Test
    void aSweepTellsWhenTheFirstLeaseEnds() {
        assertThat(sweep().nextExpiryMicros()).isEqualTo(Position.NO_TIME);
        start(once("a"));
        Claim first = start(SHORT, once("b"));

        assertThat(sweep().nextExpiryMicros()).isEqualTo(first.leaseMicros());
        expire();
        assertThat(sweep().nextExpiryMicros()).isGreaterThan(first.leaseMicros());
    }

    @Test
    void aSecondSweepFindsNothingMore() {
        start(SHORT, once("a"));
        assertThat(expire()).hasSize(1);

        Swept swept = sweep();

        assertThat(swept.expired()).isEmpty();
        assertThat(swept.dropped()).isEmpty();
        assertThat(swept.findings()).isEmpty();
    }

    @Test
    void anExpiredRetryKeepsItsAttempt() {
        retryAt(start(once("a")), past());
        Claim lost = claimOne(SHORT);
        assertThat(lost.attempt()).isEqualTo(2);
        expire();

        assertThat(state("a")).as("it waits for a slot, not for its time").isEqualTo(TaskState.PENDING);
        Claim again = claimOne();
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.number()).isEqualTo(1);
    }

    @Test
    void whatExpiredStaysStaleBeforeItIsClaimedAgain() {
        Claim lost = start(SHORT, repeating("a"));
        expire();

        assertThat(succeed(lost, Draft.at(future())).isStale()).isTrue();
        assertThat(get(store.renew(List.of(lost), LEASE))).hasSize(1);
        assertThat(claimOne().number()).isEqualTo(1);
    }

    @Test
    void manyExpiredClaimsAreAllReturnedByAFewSweeps() {
        for (String id : numbered("t", 500)) {
            save(once(id));
        }
        assertThat(claims(SHORT, 500)).hasSize(500);
        pass(SHORT_LEASE.toMillis() + 20);

        int returned = 0;
        for (int i = 0; i < 50 && returned < 500; i++) {
            returned += sweep().expired().size();
        }

        assertThat(returned).isEqualTo(500);
        assertThat(claims(1_000)).hasSize(500);
    }

    // ---- renewal

    @Test
    void aRenewedClaimLivesOn() {
        Claim claim = start(SHORT, once("a"));

        assertThat(get(store.renew(List.of(claim), LEASE))).isEmpty();

        assertThat(expire()).isEmpty();
        assertNothingToClaim();
        assertThat(succeed(claim).isStale()).isFalse();
    }

    @Test
    void aLeaseIsRenewedFromNowOn() {
        Claim claim = start(once("a"));

        assertThat(get(store.renew(List.of(claim), SHORT_LEASE))).isEmpty();

        assertThat(expire()).containsExactly(claim.executionId());
    }

    @Test
    void anExpiredClaimIsLostAndNoRenewalBringsItBack() {
        Claim claim = start(SHORT, once("a"));
        pass(SHORT_LEASE.toMillis() + 20);

        assertThat(get(store.renew(List.of(claim), LEASE)))
                .extracting(Claim::executionId)
                .containsExactly(claim.executionId());

        sweep();
        assertThat(claimOne().fence()).isGreaterThan(claim.fence());
        assertThat(get(store.renew(List.of(claim), LEASE))).hasSize(1);
    }

    @Test
    void aClaimThatAnotherNodeHoldsByNowIsLost() {
        Claim lost = start(SHORT, once("a"));
        expire();
        Claim valid = claimOne(OTHER_NODE);

        assertThat(get(store.renew(List.of(lost, valid), LEASE)))
                .extracting(Claim::fence)
                .containsExactly(lost.fence());
    }

    @Test
    void claimsOfEndedReleasedRetriedAndRemovedRunsAreLost() {
        Claim ended = start(once("ended"));
        succeed(ended);
        Claim retried = start(once("retried"));
        retryAt(retried, future());
        Claim removed = start(once("removed"));
        await(store.remove("removed"));
        Claim released = start(once("released"));
        release(released);

        assertThat(get(store.renew(List.of(ended, retried, removed, released), LEASE)))
                .extracting(Claim::fence)
                .containsExactlyInAnyOrder(ended.fence(), retried.fence(), removed.fence(), released.fence());
        assertThat(state("retried")).isEqualTo(TaskState.RETRYING);
        assertThat(claimOne().task().id()).isEqualTo("released");
    }

    @Test
    void manyClaimsAreRenewedInOneCallAndOnlyTheLostAreGiven() {
        for (String id : numbered("t", 300)) {
            save(once(id));
        }
        List<Claim> claims = claims(300);
        Claim ended = claims.get(17);
        end(ended, SUCCESS, Position.ENDED);

        assertThat(get(store.renew(claims, Duration.ofHours(2))))
                .extracting(Claim::fence)
                .containsExactly(ended.fence());
    }

    // ---- timelines over lost leases

    @Test
    void aFireTimeOfARepeatingTaskIsNotLostWithItsNode() {
        Claim lost = start(SHORT, repeating("a"));
        expire();

        Claim again = claimOne();
        assertThat(again.fireMicros()).isEqualTo(lost.fireMicros());
        assertThat(again.dueMicros()).isEqualTo(lost.dueMicros());
        succeed(again, Draft.at(past()));
        assertThat(claimOne().fired()).isEqualTo(2);
    }

    @Test
    void theRunsOfAnOverlappingTaskExpireOneByOne() {
        Claim lost = start(SHORT, overlapping("a"));
        advance(lost, Draft.at(past()));
        Claim valid = claimOne();
        advance(valid, Draft.at(future()));

        assertThat(expire()).containsExactly(lost.executionId());

        assertThat(info("a").running()).isEqualTo(1);
        Claim again = claimOne();
        assertThat(again.number()).isEqualTo(lost.number());
        assertThat(again.active()).isEqualTo(1);
        assertThat(succeed(lost).isStale()).isTrue();
        assertThat(succeed(again).isStale()).isFalse();
        assertThat(succeed(valid).isStale()).isFalse();
    }

    @Test
    void aLostRunOfAnOverlappingTaskIsLateOnPurposeBecauseTheHeadMayBeAheadOfIt() {
        Claim lost = start(SHORT, overlapping("a"));
        advance(lost, Draft.at(future()));
        expire();

        Claim again = claimOne();

        assertThat(again.number()).isEqualTo(lost.number());
        assertThat(again.bufferedUntilMicros()).isGreaterThanOrEqualTo(again.fireMicros());
    }

    @Test
    void fencesGrowOverTheLivesOfAnId() {
        Claim first = start(SHORT, once("a"));
        expire();
        Claim second = claimOne();
        release(second);
        Claim third = claimOne();
        await(store.remove("a"));
        Claim fourth = start(once("a"));

        assertThat(List.of(first.fence(), second.fence(), third.fence(), fourth.fence()))
                .isSorted()
                .doesNotHaveDuplicates();
    }
}
