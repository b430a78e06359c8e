package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.embedded.FaultProxy;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The server did it, and the reply got lost: the call is sent again by the client and answered as if it had come once. */
class LostRepliesTest extends StoreTest {

    private FaultProxy proxy;
    private TaskStore direct;
    private TaskStore store;

    @BeforeEach
    void connect() throws IllegalAccessException {
        proxy = FaultProxy.to(server);
        direct = store();
        store = use(RedisTaskStore.builder()
                .uri(proxy.uri())
                .namespace(namespace)
                .commandTimeout(Duration.ofSeconds(20))
                .build());
        store.stats().block(PATIENCE);
        // else the reply that is lost says that the server does not know the script
        for (Field field : Scripts.class.getDeclaredFields()) {
            server.command("SCRIPT", "LOAD", ((Script) field.get(null)).text());
        }
    }

    @AfterEach
    void disconnect() {
        proxy.close();
    }

    /** Makes a call whose first reply is lost with its connection. */
    private <T> T withLostReply(Mono<T> call) {
        long before = calls();
        proxy.dropReplies();
        var reply = call.toFuture();
        await("the call", () -> calls() > before);
        Pause.of(Duration.ofMillis(50));
        proxy.heal();
        proxy.reset();
        return Mono.fromFuture(reply).block(PATIENCE);
    }

    @Test
    void aTaskIsSavedAsNewAlsoWhereItMustNotBeKnown() {
        var saved = withLostReply(store.save(task("a", direct.nowMicros(), IfExists.FAIL)));

        assertThat(saved.isNew()).isTrue();
        assertThat(direct.stats().block(PATIENCE).tasks()).containsEntry(TaskState.PENDING, 1L);
    }

    @Test
    void anExecutionIsAskedForOnce() {
        direct.save(task("a", direct.nowMicros() + 1_000 * SECOND_MICROS, IfExists.FAIL))
                .block(PATIENCE);

        String id = withLostReply(store.enqueue("a", new Extra(0, null)));

        assertThat(claim(direct, 5)).extracting(Claim::executionId).containsExactly(id);
    }

    @Test
    void aClaimIsAnsweredWithTheSameWork() {
        for (String id : List.of("a", "b", "c")) {
            direct.save(due(direct, id)).block(PATIENCE);
        }

        List<Claim> claims = withLostReply(store.claim(request(2))).claims();

        assertThat(claims).extracting(claim -> claim.task().id()).containsExactly("a", "b");
        assertThat(direct.stats().block(PATIENCE).queues().get("default").running())
                .isEqualTo(2);
        assertThat(succeed(direct, claims.get(0)).isStale()).isFalse();
    }

    @Test
    void aClaimThatWasGivenUpGoesBackInLineWithTheNextOne() {
        direct.save(due(direct, "a")).block(PATIENCE);
        long before = calls();
        proxy.dropReplies();
        var abandoned = store.claim(request(1)).subscribe();
        await("the call", () -> calls() > before);
        await(
                "the claim",
                () -> direct.stats().block(PATIENCE).queues().get("default").running() == 1);
        abandoned.dispose();
        proxy.heal();
        proxy.reset();

        List<Claim> claims = claim(store, 1);

        assertThat(claims).extracting(Claim::executionId).containsExactly("a#1");
        assertThat(direct.task("a").block(PATIENCE).crashes()).isZero();
    }

    @Test
    void anEndIsRecordedOnceAndSaidToBe() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Claim claim = claim(direct, 1).get(0);

        var recorded = withLostReply(store.complete(List.of(success(direct, claim))));

        assertThat(recorded.get(0).isStale()).isFalse();
        assertThat(recorded.get(0).state()).isEqualTo(TaskState.COMPLETED);
        assertThat(direct.executions(ExecutionQuery.of("a")).collectList().block(PATIENCE))
                .hasSize(1);
    }

    @Test
    void aTaskIsRemovedAndSaidToBe() {
        direct.save(due(direct, "a")).block(PATIENCE);

        assertThat(withLostReply(store.remove("a")).id()).isEqualTo("a");
    }

    @Test
    void otherChangesComeTwiceAndAreOne() {
        direct.save(due(direct, "a")).block(PATIENCE);
        Supplier<Object> state = () -> direct.task("a").block(PATIENCE).state();

        assertThat(withLostReply(store.cancel("a")).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(state.get()).isEqualTo(TaskState.CANCELLED);
    }
}
