package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reactorscheduler.Alert;
import io.reactorscheduler.AlertRule;
import io.reactorscheduler.AlertRules;
import io.reactorscheduler.AsyncCallbacks;
import io.reactorscheduler.AsyncWork;
import io.reactorscheduler.Batch;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.InMemoryTaskStore;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.Retention;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TypeRef;
import io.reactorscheduler.micrometer.MicrometerInstrumentation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The programs of docs/guide.md about what is built on top of runs and below them, run. */
class GuidePartsTest extends InVirtualTime {

    record Cut(String video, int from, int to) {}

    static final Handler<Cut, String> CUT = Handler.named("cut", Cut.class, String.class);

    /** Each job takes five seconds. */
    private static final class Service {
        final List<String> calls = new ArrayList<>();
        int polls;

        Mono<String> start(Cut cut, String key) {
            return call("start " + cut.from() + " " + key).thenReturn("job-" + cut.from());
        }

        Mono<Boolean> isDone(String job) {
            return Mono.fromSupplier(() -> ++polls >= 5);
        }

        Mono<String> download(String job) {
            return call("download " + job).thenReturn(job + ".mp4");
        }

        Mono<Void> kill(String job) {
            return call("kill " + job);
        }

        private Mono<Void> call(String what) {
            return Mono.fromRunnable(() -> calls.add(what));
        }
    }

    private static final Service service = new Service();

    // tag::async-work
    static final class VideoCuts implements AsyncWork<Cut, String> {

        @Override
        public Mono<String> start(Cut cut, RunContext run) {
            return service.start(cut, run.executionId()); // gives the reference by which the job is known from now on
        }

        @Override
        public Mono<Status> status(String job) {
            return service.isDone(job).map(isDone -> isDone ? Status.done() : Status.running());
        }

        @Override
        public Mono<String> output(String job) {
            return service.download(job);
        }

        @Override
        public Mono<Void> stop(String job) {
            return service.kill(job);
        }
    }
    // end::async-work

    @Test
    void asynchronousWorkIsDrivenByPollsAndCallbacks() {
        service.calls.clear();
        service.polls = 0;
        // tag::async-handle
        AsyncCallbacks callbacks = AsyncCallbacks.create();
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(
                        CUT,
                        AsyncWork.of(new VideoCuts())
                                .pollEvery(Duration.ofSeconds(1))
                                .callbacks(callbacks)) // whatever hears of a job calls callbacks.done("job-7")
                .start();

        Flux<String> files = scheduler
                .schedule(CUT.task(new Cut("trip.mp4", 7, 9)).id("trip").timeout(Duration.ofMinutes(10)))
                .flatMapMany(ScheduledTask::results);
        // end::async-handle

        List<String> seen = new ArrayList<>();
        files.subscribe(seen::add);
        pass(Duration.ofSeconds(3));
        assertThat(seen).isEmpty();
        callbacks.done("job-7");
        pass(Duration.ofSeconds(10));
        assertThat(seen).containsExactly("job-7.mp4");

        now(scheduler.trigger("trip"));
        pass(Duration.ofSeconds(10));
        assertThat(now(scheduler.results("trip", CUT))).hasSize(2); // the second by polls alone

        service.polls = -1_000_000;
        now(scheduler.trigger("trip"));
        pass(Duration.ofSeconds(3));
        now(scheduler.cancel("trip"));
        assertThat(service.calls)
                .containsExactly(
                        "start 7 trip#1",
                        "download job-7",
                        "start 7 trip#2",
                        "download job-7",
                        "start 7 trip#3",
                        "kill job-7");
        scheduler.dispose();
    }

    @Test
    void aBatchReportsWhatFailed() {
        Importer importer = new Importer();
        // tag::batch
        Handler<List<Integer>, Batch.Report> IMPORT =
                Handler.named("import", new TypeRef<List<Integer>>() {}, new TypeRef<Batch.Report>() {});

        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(
                        IMPORT,
                        (rows, run) -> Batch.of(rows)
                                .concurrency(8) // items at once
                                .retry(RetryPolicy.fixed(2, Duration.ofMillis(200))) // of each item
                                .failAbove(0.05) // the share of failed items that fails the run
                                .report(importer::load)) // Mono of anything, for one item
                .start();
        // end::batch

        List<Integer> rows = IntStream.range(0, 100).boxed().toList();
        Flux<Batch.Report> reports = scheduler.schedule(IMPORT.task(rows)).flatMapMany(ScheduledTask::results);
        List<Batch.Report> seen = new ArrayList<>();
        reports.subscribe(seen::add);
        pass(Duration.ofMinutes(1));
        assertThat(seen).singleElement().satisfies(report -> {
            assertThat(report.succeeded()).isEqualTo(99);
            assertThat(report.failed()).isEqualTo(1);
            assertThat(report.firstFailures().get(0).message()).isEqualTo("row 13 is broken");
        });
        scheduler.dispose();
    }

    private static final class Importer {

        Mono<Integer> load(int row) {
            return row == 13 ? Mono.error(new IOException("row 13 is broken")) : Mono.just(row);
        }
    }

    @Test
    void metersCountRuns() {
        // tag::metrics
        MeterRegistry registry = new SimpleMeterRegistry(); // whichever the program has
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .instrument(MicrometerInstrumentation.of(registry)) // with an ObservationRegistry, too, for traces
                .start();
        // end::metrics

        now(scheduler.schedule(Task.of("tick", run -> Mono.just(1)).every(Duration.ofSeconds(1))));
        pass(Duration.ofMinutes(1));
        Timer runs = registry.get("reactor.scheduler.run")
                .tag("handler", "tick")
                .tag("outcome", "completed")
                .timer();
        assertThat(runs.count()).isEqualTo(60);
        scheduler.dispose();
    }

    @Test
    void alertsTellWhatGoesOverItsThreshold() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::alerts
        Flux<Alert> alerts = scheduler.alerts(AlertRules.of(
                AlertRule.failureRateAbove(0.1, Duration.ofMinutes(5)).atLeast(20),
                AlertRule.runLongerThan(Duration.ofMinutes(10)).handler("report"),
                AlertRule.backlogAbove(1_000).queue("default"),
                AlertRule.latenessAbove(Duration.ofMinutes(1))));
        // end::alerts

        List<Alert> seen = new ArrayList<>();
        alerts.subscribe(seen::add);
        now(scheduler.schedule(Task.of("report", run -> Mono.delay(Duration.ofMinutes(15)))));
        now(scheduler.schedule(Task.of("broken", run -> Mono.error(new IOException("no")))
                .every(Duration.ofSeconds(1))
                .retry(RetryPolicy.never())));
        pass(Duration.ofMinutes(20));
        assertThat(seen)
                .extracting(Alert::kind, Alert::isRaised)
                .containsExactly(
                        tuple(Alert.Kind.FAILURE_RATE, true),
                        tuple(Alert.Kind.LONG_RUN, true),
                        tuple(Alert.Kind.LONG_RUN, false));
        scheduler.dispose();
    }

    @Test
    void historyIsBounded() {
        // tag::history
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .store(InMemoryTaskStore.builder()
                        .retention(Retention.defaults()
                                .perTask(10) // finished executions of one task; 100 by default
                                .age(Duration.ofDays(1)) // since they ended; one hour by default
                                .total(100_000)) // of all tasks together; 10,000 by default
                        .build())
                .start();
        // end::history

        now(scheduler.schedule(
                Task.of("tick", run -> Mono.just(run.fireTime())).id("tick").every(Duration.ofMinutes(1))));
        pass(Duration.ofHours(1));
        assertThat(now(scheduler.executions(ExecutionQuery.of("tick"))))
                .hasSize(10)
                .first()
                .extracting(Execution::id)
                .isEqualTo("tick#60");
        scheduler.dispose();
    }

    @Test
    void aNodeWithoutTheHandlerLeavesTheTaskToOthers() {
        Handler<String, String> GREET = Handler.named("greet", String.class, String.class);
        // tag::shared-store
        TaskStore store = InMemoryTaskStore.create();
        ReactiveScheduler old = ReactiveScheduler.builder().store(store).start(); // does not know the handler yet
        ReactiveScheduler fresh = ReactiveScheduler.builder()
                .store(store)
                .handle(GREET, (name, run) -> Mono.just("hello " + name))
                .start();
        // end::shared-store

        now(fresh.schedule(GREET.task("ada").id("greeting").after(Duration.ofMinutes(1))));
        now(fresh.disposeLater());
        pass(Duration.ofHours(1));
        assertThat(now(old.task("greeting"))).extracting(TaskInfo::state).containsExactly(TaskState.PENDING);
        ReactiveScheduler next = ReactiveScheduler.builder()
                .store(store)
                .handle(GREET, (name, run) -> Mono.just("hello " + name))
                .start();
        assertThat(now(next.results("greeting", GREET))).containsExactly("hello ada");
        next.dispose();
        old.dispose();
    }

    @Test
    void anEphemeralTaskRunsBesideDurableOnes() {
        Handler<String, String> GREET = Handler.named("greet", String.class, String.class);
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(GREET, (name, run) -> Mono.just("hello " + name))
                .start();
        // tag::ephemeral
        Mono<ScheduledTask<String>> durable = scheduler.schedule(GREET.task("ada")); // in the store, for any node
        Mono<ScheduledTask<String>> ephemeral =
                scheduler.schedule(GREET.task("bob").ephemeral()); // in the memory of this scheduler, gone with it
        // end::ephemeral

        assertThat(now(Flux.concat(durable, ephemeral).flatMap(ScheduledTask::results)))
                .containsExactlyInAnyOrder("hello ada", "hello bob");
        scheduler.dispose();
    }

    @Test
    void aTaskWhoseNodesAreLostIsPutInQuarantineUntilItIsResumed() {
        // tag::quarantine
        TaskStore store = InMemoryTaskStore.builder()
                .quarantineAfter(2) // nodes lost in a row; 3 by default, neverQuarantine() for none
                .build();
        ReactiveScheduler scheduler = ReactiveScheduler.builder().store(store).start();

        Flux<SchedulerEvent> alarms =
                scheduler.events().filter(event -> event.kind() == SchedulerEvent.Kind.QUARANTINED);
        Flux<TaskInfo> quarantined = scheduler.tasks(TaskQuery.all().state(TaskState.QUARANTINED));
        Mono<TaskInfo> again = scheduler.resume("poison"); // when whoever looked at it has mended it
        // end::quarantine

        alarms.subscribe(alarm -> {});
        now(store.declareQueue(TaskQueue.named("poisoned")));
        Handler<Void, String> deadly = Handler.named("deadly", String.class);
        ReactiveScheduler enqueues = ReactiveScheduler.builder()
                .store(store)
                .queue(TaskQueue.named("poisoned"))
                .handle(deadly, (none, run) -> Mono.just("survived"))
                .build();
        now(enqueues.schedule(deadly.task().id("poison").queue("poisoned")));
        for (int node = 1; node <= 2; node++) {
            assertThat(now(quarantined)).isEmpty();
            // takes the work and is never heard of again
            now(store.claim(new ClaimRequest(
                    "node " + node,
                    Duration.ofSeconds(1),
                    List.of(new ClaimRequest.Slots("poisoned", 1)),
                    Set.of("deadly"))));
            pass(Duration.ofMinutes(1));
            now(store.sweep()); // as schedulers do where time is real
        }
        assertThat(now(quarantined)).extracting(TaskInfo::id).containsExactly("poison");

        assertThat(now(again)).extracting(TaskInfo::state).containsExactly(TaskState.PENDING);
        enqueues.start();
        assertThat(now(enqueues.results("poison", deadly))).containsExactly("survived");
        enqueues.dispose();
        scheduler.dispose();
    }
}
