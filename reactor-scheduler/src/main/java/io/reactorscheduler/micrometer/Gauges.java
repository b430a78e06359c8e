package io.reactorscheduler.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerStats;
import io.reactorscheduler.SchedulerStoppedException;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Gauges over the scheduler's numbers as they were asked for last. Whoever reads a gauge reads a field; the numbers are asked
 * for by one subscription, one call after the other.
 */
final class Gauges {

    private static final Logger LOG = LoggerFactory.getLogger(MicrometerInstrumentation.class);
    private static final List<TaskState> STATES = List.of(
            TaskState.PENDING,
            TaskState.RUNNING,
            TaskState.RETRYING,
            TaskState.COMPLETED,
            TaskState.FAILED,
            TaskState.CANCELLED);

    private final MeterRegistry registry;
    private final Tags tags;
    private final ReactiveScheduler scheduler;
    private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();

    /** Touched by one answer after the other. */
    private final Set<String> queues = new HashSet<>();

    private volatile @Nullable SchedulerStats last;

    Gauges(MeterRegistry registry, Tags tags, ReactiveScheduler scheduler) {
        this.registry = registry;
        this.tags = tags;
        this.scheduler = scheduler;
    }

    void follow(Duration every) {
        gauge("reactor.scheduler.active", "Runs of this node", SchedulerStats::running);
        for (TaskState state : STATES) {
            ToDoubleFunction<SchedulerStats> count = stats -> stats.tasks().getOrDefault(state, 0L);
            register(Gauge.builder("reactor.scheduler.tasks", () -> value(count))
                    .description("Tasks of the store")
                    .tags(tags.and("state", state.name().toLowerCase(Locale.ROOT)))
                    .register(registry));
        }
        Flux.interval(Duration.ZERO, every, scheduler.timer())
                .onBackpressureDrop()
                .concatMap(tick -> ask(), 0)
                .subscribe(this::answered);
    }

    private Mono<SchedulerStats> ask() {
        return scheduler
                .stats()
                .onErrorResume(SchedulerStoppedException.class, stopped -> Mono.empty())
                .onErrorResume(error -> {
                    LOG.warn("[{}] The gauges keep their last values", scheduler.node(), error);
                    return Mono.empty();
                });
    }

    private void answered(SchedulerStats stats) {
        last = stats;
        for (String queue : stats.queues().keySet()) {
            if (queues.add(queue)) {
                gauge(queue, "waiting", "Tasks whose time has not come", SchedulerStats.Queue::waiting);
                gauge(queue, "backlog", "Due tasks without a slot", SchedulerStats.Queue::backlog);
                gauge(queue, "running", "Runs on all nodes", SchedulerStats.Queue::running);
                register(TimeGauge.builder(
                                "reactor.scheduler.queue.lateness",
                                () -> value(queue, known -> known.lateness().toNanos()),
                                TimeUnit.NANOSECONDS)
                        .description("How long the oldest of the backlog has waited")
                        .tags(tags.and("queue", queue))
                        .register(registry));
            }
        }
    }

    private void gauge(String name, String description, ToDoubleFunction<SchedulerStats> number) {
        register(Gauge.builder(name, () -> value(number))
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private void gauge(String queue, String name, String description, ToDoubleFunction<SchedulerStats.Queue> number) {
        register(Gauge.builder("reactor.scheduler.queue." + name, () -> value(queue, number))
                .description(description)
                .tags(tags.and("queue", queue))
                .register(registry));
    }

    private void register(Meter meter) {
        registered.add(meter);
    }

    private double value(ToDoubleFunction<SchedulerStats> number) {
        if (scheduler.isDisposed()) {
            leave();
        }
        SchedulerStats stats = last;
        return stats == null ? Double.NaN : number.applyAsDouble(stats);
    }

    private double value(String queue, ToDoubleFunction<SchedulerStats.Queue> number) {
        return value(stats -> {
            SchedulerStats.Queue known = stats.queues().get(queue);
            return known == null ? 0 : number.applyAsDouble(known);
        });
    }

    /** Whether they are gone from the registry, because their scheduler has stopped. */
    boolean haveLeft() {
        if (scheduler.isDisposed()) {
            leave();
        }
        return scheduler.isDisposed();
    }

    /** Its timer ends with the scheduler, so nobody else would notice. */
    private void leave() {
        last = null;
        for (Meter meter = registered.poll(); meter != null; meter = registered.poll()) {
            registry.remove(meter);
        }
    }
}
