package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Position;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the store costs: bytes of a task that waits, commands of a node that has nothing to do. */
class CostTest extends RedisTest {

    private static final int TASKS = 20_000;
    private static final int MOST_BYTES = 300;
    private static final long HOUR_MICROS = 3_600_000_000L;

    /** Short, so that sweeps come while a test counts; as long as it counts, so that each partition is swept once. */
    private static final Duration SWEEPING_LEASE = Duration.ofSeconds(8);

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

    /** Looks for work and at the settings of queues; sweeps come beside, as often as the lease says. */
    @Test
    void aNodeWithoutWorkSendsLessThanOneCommandASecondAndSweepsInEachLease() {
        WatchedLink one = idleNode(1, SchedulerBuilder.DEFAULT_LEASE);
        WatchedLink many = idleNode(16, SchedulerBuilder.DEFAULT_LEASE);
        WatchedLink sweeping = idleNode(4, SWEEPING_LEASE);
        List<WatchedLink> all = List.of(one, many, sweeping);
        await("a second in which nobody begins anything", () -> {
            long before = callsOf(all);
            Pause.of(Duration.ofSeconds(1));
            return callsOf(all) == before;
        });
        long onServer = calls();
        long called = callsOf(all);
        long looksOfOne = looks(one);
        long looksOfMany = looks(many);
        long looksOfSweeping = looks(sweeping);
        long sweeps = sweeping.calls(Scripts.SWEEP);

        Pause.of(SWEEPING_LEASE);

        looksOfOne = looks(one) - looksOfOne;
        looksOfMany = looks(many) - looksOfMany;
        looksOfSweeping = looks(sweeping) - looksOfSweeping;
        sweeps = sweeping.calls(Scripts.SWEEP) - sweeps;
        called = callsOf(all) - called;
        onServer = calls() - onServer;
        System.out.println("looks of an idle node in 8 s: " + looksOfOne + ", of one with 16 partitions: " + looksOfMany
                + ", of one with 4: " + looksOfSweeping + " and " + sweeps + " sweeps");
        assertThat(looksOfOne).isLessThan(8);
        assertThat(looksOfMany).isLessThan(8);
        assertThat(looksOfSweeping).isLessThan(8);
        // each partition once in a lease, and once more where the machine is late
        assertThat(sweeps).isBetween(4L, 8L);
        // somebody may begin something between two countings
        assertThat(onServer).isCloseTo(called, within(6L));
    }

    private static long looks(WatchedLink link) {
        return link.calls() - link.calls(Scripts.SWEEP);
    }

    private static long callsOf(List<WatchedLink> links) {
        return links.stream().mapToLong(WatchedLink::calls).sum();
    }

    private WatchedLink idleNode(int partitions, Duration lease) {
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
                .lease(lease)
                .handle(PLAIN, (none, run) -> Mono.empty())
                .start());
        await("that it listens", () -> link.calls(Scripts.MISSED) == partitions);
        await("its first looks", () -> link.calls(Scripts.CLAIM) >= partitions);
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
                        List.of(new io.reactorscheduler.ClaimRequest.Slots("default", 10)),
                        java.util.Set.of(PLAIN.name())))
                .block(PATIENCE);
        return info("stats", "total_commands_processed") - before;
    }
}
