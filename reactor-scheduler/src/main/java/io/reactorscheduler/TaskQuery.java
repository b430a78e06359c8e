package io.reactorscheduler;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks to list, in the order of their ids. Immutable, refined by copies; what is not said is not filtered.
 */
public final class TaskQuery {

    /** How many tasks are listed unless the query says otherwise. */
    public static final int DEFAULT_LIMIT = QuerySpec.DEFAULT_LIMIT;

    private static final TaskQuery ALL = new TaskQuery(new Spec());

    private final Spec spec;

    private TaskQuery(Spec spec) {
        this.spec = spec;
    }

    /** The first {@value #DEFAULT_LIMIT} tasks. */
    public static TaskQuery all() {
        return ALL;
    }

    /** Only tasks in this state. */
    public TaskQuery state(TaskState state) {
        return with(next -> next.state = state);
    }

    /** Only tasks of this queue. */
    public TaskQuery queue(String queue) {
        return with(next -> next.queue = queue);
    }

    /** Only tasks of this handler. */
    public TaskQuery handler(String handler) {
        return with(next -> next.handler = handler);
    }

    /** Only tasks with this tag. */
    public TaskQuery tag(String tag) {
        return with(next -> next.tag = tag);
    }

    /** At most this many (at least 1); {@value #DEFAULT_LIMIT} by default. */
    public TaskQuery limit(int limit) {
        Checks.atLeast("limit", limit, 1);
        return with(next -> next.limit = limit);
    }

    /** Leaves out the first so many that match; 0 by default. For long lists {@link #after} is cheaper and steadier. */
    public TaskQuery offset(int offset) {
        Checks.atLeast("offset", offset, 0);
        return with(next -> next.offset = offset);
    }

    /** Only tasks whose id comes after this one: the cursor of the page before. */
    public TaskQuery after(String id) {
        return with(next -> next.after = id);
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

    /** The tag to match, or null. */
    public @Nullable String tag() {
        return spec.tag;
    }

    /** The most tasks to list. */
    public int limit() {
        return spec.limit;
    }

    /** How many matching tasks to leave out. */
    public int offset() {
        return spec.offset;
    }

    /** The id to start after, or null. */
    public @Nullable String after() {
        return spec.after;
    }

    /** Whether a task matches, whatever limit, offset and cursor say. */
    public boolean matches(TaskInfo task) {
        return spec.matches(task.state(), task.queue(), task.handler())
                && (spec.tag == null || task.task().tags().contains(spec.tag));
    }

    private TaskQuery with(Consumer<Spec> change) {
        Spec next = spec.copy();
        change.accept(next);
        return new TaskQuery(next);
    }

    private static final class Spec extends QuerySpec {
        @Nullable
        String tag;

        @Nullable
        String after;

        Spec copy() {
            Spec copy = new Spec();
            copyTo(copy);
            copy.tag = tag;
            copy.after = after;
            return copy;
        }
    }
}
