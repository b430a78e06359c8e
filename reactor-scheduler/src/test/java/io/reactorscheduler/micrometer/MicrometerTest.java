package io.reactorscheduler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Handler;
import io.reactorscheduler.Instrumentation;
import io.reactorscheduler.Misfire;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQueue;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The meters of a scheduler in virtual time. */
class MicrometerTest {

    private static final Handler<Integer, String> WORK = Handler.named("work", Integer.class, String.class);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private ReactiveScheduler scheduler;

    MicrometerTest() {
        time.advanceTimeTo(Instant.parse("2026-01-01T00:00:00Z"));
        scheduler = started(MicrometerInstrumentation.of(registry));
    }

    private ReactiveScheduler started(MicrometerInstrumentation instrumentation) {
        return builder().instrument(instrumentation).start();
    }

    private SchedulerBuilder builder() {
        return ReactiveScheduler.builder()
                .scheduler(() -> time)
                .queue(TaskQueue.named("one").concurrency(1))
                .handle(
                        WORK,
                        (seconds, run) -> seconds < 0
                                ? Mono.error(new IllegalStateException("negative"))
                                : Mono.delay(Duration.ofSeconds(seconds), run.timer())
                                        .thenReturn("done"));
    }

    @AfterEach
    void stop() {
        scheduler.dispose();
    }

    private void schedule(Task<?, ?> task) {
        scheduler.schedule(task).subscribe();
        time.advanceTimeBy(Duration.ZERO);
    }

    private double gauge(String name, String... tags) {
        return registry.get(name).tags(tags).gauge().value();
    }

    private long runs(String... tags) {
        return registry.get("reactor.scheduler.run").tags(tags).timer().count();
    }

    // ---- timers and counters

    @Test
    void runsAreTimedByHandlerQueueAndOutcome() {
        schedule(WORK.task(3).queue("one"));
        schedule(WORK.task(-1).queue("one"));
        time.advanceTimeBy(SECOND.multipliedBy(5));

        assertThat(registry.get("reactor.scheduler.run")
                        .tags("handler", "work", "queue", "one", "outcome", "completed", "exception", "none")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(3);
        assertThat(runs("handler", "work", "outcome", "failed", "exception", "IllegalStateException"))
                .isEqualTo(1);
    }

    @Test
    void aCancelledRunIsTimedAsCancelled() {
        schedule(WORK.task(100).id("t"));
        scheduler.cancel("t").subscribe();
        time.advanceTimeBy(SECOND);

        assertThat(runs("outcome", "cancelled", "exception", "none")).isEqualTo(1);
    }

    @Test
    void theDelayFromDueToStartIsTimedByQueue() {
        schedule(WORK.task(4).queue("one"));
        schedule(WORK.task(1).queue("one"));
        time.advanceTimeBy(SECOND.multipliedBy(10));

        assertThat(registry.get("reactor.scheduler.start.delay")
                        .tags("queue", "one")
                        .timer())
                .satisfies(timer -> {
                    assertThat(timer.count()).isEqualTo(2);
                    assertThat(timer.max(TimeUnit.SECONDS)).isEqualTo(4);
                });
    }

    @Test
    void retriesAreCountedWhetherTheyWaitInTheirSlotOrNot() {
        schedule(WORK.task(-1).retry(RetryPolicy.fixed(2, Duration.ofMillis(10))));
        schedule(WORK.task(-1).retry(RetryPolicy.fixed(1, Duration.ofMinutes(1))));
        time.advanceTimeBy(Duration.ofMinutes(2));

        assertThat(registry.get("reactor.scheduler.retries")
                        .tags("handler", "work")
                        .counter()
                        .count())
                .isEqualTo(3);
        assertThat(runs("outcome", "failed")).isEqualTo(2);
        assertThat(runs("outcome", "retrying")).isEqualTo(1);
    }

    @Test
    void fireTimesThatDidNotRunAreCounted() {
        schedule(WORK.task(0).every(SECOND).misfire(Misfire.skip()).queue("one").id("t"));
        scheduler.pauseQueue("one").subscribe();
        time.advanceTimeBy(SECOND.multipliedBy(10));
        scheduler.resumeQueue("one").subscribe();
        time.advanceTimeBy(SECOND.multipliedBy(2));

        assertThat(registry.get("reactor.scheduler.skipped")
                        .tags("queue", "one")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(8);
    }

    @Test
    void aRunWhoseEndTheStoreRefusedIsCountedAsLostAndAsNothingElse() {
        schedule(WORK.task(100).id("t"));
        scheduler.remove("t").subscribe();
        time.advanceTimeBy(SECOND);

        assertThat(registry.get("reactor.scheduler.lost")
                        .tags("handler", "work")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.find("reactor.scheduler.run").timer()).isNull();
        assertThat(scheduler.stats().toFuture().getNow(null).cancelled()).isZero();
    }

    @Test
    void problemsAreCounted() {
        scheduler.dispose();
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        scheduler = builder()
                .instrument(MicrometerInstrumentation.of(own))
                .instrument(new Instrumentation() {
                    @Override
                    public void onRecorded(Completion completion) {
                        throw new IllegalStateException("broken");
                    }
                })
                .start();
        schedule(WORK.task(0));
        time.advanceTimeBy(SECOND);

        assertThat(own.get("reactor.scheduler.problems").counter().count()).isEqualTo(1);
    }

    @Test
    void anyNumberOfHandlerNamesGivesABoundedNumberOfMeters() {
        for (int i = 0; i < Meters.MOST_NAMES + 100; i++) {
            schedule(Task.of("inline-" + i, run -> Mono.empty()));
        }
        time.advanceTimeBy(SECOND);

        assertThat(registry.find("reactor.scheduler.run").timers()).hasSize(Meters.MOST_NAMES + 1);
        assertThat(runs("handler", "other")).isEqualTo(100);
    }

    @Test
    void nothingBlocksAndNothingIsLostOnRealThreads() {
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        ReactiveScheduler real = ReactiveScheduler.builder()
                .instrument(MicrometerInstrumentation.of(own, ObservationRegistry.create()))
                .start();

        StepVerifier.create(Flux.range(0, 2_000)
                        .flatMap(i -> real.schedule(Task.of("work", run -> Mono.just(i)))
                                .flatMapMany(ScheduledTask::results)))
                .expectNextCount(2_000)
                .expectComplete()
                .verify(Duration.ofMinutes(1));

        assertThat(own.get("reactor.scheduler.run").timer().count()).isEqualTo(2_000);
        assertThat(own.get("reactor.scheduler.problems").counter().count()).isZero();
        real.dispose();
    }

    // ---- gauges

    @Test
    void gaugesShowWhatTheSchedulerSaidLast() {
        for (int i = 0; i < 3; i++) {
            schedule(WORK.task(20).queue("one"));
        }
        schedule(WORK.task(1).queue("one").after(Duration.ofHours(1)));
        assertThat(gauge("reactor.scheduler.queue.backlog", "queue", "one")).isZero();

        time.advanceTimeBy(MicrometerInstrumentation.DEFAULT_REFRESH);

        assertThat(gauge("reactor.scheduler.queue.backlog", "queue", "one")).isEqualTo(2);
        assertThat(gauge("reactor.scheduler.queue.running", "queue", "one")).isEqualTo(1);
        assertThat(gauge("reactor.scheduler.queue.waiting", "queue", "one")).isEqualTo(1);
        assertThat(gauge("reactor.scheduler.queue.waiting", "queue", "default")).isZero();
        assertThat(registry.get("reactor.scheduler.queue.lateness")
                        .tags("queue", "one")
                        .timeGauge()
                        .value(TimeUnit.SECONDS))
                .isEqualTo(5);
        assertThat(gauge("reactor.scheduler.active")).isEqualTo(1);
        assertThat(gauge("reactor.scheduler.tasks", "state", "running")).isEqualTo(1);
        assertThat(gauge("reactor.scheduler.tasks", "state", "pending")).isEqualTo(3);
    }

    @Test
    void readingAGaugeAsksNobody() {
        AtomicInteger asked = new AtomicInteger();
        ReactiveScheduler counted = (ReactiveScheduler) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ReactiveScheduler.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("stats")) {
                        asked.incrementAndGet();
                    }
                    return method.invoke(scheduler, arguments);
                });
        SimpleMeterRegistry own = new SimpleMeterRegistry();
        MicrometerInstrumentation.of(own).refreshEvery(Duration.ofMinutes(1)).started(counted);
        time.advanceTimeBy(Duration.ZERO);

        for (int i = 0; i < 100; i++) {
            assertThat(own.get("reactor.scheduler.active").gauge().value()).isZero();
        }

        assertThat(asked).hasValue(1);
        time.advanceTimeBy(Duration.ofMinutes(10));
        assertThat(asked).hasValue(11);
    }

    @Test
    void gaugesLeaveTheRegistryAfterTheStop() {
        time.advanceTimeBy(SECOND);
        assertThat(gauges()).isNotEmpty();
        scheduler.dispose();
        time.advanceTimeBy(SECOND);

        gauges().forEach(gauge -> assertThat(((Gauge) gauge).value()).isNaN());

        assertThat(gauges()).isEmpty();
    }

    private List<Meter> gauges() {
        return registry.getMeters().stream().filter(Gauge.class::isInstance).toList();
    }

    // ---- names and tags

    @Test
    void namesAndTagsAreThoseThatAreDocumented() {
        schedule(WORK.task(0));
        schedule(WORK.task(-1).retry(RetryPolicy.fixed(1, Duration.ZERO)));
        time.advanceTimeBy(SECOND);

        TreeSet<String> seen = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            seen.add(meter.getId().getName() + " "
                    + meter.getId().getTags().stream().map(Tag::getKey).toList());
        }

        assertThat(seen)
                .containsExactly(
                        "reactor.scheduler.active []",
                        "reactor.scheduler.problems []",
                        "reactor.scheduler.queue.backlog [queue]",
                        "reactor.scheduler.queue.lateness [queue]",
                        "reactor.scheduler.queue.running [queue]",
                        "reactor.scheduler.queue.waiting [queue]",
                        "reactor.scheduler.retries [handler, queue]",
                        "reactor.scheduler.run [exception, handler, outcome, queue]",
                        "reactor.scheduler.start.delay [queue]",
                        "reactor.scheduler.tasks [state]");
    }

    @Test
    void aTagTellsTwoSchedulersOfOneRegistryApart() {
        ReactiveScheduler second =
                started(MicrometerInstrumentation.of(registry).tag("scheduler", "second"));
        time.advanceTimeBy(SECOND);
        second.schedule(WORK.task(0)).subscribe();
        time.advanceTimeBy(SECOND);

        assertThat(runs("scheduler", "second")).isEqualTo(1);
        assertThat(gauge("reactor.scheduler.active", "scheduler", "second")).isZero();
        second.dispose();
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> MicrometerInstrumentation.of(null)).hasMessageContaining("registry");
        assertThatThrownBy(() -> MicrometerInstrumentation.of(registry, null)).hasMessageContaining("observations");
        assertThatThrownBy(() -> MicrometerInstrumentation.of(registry).refreshEvery(Duration.ZERO))
                .hasMessageContaining("refreshEvery PT0S");
        assertThat(MicrometerInstrumentation.of(registry).refreshEvery())
                .isEqualTo(MicrometerInstrumentation.DEFAULT_REFRESH);
    }

    @Test
    void anInstrumentationThatIsOnlyRefinedLeavesNoMeter() {
        SimpleMeterRegistry fresh = new SimpleMeterRegistry();
        MicrometerInstrumentation refined =
                MicrometerInstrumentation.of(fresh).tag("node", "a").refreshEvery(SECOND);
        assertThat(fresh.getMeters()).isEmpty();

        ReactiveScheduler tagged = started(refined);
        time.advanceTimeBy(SECOND);

        assertThat(fresh.getMeters())
                .isNotEmpty()
                .allMatch(meter -> "a".equals(meter.getId().getTag("node")));
        assertThat(fresh.get("reactor.scheduler.problems").counter().count()).isZero();
        tagged.dispose();
    }

    @Test
    void aSchedulerThatFollowsAStoppedOneMayUseItsInstrumentation() {
        SimpleMeterRegistry fresh = new SimpleMeterRegistry();
        MicrometerInstrumentation one = MicrometerInstrumentation.of(fresh);
        started(one).dispose();

        ReactiveScheduler next = started(one);
        next.schedule(WORK.task(60)).subscribe();
        time.advanceTimeBy(SECOND.multipliedBy(10));

        assertThat(fresh.get("reactor.scheduler.active").gauge().value()).isEqualTo(1);
        next.dispose();
    }

    @Test
    void twoSchedulersThatShareAnInstrumentationAreTold() {
        MicrometerInstrumentation one = MicrometerInstrumentation.of(registry).tag("shared", "yes");
        ReactiveScheduler first = started(one);
        ReactiveScheduler second = started(one);

        assertThat(registry.get("reactor.scheduler.problems")
                        .tag("shared", "yes")
                        .counter()
                        .count())
                .isEqualTo(1);
        first.dispose();
        second.dispose();
    }
}
