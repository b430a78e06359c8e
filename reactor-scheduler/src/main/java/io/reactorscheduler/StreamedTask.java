package io.reactorscheduler;

import java.util.concurrent.atomic.AtomicReference;
import reactor.core.publisher.Mono;

/**
 * The task behind one subscription of {@link ReactiveScheduler#stream}: it goes with the stream, unless it was there
 * before and was kept.
 *
 * <p>A save that was asked for is waited for also when the stream is cancelled meanwhile: it may land, and then the task
 * has to be removed after that.
 */
final class StreamedTask {

    private enum State {
        NEW,
        SAVING,
        DROPPED
    }

    private final ReactiveScheduler scheduler;
    private final Resources with;
    private final String id;
    private final Mono<TaskStore.Saved> saved;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

    StreamedTask(ReactiveScheduler scheduler, Resources with, NewTask task) {
        this.scheduler = scheduler;
        this.with = with;
        this.id = task.task().id();
        // a cached Mono is not cancelled by those who subscribe to it
        this.saved = with.store().save(task).doOnNext(with.events()::saved).cache();
    }

    /** Saves the task when it is subscribed; never answers when the stream was dropped before. */
    Mono<TaskStore.Saved> saved() {
        return Mono.defer(() -> state.compareAndSet(State.NEW, State.SAVING) ? saved : Mono.never());
    }

    /** Removes the task if the stream has saved it, or when it has. */
    void drop() {
        if (state.getAndSet(State.DROPPED) != State.SAVING) {
            return;
        }
        saved.filter(answer -> !answer.isKept())
                .flatMap(answer -> scheduler.remove(id))
                .doOnError(error -> with.events().problem("The task of a stream that ended may stay: " + id, error))
                .onErrorComplete()
                .subscribe();
    }
}
