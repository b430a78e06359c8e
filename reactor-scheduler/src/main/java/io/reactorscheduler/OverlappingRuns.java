package io.reactorscheduler;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * What must happen before the handler of a task whose fire times may overlap. It is part of the run: a cancel, a stop or
 * a lost lease end it too, so while the store is out of reach it is tried again as long as the lease is trusted.
 */
final class OverlappingRuns {

    private static final String LATER_RUNS = "overlapped: a later run is active";

    private final Resources with;

    OverlappingRuns(Resources with) {
        this.with = with;
    }

    /**
     * Writes the next head of the timeline, so that it survives a crash of this node, and ends the other runs where the
     * task says so. The end of the run brings the head again: a cancel may come before it is written, and a replica that
     * takes over may never have heard of it, though it was confirmed.
     */
    Mono<Void> before(Run run) {
        Claim claim = run.claim();
        List<TaskStore.Advance> head =
                List.of(new TaskStore.Advance(claim, run.plan().head()));
        Mono<Void> written = untilDone(
                Mono.defer(() -> with.store().advance(head)),
                "The fire time after that of " + claim.executionId() + " could not be written; its run waits");
        return claim.task().overlap().mode() == Overlap.Mode.CANCEL_RUNNING
                ? written.then(untilDone(
                        Mono.defer(() -> endOlder(run)),
                        "The runs before " + claim.executionId() + " could not be cancelled; it waits"))
                : written;
    }

    private Mono<Void> untilDone(Mono<Void> step, String problem) {
        return with.answered(step)
                .doOnError(error -> with.events().problem(problem, error))
                .retryWhen(with.again());
    }

    /**
     * The newest wins: a run that comes late, because its node was lost or its retry had to wait, ends itself where a later
     * one is active. One that was claimed after it does not count: that one looks, too, and ends this one, unless it is a
     * fire time that is skipped, or was triggered and runs besides.
     */
    private Mono<Void> endOlder(Run run) {
        Claim claim = run.claim();
        return with.store()
                .executions(ExecutionQuery.of(claim.task().id())
                        .state(TaskState.RUNNING)
                        .limit(Integer.MAX_VALUE))
                .concatMap(other -> {
                    long number = Execution.numberOf(other.id());
                    if (number < claim.number()) {
                        return with.store().cancelExecution(other.id());
                    }
                    return number > claim.number() && other.fence() < claim.fence()
                            ? Mono.fromRunnable(() -> run.end(Outcome.cancelled(LATER_RUNS)))
                            : Mono.empty();
                })
                .then();
    }
}
