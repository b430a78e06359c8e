package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What events give to whoever reads them. */
class EventsTest extends InVirtualTime {

    private final List<SchedulerEvent> events = new ArrayList<>();

    private SchedulerEvent only(SchedulerEvent.Kind kind) {
        List<SchedulerEvent> found =
                events.stream().filter(event -> event.kind() == kind).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @Test
    void anEventGivesWhatComesWithItsKindAndNothingElse() {
        ReactiveScheduler scheduler = started();
        scheduler.events().subscribe(events::add);
        now(scheduler.schedule(Task.of("t", run -> {
                    run.info("attempt " + run.attempt());
                    return run.attempt() == 1 ? Mono.error(new IllegalStateException("busy")) : Mono.just("done");
                })
                .id("t")
                .retry(RetryPolicy.fixed(1, Duration.ofMinutes(1)))));
        pass(Duration.ofSeconds(1));

        SchedulerEvent logged = only(SchedulerEvent.Kind.LOGGED);
        assertThat(logged.logged().message()).isEqualTo("attempt 1");
        assertThat(logged.element()).isNull();
        assertThat(logged.execution()).isNull();
        SchedulerEvent retrying = only(SchedulerEvent.Kind.RETRYING);
        assertThat(retrying.error().message()).isEqualTo("busy");
        assertThat(retrying.problem()).isNull();
        pass(Duration.ofMinutes(2));
        assertThat(only(SchedulerEvent.Kind.RESULT).element()).isEqualTo("done");
        SchedulerEvent completed = only(SchedulerEvent.Kind.COMPLETED);
        assertThat(completed.execution().result()).isEqualTo("\"done\"");
        assertThat(completed.error()).isNull();
        assertThat(completed.missed()).isZero();
    }

    @Test
    void aFailedRunGivesItsError() {
        ReactiveScheduler scheduler = started();
        scheduler.events().subscribe(events::add);
        now(scheduler.schedule(Task.of("t", run -> Mono.error(new IllegalStateException("broken")))));
        settle();

        assertThat(only(SchedulerEvent.Kind.FAILED).error().thrown()).hasMessage("broken");
    }

    @Test
    void aProblemGivesWhatWasThrown() {
        IllegalStateException thrown = new IllegalStateException("no headers");
        ReactiveScheduler scheduler = started(builder().instrument(new Instrumentation() {
            @Override
            public void started(ReactiveScheduler started) {
                started.events().subscribe(events::add);
                throw thrown;
            }
        }));
        settle();

        assertThat(only(SchedulerEvent.Kind.PROBLEM).problem()).isSameAs(thrown);
        assertThat(scheduler.isRunning()).isTrue();
    }

    @Test
    void whatIsKnownReadsAsOneShortLine() {
        ReactiveScheduler scheduler = started();
        scheduler.events().subscribe(events::add);
        now(scheduler.schedule(Task.of("report", run -> Mono.error(new IllegalStateException("broken")))
                .id("t")
                .every(Duration.ofHours(1))));
        pass(Duration.ofHours(1));

        assertThat(only(SchedulerEvent.Kind.FAILED))
                .hasToString("FAILED t#1 at 2026-01-01T01:00:00Z: java.lang.IllegalStateException: broken");
        assertThat(executionsOf(scheduler, "t").get(0))
                .hasToString("Execution(t#1 FAILED, fire time 2026-01-01T01:00:00Z, attempt 1 on here: "
                        + "java.lang.IllegalStateException: broken)");
        assertThat(now(scheduler.task("t")))
                .hasToString("TaskInfo(t PENDING, report in default, next 2026-01-01T02:00:00Z)");
    }

    @Test
    void aTriggerCanBeRefinedWhereTheTaskIsWritten() {
        Task<Void, Integer> task = Task.of("t", run -> Mono.just(1));

        assertThat(task.cron("0 9 * * *")
                        .startAt(START)
                        .endAt(START.plusSeconds(60))
                        .maxRuns(3)
                        .jitter(Duration.ofSeconds(5))
                        .trigger())
                .isEqualTo(Trigger.cron("0 9 * * *")
                        .startAt(START)
                        .endAt(START.plusSeconds(60))
                        .maxRuns(3)
                        .jitter(Duration.ofSeconds(5)));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> task.maxRuns(3))
                .hasMessageContaining("repeats");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> task.jitter(Duration.ofSeconds(1)))
                .hasMessageContaining("name the trigger first");
    }
}
