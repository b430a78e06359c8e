package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the store costs: bytes of a task that waits, commands of a node that has nothing to do. */
class CostTest extends RedisTest {

    private static final int TASKS = 20_000;
    private static final int MOST_BYTES = 300;
    private static final long HOUR_MICROS = 3_600_000_000L;
    private static final Handler<Void, String> PLAIN = Handler.named("send-email", String.class);

    @Test
    void aTaskThatWaitsTakesAtMost300Bytes() {
        RedisTaskStore store = use(builder().noJournal().build());
        store.stats().block(PATIENCE);
        double before = info("memory", "used_memory");
        long due = store.nowMicros() + HOUR_MICROS;
        store.saveAll(Flux.range(0, TASKS).map(i -> task(String.format("task-%011d", i), due + i)))
                .blockLast(PATIENCE);

        double bytes = (info("memory", "used_memory") - before) / TASKS;

        System.out.println("bytes per waiting task: " + bytes);
        assertThat(bytes).isLessThan(MOST_BYTES);
    }

    private static NewTask task(String id, long due) {
        return new NewTask(
                TaskRecord.builder(id, PLAIN.name()).settingsOf(PLAIN.task()).build(),
                Position.at(due, due),
                IfExists.REPLACE);
    }

    @Test
    void aNodeWithoutWorkSendsLessThanOneCommandASecond() {
        WatchedLink one = idleNode(1);
        WatchedLink many = idleNode(16);
        Pause.of(Duration.ofSeconds(1));
        long before = calls();
        long beforeOne = one.calls();
        long beforeMany = many.calls();

        Pause.of(Duration.ofSeconds(8));

        long ofOne = one.calls() - beforeOne;
        long ofMany = many.calls() - beforeMany;
        System.out.println("calls of an idle node in 8 s: " + ofOne + ", of one with 16 partitions: " + ofMany);
        assertThat(ofOne).isLessThan(8);
        assertThat(ofMany).isLessThan(8);
        assertThat(calls() - before).as("on the server").isEqualTo(ofOne + ofMany);
    }

    private WatchedLink idleNode(int partitions) {
        WatchedLink link = new WatchedLink(server.uri(), BUSY_MACHINE);
        RedisSettings settings = new RedisSettings(
                namespace + partitions,
                partitions,
                Retention.defaults(),
                RedisTaskStore.DEFAULT_SAFETY_POLL,
                null,
                RedisTaskStore.DEFAULT_QUARANTINE_AFTER,
                RedisTaskStore.DEFAULT_JOURNAL);
        use(ReactiveScheduler.builder()
                .store(use(new RedisTaskStore(settings, link)))
                .handle(PLAIN, (none, run) -> Mono.empty())
                .start());
        return link;
    }

    @Test
    void aClaimCostsTheSameHoweverManyTasksWaitForLater() {
        TaskStore store = store();
        long due = store.nowMicros() + HOUR_MICROS;
        store.save(task("first", due)).block(PATIENCE);
        commandsOfAClaim(store);
        double few = commandsOfAClaim(store);
        store.saveAll(Flux.range(0, TASKS).map(i -> task("later" + i, due + i))).blockLast(PATIENCE);

        assertThat(commandsOfAClaim(store)).isEqualTo(few);
    }

    private double commandsOfAClaim(TaskStore store) {
        double before = info("stats", "total_commands_processed");
        store.claim(new io.reactorscheduler.ClaimRequest(
                        "node",
                        Duration.ofSeconds(30),
                        java.util.List.of(new io.reactorscheduler.ClaimRequest.Slots("default", 10)),
                        java.util.Set.of(PLAIN.name())))
                .block(PATIENCE);
        return info("stats", "total_commands_processed") - before;
    }
}
