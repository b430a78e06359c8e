package io.reactorscheduler;

import java.util.List;
import reactor.core.publisher.Mono;

/**
 * What must happen before the handler of a task whose fire times may overlap. It is part of the run: a cancel, a stop or
 * a lost lease end it too, so while the store is out of reach it is tried again as long as the lease is trusted.
 */
final class OverlappingRuns {

    private final Resources with;

    OverlappingRuns(Resources with) {
        this.with = with;
    }

    /**
     * Writes the next head of the timeline, so that it survives a crash of this node, and ends the other runs where the
     * task says so. A run that ends before the head is known to be written brings it with its end.
     */
    Mono<Void> before(Run run) {
        Claim claim = run.claim();
        List<TaskStore.Advance> head =
                List.of(new TaskStore.Advance(claim, run.plan().head()));
        Mono<Void> written = untilDone(
                        Mono.defer(() -> with.store().advance(head)),
                        "The fire time after that of " + claim.executionId() + " could not be written; its run waits")
                .doOnSuccess(done -> run.headWritten());
        return claim.task().overlap().mode() == Overlap.Mode.CANCEL_RUNNING
                ? written.then(untilDone(
                        Mono.defer(() -> endOthers(claim)),
                        "The runs before " + claim.executionId() + " could not be cancelled; it waits"))
                : written;
    }

    private Mono<Void> untilDone(Mono<Void> step, String problem) {
        return with.answered(step)
                .doOnError(error -> with.events().problem(problem, error))
                .retryWhen(with.again());
    }

    private Mono<Void> endOthers(Claim claim) {
        return with.store()
                .executions(ExecutionQuery.of(claim.task().id()).state(TaskState.RUNNING))
                .filter(execution -> execution.fence() < claim.fence())
                .concatMap(execution -> with.store().cancelExecution(execution.id()))
                .then();
    }
}
