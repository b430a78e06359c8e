package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A shared store of two parts of which one is away: the work of the other one is as if nothing had happened. */
class StorePartsTest extends InVirtualTime {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Handler<Long, Void> WAIT = Handler.named("wait", Long.class, Void.class);

    private final InMemoryTaskStore memory =
            InMemoryTaskStore.builder().scheduler(() -> time).build();
    private final List<String> cancelled = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();

    /** The token of each call, and which part was asked. */
    private final List<String> appends = new ArrayList<>();

    /** What becomes of calls that concern the part that is away; null while it is there. */
    private Mono<?> away;

    private static boolean isFar(Object element) {
        return element instanceof Completion end
                ? isFar(end.claim())
                : element instanceof TaskStore.Said said
                        ? isFar(said.claim())
                        : element instanceof Claim claim && claim.task().id().startsWith("far");
    }

    private boolean concernsWhatIsAway(List<?> elements) {
        return away != null && elements.stream().anyMatch(StorePartsTest::isFar);
    }

    /** Whatever is away, a call that asks both parts is answered by neither. */
    private TaskStore twoParts() {
        return StandInStore.shared(memory, (called, arguments, through) -> switch (called.getName()) {
            case "parts" -> 2;
            case "partOf" -> isFar(arguments[0]) ? 1 : 0;
            case "complete", "renew" -> concernsWhatIsAway((List<?>) arguments[0]) ? away : through.get();
            case "append" -> {
                boolean isAway = concernsWhatIsAway((List<?>) arguments[1]);
                appends.add(arguments[0] + (isAway ? " far" : " near"));
                yield isAway ? away : through.get();
            }
            default -> through.get();
        });
    }

    private ReactiveScheduler start() {
        return started(builder()
                .store(twoParts())
                .lease(LEASE)
                .handle(
                        WAIT,
                        (seconds, run) -> Mono.delay(Duration.ofSeconds(seconds), run.timer())
                                .doOnNext(tick -> ended.add(run.executionId()))
                                .doOnCancel(() -> cancelled.add(run.executionId()))
                                .then()));
    }

    private static Task<Long, Void> waiting(String id, long seconds) {
        return WAIT.task(seconds).id(id);
    }

    private TaskState state(String id) {
        return now(memory.task(id)).state();
    }

    private static Stream<Mono<?>> answersOfWhatIsAway() {
        return Stream.of(Mono.never(), Mono.error(new StoreUnavailableException("away", null)));
    }

    @ParameterizedTest
    @MethodSource("answersOfWhatIsAway")
    void endsAreRecordedWhileThoseOfThePartThatIsAwayWaitAndAreRecordedLater(Mono<?> answer) {
        ReactiveScheduler scheduler = start();
        now(scheduler.scheduleAll(Flux.just(waiting("far", 1), waiting("near", 1))));
        settle();
        away = answer;
        pass(Duration.ofSeconds(1));
        settle();

        assertThat(state("near")).isEqualTo(TaskState.COMPLETED);
        now(scheduler.schedule(waiting("near-too", 1)));
        pass(Duration.ofSeconds(2));
        assertThat(state("near-too")).isEqualTo(TaskState.COMPLETED);
        assertThat(state("far")).isEqualTo(TaskState.RUNNING);

        away = null;
        pass(LEASE.dividedBy(2));
        assertThat(state("far")).isEqualTo(TaskState.COMPLETED);
        assertThat(ended).containsExactlyInAnyOrder("far#1", "near#1", "near-too#1");
    }

    @ParameterizedTest
    @MethodSource("answersOfWhatIsAway")
    void whatRunsSayIsSavedOnceWhileThatOfThePartThatIsAwayIsTriedAgainUnderItsToken(Mono<?> answer) {
        ReactiveScheduler scheduler = start();
        away = answer;
        Task<Void, Object> saying =
                Task.of("say", run -> Mono.fromRunnable(() -> run.event(ExecutionEvent.Level.INFO, "said")));
        now(scheduler.scheduleAll(Flux.just(saying.id("far"), saying.id("near"))));
        settle();

        assertThat(said("near")).containsExactly("said");
        pass(LEASE.dividedBy(2));
        assertThat(appends.stream().filter(call -> call.endsWith("far")))
                .hasSizeGreaterThan(1)
                .containsOnly(appends.stream()
                        .filter(call -> call.endsWith("far"))
                        .findFirst()
                        .orElseThrow());
        assertThat(appends.stream().filter(call -> call.endsWith("near"))).hasSize(1);
        assertThat(appends.stream().map(call -> call.split(" ")[0]).distinct()).hasSize(2);
        assertThat(said("near")).containsExactly("said");
    }

    private List<String> said(String id) {
        return now(memory.events(id + "#1")).stream()
                .map(ExecutionEvent::message)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("answersOfWhatIsAway")
    void leasesAreRenewedWhileThoseOfThePartThatIsAwayAreLost(Mono<?> answer) {
        ReactiveScheduler scheduler = start();
        now(scheduler.scheduleAll(Flux.just(waiting("far", 120), waiting("near", 120))));
        settle();
        away = answer;
        pass(Duration.ofSeconds(119));
        assertThat(cancelled).contains("far#1").doesNotContain("near#1");

        pass(Duration.ofSeconds(2));
        assertThat(ended).contains("near#1");
    }
}
