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
     * The output of all runs since it was scheduled, each element once: what runs have given before the subscription,
     * then each element as it comes. Runs of a task that it replaced are not among it; of one that was kept
     * ({@link #isKept()}) all that is recorded is.
     *
     * <p>Elements are kept by the node that runs the task: of a run under way the newest 1,024, of runs that have ended as
     * long as they are among the newest 16,384 elements of all. Of other runs, those on other nodes of a shared store among
     * them, it gives the stored result when they end: the last element, or all with {@link Task#collectResults()}. Where an
     * attempt is followed by another, the elements of both are given.
     *
     * <p>Any node hears of runs on others by the journal of the store, some milliseconds after their end; where the store
     * keeps no journal only runs of this node are heard. History that is shorter than what a subscriber is behind (100 runs
     * of a task by default) leaves gaps.
     *
     * <p>Cold; signals arrive on the scheduler's threads, those of the past possibly on the one that subscribes. Completes
     * when the task ends (or is cancelled or removed), fails with {@link TaskFailedException} when its last run failed; a
     * repeating task goes on after a failed run, see {@link #executions()}. A subscriber that falls 1,024 elements behind
     * gets an overflow error; the runs never wait for it.
     */
    Flux<O> results();

    /**
     * How each run ended, on this node or on another: first all that is recorded under its id, then each as it ends.
     * Completes when the task ends; never fails for a failed run.
     */
    Flux<Execution> executions();

    /** The task as it stands now; empty when it was removed or its history has expired. */
    Mono<TaskInfo> info();

    /** As {@link ReactiveScheduler#cancel}. */
    Mono<TaskInfo> cancel();

    /** As {@link ReactiveScheduler#remove}. */
    Mono<TaskInfo> remove();
}
