package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Records how runs ended, in batches: terminal record and next head of the timeline in one step of the store, then the
 * slot is free and listeners are told.
 *
 * <p>While a lane hands out claims on a thread, completions of that thread wait for the end of the round
 * ({@link #beginRound}, {@link #endRound}) so that a burst of short runs is recorded in one call.
 */
final class Recorder {

    private static final int BATCH = 512;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final Resources with;
    private final Consumer<List<Completion>> release;
    private final Batcher<Completion> batcher;

    /** Whether this thread is within a round of a lane. */
    private final ThreadLocal<boolean[]> inRound = ThreadLocal.withInitial(() -> new boolean[1]);

    /** @param release is told which claims no longer hold a slot */
    Recorder(Resources with, Consumer<List<Completion>> release) {
        this.with = with;
        this.release = release;
        this.batcher = new Batcher<>(BATCH, with.scheduler(), this::record);
    }

    void add(Completion completion) {
        batcher.add(completion);
        if (!inRound.get()[0]) {
            batcher.flushSoon();
        }
    }

    void beginRound() {
        inRound.get()[0] = true;
    }

    void endRound() {
        inRound.get()[0] = false;
        batcher.flush();
    }

    private Mono<?> record(List<Completion> batch) {
        Mono<List<TaskStore.Recorded>> recorded = complete(batch).onErrorResume(error -> recordLater(batch, error));
        if (with.store().isShared()) {
            // the reply may arrive on the event loop of a client; what follows runs user code
            recorded = recorded.publishOn(with.scheduler());
        }
        return recorded.doOnNext(results -> tell(batch, results));
    }

    /**
     * A store that is away is waited for: the work is done, and losing its record would do it again. Leases bound how
     * long the record is still wanted; the store says so when it is not.
     */
    private Mono<List<TaskStore.Recorded>> recordLater(List<Completion> batch, Throwable first) {
        with.events().problem("The ends of " + batch.size() + " runs wait for the store", first);
        return complete(batch)
                .delaySubscription(FIRST_PAUSE, with.timer())
                .doOnError(error -> with.events().problem("The ends of " + batch.size() + " runs still wait", error))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, FIRST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .scheduler(with.timer()));
    }

    private Mono<List<TaskStore.Recorded>> complete(List<Completion> batch) {
        Mono<List<TaskStore.Recorded>> call = Mono.defer(() -> with.store().complete(batch));
        if (with.store().isShared()) {
            call = call.timeout(with.settings().lease(), with.timer());
        }
        return call.handle((results, sink) -> {
            if (results.size() == batch.size()) {
                sink.next(results);
            } else {
                sink.error(new IllegalStateException("The store answered for another number of ends than were told"));
            }
        });
    }

    private void tell(List<Completion> batch, List<TaskStore.Recorded> results) {
        for (int i = 0; i < batch.size(); i++) {
            Completion completion = batch.get(i);
            TaskStore.Recorded recorded = results.get(i);
            with.events().recorded(completion, recorded);
            if (!recorded.isStale()) {
                counted(completion);
            }
            if (!recorded.dropped().isEmpty()) {
                drop(recorded.dropped());
            }
        }
        release.accept(batch);
    }

    private void counted(Completion completion) {
        with.counters().ended(completion);
        for (Instrumentation instrumentation : with.settings().instrumentations()) {
            try {
                instrumentation.onRecorded(completion);
            } catch (Throwable thrown) {
                with.events().problem("An instrumentation failed", thrown);
            }
        }
    }

    /** Deletes results whose executions retention has deleted. */
    void drop(List<String> references) {
        ResultDestination destination = with.settings().destination();
        if (destination == null) {
            return;
        }
        for (String reference : references) {
            Mono.defer(() -> destination.delete(reference))
                    .onErrorResume(error -> {
                        with.events().problem("Result " + reference + " could not be deleted", error);
                        return Mono.empty();
                    })
                    .subscribe();
        }
    }
}
