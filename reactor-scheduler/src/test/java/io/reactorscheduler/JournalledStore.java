package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * A store of this process that several schedulers use as if it were shared, with a journal of what they save, record, cancel
 * and remove. The cursor of an entry is how many there were with it.
 */
final class JournalledStore {

    private final InMemoryTaskStore memory;
    private final List<JournalEntry> kept = new CopyOnWriteArrayList<>();
    private final Sinks.Many<JournalEntry> live = Sinks.many().multicast().directBestEffort();
    final AtomicInteger followers = new AtomicInteger();
    final AtomicInteger followed = new AtomicInteger();

    /** What becomes of the next subscriptions to the journal. */
    volatile @Nullable RuntimeException broken;

    JournalledStore(InMemoryTaskStore memory) {
        this.memory = memory;
    }

    /** What one scheduler is given. */
    TaskStore store() {
        return StandInStore.shared(memory, (called, arguments, through) -> switch (called.getName()) {
            case "journal" -> journal((String) arguments[0]);
            case "journalEnd" ->
                Mono.fromSupplier(() -> {
                    checkNotBroken();
                    return String.valueOf(kept.size());
                });
            default -> written(called.getName(), through.get(), arguments);
        });
    }

    private void checkNotBroken() {
        RuntimeException error = broken;
        if (error != null) {
            throw error;
        }
    }

    private Flux<JournalEntry> journal(@Nullable String after) {
        return Flux.defer(() -> {
            checkNotBroken();
            followed.incrementAndGet();
            followers.incrementAndGet();
            int from = after == null ? kept.size() : after.isEmpty() ? 0 : Integer.parseInt(after);
            List<JournalEntry> before = new ArrayList<>(kept.subList(from, kept.size()));
            return Flux.concat(Flux.fromIterable(before), live.asFlux()).doFinally(end -> followers.decrementAndGet());
        });
    }

    @SuppressWarnings("unchecked")
    private Object written(String method, Object answer, Object @Nullable [] arguments) {
        switch (method) {
            case "cancel":
                return ((Mono<TaskInfo>) answer)
                        .doOnNext(info -> write(SchedulerEvent.Kind.CANCELLED, info.id(), null, ""));
            case "remove":
                return ((Mono<TaskInfo>) answer)
                        .doOnNext(info -> write(SchedulerEvent.Kind.REMOVED, info.id(), null, ""));
            case "complete":
                List<Completion> ends = (List<Completion>) arguments[0];
                return ((Mono<List<TaskStore.Recorded>>) answer).doOnNext(done -> {
                    for (int i = 0; i < ends.size(); i++) {
                        if (!done.get(i).isStale()) {
                            write(ends.get(i));
                        }
                    }
                });
            default:
                return answer;
        }
    }

    private void write(Completion end) {
        Claim claim = end.claim();
        SchedulerEvent.Kind kind = switch (end.outcome().kind()) {
            case COMPLETED -> SchedulerEvent.Kind.COMPLETED;
            case FAILED -> SchedulerEvent.Kind.FAILED;
            case RETRY_AT -> SchedulerEvent.Kind.RETRYING;
            case CANCELLED -> SchedulerEvent.Kind.CANCELLED;
            case SKIPPED -> SchedulerEvent.Kind.SKIPPED;
            case RELEASED -> SchedulerEvent.Kind.RELEASED;
        };
        Execution record = memory.executions(ExecutionQuery.of(claim.task().id()))
                .filter(execution -> execution.id().equals(claim.executionId()))
                .blockFirst();
        String node = record == null || record.node() == null ? "" : record.node();
        write(kind, claim.task().id(), claim.executionId(), node);
    }

    void write(SchedulerEvent.Kind kind, String taskId, @Nullable String executionId, String node) {
        JournalEntry entry = new JournalEntry(
                String.valueOf(kept.size() + 1),
                kind,
                EngineClock.toInstant(memory.nowMicros()),
                taskId,
                executionId,
                node,
                "");
        kept.add(entry);
        live.tryEmitNext(entry);
    }
}
