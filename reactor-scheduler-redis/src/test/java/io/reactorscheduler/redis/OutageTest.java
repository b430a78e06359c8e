package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.embedded.EmbeddedRedis;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A server that forgets scripts, throws clients out, dies and comes back while nodes work: nothing needs a restart. */
class OutageTest {

    private static final Duration PATIENCE = RedisTest.PATIENCE;
    private static final int TASKS = 3_000;
    private static final Handler<Void, String> LONG = Handler.named("long", String.class);

    private final String namespace = UUID.randomUUID().toString();
    private EmbeddedRedis server;
    private Nodes nodes;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.builder().durable().start();
        nodes = new Nodes(() ->
                RedisTaskStore.builder().uri(server.uri()).namespace(namespace).commandTimeout(Duration.ofSeconds(1)));
    }

    @AfterEach
    void stop() {
        nodes.dispose();
        server.close();
    }

    private void work() {
        nodes.concurrency(20).time(Duration.ofMillis(5)).save(TASKS);
        nodes.node("one").start();
        nodes.node("two").start();
    }

    @Test
    void scriptsMayBeForgottenAndClientsThrownOutUnderLoad() {
        work();
        for (int times = 1; times <= 5; times++) {
            nodes.awaitRuns(times * TASKS / 10);
            server.command("FUNCTION", "FLUSH");
            nodes.awaitRuns(times * TASKS / 10 + TASKS / 20);
            server.command("CLIENT", "KILL", "TYPE", "normal");
            server.command("CLIENT", "KILL", "TYPE", "pubsub");
        }

        nodes.awaitAllRecordedOnce(TASKS);
    }

    @Test
    void aServerThatIsKilledAndComesBackGoesOnWhereItWas() {
        work();
        for (int times = 1; times <= 3; times++) {
            nodes.awaitRuns(times * TASKS / 6);
            server.kill();
            server.restart();
        }

        nodes.awaitAllRecordedOnce(TASKS);
    }

    @Test
    void runsGoOnWhileTheirLeaseIsTrustedAndCallersAreToldWhy() {
        Sinks.Empty<Void> ends = Sinks.empty();
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        ReactiveScheduler node = nodes.use(nodes.described("one", nodes.store())
                .handle(
                        LONG,
                        (none, run) -> ends.asMono()
                                .<String>thenReturn("done")
                                .doOnSubscribe(on -> begun.incrementAndGet())
                                .doOnCancel(cancelled::incrementAndGet))
                .start());
        node.schedule(LONG.task().id("long")).block(PATIENCE);
        RedisTest.await("the run", () -> begun.get() == 1);

        server.kill();
        assertThatThrownBy(() -> node.schedule(LONG.task().id("other")).block(PATIENCE))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("Redis");
        assertThatThrownBy(() -> node.cancel("long").block(PATIENCE)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> node.stats().block(PATIENCE)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> node.task("long").block(PATIENCE)).isInstanceOf(StoreUnavailableException.class);
        ends.tryEmitEmpty();
        server.restart();

        RedisTest.await("the record", () -> state(node) == TaskState.COMPLETED);
        assertThat(cancelled.get()).isZero();
        assertThat(begun.get()).isOne();
        assertThat(node.executions(ExecutionQuery.of("long")).collectList().block(PATIENCE))
                .singleElement()
                .satisfies(record -> assertThat(record.result()).isEqualTo("\"done\""));
    }

    private static TaskState state(ReactiveScheduler node) {
        return node.task("long")
                .onErrorResume(StoreUnavailableException.class, notYet -> Mono.empty())
                .blockOptional(PATIENCE)
                .map(task -> task.state())
                .orElse(TaskState.PENDING);
    }

    @Test
    void aRunWhoseLeaseCannotBeRenewedEndsBeforeItsLeaseDoes() {
        Duration lease = Duration.ofSeconds(1);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        ReactiveScheduler node = nodes.use(nodes.lease(lease)
                .described("one", nodes.store())
                .handle(
                        LONG,
                        (none, run) -> begun.incrementAndGet() == 1
                                ? Mono.<String>never().doOnCancel(cancelled::incrementAndGet)
                                : Mono.just("again"))
                .start());
        node.schedule(LONG.task().id("long")).block(PATIENCE);
        RedisTest.await("the run", () -> begun.get() == 1);

        long killed = System.nanoTime();
        server.kill();
        RedisTest.await("its end", () -> cancelled.get() == 1);
        assertThat(System.nanoTime() - killed).isLessThan(lease.toNanos());
        assertThat(begun.get()).isOne();
        server.restart();

        RedisTest.await("the record", () -> state(node) == TaskState.COMPLETED);
        assertThat(begun.get()).isEqualTo(2);
    }

    @Test
    void nodesMayBeStartedBeforeTheServer() {
        server.stop();
        ReactiveScheduler one = nodes.node("one").start();
        assertThatThrownBy(() -> one.schedule(Nodes.WORK.task(0).id("t0")).block(PATIENCE))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("reachable");
        server.restart();

        nodes.save(100);
        nodes.awaitAllRecordedOnce(100);
    }
}
