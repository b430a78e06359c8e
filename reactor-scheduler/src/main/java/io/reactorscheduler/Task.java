package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * What is to run and when: immutable data, refined by copies.
 *
 * <p>A task says: run this {@link Handler} with this input at the fire times of this {@link Trigger} in this
 * {@link TaskQueue}. It does nothing by itself; {@link ReactiveScheduler#schedule} saves it.
 *
 * @param <I> the input; {@link Void} for none
 * @param <O> one element of the output
 */
public final class Task<I, O> {

    private final Handler<I, O> handler;
    private final @Nullable HandlerFunction<? super I, ? extends O> function;
    private final @Nullable I input;
    private final @Nullable String id;
    private final Trigger trigger;
    private final TaskOptions options;

    private Task(Parts<I, O> parts) {
        this.handler = parts.handler;
        this.function = parts.function;
        this.input = parts.input;
        this.id = parts.id;
        this.trigger = parts.trigger;
        this.options = parts.options;
    }

    static <I, O> Task<I, O> of(Handler<I, O> handler, @Nullable I input) {
        return new Task<>(new Parts<>(handler, null, input));
    }

    /**
     * A task with its code at hand, for work that needs no typed input: {@code Task.of("quote", run -> client.quote())}.
     *
     * <p>In the in-memory store each task keeps its own code. A durable store keeps only the name: after a restart, and
     * on other nodes, the code is whatever that node last scheduled or registered under the name. So capture nothing
     * that differs from task to task when the store is durable; pass it as input to a {@link Handler} instead.
     *
     * @param name names the code in queries, metrics and durable stores
     */
    @SuppressWarnings("unchecked")
    public static <O> Task<Void, O> of(
            String name, Function<? super RunContext, ? extends Publisher<? extends O>> code) {
        Objects.requireNonNull(code, "code");
        return of(name, (none, run) -> code.apply(run));
    }

    /** As {@link #of(String, Function)}, for {@link HandlerFunction#blocking} and {@link HandlerFunction#value}. */
    public static <O> Task<Void, O> of(String name, HandlerFunction<? super Void, ? extends O> code) {
        return new Task<>(new Parts<>(Handler.inline(name), Objects.requireNonNull(code, "code"), null));
    }

    /**
     * The id, unique in the store; 1 to 200 characters. Without it a time-ordered one is generated each time the task is
     * scheduled.
     */
    public Task<I, O> id(String id) {
        return with(parts -> parts.id = Checks.name("id", id));
    }

    /** The fire times. {@link Trigger#now()} by default. */
    public Task<I, O> trigger(Trigger trigger) {
        Objects.requireNonNull(trigger, "trigger");
        return with(parts -> parts.trigger = trigger);
    }

    /** Once, at an instant; see {@link Trigger#at}. */
    public Task<I, O> at(Instant instant) {
        return trigger(Trigger.at(instant));
    }

    /** Once, this long after it is scheduled; see {@link Trigger#after}. */
    public Task<I, O> after(Duration delay) {
        return trigger(Trigger.after(delay));
    }

    /** At a fixed rate, first one period after it is scheduled; see {@link Trigger#every}. */
    public Task<I, O> every(Duration period) {
        return trigger(Trigger.every(period));
    }

    /** Each time this long after the end of the run before; see {@link Trigger#fixedDelay}. */
    public Task<I, O> fixedDelay(Duration delay) {
        return trigger(Trigger.fixedDelay(delay));
    }

    /** At the times of a cron expression in UTC; see {@link Cron#parse}. */
    public Task<I, O> cron(String expression) {
        return trigger(Trigger.cron(expression));
    }

    /** At the times of a cron expression with its own zone and daylight-saving policy. */
    public Task<I, O> cron(Cron cron) {
        return trigger(Trigger.cron(cron));
    }

    /** The queue it waits in; {@value TaskQueue#DEFAULT_NAME} by default. */
    public Task<I, O> queue(String queue) {
        Checks.name("queue", queue);
        return withOptions(options -> options.queue = queue);
    }

    /** Among due tasks of a queue, higher numbers go first; 0 by default. */
    public Task<I, O> priority(int priority) {
        return withOptions(options -> options.priority = priority);
    }

    /** The key that the queue's per-key limits and its fairness go by, for example a tenant; none by default. */
    public Task<I, O> key(String key) {
        Checks.name("key", key);
        return withOptions(options -> options.key = key);
    }

    /** How long one attempt may take; the queue's by default. */
    public Task<I, O> timeout(Duration timeout) {
        Checks.positive("timeout", timeout);
        return withOptions(options -> options.timeout = timeout);
    }

    /** How failed attempts are tried again; the queue's by default. */
    public Task<I, O> retry(RetryPolicy retry) {
        Objects.requireNonNull(retry, "retry");
        return withOptions(options -> options.retry = retry);
    }

    /** What happens when a fire time comes during a run; {@link Overlap#sequential()} by default. */
    public Task<I, O> overlap(Overlap overlap) {
        Objects.requireNonNull(overlap, "overlap");
        return withOptions(options -> options.overlap = overlap);
    }

    /** What happens to fire times that passed while nobody could run them; {@link Misfire#once()} by default. */
    public Task<I, O> misfire(Misfire misfire) {
        Objects.requireNonNull(misfire, "misfire");
        return withOptions(options -> options.misfire = misfire);
    }

    /** What scheduling does when the id is known; {@link IfExists#REPLACE} by default. */
    public Task<I, O> ifExists(IfExists ifExists) {
        Objects.requireNonNull(ifExists, "ifExists");
        return withOptions(options -> options.ifExists = ifExists);
    }

    /** Words to find the task by; none by default. */
    public Task<I, O> tags(String... tags) {
        for (String tag : tags) {
            Checks.name("tags", tag);
        }
        Set<String> copy = Set.of(tags.clone());
        return withOptions(options -> options.tags = copy);
    }

    /** A sentence for people; empty by default. */
    public Task<I, O> description(String description) {
        Objects.requireNonNull(description, "description");
        return withOptions(options -> options.description = description);
    }

    /** The stored result of a run is the list of all its elements instead of the last one. */
    public Task<I, O> collectResults() {
        return withOptions(options -> options.collect = true);
    }

    /**
     * Keeps the task in the memory of the scheduler that schedules it, also when its store is a shared one: saved, claimed
     * and recorded without the store, run by this scheduler only, and gone with it. Durable unless it is said. Without
     * effect in a store that is not shared.
     *
     * <p>One scheduler runs both kinds in the same queues. Its calls, queries and streams find both; other nodes see the
     * durable ones. Concurrency counts both; capacity, rate limits and limits of keys count each kind by itself. A task
     * cannot change its kind: scheduling one whose id is known as the other kind keeps the known one with
     * {@link IfExists#KEEP} and fails otherwise, until that is removed.
     */
    public Task<I, O> ephemeral() {
        return withOptions(options -> options.ephemeral = true);
    }

    /** The handler that runs it. */
    public Handler<I, O> handler() {
        return handler;
    }

    /** The input, null for none. */
    public @Nullable I input() {
        return input;
    }

    /** The id, null while it is to be generated. */
    public @Nullable String id() {
        return id;
    }

    /** The fire times. */
    public Trigger trigger() {
        return trigger;
    }

    @Nullable
    HandlerFunction<? super I, ? extends O> function() {
        return function;
    }

    TaskOptions options() {
        return options;
    }

    private Task<I, O> with(Consumer<Parts<I, O>> change) {
        Parts<I, O> parts = new Parts<>(handler, function, input);
        parts.id = id;
        parts.trigger = trigger;
        parts.options = options;
        change.accept(parts);
        return new Task<>(parts);
    }

    private Task<I, O> withOptions(Consumer<TaskOptions> change) {
        TaskOptions copy = options.copy();
        change.accept(copy);
        return with(parts -> parts.options = copy);
    }

    @Override
    public String toString() {
        return "Task(" + (id == null ? "" : id + " ") + handler.name() + " " + trigger + " in " + options.queue + ")";
    }

    /** The parts while they are refined. */
    private static final class Parts<I, O> {
        final Handler<I, O> handler;
        final @Nullable HandlerFunction<? super I, ? extends O> function;
        final @Nullable I input;

        @Nullable
        String id;

        Trigger trigger = Trigger.now();
        TaskOptions options = TaskOptions.DEFAULT;

        Parts(Handler<I, O> handler, @Nullable HandlerFunction<? super I, ? extends O> function, @Nullable I input) {
            this.handler = handler;
            this.function = function;
            this.input = input;
        }
    }
}
