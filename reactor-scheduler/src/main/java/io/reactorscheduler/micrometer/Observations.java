package io.reactorscheduler.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.Task;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** The observations of scheduling and of attempts. */
final class Observations {

    /** Where Micrometer's context propagation, WebClient and others keep the current observation in a Reactor Context. */
    static final String CONTEXT_KEY = "micrometer.observation";

    static final String SCHEDULE = "reactor.scheduler.schedule";
    static final String ATTEMPT = "reactor.scheduler.attempt";

    private final ObservationRegistry registry;

    Observations(ObservationRegistry registry) {
        this.registry = registry;
    }

    /** An observation that is over at once: what matters is what tracing writes when it starts. */
    Map<String, String> headers(Task<?, ?> task, ContextView context) {
        if (registry.isNoop() || !task.trigger().isOnce()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        SenderContext<Map<String, String>> sender = new SenderContext<>((carrier, key, value) -> {
            if (carrier != null) {
                carrier.put(key, value);
            }
        });
        sender.setCarrier(headers);
        Observation observation = Observation.createNotStarted(SCHEDULE, () -> sender, registry)
                .contextualName("schedule " + task.handler().name())
                .lowCardinalityKeyValue("handler", task.handler().name());
        Observation parent = context.getOrDefault(CONTEXT_KEY, null);
        if (parent != null) {
            observation.parentObservation(parent);
        }
        observation.start().stop();
        return headers;
    }

    <T> Publisher<T> around(RunContext run, Publisher<T> attempt) {
        if (registry.isNoop()) {
            return attempt;
        }
        // a Mono stays a Mono: operators on one value are simpler
        return attempt instanceof Mono<T> mono
                ? Mono.defer(() -> {
                    Attempt observed = new Attempt(run);
                    return mono.doOnSuccess(value -> observed.end("completed", null))
                            .doOnError(error -> observed.end("failed", error))
                            .doOnCancel(() -> observed.end("cancelled", null))
                            .contextWrite(context -> context.put(CONTEXT_KEY, observed.observation));
                })
                : Flux.defer(() -> {
                    Attempt observed = new Attempt(run);
                    return Flux.from(attempt)
                            .doOnComplete(() -> observed.end("completed", null))
                            .doOnError(error -> observed.end("failed", error))
                            .doOnCancel(() -> observed.end("cancelled", null))
                            .contextWrite(context -> context.put(CONTEXT_KEY, observed.observation));
                });
    }

    /** One observed attempt; whoever ends it first says how. */
    private final class Attempt {
        private final Observation observation;
        private final AtomicBoolean ended = new AtomicBoolean();

        Attempt(RunContext run) {
            AttemptContext context = new AttemptContext(run);
            this.observation = Observation.createNotStarted(ATTEMPT, () -> context, registry)
                    .contextualName("run " + run.task().handler())
                    .lowCardinalityKeyValue("handler", run.task().handler())
                    .lowCardinalityKeyValue("queue", run.task().queue())
                    .highCardinalityKeyValue("task", run.taskId())
                    .highCardinalityKeyValue("execution", run.executionId())
                    .highCardinalityKeyValue("attempt", Integer.toString(run.attempt()))
                    .start();
        }

        void end(String outcome, @Nullable Throwable error) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            if (error != null) {
                observation.error(error);
            }
            observation.lowCardinalityKeyValue("outcome", outcome).stop();
        }
    }
}
