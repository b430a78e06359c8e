package io.reactorscheduler;

import java.time.Duration;

/**
 * How many finished executions a store keeps, and for how long; whichever bound is reached first deletes the oldest.
 *
 * <p>Immutable, refined by copies. A task that has ended goes with the last of its executions, events with theirs.
 *
 * @param perTask the most finished executions of one task, at least 1
 * @param age how long after its end an execution is kept, above zero
 * @param total the most finished executions of all tasks together, at least 1
 */
public record Retention(int perTask, Duration age, int total) {

    /** How many executions of one task are kept unless it is said otherwise. */
    public static final int DEFAULT_PER_TASK = 100;

    /** How long executions are kept unless it is said otherwise. */
    public static final Duration DEFAULT_AGE = Duration.ofHours(1);

    /** How many executions are kept in total unless it is said otherwise. */
    public static final int DEFAULT_TOTAL = 10_000;

    private static final Retention DEFAULTS = new Retention(DEFAULT_PER_TASK, DEFAULT_AGE, DEFAULT_TOTAL);

    /** Checks the bounds; {@link InvalidTaskException} names the one that is wrong. */
    public Retention {
        Checks.atLeast("perTask", perTask, 1);
        Checks.positive("age", age);
        Checks.atLeast("total", total, 1);
    }

    /** The newest {@value #DEFAULT_PER_TASK} of a task, one hour, {@value #DEFAULT_TOTAL} in total. */
    public static Retention defaults() {
        return DEFAULTS;
    }

    /** The same with another number per task; {@value #DEFAULT_PER_TASK} by default. */
    public Retention perTask(int executions) {
        return new Retention(executions, age, total);
    }

    /** The same with another age; one hour by default. */
    public Retention age(Duration age) {
        return new Retention(perTask, age, total);
    }

    /** The same with another number in total; {@value #DEFAULT_TOTAL} by default. */
    public Retention total(int executions) {
        return new Retention(perTask, age, executions);
    }
}
