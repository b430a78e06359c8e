package io.reactorscheduler.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RejectedTaskException;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.SchedulerStats;
import io.reactorscheduler.SchedulerStoppedException;
import io.reactorscheduler.Stopped;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQuery;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** The programs of docs/guide.md about queues and about running a scheduler, run. */
class GuideOperationsTest extends InVirtualTime {

    record Email(String to) {}

    static final Handler<Email, String> SEND = Handler.named("send-email", Email.class, String.class);

    private final List<String> sent = new ArrayList<>();

    private Mono<String> send(Email email) {
        return Mono.fromRunnable(() -> sent.add(email.to()))
                .thenReturn("sent to " + email.to())
                .delaySubscription(Duration.ofMillis(100));
    }

    @Test
    void aQueueHasLimitsAndDefaults() {
        // tag::queue
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("mail")
                        .concurrency(32) // runs at once on this node
                        .capacity(10_000) // unfinished tasks; one more is refused
                        .rateLimit(100, Duration.ofSeconds(1)) // 100 at once at most, refilled evenly
                        .timeout(Duration.ofSeconds(30)) // of tasks that name none
                        .retry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))) // likewise
                .handle(SEND, (email, run) -> send(email))
                .start();

        scheduler.schedule(SEND.task(new Email("ada@example.org")).queue("mail"));
        // end::queue

        List<Email> many = IntStream.range(0, 300)
                .mapToObj(n -> new Email(n + "@example.org"))
                .toList();
        now(scheduler.scheduleAll(
                Flux.fromIterable(many).map(email -> SEND.task(email).queue("mail"))));
        pass(Duration.ofMillis(1_100));
        assertThat(sent).hasSizeBetween(150, 200);
        pass(Duration.ofSeconds(2));
        assertThat(sent).hasSize(300);
        scheduler.dispose();
    }

    @Test
    void higherPrioritiesGoFirst() {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("mail").concurrency(1))
                .handle(SEND, (email, run) -> send(email))
                .start();
        now(scheduler.pauseQueue("mail"));
        // tag::priority
        scheduler
                .scheduleAll(Flux.just(
                        SEND.task(new Email("news")).queue("mail"), // priority 0
                        SEND.task(new Email("reminder")).queue("mail").priority(5),
                        SEND.task(new Email("password")).queue("mail").priority(10))) // first, once all are due
                .subscribe();
        // end::priority

        now(scheduler.resumeQueue("mail"));
        pass(Duration.ofSeconds(1));
        assertThat(sent).containsExactly("password", "reminder", "news");
        scheduler.dispose();
    }

    @Test
    void keysShareAQueueFairly() {
        // tag::keys
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("mail")
                        .concurrency(2)
                        .keyConcurrency(1) // runs at once of one key
                        .keyRateLimit(10, Duration.ofSeconds(1))) // starts of one key
                .handle(SEND, (email, run) -> send(email))
                .start();

        Flux<Email> flood = Flux.range(1, 100).map(n -> new Email("acme " + n));
        scheduler
                .scheduleAll(flood.map(email -> SEND.task(email).queue("mail").key("acme")))
                .thenMany(scheduler.schedule(
                        SEND.task(new Email("globex 1")).queue("mail").key("globex"))) // does not wait for the hundred
                .subscribe();
        // end::keys

        pass(Duration.ofMillis(250));
        assertThat(sent).contains("globex 1").hasSizeLessThan(5);
        scheduler.dispose();
    }

    @Test
    void aFullQueueRefuses() {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("mail").capacity(1))
                .handle(SEND, (email, run) -> send(email))
                .start();
        now(scheduler.schedule(SEND.task(new Email("first")).queue("mail").after(Duration.ofSeconds(5))));
        // tag::full
        scheduler
                .schedule(SEND.task(new Email("second")).queue("mail"))
                .retryWhen(Retry.fixedDelay(10, Duration.ofSeconds(1)) // the caller decides what a full queue means
                        .filter(RejectedTaskException.class::isInstance))
                .subscribe();
        // end::full

        pass(Duration.ofSeconds(4));
        assertThat(sent).isEmpty();
        pass(Duration.ofSeconds(4));
        assertThat(sent).containsExactly("first", "second");
        scheduler.dispose();
    }

    @Test
    void aQueueIsPausedResumedAndResizedWhileItRuns() {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("mail").concurrency(1))
                .handle(SEND, (email, run) -> send(email))
                .start();
        Flux<Email> mails = Flux.range(1, 8).map(n -> new Email("mail " + n));
        now(scheduler.scheduleAll(mails.map(email -> SEND.task(email).queue("mail"))));
        // tag::resize
        Mono<TaskQueue> paused = scheduler.pauseQueue("mail"); // what runs goes on, nothing new starts
        Mono<TaskQueue> resumed = scheduler.resumeQueue("mail");
        Mono<TaskQueue> wider = scheduler.resizeQueue("mail", 4); // takes effect at once
        // end::resize

        now(paused);
        pass(Duration.ofSeconds(1));
        assertThat(sent).hasSize(1);
        now(wider);
        now(resumed);
        pass(Duration.ofMillis(100));
        assertThat(sent).hasSize(5);
        scheduler.dispose();
    }

    @Test
    void aTaskCanBeStoppedResumedMovedAndRunByHand() {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(SEND, (email, run) -> send(email))
                .start();
        // tag::control
        Mono<ScheduledTask<String>> saved =
                scheduler.schedule(SEND.task(new Email("weekly")).id("digest").every(Duration.ofDays(7)));

        Mono<String> byHand = scheduler.trigger("digest"); // now, besides its timeline
        Mono<String> toOther = scheduler.trigger("digest", new Email("board")); // with other input, this once
        Mono<TaskInfo> cancelled = scheduler.cancel("digest"); // ends what runs, too
        Mono<TaskInfo> resumed = scheduler.resume("digest"); // at its next time; an overdue one-shot at once
        Mono<TaskInfo> moved = scheduler.reschedule("digest", Trigger.cron("0 7 * * MON"));
        Mono<Boolean> ended = scheduler.cancelExecution("digest#2"); // one run; the task goes on; false: it was over
        Mono<TaskInfo> removed = scheduler.remove("digest"); // with its history
        // end::control

        now(saved);
        now(byHand);
        pass(Duration.ofSeconds(1));
        now(toOther);
        pass(Duration.ofSeconds(1));
        assertThat(sent).containsExactly("weekly", "board");
        assertThat(now(cancelled)).extracting(TaskInfo::state).containsExactly(TaskState.CANCELLED);
        pass(Duration.ofDays(8));
        assertThat(sent).hasSize(2);
        assertThat(now(resumed)).extracting(TaskInfo::state).containsExactly(TaskState.PENDING);
        assertThat(now(moved))
                .extracting(TaskInfo::nextFireTime)
                .containsExactly(Instant.parse("2026-03-09T07:00:00Z"));
        assertThat(now(ended)).containsExactly(false);
        now(removed);
        assertThat(now(scheduler.task("digest"))).isEmpty();
        scheduler.dispose();
    }

    @Test
    void everythingCanBeAsked() {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(SEND, (email, run) -> send(email))
                .start();
        now(scheduler.scheduleAll(Flux.range(1, 30)
                .map(n -> SEND.task(new Email("mail " + n))
                        .id("mail-" + (10 + n))
                        .tags("spring")
                        .every(Duration.ofHours(1)))));
        pass(Duration.ofHours(2).plusSeconds(1));
        // tag::query
        TaskQuery waiting = TaskQuery.all()
                .state(TaskState.PENDING)
                .handler("send-email")
                .tag("spring")
                .limit(10);
        Flux<TaskInfo> first = scheduler.tasks(waiting);
        Flux<TaskInfo> next = scheduler.tasks(waiting.after("mail-20")); // the id of the last one seen

        Mono<TaskInfo> one = scheduler.task("mail-11"); // empty when unknown
        Flux<Execution> runs = scheduler.executions(ExecutionQuery.of("mail-11").state(TaskState.COMPLETED));
        Mono<SchedulerStats> stats = scheduler.stats();
        // end::query

        assertThat(now(first)).extracting(TaskInfo::id).hasSize(10).last().isEqualTo("mail-20");
        assertThat(now(next)).extracting(TaskInfo::id).hasSize(10).first().isEqualTo("mail-21");
        assertThat(now(one)).hasSize(1);
        assertThat(now(runs)).hasSize(2).extracting(Execution::result).containsOnly("\"sent to mail 1\"");
        SchedulerStats numbers = now(stats).get(0);
        assertThat(numbers.completed()).isEqualTo(60);
        assertThat(numbers.tasks()).containsEntry(TaskState.PENDING, 30L);
        scheduler.dispose();
    }

    @Test
    void whatHappensIsAStream() {
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(SEND, (email, run) -> send(email))
                .start();
        // tag::events
        Flux<String> finished = scheduler
                .events() // hot: from the subscription on
                .filter(event -> event.kind() == SchedulerEvent.Kind.COMPLETED)
                .map(event -> event.taskId() + " at " + event.time());
        Flux<String> failed = scheduler
                .events()
                .filter(event -> event.kind() == SchedulerEvent.Kind.FAILED)
                .map(event -> event.executionId() + ": " + event.error().message()); // also element(), execution(), ...
        // end::events

        List<String> seen = new ArrayList<>();
        finished.subscribe(seen::add);
        failed.subscribe(seen::add);
        now(scheduler.schedule(SEND.task(new Email("ada")).id("one")));
        pass(Duration.ofSeconds(1));
        assertThat(seen).containsExactly("one at 2026-03-01T00:00:00.100Z");
        now(scheduler.schedule(Task.of("t", run -> Mono.error(new IllegalStateException("no paper")))
                .id("two")));
        pass(Duration.ofSeconds(1));
        assertThat(seen).last().isEqualTo("two#1: no paper");
        scheduler.dispose();
    }

    @Test
    void aStopWaitsAndCounts() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        now(scheduler.scheduleAll(Flux.just(
                Task.of("short", run -> Mono.delay(Duration.ofSeconds(3))),
                Task.of("endless", run -> Mono.<Long>never()))));
        // tag::stop
        Mono<Stopped> stop = scheduler.disposeGracefully(Duration.ofSeconds(10)); // claims nothing more, waits so long
        // end::stop

        StepVerifier.create(stop)
                .then(() -> pass(Duration.ofSeconds(10)))
                .expectNext(new Stopped(1, 1)) // one ended by itself, one was cancelled and given back
                .verifyComplete();
        StepVerifier.create(scheduler.task("any")).verifyError(SchedulerStoppedException.class);
    }
}
