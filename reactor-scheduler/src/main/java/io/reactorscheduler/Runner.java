package io.reactorscheduler;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * The execution stage: a claim becomes handler, then timeout, then retry, and every ending a {@link Completion}.
 *
 * <p>Operators are attached only where a task asks for them, and those of retries only when the first error has come, so
 * that what is not used costs nothing.
 */
final class Runner {

    private final Resources with;
    private final OverlappingRuns overlapping;
    private final Handlers handlers;
    final ActiveRuns active;
    private final RunReports reports;
    private final Carrier carrier;
    private final Function<String, TaskQueue> queues;
    private final Retries retries;

    Runner(Resources with, Handlers handlers, ActiveRuns active, Carrier carrier, Function<String, TaskQueue> queues) {
        this.with = with;
        this.overlapping = new OverlappingRuns(with);
        this.handlers = handlers;
        this.active = active;
        this.reports = new RunReports(with);
        this.carrier = carrier;
        this.queues = queues;
        this.retries = new Retries(with, handlers, queues);
    }

    /**
     * Runs a claim; gives exactly one completion and never fails. Most runs have ended when they have been started: the
     * completions of those are told at once, and null is given, so that nobody subscribes to them.
     */
    @Nullable
    Mono<Completion> run(Claim claimed, Consumer<Completion> atOnce) {
        Plan plan;
        try {
            Claim claim = claimed.withTask(handlers.resolved(claimed.task()));
            plan = claim.repeats() ? Planner.plan(claim, with.reachedMicros()) : Plan.run(claim);
        } catch (Throwable thrown) {
            return Mono.just(brokenTrigger(claimed, thrown));
        }
        Run run = new Run(this, plan);
        ResultDestination destination = with.settings().destination();
        if (destination != null) {
            return run.flatMap(completion -> write(destination, completion));
        }
        return run.start(atOnce) ? null : run;
    }

    // ---- handler, then timeout, then retry

    Publisher<Object> body(Run run, long nowMicros) {
        return run.claim().overlaps()
                ? Streams.after(overlapping.before(run), Flux.defer(() -> attempt(run, with.nowMicros())))
                : attempt(run, nowMicros);
    }

    /** What a run goes on with after its first error, null when it is to end with it; see {@link Retries#inPlace}. */
    @Nullable
    Publisher<Object> retries(Run run, Throwable error, boolean isStarting) {
        return retries.inPlace(run, error, isStarting, () -> attempt(run, with.nowMicros()));
    }

    private Publisher<Object> attempt(Run run, long nowMicros) {
        AttemptContext context = run.attemptStarted(nowMicros);
        with.events().started(run);
        Publisher<Object> publisher = invoke(run.claim(), context);
        List<Instrumentation> instrumentations = with.settings().instrumentations();
        if (!instrumentations.isEmpty()) {
            publisher = instrumented(instrumentations, context, publisher);
        }
        if (context != run) {
            publisher = within(context, publisher);
        }
        Duration timeout = run.task().timeout();
        if (timeout == null) {
            timeout = queues.apply(run.task().queue()).timeout();
        }
        return timeout == null ? publisher : within(timeout, publisher, context);
    }

    private static Publisher<Object> within(RunContext context, Publisher<Object> publisher) {
        return publisher instanceof Mono<Object> mono
                ? mono.contextWrite(Context.of(RunContext.class, context))
                : Flux.from(publisher).contextWrite(Context.of(RunContext.class, context));
    }

    /** Instrumentations see errors as the handler threw them. */
    private Publisher<Object> instrumented(
            List<Instrumentation> instrumentations, RunContext context, Publisher<Object> attempt) {
        Publisher<Object> publisher = ThrownError.map(attempt, ThrownError::unwrap);
        for (Instrumentation instrumentation : instrumentations) {
            publisher = around(instrumentation, context, publisher);
        }
        return ThrownError.map(publisher, ThrownError::carry);
    }

    private Publisher<Object> around(Instrumentation instrumentation, RunContext context, Publisher<Object> attempt) {
        try {
            return instrumentation.around(context, attempt);
        } catch (Throwable thrown) {
            with.events().problem("An instrumentation failed, so an attempt runs without it", thrown);
            return attempt;
        }
    }

    private Publisher<Object> within(Duration timeout, Publisher<Object> publisher, AttemptContext context) {
        Mono<Object> late = Mono.error(() -> new TimeoutException("Attempt " + context.attempt() + " of "
                + context.executionId() + " took longer than its timeout of " + timeout));
        return publisher instanceof Mono<Object> mono
                ? mono.timeout(
                        Mono.delay(timeout, with.timer())
                                .doOnNext(end -> context.cancellation().cancel()),
                        late)
                : Flux.defer(() -> {
                    AtomicBoolean isLate = new AtomicBoolean();
                    // takeUntilOther cancels the stream when the other one speaks, but not when it fails
                    Flux<?> inTime = Flux.from(publisher)
                            .takeUntilOther(Mono.delay(timeout, with.timer()).doOnNext(end -> {
                                isLate.set(true);
                                context.cancellation().cancel();
                            }));
                    return Flux.concat(List.of(inTime, Mono.defer(() -> isLate.get() ? late : Mono.empty())));
                });
    }

    /** The input of a handler that takes none is null, which its erased type cannot say. */
    @SuppressWarnings({"unchecked", "rawtypes", "NullAway"})
    private Publisher<Object> invoke(Claim claim, RunContext context) {
        try {
            Handlers.Entry entry = handlers.get(claim.task().handler());
            HandlerFunction function = claim.task().function();
            if (function == null) {
                if (entry == null) {
                    return Mono.error(new UnknownHandlerException(
                            claim.task().handler(), claim.task().id()));
                }
                function = entry.function();
            }
            Object input = entry == null ? null : input(claim, entry.inputType());
            Publisher<?> publisher = function.apply(input, context);
            if (publisher == null) {
                return Mono.error(new NullPointerException(
                        "Handler \"" + claim.task().handler() + "\" returned null: return Mono.empty() for no result"));
            }
            return untyped(
                    function instanceof BlockingHandlerFunction
                            ? Mono.from(publisher).subscribeOn(with.blocking())
                            : publisher);
        } catch (Throwable thrown) {
            return Mono.error(ThrownError.carry(thrown));
        }
    }

    /** A handler's publisher, of any element type. */
    @SuppressWarnings("unchecked")
    private static Publisher<Object> untyped(Publisher<?> publisher) {
        return (Publisher<Object>) publisher;
    }

    @Nullable
    Object input(Claim claim, Type type) {
        String json = claim.input();
        return json == null ? null : with.settings().codec().decode(json, type);
    }

    Context context(Run run, Context parent) {
        return carrier.restore(run.task().headers(), parent).put(RunContext.class, run);
    }

    // ---- what a run tells

    /** Why a run is not to start, null when it is. */
    @Nullable
    Outcome refusal(Run run, long nowMicros) {
        Plan plan = run.plan();
        if (!plan.runs()) {
            return Outcome.skipped(Objects.requireNonNull(plan.reason()));
        }
        // a claim may have waited behind a handler that held its thread: then somebody else may have it by now
        return active.isTrusted(plan.claim(), nowMicros) ? null : Outcome.released();
    }

    @Nullable
    Run starting(Run run) {
        with.counters().started.increment();
        return active.starting(run);
    }

    /** Whether this thread is just starting the run. */
    boolean isStarting(Run run) {
        return active.isStarting(run);
    }

    void hasStarted(@Nullable Run before) {
        active.hasStarted(before);
    }

    void register(Run run) {
        active.add(run);
    }

    void left(Run run) {
        active.remove(run);
    }

    RecentElements.Of recent(Run run) {
        return with.events().recent().of(run.claim());
    }

    void emitted(Run run, Object element, long number) {
        with.events().result(run, element, number);
    }

    /** The most elements of a collected result: each takes a character of JSON at least, and a comma or a bracket. */
    int mostCollected() {
        return with.settings().maxPayload() / 2;
    }

    Outcome tooMany() {
        return Outcome.failed(ExecutionError.of(new InvalidTaskException(
                "result",
                "more than " + mostCollected() + " elements",
                "collect fewer, raise builder.maxPayload (" + with.settings().maxPayload()
                        + "), or write large results elsewhere")));
    }

    RunReports.Of reports(Run run) {
        return reports.of(run);
    }

    long nowMicros() {
        return with.nowMicros();
    }

    String node() {
        return with.node();
    }

    Scheduler timer() {
        return with.timer();
    }

    // ---- every ending becomes an outcome

    Outcome success(Run run, @Nullable Object value) {
        if (value == null || (value instanceof List<?> all && all.isEmpty())) {
            return Outcome.completed(null, null);
        }
        try {
            String json = with.settings().codec().encode(value);
            int most = with.settings().maxPayload();
            if (json.length() > most) {
                throw new InvalidTaskException(
                        "result",
                        json.length() + " characters",
                        "give at most " + most + ", raise builder.maxPayload, or write large results elsewhere");
            }
            return Outcome.completed(json, value);
        } catch (Throwable notSerialisable) {
            return Outcome.failed(ExecutionError.of(notSerialisable));
        }
    }

    Outcome failure(Run run, Throwable error) {
        return retries.outcome(run, error);
    }

    Completion completion(Run run, Outcome outcome) {
        Plan plan = run.plan();
        Claim claim = plan.claim();
        long now = with.nowMicros();
        try {
            Planner.Next next = switch (outcome.kind()) {
                case COMPLETED, FAILED, CANCELLED -> Planner.after(plan, now);
                case SKIPPED -> Planner.afterSkip(plan, now);
                // the next attempt may be far, and until then nobody else would write it
                case RETRY_AT -> claim.overlaps() ? Planner.after(plan, now) : Planner.Next.UNCHANGED;
                case RELEASED -> Planner.Next.UNCHANGED;
            };
            List<Skip> skipped = both(plan.skipped(), next.skipped());
            return new Completion(
                    claim, outcome, run.startedAttempts(), run.startedMicros(), now, next.position(), skipped);
        } catch (Throwable thrown) {
            return brokenTrigger(claim, thrown);
        }
    }

    /** A rule that throws has no next fire time: the task fails with what it threw. */
    private Completion brokenTrigger(Claim claim, Throwable thrown) {
        long now = with.nowMicros();
        with.events().problem("The trigger of task \"" + claim.task().id() + "\" failed; the task ends", thrown);
        Outcome failed = Outcome.failed(ExecutionError.of(thrown));
        return new Completion(claim, failed, claim.attempt(), now, now, Position.ENDED, List.of());
    }

    private static List<Skip> both(List<Skip> first, List<Skip> second) {
        if (second.isEmpty()) {
            return first;
        }
        List<Skip> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    private Mono<Completion> write(ResultDestination destination, Completion completion) {
        String json = completion.outcome().result();
        if (json == null) {
            return Mono.just(completion);
        }
        // the lease is not renewed any more while the result is written, so the write must end well before it
        return Mono.defer(() -> destination.write(completion.claim().executionId(), json))
                .timeout(with.settings().lease().dividedBy(2), with.timer())
                .map(reference ->
                        Outcome.completed(reference, completion.outcome().value()))
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("The result destination gave no reference")))
                .onErrorResume(error -> Mono.just(Outcome.failed(ExecutionError.of(Objects.requireNonNull(error)))))
                .map(completion::withOutcome);
    }
}
