package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs what is due. Read {@link #flow} first: it is all that happens to a fire time.
 *
 * <pre>
 * TaskStore.save: the head of the task's timeline enters the time-ordered index
 *      | a hint, or the wake-up that was armed for the head
 * {@link Claims}: asks the store for as much as all lanes demand, deals it
 *      |
 * {@link Timeline}: Flux of claims, highest priority first, then due time; never early
 *      |
 * {@link Runner}: handler, then timeout, then retry; every ending becomes a {@link Completion}
 *      |
 * {@link Recorder}: completed in batches, terminal record and next head in one step; slot free, listeners told
 * </pre>
 */
final class Engine {

    /** A lease is valid up to its end, and clocks are read in whole microseconds on both sides. */
    private static final long AFTER_EXPIRY_MICROS = 2_000;

    private static final int MOST_SWEEPS_OF_LEASE = 50;

    private final Resources with;
    private final Runner runner;
    private final Recorder recorder;
    private final ActiveRuns active;
    private final Claims claims;
    private final Handlers handlers;
    private final Map<String, LocalQueue> queues = new ConcurrentHashMap<>();
    private final Disposable.Composite subscriptions = Disposables.composite();
    private final Disposable.Swap sweepAtExpiry = Disposables.swap();
    private final Disposable.Swap reload = Disposables.swap();
    private final Shutdown shutdown;
    private volatile boolean isOpen;

    Engine(Resources with, Handlers handlers, Carrier carrier) {
        this.with = with;
        this.handlers = handlers;
        this.active = new ActiveRuns(with);
        Rounds rounds = new Rounds(with);
        this.claims = new Claims(with, queues.values(), handlers, rounds, this::checkIdle);
        this.recorder = new Recorder(with, this::release, rounds::drain);
        this.runner = new Runner(with, handlers, active, carrier, this::queue);
        this.shutdown = new Shutdown(with, active, () -> held() == 0 && !claims.isAsking());
    }

    /** The life of every fire time, lane by lane. */
    private Flux<Completion> flow(LocalQueue queue) {
        Consumer<Completion> outcome = recorder::add;
        return new Timeline(queue)
                .mapNotNull(claim -> runner.run(claim, outcome))
                .flatMap(run -> run, LocalQueue.SLOTS)
                .doOnNext(outcome);
    }

    void start() {
        for (TaskQueue queue : with.settings().queues().values()) {
            queues.put(queue.name(), new LocalQueue(queue, with, recorder, claims::lookSoon, this::open));
        }
        subscriptions.add(reload);
        subscriptions.add(hints().subscribe());
        // nothing is claimed before the store knows the limits of the queues
        subscriptions.add(announceQueues().doOnSuccess(announced -> open()).subscribe());
    }

    private void open() {
        isOpen = true;
        queues.values().forEach(this::open);
        if (!subscriptions.isDisposed()
                && (with.store().isShared() || with.store().safetyPoll() != null)) {
            sweepLater();
        }
        claims.lookSoon();
    }

    private void open(LocalQueue queue) {
        int needed = queue.lanesNeeded();
        for (int open = queue.size(); open < needed && !subscriptions.isDisposed(); open++) {
            subscriptions.add(flow(queue)
                    .doOnError(error ->
                            with.events().problem("A lane of queue " + queue.name() + " broke; opened again", error))
                    .retry()
                    .subscribe());
        }
    }

    private void checkIdle() {
        shutdown.check();
    }

    private void release(List<Completion> recorded) {
        shutdown.recorded(recorded);
        for (Completion completion : recorded) {
            LocalQueue queue = queues.get(completion.claim().task().queue());
            if (queue != null) {
                queue.release(1);
            }
        }
        shutdown.check();
        claims.look();
    }

    /** How many claims hold a slot. */
    int held() {
        int held = 0;
        for (LocalQueue queue : queues.values()) {
            held += queue.held();
        }
        return held;
    }

    TaskQueue queue(String name) {
        LocalQueue queue = queues.get(name);
        return queue == null ? TaskQueue.named(name) : queue.settings();
    }

    boolean knows(String queue) {
        return with.settings().queues().containsKey(queue);
    }

    // ---- what the store tells

    private Flux<TaskStore.Hint> hints() {
        return Flux.defer(with.store()::hints)
                .doOnNext(this::hinted)
                .doOnError(error -> with.events().problem("Hints of the store are lost for a while", error))
                .retryWhen(with.again())
                .repeatWhen(ends -> ends.concatMap(end -> with.shortPause()));
    }

    private void hinted(TaskStore.Hint hint) {
        switch (hint.kind()) {
            case DUE -> {
                LocalQueue queue = queues.get(hint.subject());
                if (queue != null) {
                    queue.hint(hint.number());
                    claims.lookAt(hint.number());
                }
            }
            case CANCEL_TASK -> active.cancelTask(hint.subject(), hint.number());
            case CANCEL_EXECUTION -> active.cancelExecution(hint.subject(), hint.number());
            case QUEUE -> {
                if (isOpen) {
                    reload.update(reloadQueues().retryWhen(with.again()).subscribe());
                }
            }
        }
    }

    /** Tells the store the queues of this node; what was changed of them meanwhile is the store's to say. */
    private Mono<Void> announceQueues() {
        return Flux.fromIterable(with.settings().queues().values())
                .concatMap(queue -> with.answered(with.store().declareQueue(queue)))
                .then(reloadQueues().onErrorComplete())
                .doOnError(error -> with.events().problem("The store does not know this node's queues yet", error))
                .retryWhen(with.again());
    }

    private Mono<Void> reloadQueues() {
        return with.answered(Flux.defer(with.store()::queues))
                .doOnNext(settings -> {
                    LocalQueue queue = queues.get(settings.name());
                    if (queue != null) {
                        queue.settings(settings);
                        if (isOpen) {
                            open(queue);
                            claims.lookSoon();
                        }
                    }
                })
                .doOnError(error -> with.events().problem("The settings of queues could not be read", error))
                .then();
    }

    private void sweepLater() {
        subscriptions.add(sweepAtExpiry);
        long every = with.settings().lease().toNanos() / 2;
        subscriptions.add(with.timer().schedulePeriodically(this::sweep, every, every, TimeUnit.NANOSECONDS));
    }

    /**
     * Leases of nodes that were lost are given back when they end: a sweep learns of them long before, as it comes twice a
     * lease, and the leases of nodes that live are always renewed by then.
     */
    private void sweepAt(long expiryMicros) {
        long lease = Checks.micros(with.settings().lease());
        long left = expiryMicros - with.nowMicros();
        if (left < lease / 2 && !subscriptions.isDisposed()) {
            long wait = Math.max(left + AFTER_EXPIRY_MICROS, lease / MOST_SWEEPS_OF_LEASE);
            sweepAtExpiry.update(with.timer().schedule(this::sweep, wait, TimeUnit.MICROSECONDS));
        }
    }

    private void sweep() {
        with.answered(Mono.defer(with.store()::sweep))
                .doOnNext(swept -> {
                    recorder.drop(swept.dropped());
                    swept.quarantined().forEach(this::tellQuarantined);
                    swept.findings()
                            .forEach(finding -> with.events()
                                    .problem("The store found: " + finding, new IllegalStateException(finding)));
                    swept.unswept()
                            .forEach(reason -> with.events()
                                    .problem(
                                            "A part of the store could not be swept",
                                            new StoreUnavailableException(reason, null)));
                    sweepAt(swept.nextExpiryMicros());
                })
                .doOnError(error -> with.events().problem("The store could not be swept", error))
                .onErrorComplete()
                .subscribe();
    }

    private void tellQuarantined(String taskId) {
        with.store()
                .executions(ExecutionQuery.of(taskId).state(TaskState.FAILED).limit(1))
                .doOnNext(with.events()::quarantined)
                .doOnError(error -> with.events().problem("Task " + taskId + " is in quarantine", error))
                .onErrorComplete()
                .subscribe();
    }

    // ---- what the scheduler asks

    /**
     * The code of an inline task is known from now on; work that waits under its name can be claimed. A store of this
     * process keeps the code with the task, so there is nothing to learn.
     */
    void learn(TaskRecord task) {
        HandlerFunction<?, ?> function = task.function();
        if (function != null && with.store().isShared() && handlers.putInline(task.handler(), function)) {
            queues.values().forEach(LocalQueue::askAgain);
            claims.lookSoon();
        }
    }

    /** Claims nothing more, waits for runs (for ever without patience), gives back the others, then lets go of everything. */
    Mono<Stopped> stop(@Nullable Duration patience) {
        return shutdown.stop(claims::stop, patience, subscriptions);
    }
}
