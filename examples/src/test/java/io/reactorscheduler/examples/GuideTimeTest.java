package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.Cron;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.InvalidTaskException;
import io.reactorscheduler.Misfire;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.Trigger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The programs of docs/guide.md about time, run. */
class GuideTimeTest extends InVirtualTime {

    @Test
    void tasksFireWhenTheirTriggersSay() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::when
        Task<Void, Instant> report = Task.of("report", run -> Mono.just(run.fireTime()));

        Flux<Task<Void, Instant>> tasks = Flux.just(
                report.id("now"),
                report.id("at").at(Instant.parse("2026-03-01T00:30:00Z")),
                report.id("after").after(Duration.ofMinutes(5)),
                report.id("every").every(Duration.ofMinutes(10)), // 00:10, 00:20, ... whatever runs take
                report.id("delay").fixedDelay(Duration.ofMinutes(10)), // ten minutes after the end of each run
                report.id("cron5").cron("*/15 * * * *"), // five fields: the first is the minute
                report.id("cron6").cron("0 */15 * * * *")); // six fields: the first is the second

        scheduler.scheduleAll(tasks).subscribe();
        // end::when

        pass(Duration.ofMinutes(59));
        Map<String, Long> runs = now(scheduler.tasks(TaskQuery.all())).stream()
                .collect(Collectors.toMap(info -> info.id(), info -> info.executions()));
        assertThat(runs)
                .isEqualTo(
                        Map.of("now", 1L, "at", 1L, "after", 1L, "every", 5L, "delay", 5L, "cron5", 3L, "cron6", 3L));
        scheduler.dispose();
    }

    @Test
    void triggersHaveAStartAnEndABoundAndJitter() {
        // tag::refined
        Trigger hourly = Trigger.every(Duration.ofHours(1))
                .startAt(Instant.parse("2026-03-02T00:00:00Z")) // fires first just then
                .endAt(Instant.parse("2026-03-09T00:00:00Z")) // the last possible fire time
                .maxRuns(100)
                .jitter(Duration.ofMinutes(2)); // each run starts up to so much later, the same on all nodes
        // end::refined

        assertThat(hourly.timeline(START).count().block()).isEqualTo(100);
    }

    @Test
    void aTimelineIsAFluxThatIsComputedOnDemand() {
        // tag::timeline
        Flux<Instant> workdays = Trigger.cron("0 9 * * MON-FRI").timeline(Instant.parse("2026-03-06T12:00:00Z"));

        StepVerifier.create(workdays.take(2)) // it has no end
                .expectNext(Instant.parse("2026-03-09T09:00:00Z"))
                .expectNext(Instant.parse("2026-03-10T09:00:00Z"))
                .verifyComplete();
        // end::timeline
    }

    @Test
    void aTriggerMayBeARule() {
        // tag::custom
        Trigger firstMondays = Trigger.custom(
                "first-monday",
                (previous, now) -> (previous == null ? now : previous)
                        .atZone(ZoneOffset.UTC)
                        .plusMonths(1)
                        .with(TemporalAdjusters.firstInMonth(DayOfWeek.MONDAY))
                        .toInstant());
        // end::custom

        assertThat(firstMondays.timeline(START).take(2).collectList().block())
                .containsExactly(Instant.parse("2026-04-06T00:00:00Z"), Instant.parse("2026-05-04T00:00:00Z"));
    }

    @Test
    void cronSpeaksThreeDialects() {
        // tag::cron
        Cron.parse("*/5 9-17 * * MON-FRI"); // five fields: Unix, minute first
        Cron.parse("*/10 * * * * *"); // six fields: Spring, second first
        Cron.parse("0 0 12 ? * 6L 2026"); // seven fields: Quartz, year last
        Cron.quartz("0 0 12 ? * FRI#2"); // Quartz with six fields has to be said
        Cron.parse("0 22 L * *"); // the last day of the month; LW: its last working day; 15W: the nearest to the 15th
        Cron.parse("@daily"); // also @hourly, @weekly, @monthly, @yearly

        Cron paris = Cron.parse("30 8 * * MON-FRI").zone("Europe/Paris"); // UTC unless said otherwise
        Task<Void, String> opening = Task.of("open", run -> Mono.just("open")).cron(paris);
        String words = paris.describe(Locale.ENGLISH); // "at 08:30 every day between Monday and Friday"
        // end::cron

        assertThat(opening.trigger().cron()).isEqualTo(paris);
        assertThat(words).isEqualTo("at 08:30 every day between Monday and Friday");
    }

    @Test
    void whatCanNeverFireIsRefused() {
        // tag::cron-refused
        assertThatThrownBy(() -> Cron.parse("0 0 30 2 *"))
                .isInstanceOf(InvalidTaskException.class)
                .hasMessageContaining("day"); // names the field
        // end::cron-refused
    }

    @Test
    void whenClocksChangeThePolicyDecides() {
        // tag::dst
        Cron nightly = Cron.parse("30 2 * * *").zone("Europe/Paris");

        // 29 March 2026: clocks go from 02:00 to 03:00, there is no 02:30
        Instant spring = Instant.parse("2026-03-29T00:00:00Z");
        assertThat(nightly.next(spring)).isEqualTo("2026-03-29T01:00:00Z"); // 03:00, the first instant after the gap
        assertThat(nightly.gap(Cron.Gap.SKIP).next(spring)).isEqualTo("2026-03-30T00:30:00Z"); // the day after

        // 25 October 2026: clocks go from 03:00 back to 02:00, 02:30 comes twice
        Instant autumn = Instant.parse("2026-10-25T00:00:00Z");
        assertThat(nightly.next(autumn)).isEqualTo("2026-10-25T00:30:00Z");
        assertThat(nightly.twice(Cron.Twice.SECOND).next(autumn)).isEqualTo("2026-10-25T01:30:00Z");
        assertThat(nightly.twice(Cron.Twice.BOTH).next(autumn)).isEqualTo("2026-10-25T00:30:00Z");
        assertThat(nightly.twice(Cron.Twice.BOTH).next(Instant.parse("2026-10-25T00:30:00Z")))
                .isEqualTo("2026-10-25T01:30:00Z");
        // end::dst
    }

    @Test
    void overlapSaysWhatAFireTimeDuringARunDoes() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::overlap
        // fires every minute, runs for two and a half
        Task<Void, String> slow = Task.of("slow", run -> Mono.just("done").delayElement(Duration.ofSeconds(150)))
                .every(Duration.ofMinutes(1));

        Flux<Task<Void, String>> tasks = Flux.just(
                slow.id("sequential"), // the default: one after another, one fire time waits, others are skipped
                slow.id("buffer").overlap(Overlap.sequential(10)), // up to ten wait
                slow.id("skip").overlap(Overlap.skip()), // none waits
                slow.id("parallel").overlap(Overlap.parallel(2)), // two at once, a third is skipped
                slow.id("newest").overlap(Overlap.cancelRunning())); // the newest wins

        scheduler.scheduleAll(tasks).subscribe();
        // end::overlap

        pass(Duration.ofMinutes(10).plusSeconds(50));
        assertThat(fireMinutes(scheduler, "sequential", TaskState.COMPLETED)).containsExactly(1L, 3L, 6L);
        assertThat(fireMinutes(scheduler, "buffer", TaskState.COMPLETED)).containsExactly(1L, 2L, 3L);
        assertThat(fireMinutes(scheduler, "skip", TaskState.COMPLETED)).containsExactly(1L, 4L, 7L);
        assertThat(fireMinutes(scheduler, "parallel", TaskState.COMPLETED)).containsExactly(1L, 2L, 4L, 5L, 7L, 8L);
        assertThat(fireMinutes(scheduler, "newest", TaskState.COMPLETED)).isEmpty();
        assertThat(fireMinutes(scheduler, "newest", TaskState.CANCELLED))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);

        // tag::skipped
        Flux<String> whyNot = scheduler
                .executions(ExecutionQuery.of("skip").state(TaskState.SKIPPED))
                .map(skipped -> skipped.fireTimes() + " from " + skipped.fireTime() + ": " + skipped.reason());
        // end::skipped
        assertThat(now(whyNot)).isNotEmpty().allSatisfy(line -> assertThat(line).contains("from 2026-03-01T00:0"));
        scheduler.dispose();
    }

    private List<Long> fireMinutes(ReactiveScheduler scheduler, String id, TaskState state) {
        return now(scheduler.executions(ExecutionQuery.of(id).state(state))).stream()
                .map(Execution::fireTime)
                .map(fireTime -> Duration.between(START, fireTime).toMinutes())
                .sorted()
                .toList();
    }

    @Test
    void misfireSaysWhatBecomesOfTimesThatPassedWithoutARun() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::misfire
        Task<Void, Instant> hourly =
                Task.<Instant>of("hourly", run -> Mono.just(run.fireTime())).every(Duration.ofHours(1));

        Flux<Task<Void, Instant>> tasks = Flux.just(
                hourly.id("once"), // the default: the latest of them runs, at once
                hourly.id("skip").misfire(Misfire.skip()), // none of them runs
                hourly.id("all").misfire(Misfire.all(Duration.ofDays(1), 3))); // those of a day, the newest three

        scheduler
                .pauseQueue("default") // as if nobody had been there
                .thenMany(scheduler.scheduleAll(tasks))
                .thenMany(Mono.delay(Duration.ofMinutes(330)))
                .then(scheduler.resumeQueue("default"))
                .subscribe();
        // end::misfire

        pass(Duration.ofMinutes(331));
        assertThat(fireHours(scheduler, "once")).containsExactly(5L);
        assertThat(fireHours(scheduler, "skip")).isEmpty();
        assertThat(fireHours(scheduler, "all")).containsExactly(3L, 4L, 5L);
        pass(Duration.ofHours(1));
        assertThat(fireHours(scheduler, "skip")).containsExactly(6L);
        scheduler.dispose();
    }

    private List<Long> fireHours(ReactiveScheduler scheduler, String id) {
        return fireMinutes(scheduler, id, TaskState.COMPLETED).stream()
                .map(minutes -> minutes / 60)
                .toList();
    }

    @Test
    void virtualTimeNeedsNoGlobalState() {
        List<Instant> fired = new ArrayList<>();
        // tag::virtual
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        time.advanceTimeTo(Instant.parse("2026-01-01T00:00:00Z"));
        ReactiveScheduler scheduler =
                ReactiveScheduler.builder().scheduler(() -> time).start();

        scheduler.stream(Task.of("billing", run -> Mono.just(run.fireTime())).cron("@monthly"))
                .subscribe(fired::add);
        time.advanceTimeBy(Duration.ofDays(365)); // returns when a year has passed
        // end::virtual

        assertThat(fired).hasSize(12);
        scheduler.dispose();
    }
}
