package io.reactorscheduler;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One threshold that {@link AlertRules} watch. Immutable, refined by copies.
 *
 * <p>Each subject is judged by itself: each handler, each queue, each run. An alert is raised when the value is above the
 * threshold, and cleared when it is at or below the threshold times {@link #clearAt}, so that a value that hovers about its
 * threshold gives two alerts and not one at each look.
 */
public final class AlertRule {

    /** The fewest runs that a failure rate is judged by unless {@link #atLeast} says otherwise. */
    public static final long DEFAULT_AT_LEAST = 10;

    /** The part of the threshold that clears an alert unless {@link #clearAt} says otherwise. */
    public static final double DEFAULT_CLEAR_AT = 0.8;

    private final Alert.Kind kind;
    private final double threshold;
    private final Options options;

    /**
     * What refines a threshold.
     *
     * @param window how far a failure rate looks back; zero for other kinds
     * @param atLeast the fewest runs that a failure rate is judged by
     * @param clearAt the part of the threshold that clears an alert
     * @param queue the only queue that is watched, null for all
     * @param handler the only handler that is watched, null for all
     */
    private record Options(
            Duration window,
            long atLeast,
            double clearAt,
            @Nullable String queue,
            @Nullable String handler) {}

    private AlertRule(Alert.Kind kind, double threshold, Options options) {
        this.kind = kind;
        this.threshold = threshold;
        this.options = options;
    }

    private static AlertRule of(Alert.Kind kind, double threshold, Duration window) {
        return new AlertRule(kind, threshold, new Options(window, DEFAULT_AT_LEAST, DEFAULT_CLEAR_AT, null, null));
    }

    /**
     * More than this share (0 to 1) of a handler's runs on this node failed for good within the window, which slides in
     * twentieths of its length. Attempts that are retried do not count.
     */
    public static AlertRule failureRateAbove(double share, Duration window) {
        if (!(share >= 0 && share <= 1)) {
            throw new InvalidTaskException("failureRateAbove", share, "give a share between 0 and 1");
        }
        return of(Alert.Kind.FAILURE_RATE, share, Checks.positive("window", window));
    }

    /** An attempt of a run on this node takes longer than this; cleared when it ends. */
    public static AlertRule runLongerThan(Duration longest) {
        return of(Alert.Kind.LONG_RUN, seconds(Checks.positive("runLongerThan", longest)), Duration.ZERO);
    }

    /** More tasks of a queue than this are due and wait for a free slot, on all nodes. */
    public static AlertRule backlogAbove(long tasks) {
        return of(Alert.Kind.BACKLOG, (double) Checks.atLeast("backlogAbove", tasks, 0), Duration.ZERO);
    }

    /** A due task of a queue has waited for a free slot for longer than this. */
    public static AlertRule latenessAbove(Duration longest) {
        return of(Alert.Kind.LATENESS, seconds(Checks.notNegative("latenessAbove", longest)), Duration.ZERO);
    }

    /** A failure rate is raised only over this many runs in the window (at least 1); {@value #DEFAULT_AT_LEAST} by default. */
    public AlertRule atLeast(long runs) {
        if (kind != Alert.Kind.FAILURE_RATE) {
            throw new InvalidTaskException("atLeast", runs, "use it with failureRateAbove; this rule is " + kind);
        }
        Checks.atLeast("atLeast", runs, 1);
        return with(new Options(options.window, runs, options.clearAt, options.queue, options.handler));
    }

    /**
     * An alert is cleared when the value is at most this part (0 to 1) of the threshold; {@value #DEFAULT_CLEAR_AT} by
     * default. A long run is cleared by its end.
     */
    public AlertRule clearAt(double part) {
        if (!(part >= 0 && part <= 1)) {
            throw new InvalidTaskException("clearAt", part, "give a part of the threshold between 0 and 1");
        }
        return with(new Options(options.window, options.atLeast, part, options.queue, options.handler));
    }

    /** Watches only this queue, or only the runs of its tasks. */
    public AlertRule queue(String queue) {
        Checks.name("queue", queue);
        return with(new Options(options.window, options.atLeast, options.clearAt, queue, options.handler));
    }

    /** Watches only the runs of this handler. */
    public AlertRule handler(String handler) {
        Checks.name("handler", handler);
        if (isOfQueues()) {
            throw new InvalidTaskException(
                    "handler", handler, "use queue(...): this rule is " + kind + ", and queues wait for all handlers");
        }
        return with(new Options(options.window, options.atLeast, options.clearAt, options.queue, handler));
    }

    /** What is watched. */
    public Alert.Kind kind() {
        return kind;
    }

    /** The largest value that is not worth an alert: a share from 0 to 1, seconds, or a number of tasks. */
    public double threshold() {
        return threshold;
    }

    /** The fewest runs that a failure rate is judged by. */
    public long atLeast() {
        return options.atLeast;
    }

    /** The part of the threshold that clears an alert. */
    public double clearAt() {
        return options.clearAt;
    }

    /** How far a failure rate looks back; zero for other kinds. */
    public Duration window() {
        return options.window;
    }

    /** The only queue that is watched, null for all. */
    public @Nullable String queue() {
        return options.queue;
    }

    /** The only handler that is watched, null for all. */
    public @Nullable String handler() {
        return options.handler;
    }

    boolean isOfQueues() {
        return kind == Alert.Kind.BACKLOG || kind == Alert.Kind.LATENESS;
    }

    boolean watches(TaskRecord task) {
        return watchesQueue(task.queue()) && (options.handler == null || options.handler.equals(task.handler()));
    }

    boolean watchesQueue(String queue) {
        return options.queue == null || options.queue.equals(queue);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private AlertRule with(Options other) {
        return new AlertRule(kind, threshold, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AlertRule that
                && kind == that.kind
                && threshold == that.threshold
                && options.equals(that.options);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kind, threshold, options);
    }

    @Override
    public String toString() {
        return "AlertRule(" + kind + " above " + threshold
                + (options.queue == null ? "" : " in queue " + options.queue)
                + (options.handler == null ? "" : " of handler " + options.handler) + ")";
    }
}
