package io.reactorscheduler;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A task as stores keep it: plain data, the input as JSON, the handler as a name.
 *
 * <p>Immutable. Stores hand it back as it was saved; a durable store writes each part as text and builds it again with
 * {@link #builder}.
 *
 * <p>Small on purpose, 56 bytes with compressed references: there may be ten million of them that wait. What each would have
 * an object for by itself, a generated id and the instant of a task that fires once, is kept as a number and made when
 * somebody asks for it.
 */
public final class TaskRecord {

    /** The id, or what makes its text of {@link #number} when somebody asks for it. */
    private final Object id;

    private final String handler;
    private final @Nullable String input;
    private final Map<String, String> headers;

    /** The trigger, or the {@link Trigger.Kind} of one that is made of {@link #moment} when somebody asks for it. */
    private final Object trigger;

    private final TaskOptions options;
    private final @Nullable HandlerFunction<?, ?> function;
    private final long number;
    private final long moment;

    private TaskRecord(Builder builder) {
        this.id = builder.id;
        this.number = builder.number;
        this.handler = builder.handler;
        this.input = builder.input;
        this.headers = builder.headers;
        this.moment = builder.trigger.momentNanos();
        this.trigger = moment == Trigger.NO_MOMENT ? builder.trigger : builder.trigger.kind();
        this.options = builder.options;
        this.function = builder.function;
    }

    /** Starts a record with the two parts that have no default. */
    public static Builder builder(String id, String handler) {
        return new Builder(Checks.name("id", id), 0, Checks.name("handler", handler));
    }

    /** Starts a record with a generated id: what {@code ids} will make of {@code number}. */
    static Builder builder(TaskIds ids, long number, String handler) {
        return new Builder(ids, number, handler);
    }

    /** The id, unique in the store. */
    public String id() {
        return id instanceof TaskIds ids ? ids.text(number) : (String) id;
    }

    /** {@link TaskIds#hash} of the id. */
    int idHash() {
        return id instanceof TaskIds ids ? ids.hash(number) : TaskIds.hash((String) id);
    }

    /** Whether this is its id. */
    boolean hasId(String text) {
        return id instanceof TaskIds ids ? ids.isText(text, number) : id.equals(text);
    }

    /** Whether it has the id of another record. */
    boolean hasIdOf(TaskRecord other) {
        boolean areOfOneMaker = id instanceof TaskIds && id == other.id;
        return areOfOneMaker ? number == other.number : id().equals(other.id());
    }

    /** The name of the handler. */
    public String handler() {
        return handler;
    }

    /** The input as JSON, null for none. */
    public @Nullable String input() {
        return input;
    }

    /** What travels from the caller of schedule to the run: carried context, trace headers. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The fire times. */
    public Trigger trigger() {
        return trigger instanceof Trigger.Kind kind ? Trigger.ofMoment(kind, moment) : (Trigger) trigger;
    }

    /** Whether it has at most one fire time. */
    boolean firesOnce() {
        return !(trigger instanceof Trigger repeating) || repeating.isOnce();
    }

    /** The queue it waits in. */
    public String queue() {
        return options.queue;
    }

    /** Higher goes first. */
    public int priority() {
        return options.priority;
    }

    /** The key of per-key limits, or null. */
    public @Nullable String key() {
        return options.key;
    }

    /** The timeout of one attempt, null for the queue's. */
    public @Nullable Duration timeout() {
        return options.timeout;
    }

    /** The retries, null for the queue's. */
    public @Nullable RetryPolicy retry() {
        return options.retry;
    }

    /** What happens when a fire time comes during a run. */
    public Overlap overlap() {
        return options.overlap;
    }

    /** What happens to missed fire times. */
    public Misfire misfire() {
        return options.misfire;
    }

    /** Words to find the task by. */
    public Set<String> tags() {
        return options.tags;
    }

    /** A sentence for people. */
    public String description() {
        return options.description;
    }

    /** Whether the stored result is the list of all elements. */
    public boolean collectsResults() {
        return options.collect;
    }

    /** Whether it is kept in the memory of one scheduler although the store is a shared one; see {@link Task#ephemeral}. */
    public boolean isEphemeral() {
        return options.ephemeral;
    }

    @Nullable
    HandlerFunction<?, ?> function() {
        return function;
    }

    /** The same task with another trigger. */
    public TaskRecord withTrigger(Trigger other) {
        Builder copy = copy();
        copy.trigger = other;
        return copy.build();
    }

    /** The same task with other settings. */
    TaskRecord withOptions(TaskOptions other) {
        Builder copy = copy();
        copy.options = other;
        return copy.build();
    }

    TaskOptions options() {
        return options;
    }

    private Builder copy() {
        Builder copy = new Builder(id, number, handler);
        copy.input = input;
        copy.headers = headers;
        copy.trigger = trigger();
        copy.options = options;
        copy.function = function;
        return copy;
    }

    @Override
    public String toString() {
        return "TaskRecord(" + id() + ": " + handler + " " + trigger() + " in " + options.queue + ")";
    }

    /** Collects the parts of a record; not thread-safe. */
    public static final class Builder {
        private final Object id;
        private final long number;
        private final String handler;
        private @Nullable String input;
        private Map<String, String> headers = Map.of();
        private Trigger trigger = Trigger.now();
        private TaskOptions options = TaskOptions.DEFAULT;
        private @Nullable HandlerFunction<?, ?> function;

        private Builder(Object id, long number, String handler) {
            this.id = id;
            this.number = number;
            this.handler = handler;
        }

        /** The input as JSON; none by default. */
        public Builder input(@Nullable String json) {
            this.input = json;
            return this;
        }

        /** What travels to the run; empty by default. */
        public Builder headers(Map<String, String> headers) {
            this.headers = headers.isEmpty() ? Map.of() : Map.copyOf(headers);
            return this;
        }

        /** The fire times; {@link Trigger#now()} by default. */
        public Builder trigger(Trigger trigger) {
            this.trigger = trigger;
            return this;
        }

        /** All settings of a task but its id, handler, input and trigger. */
        public Builder settingsOf(Task<?, ?> task) {
            this.options = task.options();
            return this;
        }

        Builder function(@Nullable HandlerFunction<?, ?> function) {
            this.function = function;
            return this;
        }

        /** The record. */
        public TaskRecord build() {
            return new TaskRecord(this);
        }
    }
}
