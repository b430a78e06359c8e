package io.reactorscheduler;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which executions to list, newest first. Immutable, refined by copies; what is not said is not filtered. */
public final class ExecutionQuery {

    /** How many executions are listed unless the query says otherwise. */
    public static final int DEFAULT_LIMIT = QuerySpec.DEFAULT_LIMIT;

    private static final ExecutionQuery ALL = new ExecutionQuery(new Spec());

    private final Spec spec;

    private ExecutionQuery(Spec spec) {
        this.spec = spec;
    }

    /** The newest {@value #DEFAULT_LIMIT} executions of all tasks. */
    public static ExecutionQuery all() {
        return ALL;
    }

    /** Only executions of this task. */
    public static ExecutionQuery of(String taskId) {
        return ALL.task(taskId);
    }

    /** Only executions of this task. */
    public ExecutionQuery task(String taskId) {
        return with(next -> next.taskId = taskId);
    }

    /** Only executions in this state. */
    public ExecutionQuery state(TaskState state) {
        return with(next -> next.state = state);
    }

    /** Only executions of this queue. */
    public ExecutionQuery queue(String queue) {
        return with(next -> next.queue = queue);
    }

    /** Only executions of this handler. */
    public ExecutionQuery handler(String handler) {
        return with(next -> next.handler = handler);
    }

    /** At most this many (at least 1); {@value #DEFAULT_LIMIT} by default. */
    public ExecutionQuery limit(int limit) {
        Checks.atLeast("limit", limit, 1);
        return with(next -> next.limit = limit);
    }

    /** Leaves out the first so many that match; 0 by default. */
    public ExecutionQuery offset(int offset) {
        Checks.atLeast("offset", offset, 0);
        return with(next -> next.offset = offset);
    }

    /** The task to match, or null. */
    public @Nullable String task() {
        return spec.taskId;
    }

    /** The state to match, or null. */
    public @Nullable TaskState state() {
        return spec.state;
    }

    /** The queue to match, or null. */
    public @Nullable String queue() {
        return spec.queue;
    }

    /** The handler to match, or null. */
    public @Nullable String handler() {
        return spec.handler;
    }

    /** The most executions to list. */
    public int limit() {
        return spec.limit;
    }

    /** How many matching executions to leave out. */
    public int offset() {
        return spec.offset;
    }

    /** Whether an execution matches, whatever limit and offset say. */
    public boolean matches(Execution execution) {
        return (spec.taskId == null || spec.taskId.equals(execution.taskId()))
                && spec.matches(execution.state(), execution.queue(), execution.handler());
    }

    private ExecutionQuery with(Consumer<Spec> change) {
        Spec next = spec.copy();
        change.accept(next);
        return new ExecutionQuery(next);
    }

    private static final class Spec extends QuerySpec {
        @Nullable
        String taskId;

        Spec copy() {
            Spec copy = new Spec();
            copyTo(copy);
            copy.taskId = taskId;
            return copy;
        }
    }
}
