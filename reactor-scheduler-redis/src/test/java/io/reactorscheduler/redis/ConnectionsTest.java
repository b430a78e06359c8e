package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a store connects, and when it lets go. */
class ConnectionsTest extends RedisTest {

    private FaultProxy proxy;

    @BeforeEach
    void openProxy() {
        proxy = FaultProxy.to(server);
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    private RedisTaskStore distant() {
        return use(
                RedisTaskStore.builder().uri(proxy.uri()).namespace(namespace).build());
    }

    @Test
    void aStoreThatIsDisposedStaysClosedAlthoughSomebodyListens() {
        RedisTaskStore store = distant();
        Mono<Void> hints = store.hints().then().cache();
        Mono<Void> journal = store.journal("").then().cache();
        hints.subscribe();
        journal.subscribe();
        store.stats().block(PATIENCE);
        await("both connections", () -> proxy.connections() == 2);

        store.dispose();

        hints.block(PATIENCE);
        journal.block(PATIENCE);
        await("no connection", () -> proxy.connections() == 0);
        Pause.of(Duration.ofMillis(300));
        assertThat(proxy.connections()).isZero();
    }

    @Test
    void aStoreConnectsAgainAtNextUse() {
        RedisTaskStore store = distant();
        store.stats().block(PATIENCE);
        store.dispose();
        await("no connection", () -> proxy.connections() == 0);

        assertThat(store.stats().block(PATIENCE)).isNotNull();
        assertThat(proxy.connections()).isOne();
    }

    @Test
    void theLastListenerClosesAStore() {
        RedisTaskStore store = distant();
        var first = store.hints().subscribe();
        var second = store.hints().subscribe();
        await("both connections", () -> proxy.connections() == 2);
        first.dispose();
        Pause.of(Duration.ofMillis(50));
        assertThat(proxy.connections()).isEqualTo(2);

        second.dispose();

        await("no connection", () -> proxy.connections() == 0);
    }
}
