package io.reactorscheduler;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A task that was saved: its id, its results, its end.
 *
 * @param <O> one element of the output
 */
public interface ScheduledTask<O> {

    /** The id: the task's own or the generated one. */
    String id();

    /** Whether {@link IfExists#KEEP} kept a task that was known before, so this one was not saved. */
    boolean isKept();

    /**
     * The output of all runs: first the stored results of runs that ended before the subscription, then each element as
     * it comes.
     *
     * <p>Cold, arrives on the scheduler's threads. Completes when the task ends (or is cancelled or removed), fails with
     * {@link TaskFailedException} when its last run failed; a repeating task goes on after a failed run, see
     * {@link #executions()}. A subscriber that falls 1,024 elements behind gets an overflow error; the runs never wait
     * for it.
     */
    Flux<O> results();

    /** How each run ended: first what is recorded, then each as it ends. Completes when the task ends; never fails for a failed run. */
    Flux<Execution> executions();

    /** The task as it stands now; empty when it was removed or its history has expired. */
    Mono<TaskInfo> info();

    /** As {@link ReactiveScheduler#cancel}. */
    Mono<TaskInfo> cancel();

    /** As {@link ReactiveScheduler#remove}. */
    Mono<TaskInfo> remove();
}
