package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How queues become known, and what changes of them at run time. */
abstract class QueueRules extends StoreRules {

    private static final String MAIL = "mail";

    QueueRules(TaskStoreContract contract) {
        super(contract);
    }

    private static TaskQueue mail(int concurrency) {
        return TaskQueue.named(MAIL).concurrency(concurrency);
    }

    private TaskQueue listed() {
        List<TaskQueue> named = list(store.queues().filter(queue -> queue.name().equals(MAIL)));
        assertThat(named).as("queues named %s", MAIL).hasSize(1);
        return named.get(0);
    }

    // ---- declared

    @Test
    void aDeclaredQueueIsListedWithItsSettings() {
        TaskQueue queue = TaskQueue.named(MAIL)
                .concurrency(7)
                .capacity(1_000)
                .rateLimit(3, Duration.ofMillis(250))
                .keyConcurrency(2)
                .keyRateLimit(1, Duration.ofSeconds(9))
                .timeout(Duration.ofSeconds(4))
                .retry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))
                .paused(true);

        assertThat(declare(queue)).isEqualTo(queue);

        assertThat(listed()).isEqualTo(queue);
    }

    @Test
    void aQueueThatIsDeclaredPausedGivesNothingUntilItIsResumed() {
        declare(TaskQueue.named(QUEUE).paused(true));
        save(once("a"));

        assertNothingToClaim();
        get(store.pauseQueue(QUEUE, false));
        claimOne();
    }

    @Test
    void aQueueDeclaredOtherwiseIsListedOnceWithItsNewSettings() {
        declare(mail(3).capacity(7));

        assertThat(declare(mail(9))).isEqualTo(mail(9));
        assertThat(listed()).isEqualTo(mail(9));
    }

    @Test
    void whatWasChangedStaysWhenTheQueueIsDeclaredAsBefore() {
        declare(mail(3));
        get(store.resizeQueue(MAIL, 5));
        get(store.pauseQueue(MAIL, true));

        assertThat(declare(mail(3))).isEqualTo(mail(5).paused(true));
        assertThat(declare(mail(3).paused(true))).isEqualTo(mail(5).paused(true));
        assertThat(listed()).isEqualTo(mail(5).paused(true));
    }

    @Test
    void aQueueDeclaredOtherwiseTakesTheNewSettingsButIsPausedAsItWas() {
        declare(mail(3));
        get(store.resizeQueue(MAIL, 5));
        assertThat(declare(mail(4).paused(true)).isPaused()).isFalse();
        get(store.pauseQueue(MAIL, true));

        assertThat(declare(mail(6))).isEqualTo(mail(6).paused(true));
        assertThat(declare(mail(4))).as("otherwise again").isEqualTo(mail(4).paused(true));
        assertThat(listed()).isEqualTo(mail(4).paused(true));
    }

    @Test
    void aQueueIsNotKnownBecauseTasksAreSavedIntoIt() {
        save(once("a").queue(MAIL));

        assertThat(list(store.queues()).stream().map(TaskQueue::name)).doesNotContain(MAIL);
        assertThat(declare(mail(3).paused(true))).isEqualTo(mail(3).paused(true));
    }

    // ---- changed

    @Test
    void pausingAndResumingChangesNothingElse() {
        declare(mail(3).capacity(7));

        assertThat(get(store.pauseQueue(MAIL, true)))
                .isEqualTo(mail(3).capacity(7).paused(true));
        assertThat(get(store.pauseQueue(MAIL, true)))
                .isEqualTo(mail(3).capacity(7).paused(true));
        assertThat(get(store.pauseQueue(MAIL, false))).isEqualTo(mail(3).capacity(7));
        assertThat(listed()).isEqualTo(mail(3).capacity(7));
    }

    @Test
    void resizingChangesTheConcurrencyAndNothingElse() {
        declare(mail(3).capacity(7).paused(true));

        assertThat(get(store.resizeQueue(MAIL, 30)))
                .isEqualTo(mail(30).capacity(7).paused(true));
        assertThat(listed()).isEqualTo(mail(30).capacity(7).paused(true));
    }

    @Test
    void anUnknownQueueIsNeitherPausedNorResized() {
        save(once("a").queue(MAIL));

        for (String unknown : List.of(MAIL, "nobody")) {
            assertThat(await(store.pauseQueue(unknown, true))).isNull();
            assertThat(await(store.resizeQueue(unknown, 2))).isNull();
        }
        assertThat(list(store.queues()).stream().map(TaskQueue::name)).doesNotContain(MAIL, "nobody");
    }

    @Test
    void pausingAndResizingAtOnceLosesNeither() {
        declare(mail(1));
        int rounds = Math.min(1_000, contract.raceTasks() / 10);
        for (int round = 1; round <= rounds; round++) {
            boolean paused = round % 2 == 1;
            int concurrency = 1 + round % 9;
            new Race()
                    .once(() -> get(store.pauseQueue(MAIL, paused)))
                    .once(() -> get(store.resizeQueue(MAIL, concurrency)))
                    .run();

            assertThat(listed())
                    .as("round %d", round)
                    .isEqualTo(mail(concurrency).paused(paused));
        }
    }

    // ---- hints

    @Test
    void allNodesAreHintedOfWhatChanged() {
        try (HintLog one = HintLog.open(contract, store);
                HintLog other = HintLog.open(contract, store)) {
            List<Runnable> changes = List.of(
                    () -> declare(mail(3)),
                    () -> declare(mail(4)),
                    () -> get(store.pauseQueue(MAIL, true)),
                    () -> get(store.resizeQueue(MAIL, 7)),
                    () -> get(store.pauseQueue(MAIL, false)));
            for (Runnable change : changes) {
                one.clear();
                other.clear();

                change.run();

                one.await(Hint.Kind.QUEUE, MAIL);
                other.await(Hint.Kind.QUEUE, MAIL);
            }
        }
    }
}
