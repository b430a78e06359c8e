package io.reactorscheduler.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.observation.ObservationRegistry;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Instrumentation;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.Task;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.util.context.ContextView;

/**
 * Tells Micrometer about a scheduler: {@code builder.instrument(MicrometerInstrumentation.of(registry))}. One for each
 * scheduler, refined by copies; a scheduler that follows one that was stopped may use the same. Two that run at once on one
 * registry need a {@link #tag} each, or the gauges of one hide those of the other.
 *
 * <table>
 * <caption>Meters; names as dots, which each registry turns into its own style</caption>
 * <tr><th>name</th><th>type</th><th>tags</th><th>what</th></tr>
 * <tr><td>reactor.scheduler.run</td><td>timer</td><td>handler, queue, outcome, exception</td>
 *     <td>last attempt of each run of this node, from its start to its end</td></tr>
 * <tr><td>reactor.scheduler.start.delay</td><td>timer</td><td>queue</td>
 *     <td>from due to the start of the attempt, of runs not retried in their slot</td></tr>
 * <tr><td>reactor.scheduler.retries</td><td>counter</td><td>handler, queue</td>
 *     <td>failed attempts that are tried again</td></tr>
 * <tr><td>reactor.scheduler.skipped</td><td>counter</td><td>handler, queue</td><td>fire times that did not run</td></tr>
 * <tr><td>reactor.scheduler.lost</td><td>counter</td><td>handler, queue</td>
 *     <td>runs whose end was not recorded because their lease was lost</td></tr>
 * <tr><td>reactor.scheduler.problems</td><td>counter</td><td></td>
 *     <td>what went wrong around the runs ({@link SchedulerEvent.Kind#PROBLEM})</td></tr>
 * <tr><td>reactor.scheduler.active</td><td>gauge</td><td></td><td>runs of this node</td></tr>
 * <tr><td>reactor.scheduler.tasks</td><td>gauge</td><td>state</td><td>tasks of the store</td></tr>
 * <tr><td>reactor.scheduler.queue.waiting</td><td>gauge</td><td>queue</td><td>tasks whose time has not come</td></tr>
 * <tr><td>reactor.scheduler.queue.backlog</td><td>gauge</td><td>queue</td><td>due tasks without a slot</td></tr>
 * <tr><td>reactor.scheduler.queue.running</td><td>gauge</td><td>queue</td><td>runs on all nodes</td></tr>
 * <tr><td>reactor.scheduler.queue.lateness</td><td>time gauge</td><td>queue</td>
 *     <td>how long the oldest of the backlog has waited</td></tr>
 * </table>
 *
 * <p>{@code outcome} is completed, failed, retrying, cancelled or released; {@code exception} is the simple class name of the
 * error, or none. All tags come from the program, not from its data; beyond {@value Meters#MOST_NAMES} handler names and as many
 * exceptions, further ones are counted as {@code other}.
 *
 * <p>Gauges never ask the store when they are read: they show what {@link ReactiveScheduler#stats()} said last, which is asked
 * every {@link #refreshEvery} in the scheduler's time. They say NaN before the first answer, keep the last answer while the
 * store is away, and leave the registry when they are read after the scheduler has stopped. Those that count the whole store say the same on each node.
 *
 * <p>With an {@link ObservationRegistry} there is an observation {@code reactor.scheduler.schedule} when a task is scheduled and an
 * observation {@code reactor.scheduler.attempt} around each attempt, see {@link AttemptContext}. The handler's publisher finds
 * the latter in its Reactor Context, where WebClient and others look for their parent. What tracing writes into the former
 * (a {@code SenderContext}) travels with the task and is read by the latter (a {@code ReceiverContext}), through the store and
 * on other nodes too, so the attempts of a one-shot task belong to the trace of whoever scheduled it. A repeating task begins
 * a trace with each attempt: one that never ends helps nobody.
 */
public final class MicrometerInstrumentation implements Instrumentation {

    /** The time between two looks at the scheduler's numbers unless {@link #refreshEvery} says otherwise. */
    public static final Duration DEFAULT_REFRESH = Duration.ofSeconds(5);

    private final MeterRegistry registry;
    private final Tags tags;
    private final Meters meters;
    private final Observations observations;
    private final Duration refreshEvery;

    /** Of the scheduler that was started last; guarded by this object. */
    private @Nullable Gauges gauges;

    private MicrometerInstrumentation(
            MeterRegistry registry, Tags tags, Observations observations, Duration refreshEvery) {
        this.registry = registry;
        this.tags = tags;
        this.meters = new Meters(registry, tags);
        this.observations = observations;
        this.refreshEvery = refreshEvery;
    }

    /** Meters only. */
    public static MicrometerInstrumentation of(MeterRegistry registry) {
        return of(registry, ObservationRegistry.NOOP);
    }

    /** Meters and observations. */
    public static MicrometerInstrumentation of(MeterRegistry registry, ObservationRegistry observations) {
        Objects.requireNonNull(registry, "registry");
        Objects.requireNonNull(observations, "observations");
        return new MicrometerInstrumentation(registry, Tags.empty(), new Observations(observations), DEFAULT_REFRESH);
    }

    /** Adds a tag to all meters, for example to tell two schedulers of one process apart; none by default. */
    public MicrometerInstrumentation tag(String key, String value) {
        return new MicrometerInstrumentation(registry, tags.and(key, value), observations, refreshEvery);
    }

    /** The time between two looks at the scheduler's numbers for the gauges; five seconds by default. */
    public MicrometerInstrumentation refreshEvery(Duration pause) {
        if (pause.isNegative() || pause.isZero()) {
            throw new InvalidTaskException("refreshEvery", pause, "give a duration above zero");
        }
        return new MicrometerInstrumentation(registry, tags, observations, pause);
    }

    /** The time between two looks at the scheduler's numbers for the gauges. */
    public Duration refreshEvery() {
        return refreshEvery;
    }

    @Override
    public synchronized void started(ReactiveScheduler scheduler) {
        meters.started();
        Gauges before = gauges;
        if (before != null && !before.haveLeft()) {
            throw new IllegalStateException(
                    "One MicrometerInstrumentation serves one scheduler at a time: give each its own,"
                            + " with a tag(key, value) that tells them apart");
        }
        Gauges following = new Gauges(registry, tags, scheduler);
        gauges = following;
        following.follow(refreshEvery);
    }

    @Override
    public Map<String, String> headers(Task<?, ?> task, ContextView context) {
        return observations.headers(task, context);
    }

    @Override
    public <T> Publisher<T> around(RunContext run, Publisher<T> attempt) {
        return observations.around(run, attempt);
    }

    @Override
    public void onEvent(SchedulerEvent event) {
        meters.onEvent(event);
    }

    @Override
    public void onRecorded(Completion completion) {
        meters.onRecorded(completion);
    }

    @Override
    public String toString() {
        return "MicrometerInstrumentation";
    }
}
