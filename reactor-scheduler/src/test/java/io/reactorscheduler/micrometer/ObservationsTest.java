package io.reactorscheduler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

/** Observations of a scheduler in virtual time, and the trace that travels with a task. */
class ObservationsTest {

    private static final Handler<String, String> WORK = Handler.named("work", String.class, String.class);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Recorder recorder = new Recorder();
    private final ObservationRegistry observations = ObservationRegistry.create();
    private ReactiveScheduler scheduler;

    ObservationsTest() {
        time.advanceTimeTo(Instant.parse("2026-01-01T00:00:00Z"));
        observations.observationConfig().observationHandler(new FakeTracing()).observationHandler(recorder);
    }

    @AfterEach
    void stop() {
        if (scheduler != null) {
            scheduler.dispose();
        }
    }

    /** One observation as it was when it stopped. */
    private record Seen(String name, String outcome, Throwable error, String trace, List<String> keys) {}

    /** Keeps what stopped, and counts what started. */
    private static final class Recorder implements ObservationHandler<Observation.Context> {
        final AtomicInteger started = new AtomicInteger();
        final List<Seen> stopped = new ArrayList<>();

        @Override
        public void onStart(Observation.Context context) {
            started.incrementAndGet();
        }

        @Override
        public void onStop(Observation.Context context) {
            Map<String, String> keys = keys(context);
            stopped.add(new Seen(
                    context.getName(),
                    keys.getOrDefault("outcome", ""),
                    context.getError(),
                    context.getOrDefault("trace", ""),
                    List.copyOf(keys.keySet())));
        }

        /** From the text of the context: the types of the keys are in a module that is not ours to name. */
        private static Map<String, String> keys(Observation.Context context) {
            Map<String, String> keys = new TreeMap<>();
            for (String list : List.of("lowCardinalityKeyValues=[", "highCardinalityKeyValues=[")) {
                String text = context.toString();
                int from = text.indexOf(list) + list.length();
                Matcher key =
                        Pattern.compile("(\\w+)='([^']*)'").matcher(text.substring(from, text.indexOf(']', from)));
                while (key.find()) {
                    keys.put(key.group(1), key.group(2));
                }
            }
            return keys;
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }

        List<Seen> named(String name) {
            return stopped.stream().filter(seen -> seen.name().equals(name)).toList();
        }
    }

    /** Does what tracers do: a trace is the parent's, or what was received, or a new one; senders write it. */
    private static final class FakeTracing implements ObservationHandler<Observation.Context> {
        private final AtomicInteger traces = new AtomicInteger();

        @Override
        public void onStart(Observation.Context context) {
            String trace = context.getParentObservation() == null
                    ? null
                    : context.getParentObservation().getContextView().get("trace");
            if (context instanceof ReceiverContext<?> receiver) {
                trace = received(receiver);
            }
            context.put("trace", trace == null ? "new-" + traces.incrementAndGet() : trace);
            if (context instanceof SenderContext<?> sender) {
                send(sender, context.get("trace"));
            }
        }

        private static <C> String received(ReceiverContext<C> receiver) {
            return receiver.getGetter().get(receiver.getCarrier(), "traceparent");
        }

        private static <C> void send(SenderContext<C> sender, String trace) {
            sender.getSetter().set(sender.getCarrier(), "traceparent", trace);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private void start(Function<String, Publisher<String>> work) {
        scheduler = ReactiveScheduler.builder()
                .scheduler(() -> time)
                .instrument(MicrometerInstrumentation.of(new SimpleMeterRegistry(), observations))
                .handle(WORK, (input, run) -> work.apply(input))
                .start();
    }

    private void run(Task<String, String> task) {
        scheduler.schedule(task.id("t")).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(10));
    }

    private List<Seen> attempts() {
        return recorder.named(Observations.ATTEMPT);
    }

    @Test
    void anAttemptThatCompletesIsObservedOnce() {
        start(input -> Mono.just(input).delayElement(Duration.ofSeconds(1), time));
        run(WORK.task("x"));

        assertThat(attempts()).extracting(Seen::outcome).containsExactly("completed");
        assertThat(attempts().get(0).keys())
                .containsExactlyInAnyOrder("handler", "queue", "outcome", "task", "execution", "attempt");
        assertThat(attempts().get(0).error()).isNull();
    }

    @Test
    void aStreamOfResultsIsOneObservation() {
        start(input -> Flux.just("a", "b", "c"));
        run(WORK.task("x"));

        assertThat(attempts()).extracting(Seen::outcome).containsExactly("completed");
    }

    @Test
    void eachAttemptIsObservedWithItsError() {
        start(input -> Mono.error(new IllegalStateException("no")));
        run(WORK.task("x").retry(RetryPolicy.fixed(2, Duration.ofMillis(1))));

        assertThat(attempts()).extracting(Seen::outcome).containsExactly("failed", "failed", "failed");
        assertThat(attempts()).allSatisfy(seen -> assertThat(seen.error()).hasMessage("no"));
    }

    @Test
    void anAttemptThatIsCancelledOrTimesOutIsObservedOnce() {
        start(input -> input.equals("flux") ? Flux.never() : Mono.never());
        run(WORK.task("mono"));
        scheduler.cancel("t").subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        run(WORK.task("flux").timeout(Duration.ofSeconds(1)));
        run(WORK.task("mono").timeout(Duration.ofSeconds(1)));

        assertThat(attempts()).extracting(Seen::outcome).containsExactly("cancelled", "cancelled", "cancelled");
        assertThat(recorder.started).hasValue(recorder.stopped.size());
    }

    @Test
    void whatIsObservedInAHandlerIsAChildOfItsAttempt() {
        start(input -> Mono.deferContextual(context -> {
            Observation parent = context.get("micrometer.observation");
            Observation.createNotStarted("http", observations)
                    .parentObservation(parent)
                    .start()
                    .stop();
            return Mono.just(parent.getContextView().getName());
        }));
        run(WORK.task("x"));

        assertThat(recorder.named("http").get(0).trace())
                .isEqualTo(attempts().get(0).trace());
    }

    @Test
    void theTraceOfTheCallerTravelsWithTheTaskToAllItsAttempts() {
        start(input -> Mono.error(new IllegalStateException("no")));
        Observation caller = Observation.start("caller", observations);

        scheduler
                .schedule(WORK.task("x").after(Duration.ofHours(1)).retry(RetryPolicy.fixed(1, Duration.ofMinutes(5))))
                .contextWrite(context -> context.put("micrometer.observation", caller))
                .subscribe();
        caller.stop();
        time.advanceTimeBy(Duration.ofHours(2));

        String trace = recorder.named("caller").get(0).trace();
        assertThat(recorder.named(Observations.SCHEDULE))
                .extracting(Seen::trace)
                .containsExactly(trace);
        assertThat(attempts()).extracting(Seen::trace).containsExactly(trace, trace);
    }

    @Test
    void theCurrentObservationOfTheThreadIsTheParentWhereTheContextHasNone() {
        start(Mono::just);
        Observation caller = Observation.start("caller", observations);
        caller.scoped(() -> scheduler.schedule(WORK.task("x")).subscribe());
        caller.stop();
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(attempts())
                .extracting(Seen::trace)
                .containsExactly(recorder.named("caller").get(0).trace());
    }

    @Test
    void eachAttemptOfARepeatingTaskBeginsATraceOfItsOwn() {
        start(Mono::just);
        Observation caller = Observation.start("caller", observations);
        caller.scoped(() ->
                scheduler.schedule(WORK.task("x").every(Duration.ofSeconds(1))).subscribe());
        caller.stop();
        time.advanceTimeBy(Duration.ofSeconds(3));

        assertThat(recorder.named(Observations.SCHEDULE)).isEmpty();
        assertThat(attempts())
                .extracting(Seen::trace)
                .hasSize(3)
                .doesNotHaveDuplicates()
                .doesNotContain("new-1");
    }

    @Test
    void theContextOfAnAttemptKnowsItsRun() {
        List<String> executions = new ArrayList<>();
        observations.observationConfig().observationFilter(context -> {
            if (context instanceof AttemptContext attempt) {
                executions.add(attempt.run().executionId());
            }
            return context;
        });
        start(Mono::just);
        run(WORK.task("x"));

        assertThat(executions).containsExactly("t#1");
    }

    @Test
    void withoutAnObservationRegistryNothingIsWrappedOrWritten() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Mono<String> attempt = Mono.just("x");

        assertThat(MicrometerInstrumentation.of(meters).around(null, attempt)).isSameAs(attempt);
        assertThat(MicrometerInstrumentation.of(meters).headers(WORK.task("x"), Context.empty()))
                .isEmpty();
    }

    @Test
    void aTimeoutIsAFailureOfTheRunAndACancelOfTheAttempt() {
        start(input -> Mono.never());
        run(WORK.task("x").timeout(Duration.ofSeconds(1)));

        assertThat(attempts()).extracting(Seen::outcome).containsExactly("cancelled");
        assertThat(scheduler
                        .executions(ExecutionQuery.of("t"))
                        .next()
                        .toFuture()
                        .getNow(null)
                        .error()
                        .thrown())
                .isInstanceOf(TimeoutException.class);
    }
}
