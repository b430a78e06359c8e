package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** What a process remembers of partitions, without a server and on a clock of the test. */
class OutlookTest {

    private static final long UNKNOWN = Long.MIN_VALUE;
    private static final long NOTHING = Position.NO_TIME;
    private static final String MAIL = "mail";
    private static final String IMAGES = "images";
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final int ROUNDS = 20_000;

    private long nowMicros = 1_700_000_000_000_000L;
    private Outlook outlook;

    /** An outlook of which all partitions are heard. */
    private Disposable heard(int partitions) {
        outlook = new Outlook(partitions, POLL, () -> nowMicros);
        return listening(partitions);
    }

    private Disposable listening(int partitions) {
        Disposable listener = outlook.whileListening(Flux.never()).subscribe();
        IntStream.range(0, partitions).forEach(outlook::hears);
        return listener;
    }

    private static ClaimRequest request(String node, Duration lease, String... handlers) {
        return new ClaimRequest(node, lease, List.of(new ClaimRequest.Slots(MAIL, 1)), Set.of(handlers));
    }

    private Outlook.OfNode node() {
        return outlook.of(request("node", LEASE, "send"));
    }

    private static Hint due(String queue, long micros) {
        return new Hint(Hint.Kind.DUE, queue, micros);
    }

    /** A whole claim. */
    private static void asked(Outlook.OfNode node, int partition, long whenMicros) {
        node.asking(partition, MAIL);
        node.told(partition, MAIL, whenMicros);
    }

    private static List<Integer> unknownOf(Outlook.OfNode node, int partitions) {
        return IntStream.range(0, partitions)
                .filter(partition -> node.when(partition, MAIL) == UNKNOWN)
                .boxed()
                .toList();
    }

    // ---- hints and claims

    @Test
    void aHintThatComesBetweenTheQuestionAndTheAnswerIsNotLost() {
        heard(2);
        Outlook.OfNode node = node();

        node.asking(0, MAIL);
        outlook.hinted(0, due(MAIL, 7));
        node.told(0, MAIL, 100);

        assertThat(node.when(0, MAIL)).isEqualTo(7);
    }

    @Test
    void theEarliestOfWhatWasToldAndHintedCountsUntilTheNextClaim() {
        heard(2);
        Outlook.OfNode node = node();
        asked(node, 0, 100);

        outlook.hinted(0, due(MAIL, 120));
        assertThat(node.when(0, MAIL)).isEqualTo(100);
        outlook.hinted(0, due(MAIL, 50));
        outlook.hinted(0, due(MAIL, 80));
        assertThat(node.when(0, MAIL)).isEqualTo(50);

        asked(node, 0, NOTHING);
        assertThat(node.when(0, MAIL)).isEqualTo(NOTHING);
    }

    @Test
    void aHintIsOfOneQueueAndOnePartition() {
        heard(2);
        Outlook.OfNode node = node();
        asked(node, 0, 100);
        asked(node, 1, 100);

        outlook.hinted(0, due(IMAGES, 7));
        outlook.hinted(1, due(MAIL, 8));

        assertThat(node.when(0, MAIL)).isEqualTo(100);
        assertThat(node.when(1, MAIL)).isEqualTo(8);
    }

    @Test
    void ofAQuestionWithoutAnAnswerNothingIsKnown() {
        heard(2);
        Outlook.OfNode node = node();
        asked(node, 0, 100);

        node.asking(0, MAIL);

        assertThat(node.when(0, MAIL)).isEqualTo(UNKNOWN);
    }

    @Test
    void anAnswerToAQuestionFromBeforeItsPartitionWasHeardAgainDoesNotCount() {
        heard(2);
        Outlook.OfNode node = node();
        asked(node, 0, 100);
        asked(node, 1, 100);

        node.asking(0, MAIL);
        outlook.hears(0);
        node.told(0, MAIL, NOTHING);

        assertThat(unknownOf(node, 2)).containsExactly(0);
        asked(node, 0, NOTHING);
        assertThat(node.when(0, MAIL)).as("the next one does").isEqualTo(NOTHING);
    }

    @Test
    void whatWasToldCountsOnlyOfPartitionsThatAreHeard() {
        outlook = new Outlook(2, POLL, () -> nowMicros);
        outlook.whileListening(Flux.never()).subscribe();
        outlook.hears(1);
        Outlook.OfNode node = node();

        asked(node, 0, NOTHING);
        asked(node, 1, NOTHING);
        node.asking(0, IMAGES);
        outlook.hears(0);
        node.told(0, IMAGES, NOTHING);

        assertThat(unknownOf(node, 2)).containsExactly(0);
        assertThat(node.when(0, IMAGES)).as("asked before it was heard").isEqualTo(UNKNOWN);
    }

    // ---- what lets all be asked

    @Test
    void otherHandlersOfANodeKnowNothing() {
        heard(3);
        IntStream.range(0, 3).forEach(partition -> asked(node(), partition, NOTHING));
        assertThat(unknownOf(node(), 3)).isEmpty();

        Outlook.OfNode more = outlook.of(request("node", LEASE, "send", "resize"));

        assertThat(unknownOf(more, 3)).containsExactly(0, 1, 2);
    }

    @Test
    void newsOfAQueueLetsItsPartitionBeAskedAndChangedSettingsAllOfThem() {
        heard(3);
        Outlook.OfNode node = node();
        IntStream.range(0, 3).forEach(partition -> asked(node, partition, NOTHING));

        outlook.hinted(1, new Hint(Hint.Kind.CANCEL_TASK, "t", 1));
        outlook.hinted(1, new Hint(Hint.Kind.CANCEL_EXECUTION, "t#1", 1));
        assertThat(unknownOf(node, 3)).as("cancels are no work").isEmpty();
        outlook.hinted(1, new Hint(Hint.Kind.QUEUE, IMAGES, 0));
        assertThat(unknownOf(node, 3)).containsExactly(1);
        outlook.forget();
        assertThat(unknownOf(node, 3)).containsExactly(0, 1, 2);
    }

    @Test
    void partitionsAreAskedInTurnWithEachSafetyPollWhateverTheyTold() {
        isAskedInTurn(2, 2, 1);
        isAskedInTurn(3, 3, 1);
        isAskedInTurn(8, 2, 4);
        isAskedInTurn(16, 1, 16);
        isAskedInTurn(32, 1, 32);
    }

    /**
     * @param each how many with each poll
     * @param polls after how many all were
     */
    private void isAskedInTurn(int partitions, int each, int polls) {
        heard(partitions);
        List<Integer> all = new ArrayList<>();

        for (int poll = 0; poll < polls; poll++) {
            Outlook.OfNode node = node();
            if (poll > 0) {
                all.addAll(unknownOf(node, partitions));
            }
            IntStream.range(0, partitions).forEach(partition -> asked(node, partition, NOTHING));
            nowMicros += POLL.toNanos() / 1_000;
        }
        all.addAll(unknownOf(node(), partitions));

        assertThat(all).as("of " + partitions).hasSize(polls * each);
        assertThat(all)
                .as("each once")
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, partitions).boxed().toList());
    }

    @Test
    void aClaimSoonAfterASafetyPollTakesNoTurnAndOneAfterTheClockWasSetBackDoes() {
        heard(16);
        Outlook.OfNode node = node();
        IntStream.range(0, 16).forEach(partition -> asked(node, partition, NOTHING));

        nowMicros += POLL.toNanos() / 1_000 / 2;
        assertThat(unknownOf(node(), 16)).isEmpty();
        nowMicros -= Duration.ofHours(1).toNanos() / 1_000;
        assertThat(unknownOf(node(), 16)).hasSize(1);
    }

    @Test
    void allIsForgottenWhenTheLastListenerGoesAndNotBefore() {
        Disposable first = heard(3);
        Disposable second = outlook.whileListening(Flux.never()).subscribe();
        IntStream.range(0, 3).forEach(partition -> asked(node(), partition, NOTHING));
        Outlook.OfNode before = node();
        assertThat(outlook.leaseMicros()).isEqualTo(LEASE.toNanos() / 1_000);

        first.dispose();
        assertThat(unknownOf(node(), 3)).isEmpty();

        before.asking(0, MAIL);
        second.dispose();
        before.told(0, MAIL, NOTHING);
        assertThat(before.when(0, MAIL)).as("an answer that comes later").isEqualTo(UNKNOWN);
        assertThat(outlook.leaseMicros()).isZero();
        asked(node(), 1, NOTHING);
        assertThat(unknownOf(node(), 3)).as("nobody listens").containsExactly(0, 1, 2);
        listening(3);
        assertThat(unknownOf(node(), 3)).as("somebody listens again").containsExactly(0, 1, 2);
    }

    @Test
    void ofOnePartitionNothingIsRemembered() {
        heard(1);

        asked(node(), 0, NOTHING);

        assertThat(node().when(0, MAIL)).isEqualTo(UNKNOWN);
        assertThat(outlook.leaseMicros()).isZero();
    }

    @Test
    void nodesKnowWhatTheyWereToldThemselvesAndHearTheSameHints() {
        heard(2);
        Outlook.OfNode one = outlook.of(request("one", LEASE, "send"));
        Outlook.OfNode two = outlook.of(request("two", Duration.ofSeconds(10), "send"));

        asked(one, 0, NOTHING);
        assertThat(two.when(0, MAIL)).isEqualTo(UNKNOWN);
        asked(two, 0, 200);
        assertThat(one.when(0, MAIL)).isEqualTo(NOTHING);
        outlook.hinted(0, due(MAIL, 100));
        assertThat(List.of(one.when(0, MAIL), two.when(0, MAIL))).containsExactly(100L, 100L);
        assertThat(outlook.leaseMicros()).as("the shorter one").isEqualTo(10_000_000);
    }

    // ---- threads

    /** Work of a queue is saved and hinted by one thread while another one claims, at times without reason. */
    @Test
    void noWorkIsLostBetweenHintsAndClaimsAtTheSameTime() throws Exception {
        heard(2);
        AtomicBoolean isWork = new AtomicBoolean();
        AtomicInteger claimed = new AtomicInteger();
        AtomicBoolean isLost = new AtomicBoolean();
        CompletableFuture<Void> saver = CompletableFuture.runAsync(() -> {
            for (int round = 0; round < ROUNDS && !isLost.get(); round++) {
                isWork.set(true);
                outlook.hinted(0, due(MAIL, nowMicros));
                while (claimed.get() == round && !isLost.get()) {
                    Thread.onSpinWait();
                }
            }
        });
        Outlook.OfNode node = node();
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        int idle = 0;
        while (claimed.get() < ROUNDS && !isLost.get()) {
            boolean mayHaveWork = node.when(0, MAIL) <= nowMicros;
            if (!mayHaveWork && idle > 2) {
                isLost.set(System.nanoTime() > end);
                Thread.onSpinWait();
                continue;
            }
            // a claim that comes at any time, as those of the safety poll do
            idle = mayHaveWork ? 0 : idle + 1;
            node.asking(0, MAIL);
            boolean isFound = isWork.getAndSet(false);
            node.told(0, MAIL, NOTHING);
            if (isFound) {
                claimed.incrementAndGet();
            }
        }
        saver.get(30, TimeUnit.SECONDS);

        assertThat(claimed).hasValue(ROUNDS);
    }
}
