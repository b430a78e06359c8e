package io.reactorscheduler.redis;

import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.embedded.FaultProxy;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Mono;

/** Loses the replies of the server, which has done what it was asked. */
abstract class LostReplies extends StoreTest {

    FaultProxy proxy;

    /** Reaches the server without the proxy. */
    TaskStore direct;

    /** Its replies get lost. */
    TaskStore store;

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
        // else the reply that is lost says that the server does not have the function
        for (Field field : Scripts.class.getDeclaredFields()) {
            server.command("FUNCTION", "LOAD", "REPLACE", ((Script) field.get(null)).library());
        }
    }

    @AfterEach
    void disconnect() {
        proxy.close();
    }

    /** Makes a call whose first reply is lost with its connection. */
    <T> T withLostReply(Mono<T> call) {
        return withLostReply(call, () -> {});
    }

    /** @param meanwhile what happens before the call is sent again */
    <T> T withLostReply(Mono<T> call, Runnable meanwhile) {
        long before = calls();
        proxy.dropReplies();
        var reply = call.toFuture();
        await("the call", () -> calls() > before);
        Pause.of(Duration.ofMillis(50));
        meanwhile.run();
        proxy.heal();
        proxy.reset();
        return Mono.fromFuture(reply).block(PATIENCE);
    }

    /** A claim whose lease ends at once. */
    static ClaimRequest brief() {
        return new ClaimRequest(
                "node", Duration.ofMillis(1), List.of(new ClaimRequest.Slots("default", 1)), Set.of(PLAIN.name()));
    }
}
