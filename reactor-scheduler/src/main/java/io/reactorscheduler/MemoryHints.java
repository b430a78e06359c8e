package io.reactorscheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Hands hints to all subscribers. Any thread may emit, none waits for another: where several emit to one subscriber, one
 * of them delivers for all. Never emit while holding a monitor.
 */
final class MemoryHints {

    private final List<FluxSink<TaskStore.Hint>> sinks = new CopyOnWriteArrayList<>();

    private final Flux<TaskStore.Hint> hints = Flux.create(sink -> {
        sink.onDispose(() -> sinks.remove(sink));
        sinks.add(sink);
        if (sink.isCancelled()) {
            sinks.remove(sink);
        }
    });

    Flux<TaskStore.Hint> hints() {
        return hints;
    }

    void due(String queue, long dueMicros) {
        emit(new TaskStore.Hint(TaskStore.Hint.Kind.DUE, queue, dueMicros));
    }

    void emit(TaskStore.Hint hint) {
        for (FluxSink<TaskStore.Hint> sink : sinks) {
            sink.next(hint);
        }
    }
}
