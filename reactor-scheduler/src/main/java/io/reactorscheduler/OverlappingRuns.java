package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What must happen before a run of a task whose fire times may overlap. */
final class OverlappingRuns {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Resources with;

    OverlappingRuns(Resources with) {
        this.with = with;
    }

    /**
     * Writes the next head of the timeline, so that it survives a crash of this node, and ends the other runs where the
     * task says so; then runs. While the store is out of reach it waits: the lease bounds that.
     */
    Mono<Completion> before(Plan plan, Mono<Completion> run) {
        Claim claim = plan.claim();
        Mono<Void> prepared = Mono.defer(() ->
                with.store().advance(List.of(new TaskStore.Advance(claim, Planner.advance(claim, with.nowMicros())))));
        if (plan.runs() && claim.task().overlap().mode() == Overlap.Mode.CANCEL_RUNNING) {
            prepared = prepared.then(Mono.defer(() -> endOthers(claim)));
        }
        return prepared.retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .scheduler(with.timer()))
                .then(run);
    }

    private Mono<Void> endOthers(Claim claim) {
        return with.store()
                .executions(ExecutionQuery.of(claim.task().id()).state(TaskState.RUNNING))
                .filter(execution -> execution.fence() < claim.fence())
                .concatMap(execution -> with.store().cancelExecution(execution.id()))
                .then();
    }
}
