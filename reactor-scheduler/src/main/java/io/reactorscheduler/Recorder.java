package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/**
 * Records how runs ended, in batches: terminal record and next head of the timeline in one step of the store, then the
 * slot is free and listeners are told. Each part of the store has batches of its own, so that a part that is away does not
 * keep the ends of the others from being recorded before their leases expire.
 *
 * <p>While a lane hands out claims on a thread, completions of that thread wait for the end of the round
 * ({@link #beginRound}, {@link #endRound}) so that a burst of short runs is recorded in one call.
 */
final class Recorder {

    private static final int BATCH = 512;

    private final Resources with;
    private final Duration patience;
    private final Consumer<List<Completion>> release;
    private final List<Batcher<Completion>> parts;

    /** Whether this thread is within a round of a lane. */
    private final ThreadLocal<boolean[]> inRound = ThreadLocal.withInitial(() -> new boolean[1]);

    /**
     * @param release is told which claims no longer hold a slot; must not run handlers, because nothing is recorded meanwhile
     * @param afterwards is called when others may record; may run handlers
     */
    Recorder(Resources with, Consumer<List<Completion>> release, Runnable afterwards) {
        this.with = with;
        this.patience = with.patience();
        this.release = release;
        this.parts = IntStream.range(0, with.store().parts())
                .mapToObj(part -> new Batcher<>(BATCH, with.timer(), this::record, afterwards))
                .toList();
    }

    void add(Completion completion) {
        Batcher<Completion> batcher = parts.get(with.store().partOf(completion.claim()));
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
        // the first part last: where it answers at once, other runs may begin before its flush is over
        for (int part = parts.size() - 1; part > 0; part--) {
            if (parts.get(part).hasWaiting()) {
                parts.get(part).flush();
            }
        }
        parts.get(0).flush();
    }

    private Mono<?> record(List<Completion> batch) {
        return complete(batch, patience)
                .onErrorResume(error -> recordLater(batch, error))
                .doOnNext(results -> tell(batch, results));
    }

    /**
     * A store that is away is waited for: the work is done, and losing its record would do it again. Leases bound how
     * long the record is still wanted; the store says so when it is not. A store that is only slow would never be heard
     * with the patience of the first call, which is short so that a lost reply does not hold up for long what waits behind;
     * an end that is told twice is recorded once.
     */
    private Mono<List<TaskStore.Recorded>> recordLater(List<Completion> batch, Throwable first) {
        with.events().problem("The ends of " + batch.size() + " runs wait for the store", first);
        return complete(batch, with.settings().lease())
                .delaySubscription(with.shortPause())
                .doOnError(error -> with.events().problem("The ends of " + batch.size() + " runs still wait", error))
                .retryWhen(with.again());
    }

    private Mono<List<TaskStore.Recorded>> complete(List<Completion> batch, Duration patience) {
        return with.answered(Mono.defer(() -> with.store().complete(batch)), patience)
                .handle((results, sink) -> {
                    if (results.size() == batch.size()) {
                        sink.next(results);
                    } else {
                        sink.error(new IllegalStateException(
                                "The store answered for another number of ends than were told"));
                    }
                });
    }

    private void tell(List<Completion> batch, List<TaskStore.Recorded> results) {
        try {
            for (int i = 0; i < batch.size(); i++) {
                tell(batch.get(i), results.get(i));
            }
        } finally {
            release.accept(batch);
        }
    }

    /** What is recorded is over, whatever those who are told of it do. */
    private void tell(Completion completion, TaskStore.Recorded recorded) {
        try {
            with.events().recorded(completion, recorded);
            if (!recorded.isStale()) {
                counted(completion);
            }
            if (!recorded.dropped().isEmpty()) {
                drop(recorded.dropped());
            }
        } catch (Throwable thrown) {
            with.events()
                    .problem(
                            "The end of " + completion.claim().executionId() + " is recorded, but not told to all",
                            thrown);
        }
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
