package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** What handlers say during their runs: to the store in batches, and to whoever listens. */
final class RunReports {

    /** The most events of one execution that are kept; later ones are counted. */
    static final int MOST_EVENTS = 1_000;

    private static final int BATCH = 256;
    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Resources with;
    private final Batcher<TaskStore.Said> batcher;

    RunReports(Resources with) {
        this.with = with;
        this.batcher = new Batcher<>(BATCH, with.timer(), this::append, () -> {});
    }

    /** Events are worth a few attempts, not an endless queue while the store is away: then they are told as a problem. */
    private Mono<?> append(List<TaskStore.Said> batch) {
        return with.answered(Mono.defer(() -> with.store().append(batch)))
                .doOnNext(this::tellRefused)
                .retryWhen(Retry.backoff(ATTEMPTS, PAUSE).scheduler(with.timer()))
                .onErrorResume(error -> {
                    with.events().problem(batch.size() + " events of executions could not be saved", error);
                    return Mono.empty();
                });
    }

    /** A node that has lost a run writes nothing to it; what was said is told to those who listen here all the same. */
    private void tellRefused(List<TaskStore.Said> refused) {
        if (!refused.isEmpty()) {
            String id = refused.get(0).claim().executionId();
            with.events()
                    .problem(
                            refused.size() + " events of executions were not kept, because their runs were lost before",
                            new IllegalStateException("the claim of execution " + id + " is not its last one"));
        }
    }

    Of of(Run run) {
        return new Of(run);
    }

    /** What one run says. Thread-safe. */
    final class Of {
        private final Run run;
        private final String executionId;
        private final AtomicInteger said = new AtomicInteger();

        private Of(Run run) {
            this.run = run;
            this.executionId = run.executionId();
        }

        void event(ExecutionEvent.Level level, String message, @Nullable Double progress) {
            Objects.requireNonNull(level, "level");
            Objects.requireNonNull(message, "message");
            ExecutionEvent event =
                    new ExecutionEvent(executionId, EngineClock.toInstant(with.nowMicros()), level, message, progress);
            with.events().logged(run, event);
            int number = said.incrementAndGet();
            if (number <= MOST_EVENTS) {
                batcher.add(new TaskStore.Said(run.claim(), event));
                batcher.flushSoon();
            }
        }

        void ended() {
            int dropped = said.get() - MOST_EVENTS;
            if (dropped > 0) {
                ExecutionEvent event = new ExecutionEvent(
                        executionId,
                        EngineClock.toInstant(with.nowMicros()),
                        ExecutionEvent.Level.WARNING,
                        dropped + " further events of this run were not kept: " + MOST_EVENTS + " is the most",
                        null);
                batcher.add(new TaskStore.Said(run.claim(), event));
                batcher.flushSoon();
            }
        }
    }
}
