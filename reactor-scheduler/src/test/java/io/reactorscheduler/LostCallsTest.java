package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A shared store that loses calls or replies, answers late, or answers nonsense: no loop stops, nothing runs twice. */
class LostCallsTest extends InVirtualTime {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Handler<Void, Void> COUNT = Handler.named("count", Void.class, Void.class);
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How long the engine waits for an answer. */
    private static final Duration PATIENCE = LEASE.dividedBy(3);

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();
    private final ShakyStore shaky = new ShakyStore(memory);
    private final List<String> problems = new ArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();

    private ReactiveScheduler scheduler;

    private void start() {
        start(builder());
    }

    private void start(SchedulerBuilder builder) {
        scheduler = builder.store(shaky.store())
                .lease(LEASE)
                .handle(COUNT, (none, run) -> Mono.fromRunnable(runs::incrementAndGet))
                .build();
        scheduler
                .events()
                .filter(event -> event.kind() == SchedulerEvent.Kind.PROBLEM)
                .subscribe(event -> problems.add(event.message()));
        stoppedLater(scheduler.start());
        settle();
    }

    private Task<Void, Void> counting(String id) {
        return COUNT.task().id(id);
    }

    private void schedule(Task<?, ?> task) {
        scheduler.schedule(task).subscribe();
        settle();
    }

    private List<String> ends(String id) {
        return now(memory.executions(ExecutionQuery.of(id))).stream()
                .map(execution -> execution.id() + " " + execution.state())
                .toList();
    }

    // ---- claims

    @Test
    void aClaimThatIsNeverAnsweredIsAskedAgain() {
        start();
        shaky.next("claim", ShakyStore.lost());
        schedule(counting("t"));
        pass(PATIENCE.minusMillis(1));
        assertThat(runs).hasValue(0);

        pass(SECOND);

        assertThat(runs).hasValue(1);
        assertThat(problems).singleElement().asString().contains("did not answer within PT10S");
    }

    @Test
    void whatWasClaimedByACallWhoseReplyIsLostRunsAtOnceWhenItsLeaseHasExpired() {
        start();
        pass(LEASE.dividedBy(3));
        shaky.next("claim", ShakyStore.replyLost());
        schedule(counting("t"));
        pass(LEASE.minusMillis(1));
        assertThat(runs).hasValue(0);

        pass(Duration.ofMillis(10));

        assertThat(runs).hasValue(1);
        assertThat(ends("t")).containsExactly("t#1 COMPLETED");
    }

    @Test
    void aClaimThatComesWhenNobodyWaitsForItAnyMoreIsGivenBackAndRunsOnce() {
        start();
        shaky.next("claim", call -> call.delayElement(PATIENCE.plus(SECOND), time));
        schedule(counting("t"));
        pass(PATIENCE.plusMillis(900));
        assertThat(runs).hasValue(0);

        pass(SECOND);

        assertThat(runs).hasValue(1);
        assertThat(ends("t")).containsExactly("t#1 COMPLETED");
        assertThat(problems).anyMatch(message -> message.contains("nobody waited for it"));
        assertThat(now(scheduler.stats()).running()).isZero();
    }

    @Test
    void aClaimThatComesAfterTheStopIsGivenBackForOthers() {
        start();
        shaky.next("claim", call -> call.delayElement(PATIENCE.plus(SECOND), time));
        schedule(counting("t"));

        scheduler.disposeLater().subscribe();
        pass(PATIENCE.plus(SECOND).plusMillis(1));

        assertThat(runs).hasValue(0);
        assertThat(now(memory.task("t")).state()).isEqualTo(TaskState.PENDING);
    }

    @Test
    void aStopDoesNotWaitForAClaimThatIsNeverAnswered() {
        List<Stopped> stopped = new ArrayList<>();
        start();
        shaky.next("claim", ShakyStore.lost());
        schedule(counting("t"));

        scheduler.disposeLater().subscribe(stopped::add);
        pass(PATIENCE.minusMillis(1));
        assertThat(stopped).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(stopped).containsExactly(new Stopped(0, 0));
    }

    @Test
    void aStoreThatThrowsInsteadOfAnsweringIsAskedAgain() {
        start();
        shaky.next("claim", call -> {
            throw new IllegalStateException("no connection");
        });
        schedule(counting("t"));
        pass(SECOND);

        assertThat(runs).hasValue(1);
        assertThat(problems).anyMatch(message -> message.contains("no connection"));
    }

    @Test
    void anAnswerThatCannotBeReadIsAProblemAndTheStoreIsAskedAgain() {
        start();
        shaky.next("claim", call -> Mono.just(new ClaimBatch(null, new long[1], 0)));
        schedule(counting("t"));
        pass(SECOND);

        assertThat(runs).hasValue(1);
        assertThat(problems).anyMatch(message -> message.contains("gave no work"));
    }

    @Test
    void claimsBeyondWhatWasAskedForAreGivenBackAndRunLater() {
        start(builder().queue(TaskQueue.named("one").concurrency(1)));
        shaky.always("claim", ShakyStore.failing());
        for (String id : List.of("a", "b", "c")) {
            schedule(taking(SECOND).id(id).queue("one"));
        }
        shaky.next("claim", call -> withMore(call, "one", 2)).mend("claim");

        pass(Duration.ofMillis(500));
        assertThat(running("one")).isEqualTo(1);
        pass(SECOND.multipliedBy(4));

        assertThat(runs).hasValue(3);
        assertThat(problems).anyMatch(message -> message.startsWith("2 claims are given back"));
        assertThat(running("one")).isZero();
    }

    @Test
    void claimsOfAQueueThatNobodyAskedForAreGivenBackAndNoSlotIsLost() {
        start(builder().queue(TaskQueue.named("one").concurrency(1)));
        TaskRecord foreign = TaskRecord.builder("foreign", "somewhere-else")
                .settingsOf(Task.of("t", run -> Mono.empty()).queue("ghost"))
                .build();
        now(memory.save(new NewTask(foreign, Position.at(0, 0), IfExists.FAIL)));
        for (int i = 0; i < 5; i++) {
            shaky.next("claim", call -> withMore(call, "ghost", 1));
        }
        pass(SECOND.multipliedBy(10));

        schedule(taking(SECOND).id("a").queue("one"));
        pass(SECOND.multipliedBy(3));

        assertThat(runs).hasValue(1);
        assertThat(now(memory.task("foreign")).state()).isEqualTo(TaskState.PENDING);
        assertThat(problems).anyMatch(message -> message.startsWith("1 claims are given back"));
    }

    private Task<Void, Object> taking(Duration length) {
        return Task.of(
                "long",
                run -> Mono.delay(length, time)
                        .doOnNext(end -> runs.incrementAndGet())
                        .then(Mono.empty()));
    }

    private long running(String queue) {
        return now(memory.stats()).queues().get(queue).running();
    }

    /** An answer with claims that were not asked for. */
    private Mono<Object> withMore(Mono<Object> call, String queue, int free) {
        ClaimRequest other = new ClaimRequest(
                "here", LEASE, List.of(new ClaimRequest.Slots(queue, free)), Set.of("long", "somewhere-else"));
        return call.cast(ClaimBatch.class)
                .flatMap(batch -> memory.claim(other).map(more -> {
                    List<Claim> claims = new ArrayList<>(batch.claims());
                    claims.addAll(more.claims());
                    return new ClaimBatch(claims, batch.nextDueMicros(), batch.nowMicros());
                }));
    }

    // ---- everything else

    @Test
    void queuesThatAreNeverAnsweredAtTheStartAreAskedForAgain() {
        AtomicInteger asked = new AtomicInteger();
        shaky.stream(
                "queues",
                () -> asked.incrementAndGet() == 1
                        ? Flux.never()
                        : memory.queues().cast(Object.class));
        start();
        schedule(counting("t"));

        pass(PATIENCE.plus(SECOND));

        assertThat(runs).hasValue(1);
        assertThat(problems).anyMatch(message -> message.contains("queues"));
    }

    @Test
    void aSweepThatIsNeverAnsweredDoesNotEndSweeping() {
        shaky.always("sweep", ShakyStore.lost());
        start();
        pass(LEASE.multipliedBy(2));
        assertThat(problems).anyMatch(message -> message.contains("could not be swept"));
        shaky.mend("sweep");
        shaky.next("claim", ShakyStore.replyLost());
        schedule(counting("t"));
        pass(LEASE.multipliedBy(2));

        assertThat(runs).hasValue(1);
    }

    @Test
    void eventsOfRunsThatAreNeverAnsweredDoNotHoldUpLaterOnes() {
        start();
        shaky.always("append", ShakyStore.lost());
        schedule(Task.of("t", run -> Mono.fromRunnable(() -> run.event(ExecutionEvent.Level.INFO, "one")))
                .id("first"));
        pass(PATIENCE.multipliedBy(5));
        shaky.mend("append");
        schedule(Task.of("t", run -> Mono.fromRunnable(() -> run.event(ExecutionEvent.Level.INFO, "two")))
                .id("second"));
        pass(SECOND);

        assertThat(now(memory.events("second#1")))
                .extracting(ExecutionEvent::message)
                .containsExactly("two");
    }

    @Test
    void hintsThatEndAreSubscribedAgainAfterAPause() {
        shaky.stream("hints", Flux::empty);
        start();
        pass(SECOND);
        assertThat(shaky.calls("hints")).isBetween(5, 21);

        shaky.mend("hints");
        pass(SECOND);
        int before = shaky.calls("hints");
        schedule(Task.of("t", run -> Mono.never()).id("t"));
        now(memory.cancel("t"));
        settle();

        assertThat(shaky.calls("hints")).isEqualTo(before);
        assertThat(ends("t")).containsExactly("t#1 CANCELLED");
    }

    @Test
    void thePauseBeforeHintsStartsAnewAfterEachHint() {
        AtomicInteger attempts = new AtomicInteger();
        TaskStore.Hint hint = new TaskStore.Hint(TaskStore.Hint.Kind.DUE, TaskQueue.DEFAULT_NAME, Position.NO_TIME);
        shaky.stream(
                "hints",
                () -> attempts.incrementAndGet() < 10
                        ? Flux.error(new IllegalStateException("broken"))
                        : Flux.<Object>just(hint).concatWith(Flux.error(new IllegalStateException("again"))));
        start();
        pass(Duration.ofSeconds(20));
        int before = attempts.get();
        assertThat(before).isGreaterThan(10);

        pass(SECOND.multipliedBy(5));

        assertThat(attempts.get() - before).isGreaterThan(20);
    }

    @Test
    void aRenewalThatIsNeverAnsweredEndsTheRunBeforeItsLeaseDoes() {
        List<Long> cancelled = new ArrayList<>();
        start();
        shaky.always("renew", ShakyStore.lost());
        schedule(Task.of(
                        "t",
                        run -> Mono.never()
                                .doOnCancel(() -> cancelled.add(
                                        Duration.between(START, now()).toSeconds())))
                .id("t"));

        pass(LEASE.minusSeconds(1));

        assertThat(cancelled).hasSize(1).allMatch(second -> second <= 27);
    }
}
