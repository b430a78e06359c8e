package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Ephemeral and durable tasks in one scheduler. */
class EphemeralTest extends InVirtualTime {

    private static final Handler<String, String> ECHO = Handler.named("echo", String.class, String.class);

    private final TaskStore shared = StandInStore.shared(
            InMemoryTaskStore.builder().scheduler(() -> time).build());
    private final List<String> ran = new ArrayList<>();

    private ReactiveScheduler node(String name) {
        return started(builder().node(name).store(shared).handle(ECHO, (word, run) -> {
            ran.add(word);
            return Mono.just(word);
        }));
    }

    @Test
    void bothKindsRunInOneSchedulerAndGiveTheirResults() {
        ReactiveScheduler scheduler = node("a");
        List<String> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Task<String, String> task = ECHO.task("w" + i).after(Duration.ofSeconds(i));
            scheduler
                    .schedule(i % 2 == 0 ? task.ephemeral() : task)
                    .flatMapMany(ScheduledTask::results)
                    .subscribe(results::add);
        }

        pass(Duration.ofSeconds(30));

        assertThat(ran).hasSize(20);
        assertThat(results).isEqualTo(ran);
        assertThat(now(scheduler.stats()).tasks()).containsEntry(TaskState.COMPLETED, 20L);
        assertThat(now(shared.stats()).tasks()).containsEntry(TaskState.COMPLETED, 10L);
    }

    @Test
    void ephemeralTasksEndWhileTheSharedStoreIsAway() {
        ShakyStore shaky =
                new ShakyStore(InMemoryTaskStore.builder().scheduler(() -> time).build());
        ReactiveScheduler scheduler = started(builder()
                .store(shaky.store())
                .handle(
                        ECHO,
                        (word, run) ->
                                Mono.delay(Duration.ofSeconds(1), run.timer()).thenReturn(word)));
        now(scheduler.schedule(ECHO.task("durable")));
        settle();
        shaky.always("claim", ShakyStore.failing());
        List.of("complete", "renew").forEach(method -> shaky.always(method, ShakyStore.lost()));
        pass(Duration.ofSeconds(1));

        now(scheduler.schedule(ECHO.task("ephemeral").id("e").ephemeral()));
        pass(Duration.ofSeconds(25));

        assertThat(now(scheduler.task("e")).state()).isEqualTo(TaskState.COMPLETED);
    }

    @Test
    void ofAStoppedSchedulerOnlyTheDurableTasksGoOnElsewhere() {
        ReactiveScheduler scheduler = node("a");
        now(scheduler.schedule(ECHO.task("durable").after(Duration.ofHours(1))));
        now(scheduler.schedule(ECHO.task("ephemeral").after(Duration.ofHours(1)).ephemeral()));
        now(scheduler.disposeGracefully(Duration.ZERO));

        ReactiveScheduler other = node("b");
        assertThat(now(other.tasks(TaskQuery.all()))).hasSize(1);
        pass(Duration.ofHours(2));

        assertThat(ran).containsExactly("durable");
    }

    @Test
    void aStreamMayBeEphemeral() {
        ReactiveScheduler scheduler = node("a");
        StepVerifier.create(scheduler.stream(Task.of("tick", run -> Mono.just("tick"))
                                .every(Duration.ofSeconds(1))
                                .ephemeral())
                        .take(3))
                .then(() -> pass(Duration.ofSeconds(5)))
                .expectNextCount(3)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        settle();
        assertThat(now(scheduler.tasks(TaskQuery.all()))).isEmpty();
        assertThat(now(shared.executions(ExecutionQuery.all()))).isEmpty();
    }

    @Test
    void aTaskThatOnlyThisSchedulerCouldRunNeedsItsHandlerAndQueueHere() {
        ReactiveScheduler scheduler = node("a");
        Handler<String, String> nowhere = Handler.named("nowhere", String.class, String.class);

        StepVerifier.create(scheduler.schedule(nowhere.task("x").ephemeral()))
                .verifyError(UnknownHandlerException.class);
        StepVerifier.create(scheduler.schedule(ECHO.task("x").queue("none").ephemeral()))
                .verifyError(InvalidTaskException.class);
        assertThat(now(scheduler.schedule(nowhere.task("x")))).isNotNull();
    }

    @Test
    void inAStoreThatIsNotSharedTheMarkMeansNothing() {
        InMemoryTaskStore store = InMemoryTaskStore.create();
        ReactiveScheduler scheduler = started(builder().store(store).handle(ECHO, (word, run) -> Mono.just(word)));

        now(scheduler.schedule(ECHO.task("x").id("x").ephemeral()));

        assertThat(now(store.task("x"))).isNotNull();
        assertThat(now(scheduler.schedule(ECHO.task("y").id("x"))).isKept()).isFalse();
    }

    @Test
    void pausingAQueueOnAnotherNodeHoldsBothKinds() {
        ReactiveScheduler scheduler = node("a");
        ReactiveScheduler other = node("b");
        settle();
        now(other.pauseQueue(TaskQueue.DEFAULT_NAME));
        settle();
        now(scheduler.schedule(ECHO.task("ephemeral").ephemeral()));
        now(scheduler.schedule(ECHO.task("durable")));
        pass(Duration.ofSeconds(10));
        assertThat(ran).isEmpty();

        now(other.resumeQueue(TaskQueue.DEFAULT_NAME));
        pass(Duration.ofSeconds(2));

        assertThat(ran).containsExactlyInAnyOrder("ephemeral", "durable");
    }
}
