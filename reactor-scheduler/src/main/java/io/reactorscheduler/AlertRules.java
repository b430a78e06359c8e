package io.reactorscheduler;

import java.time.Duration;
import java.util.List;

/**
 * What {@link ReactiveScheduler#alerts} watches, and how often it looks. Immutable.
 *
 * <pre>{@code
 * AlertRules.of(
 *     AlertRule.failureRateAbove(0.1, Duration.ofMinutes(5)).atLeast(20),
 *     AlertRule.runLongerThan(Duration.ofMinutes(10)).handler("video-cut"),
 *     AlertRule.backlogAbove(1_000).queue("mail"))
 * }</pre>
 */
public final class AlertRules {

    /** The time between two looks unless {@link #checkEvery} says otherwise. */
    public static final Duration DEFAULT_CHECK = Duration.ofSeconds(5);

    private final List<AlertRule> rules;
    private final Duration checkEvery;

    private AlertRules(List<AlertRule> rules, Duration checkEvery) {
        this.rules = rules;
        this.checkEvery = checkEvery;
    }

    /** These rules, each watched by itself; at least one. */
    public static AlertRules of(AlertRule... rules) {
        return of(List.of(rules));
    }

    /** These rules, each watched by itself; at least one. */
    public static AlertRules of(List<AlertRule> rules) {
        if (rules.isEmpty()) {
            throw new InvalidTaskException("rules", rules, "give at least one rule");
        }
        return new AlertRules(List.copyOf(rules), DEFAULT_CHECK);
    }

    /** The time between two looks; five seconds by default. */
    public AlertRules checkEvery(Duration pause) {
        return new AlertRules(rules, Checks.positive("checkEvery", pause));
    }

    /** The rules. */
    List<AlertRule> rules() {
        return rules;
    }

    /** The time between two looks. */
    public Duration checkEvery() {
        return checkEvery;
    }

    @Override
    public String toString() {
        return "AlertRules(" + rules + " every " + checkEvery + ")";
    }
}
