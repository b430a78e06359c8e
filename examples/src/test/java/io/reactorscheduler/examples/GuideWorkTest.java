package io.reactorscheduler.examples;

import static io.reactorscheduler.HandlerFunction.blocking;
import static io.reactorscheduler.HandlerFunction.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reactorscheduler.DuplicateTaskException;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionEvent;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.ResultDestination;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.RunContext;
import io.reactorscheduler.ScheduledTask;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskFailedException;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TypeRef;
import io.reactorscheduler.UnknownHandlerException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

/** The programs of docs/guide.md about handlers, results and failures, run. */
class GuideWorkTest extends InVirtualTime {

    // tag::handler
    record Order(String id, int amount) {}

    record Invoice(String order, int total) {}

    // a name and two types: programs that only enqueue need nothing else
    static final Handler<Order, Invoice> BILL = Handler.named("bill", Order.class, Invoice.class);
    static final Handler<List<Order>, Invoice> BILL_ALL =
            Handler.named("bill-all", new TypeRef<List<Order>>() {}, new TypeRef<Invoice>() {});
    // end::handler

    static final Handler<Order, String> PRINT = Handler.named("print", Order.class, String.class);

    private final Billing billing = new Billing();

    @Test
    void aHandlerMayAnswerInFourWays() {
        Handler<Order, Integer> TAX = Handler.named("tax", Order.class, Integer.class);
        // tag::handle
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(BILL, (order, run) -> billing.bill(order)) // a Mono: one result
                .handle(BILL_ALL, (orders, run) -> Flux.fromIterable(orders).flatMap(billing::bill, 8)) // many results
                .handle(TAX, value((order, run) -> order.amount() / 5)) // a plain value, made quickly
                .handle(PRINT, blocking((order, run) -> billing.printSlowly(order))) // blocks, so it says so
                .start();

        Flux<Invoice> invoices = scheduler.stream(BILL_ALL.task(List.of(new Order("a", 10), new Order("b", 20))));
        // end::handle

        assertThat(now(invoices)).containsExactly(new Invoice("a", 12), new Invoice("b", 24));
        assertThat(now(scheduler.schedule(BILL.task(new Order("c", 5))).flatMapMany(ScheduledTask::results)))
                .containsExactly(new Invoice("c", 6));
        assertThat(now(scheduler.schedule(TAX.task(new Order("c", 5))).flatMapMany(ScheduledTask::results)))
                .containsExactly(1);
        assertThat(now(scheduler.schedule(PRINT.task(new Order("c", 5))).flatMapMany(ScheduledTask::results)))
                .containsExactly("printed c");
        scheduler.dispose();
    }

    @Test
    void theContextTellsAndListens() {
        // tag::context
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(BILL, (order, run) -> {
                    run.info("due " + run.fireTime() + ", attempt " + run.attempt()); // also debug, warning, error
                    return billing.billFenced(order, run.fence()) // refuses a fence lower than the highest it has seen
                            .doOnNext(invoice -> run.progress(1.0, "billed"));
                })
                .start();

        Flux<ExecutionEvent> said = scheduler
                .schedule(BILL.task(new Order("a", 10)))
                .flatMapMany(ScheduledTask::executions)
                .map(Execution::id)
                .flatMap(scheduler::events);
        // end::context

        assertThat(now(said))
                .extracting(ExecutionEvent::message)
                .containsExactly("due 2026-03-01T00:00:00Z, attempt 1", "billed");
        scheduler.dispose();
    }

    @Test
    void theRunIsAlsoInTheReactorContext() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::current
        Mono<String> deepInside = RunContext.current() // empty outside of a run
                .map(run -> "part of " + run.taskId());

        Flux<String> results = scheduler
                .schedule(Task.of("outer", run -> deepInside).id("outer"))
                .flatMapMany(ScheduledTask::results);
        // end::current

        assertThat(now(results)).containsExactly("part of outer");
        assertThat(now(deepInside)).isEmpty();
        scheduler.dispose();
    }

    @Test
    void theStoredResultIsTheLastElementOrAll() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::collect
        Task<Void, Integer> count = Task.of("count", run -> Flux.range(1, 3));

        scheduler
                .scheduleAll(Flux.just(
                        count.id("last"), // its record keeps 3
                        count.id("all").collectResults())) // its record keeps [1,2,3]
                .subscribe();
        // end::collect

        pass(Duration.ZERO);
        assertThat(now(scheduler.executions(ExecutionQuery.of("last"))))
                .extracting(Execution::result)
                .containsExactly("3");
        assertThat(now(scheduler.executions(ExecutionQuery.of("all"))))
                .extracting(Execution::result)
                .containsExactly("[1,2,3]");
        scheduler.dispose();
    }

    @Test
    void timeoutCancelAndStopCancelTheSamePublisher() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        AtomicInteger cancelled = new AtomicInteger();
        Mono<String> response = Mono.<String>never().doOnCancel(cancelled::incrementAndGet);
        // tag::cancellation
        Task<Void, String> fetch = Task.of("fetch", run -> response); // an HTTP call, a query: any publisher

        scheduler
                .scheduleAll(Flux.just(
                        fetch.id("a").timeout(Duration.ofSeconds(5)), // cancelled when it takes longer
                        fetch.id("b"), // cancelled by scheduler.cancel("b")
                        fetch.id("c"))) // cancelled when the scheduler stops
                .subscribe();
        // end::cancellation

        pass(Duration.ofSeconds(5));
        assertThat(cancelled).hasValue(1);
        now(scheduler.cancel("b"));
        assertThat(cancelled).hasValue(2);
        now(scheduler.disposeGracefully(Duration.ZERO));
        assertThat(cancelled).hasValue(3);
    }

    @Test
    void schedulingAKnownIdReplacesKeepsOrFails() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::if-exists
        Task<Void, String> backup =
                Task.of("backup", run -> Mono.just("saved")).id("backup").cron("@daily");

        scheduler.schedule(backup); // the default: replaces; the same schedule keeps its place in time
        scheduler.schedule(backup.ifExists(IfExists.KEEP)); // leaves the known one as it is; isKept() tells
        scheduler.schedule(backup.ifExists(IfExists.FAIL)); // fails with DuplicateTaskException
        // end::if-exists

        assertThat(now(scheduler.schedule(backup)).get(0).isKept()).isFalse();
        assertThat(now(scheduler.schedule(backup)).get(0).isKept()).isFalse();
        assertThat(now(scheduler.schedule(backup.ifExists(IfExists.KEEP)))
                        .get(0)
                        .isKept())
                .isTrue();
        StepVerifier.create(scheduler.schedule(backup.ifExists(IfExists.FAIL)))
                .verifyError(DuplicateTaskException.class);
        scheduler.dispose();
    }

    @Test
    void failuresAreRetriedByPolicy() {
        AtomicInteger attempts = new AtomicInteger();
        billing.error = new IOException("no route to host");
        // tag::retry
        RetryPolicy policy = RetryPolicy.exponential(5, Duration.ofSeconds(1)) // also fixed, linear; never() by default
                .cap(Duration.ofMinutes(1)) // no delay is longer
                .jitter(0.2) // each is spread by 20 %
                .deadline(Duration.ofMinutes(10)) // no retry starts later than this after the fire time
                .notOn(IllegalArgumentException.class); // of these types the first failure is final

        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .queue(TaskQueue.named("billing")
                        .timeout(Duration.ofSeconds(30))
                        .retry(policy)) // of all its tasks
                .handle(BILL, (order, run) -> billing.bill(order).doOnSubscribe(s -> attempts.incrementAndGet()))
                .retryIf(BILL, error -> !billing.isRefusal(error)) // code may decide, too
                .start();

        Flux<Invoice> results = scheduler
                .schedule(BILL.task(new Order("a", 10)).queue("billing").id("bill-a"))
                .flatMapMany(ScheduledTask::results)
                .onErrorResume(TaskFailedException.class, failed -> Flux.empty()); // after the last attempt
        // end::retry

        List<Invoice> seen = new ArrayList<>();
        results.subscribe(seen::add);
        pass(Duration.ofMinutes(2));
        assertThat(attempts).hasValue(6);
        assertThat(seen).isEmpty();

        // tag::failed
        Flux<Execution> failures = scheduler.executions(ExecutionQuery.all().state(TaskState.FAILED));
        Flux<String> asText = failures.map(failed ->
                failed.id() + " by " + failed.node() + " after " + failed.attempt() + " attempts: " + failed.error());
        Mono<String> again = scheduler.retry("bill-a"); // or "bill-a#1"; with its own input, and all its retries
        // end::failed
        assertThat(now(asText)).singleElement().asString().contains("after 6 attempts: java.io.IOException: no route");
        billing.error = null;
        now(again);
        assertThat(now(scheduler.task("bill-a"))).extracting(TaskInfo::state).containsExactly(TaskState.COMPLETED);
        scheduler.dispose();
    }

    @Test
    void aRefusalIsNotRetried() {
        billing.error = new IllegalArgumentException("no such customer");
        AtomicInteger attempts = new AtomicInteger();
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(BILL, (order, run) -> billing.bill(order).doOnSubscribe(s -> attempts.incrementAndGet()))
                .retryIf(BILL, error -> !billing.isRefusal(error))
                .start();
        now(scheduler.schedule(BILL.task(new Order("a", 10)).retry(RetryPolicy.fixed(3, Duration.ofMillis(1)))));
        pass(Duration.ofMinutes(1));
        assertThat(attempts).hasValue(1);
        scheduler.dispose();
    }

    @Test
    void aTimeoutIsAFailureLikeAnyOther() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::timeout
        Flux<Object> results = scheduler
                .schedule(Task.of("stuck", run -> Mono.never())
                        .timeout(Duration.ofSeconds(1)) // of one attempt
                        .retry(RetryPolicy.fixed(2, Duration.ofMillis(500)))) // two more attempts
                .flatMapMany(ScheduledTask::results); // fails with TaskFailedException, caused by a TimeoutException
        // end::timeout

        StepVerifier.create(results)
                .then(() -> pass(Duration.ofSeconds(4)))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TaskFailedException.class)
                        .hasCauseInstanceOf(TimeoutException.class));
        scheduler.dispose();
    }

    @Test
    void resultsGoWhereTheyBelong() {
        // tag::destination
        class Bucket implements ResultDestination {
            final Map<String, String> objects = new LinkedHashMap<>(); // think of an object store

            @Override
            public Mono<String> write(String executionId, String json) {
                return Mono.fromCallable(() -> {
                    objects.put(executionId, json); // may be called again for the same run
                    return executionId; // the reference that the record keeps
                });
            }

            @Override
            public Mono<String> read(String reference) {
                return Mono.justOrEmpty(objects.get(reference));
            }

            @Override
            public Mono<Void> delete(String reference) {
                return Mono.fromRunnable(() -> objects.remove(reference)); // with the record of the run
            }
        }

        Bucket bucket = new Bucket();
        ReactiveScheduler scheduler = ReactiveScheduler.builder()
                .handle(BILL, (order, run) -> billing.bill(order))
                .results(bucket)
                .start();
        // end::destination

        now(scheduler.schedule(BILL.task(new Order("a", 10)).id("a")));
        assertThat(bucket.objects).containsExactly(Map.entry("a#1", "{\"order\":\"a\",\"total\":12}"));
        assertThat(now(scheduler.results("a", BILL))).containsExactly(new Invoice("a", 12));
        scheduler.dispose();
    }

    @Test
    void theReactorContextTravelsWithTheTask() {
        List<String> tenants = new ArrayList<>();
        // tag::carry
        ReactiveScheduler scheduler =
                ReactiveScheduler.builder().carryContext("tenant", String.class).start();

        scheduler
                .schedule(Task.of(
                                "invoice",
                                run -> Mono.deferContextual(context -> Mono.just(context.get("tenant")))
                                        .cast(String.class)
                                        .doOnNext(tenants::add))
                        .after(Duration.ofHours(1)))
                .contextWrite(Context.of("tenant", "acme")) // of the caller, an hour before the run
                .subscribe();
        // end::carry

        pass(Duration.ofHours(1));
        assertThat(tenants).containsExactly("acme");
        scheduler.dispose();
    }

    @Test
    void aTaskWithoutCodeIsRefused() {
        ReactiveScheduler scheduler = ReactiveScheduler.inMemory();
        // tag::unknown-handler
        StepVerifier.create(scheduler.schedule(BILL.task(new Order("a", 10))))
                .verifyError(UnknownHandlerException.class); // nobody could ever run it: this store is not shared
        // end::unknown-handler
        assertThatThrownBy(() -> BILL.task(null)).isInstanceOf(NullPointerException.class);
        scheduler.dispose();
    }

    private static final class Billing {
        Exception error;
        long highestFence;

        Mono<Invoice> bill(Order order) {
            return error == null ? Mono.just(new Invoice(order.id(), order.amount() * 6 / 5)) : Mono.error(error);
        }

        Mono<Invoice> billFenced(Order order, long fence) {
            return fence < highestFence
                    ? Mono.error(new IllegalStateException("a later run has been here"))
                    : bill(order).doOnNext(invoice -> highestFence = fence);
        }

        boolean isRefusal(Throwable thrown) {
            return thrown instanceof IllegalArgumentException;
        }

        String printSlowly(Order order) {
            return "printed " + order.id();
        }
    }
}
