package io.reactorscheduler;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state of one {@link AlertRule} of one subscription: which subjects are raised. Guarded by its owner's monitor. */
abstract class AlertWatch {

    final AlertRule rule;
    final Set<String> raised = new HashSet<>();

    AlertWatch(AlertRule rule) {
        this.rule = rule;
    }

    static AlertWatch of(AlertRule rule) {
        return switch (rule.kind()) {
            case FAILURE_RATE -> new FailureRateWatch(rule);
            case LONG_RUN -> new LongRunWatch(rule);
            case BACKLOG, LATENESS -> new QueueWatch(rule);
        };
    }

    /**
     * One look.
     *
     * @param nanos the monotonic clock of the scheduler
     * @param time the wall clock
     * @param stats the scheduler's numbers, null where no rule needs them
     * @param running the runs of this node that the store knows, asked for at {@code askedNanos}; null unless a watch
     *     had doubts
     * @param askedNanos when the runs were asked for
     */
    record Look(
            long nanos,
            Instant time,
            @Nullable SchedulerStats stats,
            @Nullable List<Execution> running,
            long askedNanos) {}

    /** Something happened. */
    void on(SchedulerEvent event, long nanos) {}

    /** Whether it needs to know what is running before it can judge. */
    boolean hasDoubts(long nanos) {
        return false;
    }

    /** Adds what changed since the last look. */
    abstract void check(Look look, List<Alert> changes);

    /** Judges one subject, with hysteresis. */
    final void judge(String subject, double value, boolean mayRaise, Look look, List<Alert> changes) {
        boolean isAbove = value > rule.threshold();
        if (raised.contains(subject)) {
            if (!isAbove && value <= rule.threshold() * rule.clearAt()) {
                raised.remove(subject);
                changes.add(alert(subject, value, look.time(), false));
            }
        } else if (isAbove && mayRaise) {
            raised.add(subject);
            changes.add(alert(subject, value, look.time(), true));
        }
    }

    final Alert alert(String subject, double value, Instant time, boolean isRaised) {
        return new Alert(rule.kind(), subject, value, rule.threshold(), time, isRaised);
    }
}
