package io.reactorscheduler.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.ClaimRequest.Slots;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Execution;
import io.reactorscheduler.ExecutionError;
import io.reactorscheduler.ExecutionQuery;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.Skip;
import io.reactorscheduler.TaskInfo;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore;
import io.reactorscheduler.TaskStore.Extra;
import io.reactorscheduler.TaskStore.Recorded;
import io.reactorscheduler.TaskStore.Saved;
import io.reactorscheduler.TaskStore.Swept;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What all groups of rules share: a fresh store for each test, and words for what a test does with it. */
abstract class StoreRules {

    static final String QUEUE = TaskQueue.DEFAULT_NAME;

    /** Long enough to outlive every test. */
    static final Duration LEASE = Duration.ofHours(1);

    /** Short enough to wait for its end. */
    static final Duration SHORT_LEASE = Duration.ofMillis(100);

    static final Node NODE = new Node("node-1", LEASE, Set.of(Draft.HANDLER));
    static final Node OTHER_NODE = NODE.named("node-2");

    static final Outcome SUCCESS = Outcome.completed("\"done\"", "done");
    static final ExecutionError ERROR = ExecutionError.of("java.lang.IllegalStateException", "no luck", "at a line");

    /** How far the clock of this process may be from that of a store elsewhere. */
    static final long CLOCKS_APART_MICROS = 100_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    final TaskStoreContract contract;
    TaskStore store;

    StoreRules(TaskStoreContract contract) {
        this.contract = contract;
    }

    /**
     * Someone who claims.
     *
     * @param name the name of the node
     * @param lease how long its claims shall be valid
     * @param handlers what it can run
     */
    record Node(String name, Duration lease, Set<String> handlers) {

        Node named(String other) {
            return new Node(other, lease, handlers);
        }

        Node lease(Duration other) {
            return new Node(name, other, handlers);
        }

        Node knowing(String... names) {
            return new Node(name, lease, Set.of(names));
        }
    }

    @BeforeEach
    void createStore() {
        store = contract.createStore();
    }

    @AfterEach
    void closeStore() {
        contract.closeStore(store);
    }

    // ---- time

    long now() {
        return store.nowMicros();
    }

    /** A time that has passed on whatever clock the store goes by. */
    long past() {
        return now() - MICROS_PER_SECOND;
    }

    long inMillis(long millis) {
        return now() + millis * MICROS_PER_MILLI;
    }

    /** A time that no test lives to see. */
    long future() {
        return now() + 3_600 * MICROS_PER_SECOND;
    }

    void pass(long millis) {
        contract.advance(Duration.ofMillis(millis));
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    // ---- answers

    /** The one value of a Mono. */
    static <T> T get(Mono<T> mono) {
        return Objects.requireNonNull(await(mono), "the Mono was empty");
    }

    static <T> List<T> list(Flux<T> flux) {
        return get(flux.collectList());
    }

    static <T> @Nullable T await(Mono<T> mono) {
        try {
            return mono.toFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError("the store failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the store gave no answer within " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the store was asked", e);
        }
    }

    // ---- saving

    Draft once(String id) {
        return Draft.once(id, past());
    }

    Draft repeating(String id) {
        return Draft.repeating(id, past());
    }

    Draft overlapping(String id) {
        return Draft.overlapping(id, past());
    }

    Saved save(Draft draft) {
        return get(store.save(draft.newTask()));
    }

    TaskQueue declare(TaskQueue queue) {
        return get(store.declareQueue(queue));
    }

    // ---- claiming

    ClaimBatch claim(Node node, Slots... slots) {
        return get(store.claim(new ClaimRequest(node.name(), node.lease(), List.of(slots), node.handlers())));
    }

    List<Claim> claims(Node node, int free) {
        return claim(node, new Slots(QUEUE, free)).claims();
    }

    List<Claim> claims(int free) {
        return claims(NODE, free);
    }

    /** The only claim there is. */
    Claim claimOne() {
        return claimOne(NODE);
    }

    Claim claimOne(Node node) {
        List<Claim> claims = claims(node, 10);
        assertThat(claims).as("claims").hasSize(1);
        return claims.get(0);
    }

    /** Saves a task that is due and claims it. */
    Claim start(Draft draft) {
        return start(NODE, draft);
    }

    Claim start(Node node, Draft draft) {
        save(draft);
        Claim claim = claimOne(node);
        assertThat(claim.task().id()).isEqualTo(draft.id());
        return claim;
    }

    void assertNothingToClaim() {
        assertThat(ids(claims(10))).as("claimed although nothing should be").isEmpty();
    }

    static List<String> ids(List<Claim> claims) {
        return claims.stream().map(claim -> claim.task().id()).toList();
    }

    // ---- ending

    Completion completion(Claim claim, Outcome outcome, Position next, Skip... skipped) {
        return new Completion(claim, outcome, claim.attempt(), now(), now(), next, List.of(skipped));
    }

    Recorded end(Claim claim, Outcome outcome, Position next, Skip... skipped) {
        return get(store.complete(List.of(completion(claim, outcome, next, skipped))))
                .get(0);
    }

    Recorded succeed(Claim claim, Position next) {
        return end(claim, SUCCESS, next);
    }

    /** Ends the last run of a timeline, or a run that is not the timeline's. */
    Recorded succeed(Claim claim) {
        return succeed(claim, lastOf(claim));
    }

    Recorded fail(Claim claim) {
        return end(claim, Outcome.failed(ERROR), lastOf(claim));
    }

    Recorded retryAt(Claim claim, long micros) {
        return end(claim, Outcome.retryAt(micros, ERROR), Position.UNCHANGED);
    }

    Recorded release(Claim claim) {
        return end(claim, Outcome.released(), Position.UNCHANGED);
    }

    private static Position lastOf(Claim claim) {
        boolean isApart = claim.extra() || claim.task().overlap().overlaps();
        return isApart ? Position.UNCHANGED : Position.ENDED;
    }

    void advance(Claim claim, Position next) {
        await(store.advance(List.of(new TaskStore.Advance(claim, next))));
    }

    String enqueue(String taskId, @Nullable String input) {
        return get(store.enqueue(taskId, new Extra(now(), input)));
    }

    /** Lets a short lease end and returns what it held to the line; gives the executions. */
    List<String> expire() {
        pass(SHORT_LEASE.toMillis() + 20);
        return sweep().expired();
    }

    Swept sweep() {
        return get(store.sweep());
    }

    // ---- asking

    TaskInfo info(String taskId) {
        return get(store.task(taskId));
    }

    TaskState state(String taskId) {
        return info(taskId).state();
    }

    List<Execution> executions(ExecutionQuery query) {
        return list(store.executions(query));
    }

    List<Execution> executions(String taskId) {
        return executions(ExecutionQuery.of(taskId));
    }

    Execution onlyExecution(String taskId) {
        List<Execution> executions = executions(taskId);
        assertThat(executions).as("executions of %s", taskId).hasSize(1);
        return executions.get(0);
    }

    /** Ids with a number that sorts as text. */
    static List<String> numbered(String prefix, int count) {
        List<String> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(String.format("%s%05d", prefix, i));
        }
        return ids;
    }
}
