package io.reactorscheduler;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * What handlers say during their runs: to the store in batches, and to whoever listens. Each part of the store has batches
 * of its own, so that a part that is away does not keep what runs of the others say from being saved.
 */
final class RunReports {

    /** The most events of one execution that are kept; later ones are counted. */
    static final int MOST_EVENTS = 1_000;

    private static final int BATCH = 256;
    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Resources with;
    private final List<Batcher<TaskStore.Said>> parts;

    RunReports(Resources with) {
        this.with = with;
        this.parts = IntStream.range(0, with.store().parts())
                .mapToObj(part -> new Batcher<>(BATCH, with.timer(), this::append, () -> {}))
                .toList();
    }

    /** Events are worth a few attempts, not an endless queue while the store is away: then they are told as a problem. */
    private Mono<?> append(List<TaskStore.Said> batch) {
        // the same for each attempt, because the answer to one that was done may get lost
        String token = token();
        return with.answered(Mono.defer(() -> with.store().append(token, batch)))
                .doOnNext(this::tellRefused)
                .retryWhen(Retry.backoff(ATTEMPTS, PAUSE).scheduler(with.timer()))
                .onErrorResume(error -> {
                    with.events().problem(batch.size() + " events of executions could not be saved", error);
                    return Mono.empty();
                });
    }

    private static String token() {
        // unique is enough, and a secure random number may block
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private void add(Run run, ExecutionEvent event) {
        Batcher<TaskStore.Said> batcher = parts.get(with.store().partOf(run.claim()));
        batcher.add(new TaskStore.Said(run.claim(), event));
        batcher.flushSoon();
    }

    /** A node that has lost a run writes nothing to it; what was said is told to those who listen here all the same. */
    private void tellRefused(List<TaskStore.Said> refused) {
        if (!refused.isEmpty()) {
            String id = refused.get(0).claim().executionId();
            with.events()
                    .problem(
                            refused.size()
                                    + " events of executions were not kept, because other claims followed theirs",
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
                add(run, event);
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
                add(run, event);
            }
        }
    }
}
