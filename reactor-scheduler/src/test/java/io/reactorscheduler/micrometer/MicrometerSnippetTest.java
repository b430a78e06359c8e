package io.reactorscheduler.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.SchedulerBuilder;
import io.reactorscheduler.Task;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The snippet of the documentation about metrics. */
class MicrometerSnippetTest {

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ObservationRegistry observations = ObservationRegistry.create();

    // snippet: micrometer
    ReactiveScheduler measured(SchedulerBuilder builder) {
        return builder.instrument(MicrometerInstrumentation.of(meters, observations)
                        .tag("application", "shop")
                        .refreshEvery(Duration.ofSeconds(5))) // how old gauges may be
                .start();
    }
    // end

    @Test
    void aRunIsMeasured() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        ReactiveScheduler scheduler = measured(ReactiveScheduler.builder().scheduler(() -> time));

        scheduler.schedule(Task.of("greet", run -> Mono.just("hello"))).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(meters.get("reactor.scheduler.run")
                        .tags("application", "shop", "handler", "greet", "queue", "default", "outcome", "completed")
                        .timer()
                        .count())
                .isEqualTo(1);
        scheduler.dispose();
    }
}
