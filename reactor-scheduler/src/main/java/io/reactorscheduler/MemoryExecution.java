package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One execution of the in-memory store, from its first claim (or its trigger) until retention deletes it. Belongs to the
 * monitor of its task's queue.
 *
 * <p>The record for users is built when somebody asks, from the last claim and its completion, which exist anyway.
 */
final class MemoryExecution extends Chain.Node<MemoryExecution> {

    /** Asked for by trigger, never claimed. */
    static final byte EXTRA = 0;
    /** Claimed. */
    static final byte ACTIVE = 1;
    /** Was claimed and waits to be claimed again. */
    static final byte AGAIN = 2;
    /** Over. */
    static final byte FINISHED = 3;

    final MemoryTask task;
    final long number;

    /** Its cell among the {@link MemoryCells} of its queue. */
    int cell = MemoryCells.NONE;

    byte state;

    /** Whether its end no longer decides where the timeline goes on, because the task was given another head. */
    boolean isDetached;

    /** Whether it waits for its next attempt, not for a slot: of those that wait to be claimed again. */
    boolean isRetry;

    /** Whether its task was replaced by another one while it ran. */
    boolean isReplaced;

    /** Whether its last claim was ended by the report of its owner, not by a sweep. */
    boolean isReported;

    /** The attempt it is at, or begins with when it is claimed. */
    int attempt = 1;

    @Nullable
    Claim claim;

    @Nullable
    Completion completion;

    /** Of a row of fire times that did not run. */
    @Nullable
    Skip skip;

    TaskStore.@Nullable Extra extra;

    String node = "";
    long leaseMicros;

    /** When it was claimed last. */
    long claimedMicros;

    /** When it may start, while it waits. */
    long due;

    /** The fence of its last claim; before that of the claims that were given before it came. Newer is higher. */
    long order;

    /** The key whose slot it holds. */
    @Nullable
    MemoryKey key;

    @Nullable
    List<ExecutionEvent> events;

    @Nullable
    MemoryExecution older;

    @Nullable
    MemoryExecution newer;

    MemoryExecution(MemoryTask task, long number) {
        this.task = task;
        this.number = number;
    }

    @Override
    long sequence() {
        return number;
    }

    /** Its last claim, which it has once it was claimed. */
    Claim claim() {
        return Objects.requireNonNull(claim);
    }

    long fence() {
        return claim == null ? 0 : claim.fence();
    }

    long endedMicros() {
        return completion == null ? Position.NO_TIME : completion.endedMicros();
    }

    /** What it leaves behind in a result destination, null for nothing. */
    @Nullable
    String result() {
        return completion == null || skip != null ? null : completion.outcome().result();
    }

    List<ExecutionEvent> events() {
        return events == null ? List.of() : events;
    }

    void say(ExecutionEvent event) {
        if (events == null) {
            events = new ArrayList<>();
        }
        events.add(event);
    }

    /** The record for users. */
    Execution toExecution() {
        if (skip != null) {
            return Objects.requireNonNull(completion).skipped(node, skip);
        }
        return switch (state) {
            case FINISHED -> Objects.requireNonNull(completion).execution(node);
            case ACTIVE -> open(TaskState.RUNNING, node);
            default -> open(isRetry ? TaskState.RETRYING : TaskState.PENDING, "");
        };
    }

    private Execution open(TaskState shown, String owner) {
        Claim given = claim == null ? MemoryClaims.neverGiven(this) : claim;
        Completion last = completion;
        boolean isRunning = shown == TaskState.RUNNING;
        long started = isRunning ? claimedMicros : last == null ? Position.NO_TIME : last.startedMicros();
        return new Execution(
                given.executionId(),
                given.task(),
                given.input(),
                shown,
                given.fireTime(),
                started == Position.NO_TIME ? null : EngineClock.toInstant(started),
                null,
                isRunning ? attempt : attempt - 1,
                owner,
                given.fence(),
                null,
                null,
                last == null ? null : last.outcome().error(),
                null,
                1);
    }
}
