package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.TaskQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** How fast and how often at once work starts: limits of queues and of keys. */
abstract class LimitRules extends StoreRules {

    private static final int TOKENS = 5;
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final long MICROS_PER_TOKEN = micros(PERIOD) / TOKENS;
    private static final int MANY = 1_000;

    LimitRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- rate

    @Test
    void noMoreStartAtOnceThanTheRateAllowsPerPeriod() {
        declare(TaskQueue.named(QUEUE).rateLimit(TOKENS, PERIOD));
        saveMany("t", 20, null);

        assertThat(claims(20)).hasSize(TOKENS);
    }

    @Test
    void tokensComeBackEvenlyAndNeverTooSoon() {
        declare(TaskQueue.named(QUEUE).rateLimit(TOKENS, PERIOD));
        saveMany("t", 20, null);
        long first = now();
        int claimed = 0;
        long last = first;
        for (int i = 0; i < 20; i++) {
            ClaimBatch batch = claim(NODE, new Slots(QUEUE, 20));
            claimed += batch.claims().size();
            last = batch.nowMicros();
            assertThat(claimed)
                    .as("started after %d micros", last - first)
                    .isLessThanOrEqualTo(TOKENS + (int) ((last - first) / MICROS_PER_TOKEN) + 1);
            pass(50);
        }
        assertThat(claimed)
                .as("started after %d micros", last - first)
                .isGreaterThanOrEqualTo(Math.min(20, TOKENS + (int) ((last - first) / MICROS_PER_TOKEN) - 1));
    }

    @Test
    void noMoreTokensAreSavedUpThanOnePeriodGives() {
        declare(TaskQueue.named(QUEUE).rateLimit(TOKENS, PERIOD));
        saveMany("t", 20, null);
        assertThat(claims(20)).hasSize(TOKENS);

        pass(3 * PERIOD.toMillis());

        assertThat(claims(20)).hasSize(TOKENS);
    }

    @Test
    void theReplySaysWhenTheNextTokenComes() {
        declare(TaskQueue.named(QUEUE).rateLimit(TOKENS, PERIOD));
        saveMany("t", 20, null);

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 20));

        assertThat(batch.nextDueMicros()[0] - batch.nowMicros()).isBetween(1L, MICROS_PER_TOKEN + 1_000);
        pass(Duration.ofNanos(1_000 * (batch.nextDueMicros()[0] - batch.nowMicros()))
                        .toMillis()
                + 1);
        assertThat(claims(20)).isNotEmpty();
    }

    @Test
    void aRateLimitCountsTheWholeStoreAndNotOneNode() {
        declare(TaskQueue.named(QUEUE).rateLimit(TOKENS, Duration.ofHours(1)));
        saveMany("t", 20, null);

        assertThat(claims(3)).hasSize(3);
        assertThat(claims(OTHER_NODE, 20)).hasSize(TOKENS - 3);
        assertThat(claims(20)).isEmpty();
    }

    @Test
    void aRateLimitOfOneQueueIsNothingToAnother() {
        declare(TaskQueue.named(QUEUE).rateLimit(1, Duration.ofHours(1)));
        saveMany("t", 3, null);
        save(once("a").queue("other"));
        save(once("b").queue("other"));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 5), new Slots("other", 5));

        assertThat(ids(batch.claims())).containsExactly("t00000", "a", "b");
    }

    @Test
    void aLimitThatIsLiftedHoldsNoMore() {
        declare(TaskQueue.named(QUEUE).rateLimit(1, Duration.ofHours(1)));
        saveMany("t", 10, null);
        assertThat(claims(10)).hasSize(1);

        declare(TaskQueue.named(QUEUE));

        assertThat(claims(10)).hasSize(9);
    }

    @Test
    void announcingTheSameLimitAgainGivesNoFreshTokens() {
        declare(TaskQueue.named(QUEUE).rateLimit(2, Duration.ofHours(1)));
        saveMany("t", 10, null);
        assertThat(claims(10)).hasSize(2);

        declare(TaskQueue.named(QUEUE).rateLimit(2, Duration.ofHours(1)));

        assertThat(claims(10)).isEmpty();
    }

    // ---- runs at once of one key

    @Test
    void noMoreRunAtOnceOfOneKeyThanItsConcurrency() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(2));
        saveMany("a", 5, "a");
        saveMany("b", 1, "b");

        assertThat(keys(claims(10))).isEqualTo(Map.of("a", 2L, "b", 1L));
        assertThat(claims(OTHER_NODE, 10)).as("over all nodes").isEmpty();
    }

    @Test
    void theNextOfAKeyStartsWhenOneHasEnded() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        saveMany("a", 5, "a");

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Claim claim = claimOne();
            order.add(claim.task().id());
            assertNothingToClaim();
            succeed(claim);
        }
        assertThat(order).isEqualTo(numbered("a", 5));
    }

    @Test
    void aKeyIsFreeHoweverItsRunEnds() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        long due = past();
        save(once("retried").key("k").due(due - 9).priority(9));
        retryAt(claimOne(), future());
        save(once("failed").key("k").due(due - 8).priority(8));
        fail(claimOne());
        save(once("removed").key("k").due(due - 7).priority(7));
        claimOne();
        await(store.remove("removed"));
        save(once("released").key("k").due(due - 6).priority(6));
        release(claimOne());
        assertThat(claimOne(NODE.lease(SHORT_LEASE)).task().id()).isEqualTo("released");
        expire();
        await(store.cancel("released"));
        save(once("last").key("k").due(due));

        assertThat(claimOne().task().id()).isEqualTo("last");
    }

    @Test
    void tasksWithoutAKeyAreNotLimitedByKeys() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1).keyRateLimit(1, Duration.ofHours(1)));
        saveMany("t", 10, null);

        assertThat(claims(20)).hasSize(10);
    }

    @Test
    void aKeyIsLimitedInItsOwnQueueOnly() {
        declare(TaskQueue.named("left").keyConcurrency(1));
        declare(TaskQueue.named("right").keyConcurrency(1));
        save(once("a").queue("left").key("k"));
        save(once("b").queue("right").key("k"));

        assertThat(claim(NODE, new Slots("left", 2), new Slots("right", 2)).claims())
                .hasSize(2);
    }

    @Test
    void muchWorkOfABlockedKeyDoesNotHideOtherWorkBehindIt() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        saveMany("a", MANY, "a");
        assertThat(claims(1)).hasSize(1);
        save(once("b").key("b"));
        save(once("c"));

        assertThat(ids(claims(10))).containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void workOfABlockedKeyDoesNotKeepANodeAwake() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        saveMany("a", 3, "a");

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 10));

        assertThat(batch.claims()).hasSize(1);
        assertThat(batch.nextDueMicros()[0]).isGreaterThan(batch.nowMicros());
    }

    @Test
    void aKeyLimitHoldsForTasksThatWereSavedBeforeIt() {
        saveMany("a", 5, "a");
        declare(TaskQueue.named(QUEUE).keyConcurrency(2));

        assertThat(claims(10)).hasSize(2);
    }

    @Test
    void aKeyLimitCountsTheRunsThatStartedBeforeIt() {
        Claim before = start(once("before").key("a"));
        saveMany("a", 2, "a");
        saveMany("b", 1, "b");

        declare(TaskQueue.named(QUEUE).keyConcurrency(1));

        assertThat(ids(claims(10))).containsExactly("b00000");
        succeed(before);
        assertThat(claims(10)).hasSize(1);
    }

    @Test
    void aKeyLimitThatIsLiftedHoldsNoMore() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        saveMany("a", 5, "a");
        assertThat(claims(10)).hasSize(1);
        declare(TaskQueue.named(QUEUE));

        assertThat(ids(claims(10))).isEqualTo(numbered("a", 5).subList(1, 5));
    }

    // ---- starts of one key

    @Test
    void noMoreOfOneKeyStartThanItsRateAllows() {
        declare(TaskQueue.named(QUEUE).keyRateLimit(2, PERIOD));
        saveMany("a", 8, "a");
        saveMany("b", 1, "b");

        List<Claim> claims = claims(10);
        assertThat(keys(claims)).isEqualTo(Map.of("a", 2L, "b", 1L));
        claims.forEach(this::succeed);
        pass(2 * PERIOD.toMillis());
        assertThat(keys(claims(10))).as("after a full period").isEqualTo(Map.of("a", 2L));
    }

    @Test
    void theReplySaysWhenTheNextTokenOfAKeyComes() {
        declare(TaskQueue.named(QUEUE).keyRateLimit(2, PERIOD));
        saveMany("a", 8, "a");

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 10));

        assertThat(batch.nextDueMicros()[0] - batch.nowMicros()).isBetween(1L, micros(PERIOD) / 2 + 1_000);
    }

    // ---- turns

    @Test
    void dueKeysTakeTurnsInOneClaim() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(100));
        saveMany("a", 20, "a");
        saveMany("b", 5, "b");
        saveMany("c", 5, "c");

        assertThat(keys(claims(6))).isEqualTo(Map.of("a", 2L, "b", 2L, "c", 2L));
    }

    @Test
    void dueKeysTakeTurnsOverManyClaims() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(100));
        saveMany("a", 20, "a");
        saveMany("b", 5, "b");
        saveMany("c", 5, "c");

        List<Claim> claims = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            claims.addAll(claims(1));
        }
        assertThat(keys(claims)).isEqualTo(Map.of("a", 3L, "b", 3L, "c", 3L));
    }

    @Test
    void withinAKeyTheOrderStays() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(100));
        saveMany("a", 20, "a");
        saveMany("b", 20, "b");

        List<String> claimed = ids(claims(40));

        assertThat(claimed).filteredOn(id -> id.startsWith("a")).isEqualTo(numbered("a", 20));
        assertThat(claimed).filteredOn(id -> id.startsWith("b")).isEqualTo(numbered("b", 20));
    }

    @Test
    void higherPriorityGoesBeforeTheTurnsOfKeys() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(100));
        saveMany("b", 3, "b");
        long due = past();
        for (String id : numbered("a", 3)) {
            save(Draft.once(id, due).key("a").priority(1));
        }

        assertThat(keys(claims(3))).isEqualTo(Map.of("a", 3L));
    }

    private void saveMany(String prefix, int count, @Nullable String key) {
        long due = past();
        list(store.saveAll(Flux.fromIterable(numbered(prefix, count))
                .map(id ->
                        key == null ? Draft.once(id, due) : Draft.once(id, due).key(key))
                .map(Draft::newTask)));
    }

    private static Map<String, Long> keys(List<Claim> claims) {
        return claims.stream()
                .collect(Collectors.groupingBy(
                        claim -> String.valueOf(claim.task().key()), Collectors.counting()));
    }
}
