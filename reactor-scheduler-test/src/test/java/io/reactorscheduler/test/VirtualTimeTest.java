package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Time that passes when the test says so. */
class VirtualTimeTest {

    private final VirtualTime time = VirtualTime.from("2026-01-01T00:00:00Z");

    @Test
    void aYearPassesInOneCall() {
        List<Instant> fired = new ArrayList<>();
        // tag::kit-virtual
        VirtualTime time = VirtualTime.from("2026-01-01T00:00:00Z");
        ReactiveScheduler scheduler = time.builder().start();

        scheduler.stream(Task.of("billing", run -> Mono.just(run.fireTime())).cron("@monthly"))
                .subscribe(fired::add);
        time.pass(Duration.ofDays(365)); // returns when a year has passed
        // end::kit-virtual

        assertThat(fired).hasSize(12).first().isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
        assertThat(time.now()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(time).hasToString("VirtualTime(2027-01-01T00:00:00Z)");
        scheduler.dispose();
    }

    @Test
    void settlingLetsHappenWhatIsDueAndNoMore() {
        ReactiveScheduler scheduler = time.builder().start();
        AtomicReference<TaskState> state = new AtomicReference<>();
        scheduler.schedule(Task.of("now", run -> Mono.just(1)).id("now")).subscribe();
        scheduler
                .schedule(Task.of("later", run -> Mono.just(1)).id("later").after(Duration.ofNanos(1_000)))
                .subscribe();

        time.settle();

        scheduler.task("now").subscribe(info -> state.set(info.state()));
        assertThat(state).hasValue(TaskState.COMPLETED);
        scheduler.task("later").subscribe(info -> state.set(info.state()));
        assertThat(state).hasValue(TaskState.PENDING);
        assertThat(time.now()).isEqualTo("2026-01-01T00:00:00Z");
        scheduler.dispose();
    }

    @Test
    void whatNoTimeCouldBeIsRefused() {
        assertThatThrownBy(() -> VirtualTime.from("1969-12-31T23:59:59Z")).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> VirtualTime.from(Instant.MAX)).isInstanceOf(InvalidTaskException.class);
        assertThatThrownBy(() -> time.pass(Duration.ofNanos(-1))).isInstanceOf(InvalidTaskException.class);
    }
}
