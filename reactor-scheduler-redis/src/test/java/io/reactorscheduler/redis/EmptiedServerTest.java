package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.SchedulerEvent.Kind;
import io.reactorscheduler.TaskQueue;
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
    void aSweepThatFailsHalfWayIsMadeUpForByTheNext() {
        WatchedLink link = new WatchedLink(server.uri(), BUSY_MACHINE);
        RedisTaskStore store = use(new RedisTaskStore(
                new RedisSettings(namespace, 1, Retention.defaults(), Duration.ofSeconds(5), null, 3, 0), link));
        store.declareQueue(TaskQueue.named("mail")).block(PATIENCE);
        server.command("FLUSHALL");
        // the namespace is made again by then, the queues are not
        link.refuse(Scripts.DECLARE);
        assertThatThrownBy(() -> store.sweep().block(PATIENCE)).hasMessageContaining("refused");
        assertThat(store.queues().collectList().block(PATIENCE)).isEmpty();
        link.heal();

        assertThat(store.sweep().block(PATIENCE).findings())
                .singleElement()
                .asString()
                .contains("FLUSHALL");
        assertThat(store.queues().map(TaskQueue::name).collectList().block(PATIENCE))
                .containsExactly("mail");
        assertThat(store.sweep().block(PATIENCE).findings()).isEmpty();
    }

    private long reports() {
        return problems.stream()
                .filter(event -> event.message().contains("FLUSHALL"))
                .count();
    }
}
