package io.reactorscheduler;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything of a task but its id, handler, input and trigger; shared by tasks that do not differ in it. */
final class TaskOptions {

    static final TaskOptions DEFAULT = new TaskOptions();

    String queue = TaskQueue.DEFAULT_NAME;
    int priority;
    boolean collect;
    boolean ephemeral;
    IfExists ifExists = IfExists.REPLACE;
    Overlap overlap = Overlap.sequential();
    Misfire misfire = Misfire.once();
    Set<String> tags = Set.of();
    String description = "";

    @Nullable
    String key;

    @Nullable
    Duration timeout;

    @Nullable
    RetryPolicy retry;

    /** A copy that may be changed until it is handed out. */
    TaskOptions copy() {
        TaskOptions copy = new TaskOptions();
        copy.queue = queue;
        copy.priority = priority;
        copy.collect = collect;
        copy.ephemeral = ephemeral;
        copy.ifExists = ifExists;
        copy.overlap = overlap;
        copy.misfire = misfire;
        copy.tags = tags;
        copy.description = description;
        copy.key = key;
        copy.timeout = timeout;
        copy.retry = retry;
        return copy;
    }
}
