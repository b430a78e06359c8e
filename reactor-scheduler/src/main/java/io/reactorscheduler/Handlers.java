package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The code that this node can run, by handler name. Thread-safe. */
final class Handlers {

    /**
     * One piece of code.
     *
     * @param function the code
     * @param inputType what its input is read as
     * @param retryIf which errors may be retried, besides what the policy says
     */
    record Entry(HandlerFunction<?, ?> function, Type inputType, Predicate<? super Throwable> retryIf) {}

    private final ConcurrentHashMap<String, Entry> byName = new ConcurrentHashMap<>();
    private final Map<String, Trigger.Rule> rules = new ConcurrentHashMap<>();
    private final Set<String> names = Collections.unmodifiableSet(byName.keySet());

    /** Makes code known under a name; the last one given counts. Gives whether the name is new. */
    boolean put(String name, Entry entry) {
        return byName.put(name, entry) == null;
    }

    /** As {@link #put}, for the code that an inline task brings. */
    boolean putInline(String name, HandlerFunction<?, ?> function) {
        Entry known = byName.get(name);
        return (known == null || known.function() != function)
                && put(name, new Entry(function, Void.class, error -> true));
    }

    @Nullable
    Entry get(String name) {
        return byName.get(name);
    }

    /** All names, as a live view. */
    Set<String> names() {
        return names;
    }

    void putRule(String name, Trigger.Rule rule) {
        rules.put(name, rule);
    }

    /** The rules of custom triggers by name. */
    Map<String, Trigger.Rule> rules() {
        return rules;
    }

    /** The task with the rule of its custom trigger, where it was read back from a store that keeps only the name. */
    TaskRecord resolved(TaskRecord task) {
        return !task.firesOnce() && task.trigger().lacksRule()
                ? task.withTrigger(task.trigger().resolved(rules))
                : task;
    }
}
