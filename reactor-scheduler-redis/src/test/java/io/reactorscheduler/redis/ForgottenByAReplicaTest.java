package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.Retention;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a server has confirmed and the replica that takes over has not heard of, made by undoing it on the server without a
 * word to anybody: nodes must not go on as if it were still so.
 */
class ForgottenByAReplicaTest extends StoreTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final int PARTITIONS = 2;

    private final List<Hint> hints = new CopyOnWriteArrayList<>();
    private RedisTaskStore other;

    @BeforeEach
    void declareTheQueue() {
        other = use(builder().partitions(PARTITIONS).build());
        other.declareQueue(TaskQueue.named(TaskQueue.DEFAULT_NAME)).block(PATIENCE);
    }

    private RedisTaskStore listening(Duration safetyPoll) {
        WatchedLink link = new WatchedLink(server.uri(), BUSY_MACHINE);
        RedisTaskStore store = use(new RedisTaskStore(
                new RedisSettings(namespace, PARTITIONS, Retention.defaults(), safetyPoll, null, 3, 0), link));
        store.hints().subscribe(hints::add);
        await("what it may have missed", () -> hinted(TaskQueue.DEFAULT_NAME) == PARTITIONS);
        return store;
    }

    private long hinted(String queue) {
        return hints.stream()
                .filter(hint -> hint.kind() == Hint.Kind.QUEUE && hint.subject().equals(queue))
                .count();
    }

    @Test
    void settingsThatWereHeardOfAreToldOnceMoreByTheNextLookThoughTheyAreAsBefore() {
        listening(Duration.ofSeconds(1));
        await("the first look", () -> hinted("") > 0);
        long before = hinted("");

        other.pauseQueue(TaskQueue.DEFAULT_NAME, true).block(PATIENCE);
        server.command("HDEL", key("Q:default"), "p");

        await("the news", () -> hinted(TaskQueue.DEFAULT_NAME) == 2 * PARTITIONS);
        await("the look after it", () -> hinted("") > before);
    }

    @Test
    void aChangeOfAQueueIsToldThoughItIsSoAlready() {
        listening(NEVER);
        long before = hinted(TaskQueue.DEFAULT_NAME);

        other.pauseQueue(TaskQueue.DEFAULT_NAME, false).block(PATIENCE);
        await("news for each partition", () -> hinted(TaskQueue.DEFAULT_NAME) == before + PARTITIONS);

        other.resizeQueue(TaskQueue.DEFAULT_NAME, TaskQueue.DEFAULT_CONCURRENCY).block(PATIENCE);
        await("news for each partition", () -> hinted(TaskQueue.DEFAULT_NAME) == before + 2 * PARTITIONS);
    }

    @Test
    void aStaleEndLetsItsPartitionBeAskedForWorkWhateverItToldBefore() {
        isAskedAfter(store -> claim -> succeed(store, claim).isStale());
    }

    @Test
    void aLeaseThatIsLostLetsItsPartitionBeAskedForWorkWhateverItToldBefore() {
        isAskedAfter(store ->
                claim -> store.renew(List.of(claim), LEASE).block(PATIENCE).equals(List.of(claim)));
    }

    private void isAskedAfter(Function<RedisTaskStore, Function<Claim, Boolean>> refused) {
        RedisTaskStore store = listening(NEVER);
        List<String> ids = List.of("a", "b", "c", "d", "e").stream()
                .filter(id -> RedisKeys.partitionOf(id, PARTITIONS) == 0)
                .toList();
        store.save(due(store, ids.get(0))).block(PATIENCE);
        List<Claim> claimed = new ArrayList<>();
        await("the claim", () -> claimed.addAll(claim(store, 1)));
        Claim gone = claimed.get(0);
        assertThat(claim(store, 1)).isEmpty();
        other.remove(ids.get(0)).block(PATIENCE);
        // nobody is told of what is due later than nodes wake up by themselves
        server.command("HSET", key("Q:default"), "o", "0");
        other.save(due(other, ids.get(1))).block(PATIENCE);
        assertThat(claim(store, 1)).as("what was told still counts").isEmpty();

        assertThat(refused.apply(store).apply(gone)).isTrue();

        await("the other task", () -> !claim(store, 1).isEmpty());
    }
}
