package io.reactorscheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * An in-memory store that says it is shared, and whose calls fare as the test says: each call by the name of its method,
 * first what was planned for the next ones, then what holds for all.
 */
final class ShakyStore {

    private final TaskStore memory;
    private final Map<String, Deque<UnaryOperator<Mono<Object>>>> planned = new ConcurrentHashMap<>();
    private final Map<String, UnaryOperator<Mono<Object>>> always = new ConcurrentHashMap<>();
    private final Map<String, Supplier<Flux<Object>>> streams = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

    ShakyStore(TaskStore memory) {
        this.memory = memory;
    }

    /** What the scheduler is given. */
    TaskStore store() {
        return StandInStore.shared(
                memory,
                (called, arguments, through) -> called.getReturnType() == Mono.class
                        ? answer(called.getName(), through)
                        : called.getReturnType() == Flux.class ? elements(called.getName(), through) : through.get());
    }

    @SuppressWarnings("unchecked")
    private Mono<Object> answer(String method, Supplier<Object> call) {
        return Mono.defer(() -> {
            count(method);
            Deque<UnaryOperator<Mono<Object>>> next = planned.get(method);
            UnaryOperator<Mono<Object>> fault = next == null ? null : next.poll();
            if (fault == null) {
                fault = always.getOrDefault(method, UnaryOperator.identity());
            }
            return fault.apply((Mono<Object>) call.get());
        });
    }

    @SuppressWarnings("unchecked")
    private Publisher<Object> elements(String method, Supplier<Object> call) {
        return Flux.defer(() -> {
            count(method);
            Supplier<Flux<Object>> other = streams.get(method);
            return other == null ? (Flux<Object>) call.get() : other.get();
        });
    }

    private void count(String method) {
        calls.computeIfAbsent(method, key -> new AtomicInteger()).incrementAndGet();
    }

    int calls(String method) {
        return calls.getOrDefault(method, new AtomicInteger()).get();
    }

    /** What becomes of the next call that nothing is planned for. */
    ShakyStore next(String method, UnaryOperator<Mono<Object>> fault) {
        planned.computeIfAbsent(method, key -> new ArrayDeque<>()).add(fault);
        return this;
    }

    /** What becomes of all calls from now on. */
    ShakyStore always(String method, UnaryOperator<Mono<Object>> fault) {
        always.put(method, fault);
        return this;
    }

    /** What answers instead of a stream from now on. */
    ShakyStore stream(String method, Supplier<Flux<Object>> instead) {
        streams.put(method, instead);
        return this;
    }

    /** All calls of this method go well again. */
    ShakyStore mend(String method) {
        always.remove(method);
        streams.remove(method);
        return this;
    }

    /** Never done and never answered. */
    static UnaryOperator<Mono<Object>> lost() {
        return call -> Mono.never();
    }

    /** Done, and never answered. */
    static UnaryOperator<Mono<Object>> replyLost() {
        return call -> call.then(Mono.never());
    }

    /** Never done, but answered as if it were; for calls whose answer is empty. */
    static UnaryOperator<Mono<Object>> forgotten() {
        return call -> Mono.empty();
    }

    static UnaryOperator<Mono<Object>> failing() {
        return call -> Mono.error(new StoreUnavailableException("away", null));
    }
}
