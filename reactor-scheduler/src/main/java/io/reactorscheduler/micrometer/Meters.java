package io.reactorscheduler.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.reactorscheduler.Completion;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.Skip;
import io.reactorscheduler.TaskRecord;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Timers and counters of what happens on this node. */
final class Meters {

    /** The most different values of one tag. */
    static final int MOST_NAMES = 500;

    static final String OTHER = "other";
    static final String NONE = "none";

    private final MeterRegistry registry;
    private final Tags common;

    /** Registered when a scheduler starts: an instrumentation that is only refined must leave no meter behind. */
    private volatile @Nullable Counter problems;

    /** Looking a meter up in the registry costs more than the run of a trivial handler. */
    private final Map<RunKey, Timer> runs = new ConcurrentHashMap<>();

    private final Map<String, Timer> delays = new ConcurrentHashMap<>();
    private final Names handlers = new Names();
    private final Names exceptions = new Names();

    private record RunKey(String handler, String queue, Outcome.Kind outcome, String exception) {}

    Meters(MeterRegistry registry, Tags common) {
        this.registry = registry;
        this.common = common;
    }

    /** The counter of problems is there before the first one. */
    void started() {
        problems();
    }

    private Counter problems() {
        Counter known = problems;
        if (known == null) {
            known = Counter.builder("reactor.scheduler.problems")
                    .description("What went wrong around the runs: the store, a trigger, a listener")
                    .tags(common)
                    .register(registry);
            problems = known;
        }
        return known;
    }

    void onEvent(SchedulerEvent event) {
        TaskRecord task = event.task();
        switch (event.kind()) {
            case PROBLEM -> problems().increment();
            case RETRYING -> {
                if (task != null) {
                    count("reactor.scheduler.retries", "Failed attempts that are tried again", task, 1);
                }
            }
            case LOST -> {
                if (task != null) {
                    count("reactor.scheduler.lost", "Runs whose end was not recorded: the lease was lost", task, 1);
                }
            }
            default -> {}
        }
    }

    void onRecorded(Completion completion) {
        TaskRecord task = completion.claim().task();
        for (Skip skip : completion.skipped()) {
            skipped(task, skip.count());
        }
        Outcome outcome = completion.outcome();
        if (outcome.kind() == Outcome.Kind.SKIPPED) {
            skipped(task, 1);
            return;
        }
        if (completion.startedMicros() == Position.NO_TIME) {
            return;
        }
        ExecutionError error = outcome.error();
        RunKey key = new RunKey(
                handlers.bounded(task.handler()),
                task.queue(),
                outcome.kind(),
                error == null ? NONE : exceptions.bounded(simple(error.type())));
        runs.computeIfAbsent(key, this::runs)
                .record(completion.endedMicros() - completion.startedMicros(), TimeUnit.MICROSECONDS);
        // with attempts before this one, when the first of them started is not known any more
        if (completion.attempt() == completion.claim().attempt()) {
            delays.computeIfAbsent(task.queue(), this::delays)
                    .record(completion.startedMicros() - completion.claim().dueMicros(), TimeUnit.MICROSECONDS);
        }
    }

    private Timer runs(RunKey key) {
        return Timer.builder("reactor.scheduler.run")
                .description("The last attempt of a run")
                .tags(common.and("handler", key.handler(), "queue", key.queue())
                        .and("outcome", name(key.outcome()), "exception", key.exception()))
                .register(registry);
    }

    private Timer delays(String queue) {
        return Timer.builder("reactor.scheduler.start.delay")
                .description("From due to started")
                .tags(common.and("queue", queue))
                .register(registry);
    }

    private void skipped(TaskRecord task, long fireTimes) {
        count("reactor.scheduler.skipped", "Fire times that did not run", task, fireTimes);
    }

    private void count(String name, String description, TaskRecord task, long amount) {
        Counter.builder(name)
                .description(description)
                .tags(tags(task))
                .register(registry)
                .increment((double) amount);
    }

    private Tags tags(TaskRecord task) {
        return common.and("handler", handlers.bounded(task.handler()), "queue", task.queue());
    }

    static String name(Outcome.Kind kind) {
        return switch (kind) {
            case COMPLETED -> "completed";
            case FAILED -> "failed";
            case RETRY_AT -> "retrying";
            case CANCELLED -> "cancelled";
            case SKIPPED -> "skipped";
            case RELEASED -> "released";
        };
    }

    private static String simple(String className) {
        String simple = className.substring(className.lastIndexOf('.') + 1);
        return simple.isEmpty() ? className : simple;
    }

    /** The first values that were seen; the registry keeps a meter for each for ever. */
    private static final class Names {
        private final Set<String> known = ConcurrentHashMap.newKeySet();

        String bounded(String name) {
            if (known.contains(name)) {
                return name;
            }
            if (known.size() >= MOST_NAMES) {
                return OTHER;
            }
            known.add(name);
            return name;
        }
    }
}
