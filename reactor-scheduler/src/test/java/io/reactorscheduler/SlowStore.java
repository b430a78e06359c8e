package io.reactorscheduler;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A store that answers one of its methods only when the test lets it; the call itself is made at once. */
final class SlowStore {

    private SlowStore() {}

    static TaskStore of(TaskStore store, String method, Mono<Void> answer) {
        return (TaskStore) Proxy.newProxyInstance(
                SlowStore.class.getClassLoader(), new Class<?>[] {TaskStore.class}, (proxy, called, arguments) -> {
                    Object result = result(store, called, arguments);
                    return called.getName().equals(method) ? late(result, answer) : result;
                });
    }

    /** A store whose streams of one method are read only when the test lets them be. */
    static TaskStore readLater(TaskStore store, String method, Mono<Void> begin) {
        return (TaskStore) Proxy.newProxyInstance(
                SlowStore.class.getClassLoader(), new Class<?>[] {TaskStore.class}, (proxy, called, arguments) -> {
                    Object result = result(store, called, arguments);
                    return called.getName().equals(method) ? begin.thenMany((Flux<?>) result) : result;
                });
    }

    private static Object result(TaskStore store, java.lang.reflect.Method called, Object[] arguments)
            throws Throwable {
        try {
            return called.invoke(store, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static Publisher<?> late(Object result, Mono<Void> answer) {
        return result instanceof Mono<?> mono
                ? mono.flatMap(value -> answer.thenReturn((Object) value))
                : ((Flux<?>) result).concatMap(value -> answer.thenReturn((Object) value));
    }
}
