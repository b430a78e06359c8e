package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** What is claimed, in which order, and what a claim says. */
abstract class ClaimRules extends StoreRules {

    private static final int MANY = 1_000;

    ClaimRules(TaskStoreContract contract) {
        super(contract);
    }

    // ---- when

    @Test
    void nothingIsClaimedEarlyAndEverythingWhenItIsDue() {
        long start = now();
        for (int i = 0; i < 10; i++) {
            save(once("t" + i).due(start + i * 20_000L));
        }
        Set<String> claimed = new HashSet<>();
        long seenMicros = Long.MIN_VALUE;
        for (int i = 0; claimed.size() < 10 && i < 100; i++) {
            ClaimBatch batch = claim(NODE, new Slots(QUEUE, 20));
            assertThat(batch.claims()).allMatch(claim -> claim.dueMicros() <= batch.nowMicros(), "is due");
            claimed.addAll(ids(batch.claims()));
            for (int t = 0; t < 10; t++) {
                if (start + t * 20_000L <= batch.nowMicros()) {
                    assertThat(claimed).contains("t" + t);
                }
            }
            assertThat(batch.nowMicros()).as("time of the store").isGreaterThanOrEqualTo(seenMicros);
            seenMicros = batch.nowMicros();
            pass(10);
        }
        assertThat(claimed).hasSize(10);
    }

    @Test
    void jitterDelaysTheClaimButNotTheFireTime() {
        long fire = past();
        save(once("a").head(Position.at(fire, fire + 10)));
        save(once("b").head(Position.at(fire, future())));

        Claim claim = claimOne();
        assertThat(claim.task().id()).isEqualTo("a");
        assertThat(claim.fireMicros()).isEqualTo(fire);
        assertThat(claim.dueMicros()).isEqualTo(fire + 10);
        assertThat(claim.fireTime()).isEqualTo(instant(fire));
    }

    @Test
    void theReplySaysWhenTheNextWorkIsDue() {
        long due = future();
        save(once("later").due(due + 1_000));
        save(once("next").due(due));

        assertThat(claim(NODE, new Slots(QUEUE, 1)).nextDueMicros()).containsExactly(due);
    }

    @Test
    void theReplySaysThatNothingWaits() {
        start(once("running"));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1), new Slots("never heard of", 1));

        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()).containsExactly(Position.NO_TIME, Position.NO_TIME);
    }

    @Test
    void theReplySaysThatMoreIsDue() {
        save(once("a"));
        save(once("b"));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1));

        assertThat(batch.claims()).hasSize(1);
        assertThat(batch.nextDueMicros()[0]).isLessThanOrEqualTo(batch.nowMicros());
    }

    @Test
    void theReplySaysWhenTheNextIsDueAfterTheLastFreeSlot() {
        long due = future();
        save(once("a"));
        save(once("b").due(due));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1));

        assertThat(batch.claims()).hasSize(1);
        assertThat(batch.nextDueMicros()[0]).as("then or before").isLessThanOrEqualTo(due);
    }

    @Test
    void theReplyCarriesTheTimeOfTheStore() {
        long before = now();
        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1));

        assertThat(batch.nowMicros()).isBetween(before - CLOCKS_APART_MICROS, now() + CLOCKS_APART_MICROS);
    }

    // ---- how many, in which order

    @Test
    void noMoreThanTheFreeSlotsAreClaimed() {
        save("t", 10, past());

        assertThat(claims(3)).hasSize(3);
        assertThat(claims(5)).hasSize(5);
        assertThat(claims(5)).hasSize(2);
        assertNothingToClaim();
    }

    @Test
    void higherPriorityGoesFirstThenEarlierDueThenEarlierSaved() {
        long due = past();
        save(once("fourth").due(due));
        save(once("fifth").due(due));
        save(once("third").due(due - 1));
        save(once("second").due(due).priority(1));
        save(once("first").due(due - 1).priority(1));
        save(once("last").due(due - 2).priority(-1));

        assertThat(ids(claims(6))).containsExactly("first", "second", "third", "fourth", "fifth", "last");
    }

    @Test
    void thePriorityOfWorkThatIsNotDueDoesNotMatter() {
        save(once("urgent").priority(1_000).due(future()));
        save(once("due").priority(-1_000));

        assertThat(ids(claims(5))).containsExactly("due");
    }

    @Test
    void manyClaimsTakeManyTasksInOneOrder() {
        Random random = new Random(7);
        long due = past() - MANY;
        List<Draft> drafts = new ArrayList<>();
        for (String id : numbered("t", MANY)) {
            drafts.add(once(id).due(due + random.nextInt(100)).priority(random.nextInt(5) - 2));
        }
        list(store.saveAll(Flux.fromIterable(drafts).map(Draft::newTask)));

        List<String> claimed = new ArrayList<>();
        while (claimed.size() < MANY) {
            List<Claim> claims = claims(37);
            assertThat(claims).isNotEmpty();
            claimed.addAll(ids(claims));
        }

        // sorting is stable, so equals stay in the order of saving
        Comparator<Draft> order = Comparator.comparingInt(
                        (Draft draft) -> -draft.task().priority())
                .thenComparingLong(draft -> draft.head().dueMicros());
        assertThat(claimed)
                .isEqualTo(drafts.stream().sorted(order).map(Draft::id).toList());
    }

    @Test
    void claimsOfManyQueuesComeQueueByQueueInTheOrderOfTheRequest() {
        long due = past();
        for (String queue : List.of("a", "b", "c")) {
            list(store.saveAll(Flux.fromIterable(numbered(queue, 3))
                    .map(id -> once(id).due(due).queue(queue).newTask())));
        }
        save(once("later").queue("b").due(future()));

        ClaimBatch batch = claim(NODE, new Slots("c", 2), new Slots("empty", 4), new Slots("b", 5), new Slots("a", 1));

        assertThat(ids(batch.claims())).containsExactly("c00000", "c00001", "b00000", "b00001", "b00002", "a00000");
        assertThat(batch.nextDueMicros()).hasSize(4);
        assertThat(batch.nextDueMicros()[0]).isLessThanOrEqualTo(batch.nowMicros());
        assertThat(batch.nextDueMicros()[1]).isEqualTo(Position.NO_TIME);
        assertThat(batch.nextDueMicros()[2]).isGreaterThan(batch.nowMicros());
        assertThat(batch.nextDueMicros()[3]).isLessThanOrEqualTo(batch.nowMicros());
    }

    @Test
    void whatIsClaimedIsNotClaimedAgain() {
        save(once("a"));

        assertThat(claims(1)).hasSize(1);
        assertThat(claims(OTHER_NODE, 10)).isEmpty();
        assertNothingToClaim();
    }

    // ---- what a claim says

    @Test
    void aFirstClaimSaysWhatRunsAndForHowLong() {
        long due = past();
        save(once("a").input("42").due(due));
        long before = now();

        Claim claim = claimOne();

        assertThat(claim.number()).isEqualTo(1);
        assertThat(claim.executionId()).isEqualTo("a#1");
        assertThat(claim.fireMicros()).isEqualTo(due);
        assertThat(claim.dueMicros()).isEqualTo(due);
        assertThat(claim.attempt()).isEqualTo(1);
        assertThat(claim.active()).isZero();
        assertThat(claim.fired()).isEqualTo(1);
        assertThat(claim.extra()).isFalse();
        assertThat(claim.input()).isEqualTo("42");
        assertThat(claim.bufferedUntilMicros()).isEqualTo(Long.MIN_VALUE);
        assertThat(claim.leaseMicros())
                .isBetween(before + micros(LEASE) - CLOCKS_APART_MICROS, now() + micros(LEASE) + CLOCKS_APART_MICROS);
    }

    @Test
    void eachOfManyClaimsSaysWhatIsOfItsOwnTaskHoweverAlikeItsNeighboursAre() {
        Random random = new Random(11);
        long due = past() - MANY;
        Map<String, Draft> drafts = new LinkedHashMap<>();
        int kind = 0;
        for (String id : numbered("t", MANY)) {
            kind = random.nextInt(4) == 0 ? random.nextInt(5) : kind;
            Draft draft = once(id).due(due + random.nextInt(100));
            drafts.put(
                    id,
                    switch (kind) {
                        case 0 -> draft;
                        case 1 -> draft.input("\"" + id + "\"");
                        case 2 -> draft.with(task -> task.tags("tagged"));
                        case 3 -> draft.trigger(Trigger.at(instant(due)));
                        default -> draft.head(Position.at(due, due + random.nextInt(100)));
                    });
        }
        list(store.saveAll(Flux.fromIterable(drafts.values()).map(Draft::newTask)));

        List<Claim> claims = claims(MANY);
        while (claims.size() < MANY) {
            List<Claim> more = claims(MANY);
            assertThat(more).isNotEmpty();
            claims = Stream.concat(claims.stream(), more.stream()).toList();
        }

        assertThat(claims).hasSize(MANY).allSatisfy(claim -> {
            Draft draft = Objects.requireNonNull(drafts.get(claim.task().id()));
            assertThat(claim.input()).isEqualTo(draft.input());
            assertThat(claim.fireMicros()).isEqualTo(draft.head().fireMicros());
            assertThat(claim.dueMicros()).isEqualTo(draft.head().dueMicros());
            assertThat(claim.task().handler()).isEqualTo(draft.handler());
            assertThat(claim.task().tags()).isEqualTo(draft.task().tags());
            assertThat(claim.task().trigger()).isEqualTo(draft.trigger());
        });
    }

    @Test
    void aClaimSaysUpToWhenFireTimesAreLateOnPurpose() {
        long due = past();
        save(repeating("a").head(new Position(due, due, due + 77)));

        assertThat(claimOne().bufferedUntilMicros()).isEqualTo(due + 77);
    }

    @Test
    void everyFenceIsLargerThanAllBefore() {
        save("t", 30, past());
        long largest = Long.MIN_VALUE;
        Set<Long> fences = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            List<Claim> claims = claims(10);
            assertThat(claims).hasSize(10);
            for (Claim claim : claims) {
                assertThat(claim.fence()).isGreaterThan(largest);
                assertThat(fences.add(claim.fence())).as("a fence of its own").isTrue();
            }
            largest = claims.stream().mapToLong(Claim::fence).max().orElseThrow();
            release(claims.get(0));
            claims.stream().skip(1).forEach(this::succeed);
        }
    }

    @Test
    void aClaimedTaskIsRunning() {
        start(once("a"));

        TaskInfo info = info("a");
        assertThat(info.state()).isEqualTo(TaskState.RUNNING);
        assertThat(info.running()).isEqualTo(1);
        assertThat(info.executions()).isEqualTo(1);
        assertThat(info.attempt()).isEqualTo(1);
        assertThat(info.nextFireTime()).isNull();
        assertThat(info.dueTime()).isNull();
    }

    // ---- who

    @Test
    void workForHandlersUnknownToANodeIsLeftToThoseWhoKnowThem() {
        save(once("theirs").handler("theirs"));
        save(once("ours"));

        assertThat(ids(claims(10))).containsExactly("ours");
        assertThat(state("theirs")).isEqualTo(TaskState.PENDING);
        assertThat(ids(claims(NODE.knowing("theirs", "more"), 10))).containsExactly("theirs");
    }

    @Test
    void muchUnknownWorkDoesNotHideKnownWorkBehindIt() {
        long due = past();
        list(store.saveAll(Flux.fromIterable(numbered("theirs", MANY))
                .map(id -> once(id).handler("theirs").due(due - 10).priority(5).newTask())));
        save(once("ours").due(due));

        assertThat(ids(claims(1))).containsExactly("ours");
    }

    @Test
    void unknownWorkThatIsDueDoesNotKeepANodeAwake() {
        save(once("theirs").handler("theirs"));
        long due = future();
        save(once("ours").due(due));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1));

        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()[0]).isBetween(batch.nowMicros() + 1, due);
    }

    @Test
    void aNodeWithoutHandlersClaimsNothing() {
        save(once("a"));

        assertThat(claims(NODE.knowing(), 5)).isEmpty();
    }

    // ---- paused

    @Test
    void nothingIsClaimedFromAPausedQueueUntilItIsResumed() {
        declare(TaskQueue.named(QUEUE).paused(true));
        save(once("a"));
        save(once("b").queue("other"));

        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 5), new Slots("other", 5));
        assertThat(ids(batch.claims())).containsExactly("b");
        assertThat(batch.nextDueMicros()[0]).as("no reason to ask again soon").isGreaterThan(batch.nowMicros());

        get(store.pauseQueue(QUEUE, false));
        assertThat(ids(claims(5))).containsExactly("a");
    }

    @Test
    void whatRunsInAPausedQueueGoesOnAndEnds() {
        Claim claim = start(repeating("a"));
        declare(TaskQueue.named(QUEUE).paused(true));

        assertThat(get(store.renew(List.of(claim), LEASE))).isEmpty();
        assertThat(succeed(claim, Draft.at(past())).isStale()).isFalse();
        assertNothingToClaim();
    }

    @Test
    void theConcurrencyOfAQueueIsTheNodesToKeep() {
        declare(TaskQueue.named(QUEUE).concurrency(1).timeout(Duration.ofSeconds(1)));
        save("t", 3, past());

        assertThat(claims(3)).hasSize(3);
    }

    private void save(String prefix, int count, long due) {
        Flux<NewTask> tasks = Flux.fromIterable(numbered(prefix, count))
                .map(id -> Draft.once(id, due).newTask());
        list(store.saveAll(tasks));
    }
}
