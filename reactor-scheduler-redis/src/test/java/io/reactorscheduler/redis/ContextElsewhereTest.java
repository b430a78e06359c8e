package io.reactorscheduler.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.Task;
import io.reactorscheduler.micrometer.MicrometerInstrumentation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What the caller of schedule has in its Reactor Context reaches the runs on another node. */
class ContextElsewhereTest extends RedisTest {

    private static final Handler<String, String> WORK = Handler.named("work", String.class, String.class);

    private static final Duration PAUSE = Duration.ofMillis(20);

    record Tenant(String name, int tier) {}

    private final List<String> seen = new CopyOnWriteArrayList<>();

    /** What one process has for tracing: what is sent stands in headers, what is received is read from them. */
    private static final class Tracing implements ObservationHandler<Observation.Context> {
        final ObservationRegistry registry = ObservationRegistry.create();
        final List<String> attempts = new CopyOnWriteArrayList<>();

        Tracing() {
            registry.observationConfig().observationHandler(this);
        }

        MicrometerInstrumentation instrumentation() {
            return MicrometerInstrumentation.of(new SimpleMeterRegistry(), registry);
        }

        @Override
        public void onStart(Observation.Context context) {
            if (context instanceof SenderContext<?> sender) {
                send(sender);
            } else if (context instanceof ReceiverContext<?> receiver) {
                attempts.add(String.valueOf(received(receiver)));
            }
        }

        private static <C> void send(SenderContext<C> sender) {
            var parent = sender.getParentObservation();
            String trace = parent == null ? "none" : parent.getContextView().getName();
            sender.getSetter().set(sender.getCarrier(), "traceparent", trace);
        }

        private static <C> String received(ReceiverContext<C> receiver) {
            return receiver.getGetter().get(receiver.getCarrier(), "traceparent");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }

    private ReactiveScheduler caller(Tracing tracing) {
        return use(ReactiveScheduler.builder()
                .store(store())
                .node("caller")
                .carryContext("tenant", Tenant.class)
                .carryContext("locale", String.class)
                .instrument(tracing.instrumentation())
                .build());
    }

    /** Fails at its first attempt; the second is claimed anew, and so reads from the store what is carried. */
    private void worker(Tracing tracing) {
        use(ReactiveScheduler.builder()
                .store(store())
                .node("worker")
                .retryInPlace(Duration.ZERO)
                .carryContext("tenant", Tenant.class)
                .carryContext("locale", String.class)
                .instrument(tracing.instrumentation())
                .handle(
                        WORK,
                        (text, run) -> Mono.deferContextual(context -> {
                            seen.add(run.node() + " " + run.attempt() + " " + context.getOrDefault("tenant", null) + " "
                                    + context.getOrDefault("locale", "no locale") + " "
                                    + context.hasKey("secret"));
                            return run.attempt() == 1
                                    ? Mono.error(new IllegalStateException("again"))
                                    : Mono.just(text);
                        }))
                .start());
    }

    private static Task<String, String> task(String id) {
        return WORK.task("x").id(id).retry(RetryPolicy.fixed(1, PAUSE));
    }

    @Test
    void whatIsCarriedReachesEveryAttemptOnAnotherNodeAndNothingElseDoes() {
        ReactiveScheduler caller = caller(new Tracing());
        worker(new Tracing());

        caller.schedule(task("full"))
                .contextWrite(context -> context.put("tenant", new Tenant("ada \u00e9\ud83d\ude00", 3))
                        .put("secret", "mine"))
                .block(PATIENCE);

        await("both attempts", () -> seen.size() == 2);
        String tenant = " Tenant[name=ada \u00e9\ud83d\ude00, tier=3] no locale false";
        assertThat(seen).containsExactly("worker 1" + tenant, "worker 2" + tenant);
    }

    @Test
    void theTraceOfTheCallerGoesOnInTheAttemptsOnAnotherNode() {
        Tracing here = new Tracing();
        Tracing there = new Tracing();
        ReactiveScheduler caller = caller(here);
        worker(there);
        Observation request = Observation.start("request 7", here.registry);

        caller.schedule(task("traced"))
                .contextWrite(context -> context.put("micrometer.observation", request))
                .block(PATIENCE);

        await("both attempts", () -> there.attempts.size() == 2);
        assertThat(there.attempts).containsExactly("request 7", "request 7");
        assertThat(here.attempts).as("nothing runs where it was scheduled").isEmpty();
    }
}
