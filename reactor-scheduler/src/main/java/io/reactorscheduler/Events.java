package io.reactorscheduler;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Tells what happens to whoever listens. An event is only made when somebody does.
 *
 * <p>Each subscriber has a buffer of its own and is called on the Scheduler, so the engine never waits for one and never
 * sees what one throws.
 */
final class Events {

    /** How far a subscriber may fall behind. */
    static final int BUFFER = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(ReactiveScheduler.class);

    private final String node;
    private final LongSupplier clock;
    private final Supplier<Scheduler> scheduler;
    private final List<Instrumentation> instrumentations;
    private final List<FluxSink<SchedulerEvent>> all = new CopyOnWriteArrayList<>();
    private final Map<String, Set<FluxSink<SchedulerEvent>>> byTask = new ConcurrentHashMap<>();

    private final RecentElements recent = new RecentElements();

    private final Sinks.Empty<Void> stopped = Sinks.empty();
    private volatile boolean isStopped;

    Events(String node, LongSupplier clock, Supplier<Scheduler> scheduler, List<Instrumentation> instrumentations) {
        this.node = node;
        this.clock = clock;
        this.scheduler = scheduler;
        this.instrumentations = instrumentations;
    }

    /** What streaming runs gave before somebody listened. */
    RecentElements recent() {
        return recent;
    }

    /** All events from the subscription on; a slow subscriber misses some. */
    Flux<SchedulerEvent> all() {
        return Flux.defer(() -> {
            AtomicLong missed = new AtomicLong();
            return Flux.<SchedulerEvent>create(
                            sink -> {
                                all.add(sink);
                                if (isStopped) {
                                    sink.complete();
                                }
                                sink.onDispose(() -> all.remove(sink));
                            },
                            FluxSink.OverflowStrategy.IGNORE)
                    .onBackpressureBuffer(
                            BUFFER, dropped -> missed.incrementAndGet(), BufferOverflowStrategy.DROP_OLDEST)
                    .publishOn(scheduler.get(), 1)
                    .concatMapIterable(event -> withMissed(missed.getAndSet(0), event));
        });
    }

    private List<SchedulerEvent> withMissed(long missed, SchedulerEvent event) {
        if (missed == 0) {
            return List.of(event);
        }
        String message = missed + " events were missed: this subscriber is too slow";
        SchedulerEvent gap =
                new SchedulerEvent(SchedulerEvent.Kind.MISSED, event.time(), null, null, 0, message, missed, 0, false);
        return List.of(gap, event);
    }

    /** The events of one task from the subscription on; a slow subscriber gets an overflow error. */
    Flux<SchedulerEvent> of(String taskId, Runnable listening) {
        return Flux.<SchedulerEvent>create(
                        sink -> {
                            byTask.compute(taskId, (id, sinks) -> {
                                Set<FluxSink<SchedulerEvent>> known =
                                        sinks == null ? new CopyOnWriteArraySet<>() : sinks;
                                known.add(sink);
                                return known;
                            });
                            sink.onDispose(() -> byTask.computeIfPresent(taskId, (id, sinks) -> {
                                sinks.remove(sink);
                                return sinks.isEmpty() ? null : sinks;
                            }));
                            if (isStopped) {
                                sink.error(new SchedulerStoppedException(node));
                            }
                            listening.run();
                        },
                        FluxSink.OverflowStrategy.IGNORE)
                .onBackpressureBuffer(BUFFER)
                .publishOn(scheduler.get());
    }

    /** Completes when the engine has stopped. */
    Mono<Void> whenStopped() {
        return stopped.asMono();
    }

    /** Ends all streams: those of one task with an error, because the task has not ended. */
    void stopped() {
        isStopped = true;
        stopped.tryEmitEmpty();
        all.forEach(FluxSink::complete);
        byTask.values().forEach(sinks -> sinks.forEach(sink -> sink.error(new SchedulerStoppedException(node))));
    }

    private boolean isHeard(TaskRecord task) {
        return !all.isEmpty() || !instrumentations.isEmpty() || (!byTask.isEmpty() && byTask.containsKey(task.id()));
    }

    private void emit(SchedulerEvent event) {
        for (Instrumentation instrumentation : instrumentations) {
            try {
                instrumentation.onEvent(event);
            } catch (Throwable thrown) {
                LOG.warn("[{}] {} failed at {}", node, instrumentation, event.kind(), thrown);
            }
        }
        for (FluxSink<SchedulerEvent> sink : all) {
            sink.next(event);
        }
        String taskId = event.taskId();
        Set<FluxSink<SchedulerEvent>> sinks = taskId == null ? null : byTask.get(taskId);
        if (sinks != null) {
            for (FluxSink<SchedulerEvent> sink : sinks) {
                sink.next(event);
            }
        }
    }

    private Instant now() {
        return EngineClock.toInstant(clock.getAsLong());
    }

    void saved(TaskStore.Saved saved) {
        if (!saved.isKept()) {
            about(SchedulerEvent.Kind.SCHEDULED, saved.task(), false);
        }
    }

    void cancelled(TaskRecord task) {
        about(SchedulerEvent.Kind.CANCELLED, task, true);
    }

    void removed(TaskRecord task) {
        recent.forget(task);
        about(SchedulerEvent.Kind.REMOVED, task, true);
    }

    private void about(SchedulerEvent.Kind kind, TaskRecord task, boolean isLast) {
        if (isHeard(task)) {
            emit(new SchedulerEvent(kind, now(), task, null, 0, "", null, 0, isLast));
        }
    }

    void started(Run run) {
        of(run, SchedulerEvent.Kind.STARTED, "", null);
    }

    /** An element; {@code number} is that of {@link RecentElements}, 0 where it was not kept. */
    void result(Run run, Object element, long number) {
        of(run, SchedulerEvent.Kind.RESULT, "", element, number);
    }

    void logged(Run run, ExecutionEvent event) {
        of(run, SchedulerEvent.Kind.LOGGED, event.message(), event);
    }

    void retrying(Run run, Throwable error, long nextMicros) {
        if (isHeard(run.task())) {
            ExecutionError described = ExecutionError.of(error);
            String message = described + "; next attempt at " + EngineClock.toInstant(nextMicros);
            of(run, SchedulerEvent.Kind.RETRYING, message, described);
        }
    }

    private void of(Run run, SchedulerEvent.Kind kind, String message, @Nullable Object detail) {
        of(run, kind, message, detail, 0);
    }

    private void of(Run run, SchedulerEvent.Kind kind, String message, @Nullable Object detail, long number) {
        if (isHeard(run.task())) {
            emit(new SchedulerEvent(
                    kind, now(), run.task(), run.executionId(), run.startedAttempts(), message, detail, number, false));
        }
    }

    /** The end of a run, as it was recorded. */
    void recorded(Completion completion, TaskStore.Recorded recorded) {
        Claim claim = completion.claim();
        if (!isHeard(claim.task())) {
            if (completion.outcome().kind() == Outcome.Kind.FAILED) {
                LOG.warn(
                        "[{}] {} failed: {}",
                        node,
                        claim.executionId(),
                        completion.outcome().error());
            }
            return;
        }
        Execution execution = completion.execution(node);
        for (Skip skip : completion.skipped()) {
            Execution skipped = completion.skipped(node, skip);
            emit(new SchedulerEvent(
                    SchedulerEvent.Kind.SKIPPED,
                    now(),
                    claim.task(),
                    skipped.id(),
                    0,
                    skip.reason(),
                    skipped,
                    0,
                    false));
        }
        SchedulerEvent.Kind kind = recorded.isStale()
                ? SchedulerEvent.Kind.LOST
                : switch (completion.outcome().kind()) {
                    case COMPLETED -> SchedulerEvent.Kind.COMPLETED;
                    case FAILED -> SchedulerEvent.Kind.FAILED;
                    case RETRY_AT -> SchedulerEvent.Kind.RETRYING;
                    case CANCELLED -> SchedulerEvent.Kind.CANCELLED;
                    case SKIPPED -> SchedulerEvent.Kind.SKIPPED;
                    case RELEASED -> SchedulerEvent.Kind.RELEASED;
                };
        ExecutionError error = execution.error();
        String reason = execution.reason();
        String message = error != null ? error.toString() : reason != null ? reason : "";
        Object detail = kind == SchedulerEvent.Kind.RETRYING ? error : execution;
        boolean isLast = !recorded.isStale() && recorded.state().isFinal();
        emit(new SchedulerEvent(
                kind, now(), claim.task(), execution.id(), completion.attempt(), message, detail, 0, isLast));
    }

    /** A task is in quarantine since the crash of this execution. */
    void quarantined(Execution crashed) {
        String message = String.valueOf(crashed.error());
        LOG.warn("[{}] {} is in quarantine: {}", node, crashed.taskId(), message);
        emit(new SchedulerEvent(
                SchedulerEvent.Kind.QUARANTINED,
                now(),
                crashed.task(),
                crashed.id(),
                crashed.attempt(),
                message,
                crashed,
                0,
                true));
    }

    /** Something went wrong around the runs: logged, and told to whoever listens to all events. */
    void problem(String message, Throwable error) {
        LOG.warn("[{}] {}", node, message, error);
        emit(new SchedulerEvent(
                SchedulerEvent.Kind.PROBLEM, now(), null, null, 0, message + ": " + error, error, 0, false));
    }
}
