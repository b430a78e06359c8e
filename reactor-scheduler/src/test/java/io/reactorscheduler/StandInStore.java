package io.reactorscheduler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.Supplier;

/** A store in front of another one: a test answers some calls itself and lets the others through. */
final class StandInStore {

    /** What each call of the store in front gives. */
    @FunctionalInterface
    interface Calls {

        /**
         * Answers a call.
         *
         * @param arguments null where the method has no parameters
         * @param through makes the call of the store behind and gives its answer
         */
        Object answer(Method called, Object[] arguments, Supplier<Object> through);
    }

    private StandInStore() {}

    static TaskStore over(TaskStore store, Calls calls) {
        return (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(),
                new Class<?>[] {TaskStore.class},
                (proxy, called, arguments) -> calls.answer(called, arguments, () -> result(store, called, arguments)));
    }

    /** A store that says of itself that other processes use it, as durable ones do. */
    static TaskStore shared(TaskStore store, Calls calls) {
        return over(store, (called, arguments, through) -> switch (called.getName()) {
            case "isShared" -> true;
            case "safetyPoll" -> Duration.ofSeconds(1);
            default -> calls.answer(called, arguments, through);
        });
    }

    /** As {@link #shared(TaskStore, Calls)}, and all else is let through. */
    static TaskStore shared(TaskStore store) {
        return shared(store, (called, arguments, through) -> through.get());
    }

    private static Object result(TaskStore store, Method called, Object[] arguments) {
        try {
            return called.invoke(store, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) thrown.getCause(); // no method of a store declares another
        } catch (IllegalAccessException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
