package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Several nodes on real threads over one store that delays, loses and fails calls at random. */
class ShakyRaceTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Handler<Integer, Void> NOTE = Handler.named("note", Integer.class, Void.class);

    private final Scheduler client = Schedulers.newSingle("client", true);

    /** A claim whose reply is lost three times in a row looks to a store like three lost nodes. */
    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().neverQuarantine().build();

    private final ShakyStore shaky = new ShakyStore(memory);
    private final Map<String, AtomicInteger> active = new ConcurrentHashMap<>();
    private final List<ReactiveScheduler> nodes = new ArrayList<>();
    private final AtomicInteger together = new AtomicInteger();

    @AfterEach
    void stop() {
        nodes.forEach(ReactiveScheduler::dispose);
        client.dispose();
    }

    ShakyRaceTest() {
        // the first look at a clock waits for the edge of a millisecond, which no event loop should
        memory.nowMicros();
    }

    private void start(int number) {
        for (int i = 0; i < number; i++) {
            nodes.add(ReactiveScheduler.builder()
                    .store(shaky.store())
                    .lease(LEASE)
                    .node("node" + i)
                    .queue(TaskQueue.named("q").concurrency(8))
                    .handle(NOTE, (n, run) -> run(run))
                    .start());
        }
    }

    /** Takes up to 20 ms and notices when the same execution is active twice. */
    private Mono<Void> run(RunContext run) {
        return Mono.<Void>defer(() -> {
            AtomicInteger count = active.computeIfAbsent(run.executionId(), id -> new AtomicInteger());
            if (count.incrementAndGet() > 1) {
                together.incrementAndGet();
            }
            return Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(20)), run.timer())
                    .<Void>then(Mono.empty())
                    .doFinally(end -> count.decrementAndGet());
        });
    }

    private UnaryOperator<Mono<Object>> fault(int percent) {
        return call -> {
            ThreadLocalRandom dice = ThreadLocalRandom.current();
            Mono<Object> there = call.publishOn(client);
            if (dice.nextInt(100) >= percent) {
                return there;
            }
            return switch (dice.nextInt(5)) {
                case 0 -> Mono.never();
                case 1 -> there.then(Mono.never());
                case 2 -> Mono.error(new StoreUnavailableException("away", null));
                case 3 -> there.then(Mono.error(new StoreUnavailableException("reply broken", null)));
                default -> there.delayElement(Duration.ofMillis(dice.nextInt(1_500)));
            };
        };
    }

    private void breaking(int percent, String... methods) {
        for (String method : methods) {
            shaky.always(method, fault(percent));
        }
    }

    private Mono<Void> untilAllAre(int tasks, TaskState state) {
        return memory.stats()
                .filter(stats -> stats.tasks().getOrDefault(state, 0L) == tasks)
                .repeatWhenEmpty(100_000, again -> again.delayElements(Duration.ofMillis(20)))
                .then();
    }

    @Test
    void everyTaskIsRecordedOnceAndNeverRunsTwiceAtATimeWhateverTheStoreDoesToCalls() {
        int tasks = Integer.getInteger("shaky.tasks", 500);
        breaking(4, "claim", "complete", "renew", "sweep");
        start(3);

        Flux.range(0, tasks)
                .flatMap(n -> nodes.get(n % 3).schedule(NOTE.task(n).id("t" + n).queue("q")), 16)
                .then(untilAllAre(tasks, TaskState.COMPLETED))
                .block(PATIENCE);

        assertThat(together).hasValue(0);
        assertThat(memory.executions(ExecutionQuery.all().limit(10_000))
                        .collectList()
                        .block())
                .hasSize(tasks)
                .extracting(Execution::state)
                .containsOnly(TaskState.COMPLETED);
    }

    @Test
    void anOverlappingTimelineGoesOnWhateverTheStoreDoesToCalls() {
        int tasks = 10;
        int fireTimes = Integer.getInteger("shaky.fireTimes", 40);
        breaking(8, "claim", "complete", "advance", "renew", "sweep");
        start(3);
        for (int n = 0; n < tasks; n++) {
            nodes.get(n % 3)
                    .schedule(NOTE.task(n)
                            .id("t" + n)
                            .queue("q")
                            .overlap(Overlap.parallel(3))
                            .trigger(Trigger.every(Duration.ofMillis(100)).maxRuns(fireTimes)))
                    .block();
        }

        untilAllAre(tasks, TaskState.COMPLETED).block(PATIENCE);

        assertThat(together).hasValue(0);
        for (int n = 0; n < tasks; n++) {
            List<Execution> ended = memory.executions(ExecutionQuery.of("t" + n).limit(1_000))
                    .collectList()
                    .block();
            // each fire time has run or was skipped, none twice
            assertThat(ended.stream().mapToLong(Execution::fireTimes).sum()).isEqualTo(fireTimes);
        }
    }

    @Test
    void aStopWhileClaimsAreOnTheirWayLeavesNothingClaimed() {
        for (int round = 0; round < 60; round++) {
            String ids = "r" + round + "-";
            shaky.always(
                    "claim",
                    call -> call.publishOn(client)
                            .delayElement(Duration.ofMillis(
                                    ThreadLocalRandom.current().nextInt(10))));
            ReactiveScheduler node = ReactiveScheduler.builder()
                    .store(shaky.store())
                    .handle(NOTE, (n, run) -> run(run))
                    .start();
            Mono<Void> schedule = Flux.range(0, 20)
                    .concatMap(n -> node.schedule(NOTE.task(n).id(ids + n)))
                    .onErrorComplete(SchedulerStoppedException.class)
                    .then();
            Duration before = Duration.ofMillis(round % 12);
            Duration patience = Duration.ofMillis(round % 3 * 5);

            Mono.when(schedule, Mono.delay(before).then(node.disposeGracefully(patience)))
                    .block(PATIENCE);

            // well before the leases expire
            memory.stats()
                    .filter(stats -> stats.tasks().getOrDefault(TaskState.RUNNING, 0L) == 0)
                    .repeatWhenEmpty(1_000, again -> again.delayElements(Duration.ofMillis(5)))
                    .block(Duration.ofSeconds(10));
        }
        assertThat(together).hasValue(0);
    }

    @Test
    void aCancelOfAnExecutionAgainstItsStartEndsItAndItsTimelineGoesOn() {
        int tasks = 3_000;
        AtomicInteger running = new AtomicInteger();
        shaky.always("advance", call -> call.publishOn(client));
        ReactiveScheduler node = ReactiveScheduler.builder()
                .store(shaky.store())
                .queue(TaskQueue.named("q").concurrency(tasks))
                .handle(
                        NOTE,
                        (n, run) -> Mono.<Void>never()
                                .doOnSubscribe(subscription -> running.incrementAndGet())
                                .doOnCancel(running::decrementAndGet))
                .start();
        nodes.add(node);
        Flux.range(0, tasks)
                .flatMap(
                        n -> node.schedule(NOTE.task(n)
                                        .id("t" + n)
                                        .queue("q")
                                        .trigger(hourlyFromNow())
                                        .overlap(n % 2 == 0 ? Overlap.parallel(5) : Overlap.cancelRunning()))
                                .then(node.cancelExecution("t" + n + "#1")
                                        .filter(wasRunning -> wasRunning)
                                        .repeatWhenEmpty(again -> again.delayElements(Duration.ofMillis(1)))),
                        64)
                .then(untilAllAre(tasks, TaskState.PENDING))
                .block(PATIENCE);

        assertThat(running).hasValue(0);
        assertThat(memory.tasks(TaskQuery.all().limit(tasks)).collectList().block())
                .hasSize(tasks)
                .noneMatch(info -> info.nextFireTime() == null);
    }

    /** A start in the future would have passed on a busy machine, and a fixed rate would begin an hour later. */
    private static Trigger hourlyFromNow() {
        return Trigger.custom(
                "hourly from now", (previous, now) -> previous == null ? now : previous.plus(Duration.ofHours(1)));
    }
}
