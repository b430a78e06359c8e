package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * How a node that sleeps learns of work that came sooner than the last claim said.
 *
 * <p>A hint that nobody needs may be left out, and one too many does no harm; so these tests ask for hints and never for
 * silence.
 */
abstract class HintRules extends StoreRules {

    private HintLog hints;

    HintRules(TaskStoreContract contract) {
        super(contract);
    }

    @BeforeEach
    void listen() {
        hints = HintLog.open(contract, store);
    }

    @AfterEach
    void listenNoMore() {
        hints.close();
    }

    /** A node finds nothing to claim and goes to sleep. */
    private void sleep() {
        ClaimBatch batch = claim(NODE, new Slots(QUEUE, 1));
        assertThat(batch.claims()).isEmpty();
        assertThat(batch.nextDueMicros()[0]).isGreaterThan(batch.nowMicros());
        hints.clear();
    }

    /** A hint comes that wakes a node early enough. */
    private void assertHinted(long dueMicros) {
        // a store's clock may be ahead of what is known of it here, so that a hint may be of a moment later
        hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() <= Math.max(dueMicros, now()));
    }

    @Test
    void aTaskThatIsSavedIsHintedWhenNothingWaited() {
        sleep();
        long due = future();
        save(once("a").due(due));

        hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() == due);
    }

    @Test
    void aTaskThatIsDueIsHinted() {
        sleep();
        save(once("a"));

        assertHinted(now());
    }

    @Test
    void aTaskThatIsDueSoonerThanWhatWaitsIsHinted() {
        long later = future();
        save(once("later").due(later));
        sleep();

        save(once("sooner").due(later - 1));

        hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() == later - 1);
    }

    @Test
    void eachNewEarliestTaskIsHinted() {
        long later = future();
        sleep();
        for (int i = 1; i <= 3; i++) {
            long due = later - i;
            save(once("t" + i).due(due));
            hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() == due);
        }
    }

    @Test
    void manyTasksSavedAtOnceAreHinted() {
        sleep();
        long due = past();
        list(store.saveAll(Flux.fromIterable(numbered("t", 1_000))
                .map(id -> once(id).due(due).newTask())));

        assertHinted(due);
    }

    @Test
    void aTaskBroughtForwardByAReplacementIsHinted() {
        save(once("a").due(future()));
        sleep();
        save(once("a"));

        assertHinted(now());
    }

    @Test
    void theNextHeadOfARepeatingTaskIsHinted() {
        Claim claim = start(repeating("a"));
        sleep();
        long next = future();
        succeed(claim, Draft.at(next));

        hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() == next);
    }

    @Test
    void theNextHeadOfAnOverlappingTaskIsHinted() {
        Claim claim = start(overlapping("a"));
        sleep();
        long next = future();
        advance(claim, Draft.at(next));

        hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() == next);
    }

    @Test
    void aRetryIsHinted() {
        Claim claim = start(once("a"));
        sleep();
        long at = future();
        retryAt(claim, at);

        hints.await(Hint.Kind.DUE, QUEUE, hint -> hint.number() == at);
    }

    @Test
    void aReleasedRunIsHinted() {
        Claim claim = start(once("a"));
        sleep();
        release(claim);

        assertHinted(claim.dueMicros());
    }

    @Test
    void anExtraExecutionIsHinted() {
        save(repeating("a").due(future()));
        sleep();
        enqueue("a", null);

        assertHinted(now());
    }

    @Test
    void anExtraExecutionThatWaitedForTheActiveRunIsHintedWhenThatHasEnded() {
        Claim claim = start(repeating("a"));
        enqueue("a", null);
        sleep();
        succeed(claim, Draft.at(future()));

        assertHinted(now());
    }

    @Test
    void aResumedTaskIsHinted() {
        save(once("a").due(future()));
        get(store.cancel("a"));
        sleep();
        Position head = Draft.at(past());
        get(store.resume("a", head));

        assertHinted(head.dueMicros());
    }

    @Test
    void aRescheduledTaskIsHinted() {
        save(repeating("a").due(future()));
        sleep();
        Position head = Draft.at(past());
        get(store.reschedule("a", once("a").trigger(), head));

        assertHinted(head.dueMicros());
    }

    @Test
    void aRunBackInLineAfterItsLeaseIsHinted() {
        start(NODE.lease(SHORT_LEASE), once("a"));
        sleep();
        assertThat(expire()).hasSize(1);

        assertHinted(now());
    }

    @Test
    void workOfAKeyThatIsFreeAgainIsHinted() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        Claim claim = start(once("a").key("k"));
        save(once("b").key("k"));
        sleep();
        succeed(claim);

        assertHinted(now());
    }

    @Test
    void workOfAKeyThatIsFreeAgainBecauseItsTaskWasRemovedIsHinted() {
        declare(TaskQueue.named(QUEUE).keyConcurrency(1));
        start(once("a").key("k"));
        save(once("b").key("k"));
        sleep();
        get(store.remove("a"));

        assertHinted(now());
    }

    @Test
    void aHintIsAboutTheQueueOfTheTask() {
        claim(NODE, new Slots("mail", 1));
        long due = future();
        save(once("a").queue("mail").due(due));

        hints.await(Hint.Kind.DUE, "mail", hint -> hint.number() == due);
    }

    @Test
    void allNodesAreHintedOfWork() {
        try (HintLog others = HintLog.open(contract, store)) {
            sleep();
            save(once("a"));

            assertHinted(now());
            others.await(Hint.Kind.DUE, QUEUE);
        }
    }

    @Test
    void aNodeThatListensNoMoreDoesNotDisturbTheOthers() {
        HintLog.open(contract, store).close();
        sleep();
        save(once("a"));

        assertHinted(now());
    }

    @Test
    void hintsDoNotEnd() {
        List<Hint> none = list(store.hints().take(Duration.ZERO));

        assertThat(none).isEmpty();
        sleep();
        save(once("a"));
        assertHinted(now());
    }
}
