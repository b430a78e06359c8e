package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.embedded.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Somebody empties the server (FLUSHALL) while schedulers run. */
class EmptiedServerTest extends RedisTest {

    private static final Handler<String, String> ECHO = Handler.named("echo", String.class, String.class);
    private static final Duration LEASE = Duration.ofSeconds(1);

    private final List<SchedulerEvent> problems = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();

    private ReactiveScheduler node(String name, String queue) {
        RedisTaskStore store =
                use(builder().commandTimeout(Duration.ofSeconds(10)).build());
        store.stats().block(PATIENCE);
        ReactiveScheduler node = use(ReactiveScheduler.builder()
                .store(store)
                .node(name)
                .lease(LEASE)
                .queue(TaskQueue.named(queue).concurrency(3).rateLimit(100, Duration.ofSeconds(1)))
                .handle(
                        ECHO,
                        (text, run) -> text.equals("for ever")
                                ? Flux.concat(Mono.just(text), Mono.<String>never())
                                        .doOnCancel(cancelled::incrementAndGet)
                                : Mono.just(text))
                .build());
        node.events().filter(event -> event.kind() == Kind.PROBLEM).subscribe(problems::add);
        return node.start();
    }

    private List<TaskQueue> queues() {
        return Mono.fromSupplier(this::store)
                .flatMapMany(RedisTaskStore::queues)
                .collectList()
                .block(PATIENCE);
    }

    @Test
    void itIsReportedWhatRanIsCancelledAndNewTasksRunUnderTheLimitsOfBefore() {
        ReactiveScheduler one = node("one", "mail");
        ReactiveScheduler two = node("two", "images");
        await("both queues", () -> queues().size() == 3);
        List<String> ends = new CopyOnWriteArrayList<>();
        ScheduledTask<String> running =
                one.schedule(ECHO.task("for ever").queue("mail")).block(PATIENCE);
        running.results().subscribe(ends::add, error -> ends.add(error.toString()), () -> ends.add("complete"));
        one.schedule(ECHO.task("tick").every(Duration.ofMillis(100))).block(PATIENCE);
        await("its first result", () -> ends.contains("for ever"));

        server.command("FLUSHALL");

        await("the report of both nodes", () -> reports() == 2);
        assertThat(problems)
                .filteredOn(event -> event.message().contains("FLUSHALL"))
                .allMatch(event -> event.message().contains("queues of this node were made again"));
        await("the end of what ran", () -> cancelled.get() == 1);
        await("the end of its results", () -> ends.size() == 2);
        assertThat(ends).containsExactly("for ever", "complete");
        await("the queues", () -> queues().size() == 3);
        assertThat(queues())
                .filteredOn(queue -> queue.name().equals("mail"))
                .singleElement()
                .satisfies(queue -> assertThat(queue.concurrency()).isEqualTo(3));
        assertThat(server.command("HGET", "{" + namespace + ":0}:m", "F")).isEqualTo("1");
        assertThat(two.schedule(ECHO.task("again").queue("mail"))
                        .flatMapMany(ScheduledTask::results)
                        .blockLast(PATIENCE))
                .isEqualTo("again");

        int before = problems.size();
        Pause.of(LEASE.multipliedBy(3));
        assertThat(reports()).as("once per node").isEqualTo(2);
        assertThat(problems.size() - before).as("no loop of errors").isLessThanOrEqualTo(1);
    }

    @Test
    void aSweepThatIsGivenUpHalfWayIsMadeUpForByTheNext() {
        try (FaultProxy slow = FaultProxy.to(server)) {
            RedisTaskStore store = use(builder().uri(slow.uri()).build());
            store.declareQueue(TaskQueue.named("mail")).block(PATIENCE);
            server.command("FLUSHALL");
            // the sweep itself and what makes the namespace again are answered by then, what declares the queues is not
            slow.delay(Duration.ofMillis(200));
            assertThat(store.sweep()
                            .timeout(Duration.ofMillis(1_000), Mono.empty())
                            .block(PATIENCE))
                    .isNull();
            slow.delay(Duration.ZERO);

            assertThat(store.sweep().block(PATIENCE).findings())
                    .singleElement()
                    .asString()
                    .contains("FLUSHALL");
            assertThat(store.queues().map(TaskQueue::name).collectList().block(PATIENCE))
                    .containsExactly("mail");
            assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
        }
    }

    private long reports() {
        return problems.stream()
                .filter(event -> event.message().contains("FLUSHALL"))
                .count();
    }
}
