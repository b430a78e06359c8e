package io.reactorscheduler.examples;

import static io.reactorscheduler.HandlerFunction.blocking;
import static io.reactorscheduler.HandlerFunction.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.SchedulerEvent;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The programs of README.md, run. */
class ReadmeTest extends InVirtualTime {

    record Email(String to) {}

    record Receipt(String of) {}

    record Quote(String symbol, int price) {}

    private final Mailer mailer = new Mailer();
    private final Client client = new Client();
    private final Log log = new Log();

    @Test
    void theFirstProgramSendsAMail() {
        // tag::readme-first
        // what can run: a typed name, shared by those who enqueue and those who run
        Handler<Email, Receipt> SEND = Handler.named("send-email", Email.class, Receipt.class);

        ReactiveScheduler scheduler = ReactiveScheduler.builder() // in memory: nothing to install
                .queue(TaskQueue.named("mail").concurrency(32).rateLimit(100, Duration.ofSeconds(1)))
                .handle(SEND, (email, run) -> mailer.send(email)) // Mono<Receipt>
                .start();

        // when: each returns a cold Mono or Flux; nothing happens before it is subscribed
        scheduler
                .schedule(SEND.task(new Email("ada@example.org"))
                        .after(Duration.ofMinutes(5))
                        .queue("mail")
                        .retry(RetryPolicy.exponential(3, Duration.ofSeconds(1)))
                        .timeout(Duration.ofSeconds(30)))
                .flatMapMany(ScheduledTask::results) // Flux<Receipt>
                .subscribe(receipt -> log.info("sent {}", receipt));
        // end::readme-first

        pass(Duration.ofMinutes(5).minusMillis(1));
        assertThat(mailer.sent).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(mailer.sent).containsExactly(new Email("ada@example.org"));
        assertThat(log.lines).containsExactly("sent " + new Receipt("ada@example.org"));
        scheduler.dispose();
    }

    @Test
    void aTaskIsAStream() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::readme-stream
        // a task as a stream: scheduled when subscribed, removed when cancelled, results with backpressure
        Flux<Quote> quotes =
                scheduler.stream(Task.of("quote", run -> client.quote("ACME")).cron("*/5 * * * * *"));
        // end::readme-stream

        List<Quote> seen = new ArrayList<>();
        Disposable subscription = quotes.subscribe(seen::add);
        pass(Duration.ofSeconds(20));
        assertThat(seen).hasSize(4);
        subscription.dispose();
        assertThat(now(scheduler.tasks(TaskQuery.all()))).isEmpty();
        scheduler.dispose();
    }

    @Test
    void aDayPassesInMilliseconds() {
        leaveVirtualTime();
        // tag::readme-virtual
        // a day of hourly runs in a few milliseconds
        StepVerifier.withVirtualTime(() -> ReactiveScheduler.inMemory().stream(
                        Task.of("tick", run -> Mono.just(run.fireTime())).every(Duration.ofHours(1))))
                .thenAwait(Duration.ofDays(1))
                .expectNextCount(24)
                .thenCancel()
                .verify();
        // end::readme-virtual
    }

    @Test
    void whenIsATrigger() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        List<Instant> fired = new ArrayList<>();
        // tag::readme-when
        Task<Void, Instant> task = Task.of("report", run -> Mono.just(run.fireTime()));

        task.at(Instant.parse("2026-03-01T08:00:00Z")); // once
        task.after(Duration.ofMinutes(5)); // once
        task.every(Duration.ofMinutes(10)); // at a fixed rate, without drift
        task.fixedDelay(Duration.ofMinutes(10)); // after the end of the run before
        task.cron("0 9 * * MON-FRI"); // five fields, minute first; six: second first; UTC
        task.cron("@hourly").maxRuns(24).jitter(Duration.ofMinutes(1)); // bounded; also startAt, endAt
        // end::readme-when

        now(scheduler
                .schedule(task.cron("0 9 * * MON-FRI"))
                .flatMapMany(ScheduledTask::results)
                .doOnNext(fired::add));
        pass(Duration.ofDays(7));
        assertThat(fired).hasSize(5).first().isEqualTo(Instant.parse("2026-03-02T09:00:00Z"));
        assertThat(task.trigger()).isEqualTo(Trigger.now());
        scheduler.dispose();
    }

    record Page(int number) {}

    record Book(String title, int pages) {}

    @Test
    void aFluxIsAStreamOfResults() {
        // tag::readme-flux
        Handler<Book, Page> SCAN = Handler.named("scan", Book.class, Page.class);

        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(
                        SCAN,
                        (book, run) -> Flux.range(1, book.pages())
                                .concatMap(client::scan)
                                .doOnNext(page -> run.progress(page.number() / (double) book.pages(), "scanning")))
                .start();

        Flux<Page> pages = scheduler.stream(SCAN.task(new Book("Flatland", 96))); // each page when it is scanned
        // end::readme-flux

        List<Page> seen = new ArrayList<>();
        pages.subscribe(seen::add);
        pass(Duration.ofSeconds(10));
        assertThat(seen).hasSize(10);
        pass(Duration.ofMinutes(2));
        assertThat(seen).hasSize(96);
        scheduler.dispose();
    }

    @Test
    void codeMayReturnAValueOrBlockWhenItSaysSo() {
        Handler<Integer, Integer> SQUARE = Handler.named("square", Integer.class, Integer.class);
        Handler<Integer, String> RENDER = Handler.named("render", Integer.class, String.class);
        // tag::readme-plain
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(SQUARE, value((number, run) -> number * number)) // quick: on the scheduler's own threads
                .handle(RENDER, blocking((number, run) -> client.renderSlowly(number))) // on threads that may block
                .start();
        // end::readme-plain

        assertThat(now(scheduler.schedule(SQUARE.task(12)).flatMapMany(ScheduledTask::results)))
                .containsExactly(144);
        assertThat(now(scheduler.schedule(RENDER.task(12)).flatMapMany(ScheduledTask::results)))
                .containsExactly("<12>");
        scheduler.dispose();
    }

    @Test
    void everythingCanBeAskedAndChangedWhileItRuns() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        AtomicInteger runs = new AtomicInteger();
        now(scheduler.schedule(Task.of("nightly", run -> Mono.fromCallable(runs::incrementAndGet))
                .id("nightly")
                .every(Duration.ofDays(1))));
        // tag::readme-operate
        Mono<String> execution = scheduler.trigger("nightly"); // now, besides its timeline
        Mono<TaskInfo> paused = scheduler.cancel("nightly"); // until resume("nightly")
        Mono<TaskInfo> weekly = scheduler.reschedule("nightly", Trigger.cron("0 3 * * SUN"));
        Mono<TaskQueue> resized = scheduler.resizeQueue("default", 64);

        Flux<TaskInfo> failed = scheduler.tasks(TaskQuery.all().state(TaskState.FAILED));
        Flux<Execution> history =
                scheduler.executions(ExecutionQuery.of("nightly").limit(20));
        Flux<ExecutionEvent> said = execution.flatMapMany(scheduler::events); // by one run
        Flux<SchedulerEvent> live = scheduler.events(); // by all, from now on
        // end::readme-operate

        List<SchedulerEvent> seen = new ArrayList<>();
        live.subscribe(seen::add);
        now(execution);
        assertThat(runs).hasValue(1);
        assertThat(seen).extracting(SchedulerEvent::kind).contains(SchedulerEvent.Kind.COMPLETED);
        assertThat(now(history)).hasSize(1);
        assertThat(now(paused)).extracting(TaskInfo::state).containsExactly(TaskState.CANCELLED);
        assertThat(now(weekly))
                .extracting(TaskInfo::nextFireTime)
                .containsExactly(Instant.parse("2026-03-01T03:00:00Z"));
        assertThat(now(resized)).extracting(TaskQueue::concurrency).containsExactly(64);
        assertThat(now(failed)).isEmpty();
        assertThat(now(said)).isEmpty();
        scheduler.dispose();
    }

    private static final class Mailer {
        final List<Email> sent = new ArrayList<>();

        Mono<Receipt> send(Email email) {
            return Mono.fromCallable(() -> {
                sent.add(email);
                return new Receipt(email.to());
            });
        }
    }

    private static final class Client {

        Mono<Quote> quote(String symbol) {
            return Mono.just(new Quote(symbol, 42));
        }

        Mono<Page> scan(int page) {
            return Mono.just(new Page(page)).delayElement(Duration.ofSeconds(1));
        }

        String renderSlowly(int number) {
            return "<" + number + ">";
        }
    }

    private static final class Log {
        final List<String> lines = new ArrayList<>();

        void info(String format, Object value) {
            lines.add(format.replace("{}", String.valueOf(value)));
        }
    }
}
