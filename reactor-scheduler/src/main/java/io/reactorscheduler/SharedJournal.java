package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What the journal of a shared store tells of the tasks that somebody on this node listens to.
 *
 * <p>It is followed once for all of them: from the first listener on, until the last has gone. Where entries may have been
 * missed, each listener gets one of kind {@link SchedulerEvent.Kind#MISSED}, and has to look for himself.
 */
final class SharedJournal {

    private final TaskStore store;
    private final Duration patience;
    private final SharedTimer timer;
    private final Events events;
    private final Map<String, Set<FluxSink<JournalEntry>>> byTask = new ConcurrentHashMap<>();

    /** Guarded by this, as {@link #listeners}: there is one as long as there are listeners. */
    private @Nullable Following following;

    private int listeners;

    SharedJournal(TaskStore store, Duration patience, SharedTimer timer, Events events) {
        this.store = store;
        this.patience = patience;
        this.timer = timer;
        this.events = events;
    }

    /**
     * The entries of one task, and those of kind {@link SchedulerEvent.Kind#MISSED}; never ends, never fails.
     *
     * @param listening called when all that the store does from then on will be heard, or be told as missed; at once where
     *     there is no journal
     */
    Flux<JournalEntry> of(String taskId, Runnable listening) {
        return Flux.create(
                sink -> {
                    Following joined = join(taskId, sink);
                    sink.onDispose(() -> leave(taskId, sink));
                    joined.listening().subscribe(null, null, listening);
                },
                FluxSink.OverflowStrategy.IGNORE);
    }

    private synchronized Following join(String taskId, FluxSink<JournalEntry> sink) {
        byTask.computeIfAbsent(taskId, id -> new CopyOnWriteArraySet<>()).add(sink);
        listeners++;
        Following known = following;
        if (known == null) {
            known = new Following();
            following = known;
            known.start();
        }
        return known;
    }

    private synchronized void leave(String taskId, FluxSink<JournalEntry> sink) {
        byTask.computeIfPresent(taskId, (id, sinks) -> {
            sinks.remove(sink);
            return sinks.isEmpty() ? null : sinks;
        });
        listeners--;
        Following known = following;
        if (listeners == 0 && known != null) {
            following = null;
            known.stop();
        }
    }

    private void tell(JournalEntry entry) {
        if (entry.kind() == SchedulerEvent.Kind.MISSED) {
            byTask.values().forEach(sinks -> sinks.forEach(sink -> sink.next(entry)));
            return;
        }
        Set<FluxSink<JournalEntry>> sinks = byTask.get(entry.taskId());
        if (sinks != null) {
            sinks.forEach(sink -> sink.next(entry));
        }
    }

    /** One time of following, from the cursor of its begin on. */
    private final class Following {
        private final Sinks.Empty<Void> listening = Sinks.empty();
        private final Disposable.Swap subscription = Disposables.swap();

        /** The cursor of the last entry that was told; null before the begin is known. */
        private volatile @Nullable String place;

        /** Whether listeners were not kept waiting although the begin was not known. */
        private volatile boolean isLate;

        Mono<Void> listening() {
            return listening.asMono();
        }

        void start() {
            subscription.replace(Flux.defer(this::entries)
                    .doOnNext(entry -> {
                        place = entry.cursor();
                        tell(entry);
                    })
                    .onErrorResume(UnsupportedOperationException.class, none -> {
                        listening.tryEmitEmpty();
                        return Flux.never();
                    })
                    .doOnError(error -> {
                        isLate = true;
                        listening.tryEmitEmpty();
                        events.problem("The journal cannot be followed now; trying again", error);
                    })
                    .retryWhen(Resources.again(timer))
                    .repeatWhen(ends -> ends.concatMap(end -> Resources.shortPause(timer)))
                    .subscribe(entry -> {}, error -> events.problem("The journal is not followed any more", error)));
        }

        private Flux<JournalEntry> entries() {
            String after = place;
            return after != null ? store.journal(after) : begin().flatMapMany(store::journal);
        }

        private Mono<String> begin() {
            return store.journalEnd()
                    .timeout(patience, Resources.late(patience), timer)
                    .doOnNext(end -> {
                        place = end;
                        listening.tryEmitEmpty();
                        if (isLate) {
                            tell(missed(end));
                        }
                    });
        }

        private JournalEntry missed(String cursor) {
            Instant now = EngineClock.toInstant(store.nowMicros());
            return new JournalEntry(cursor, SchedulerEvent.Kind.MISSED, now, "", null, "", "");
        }

        void stop() {
            subscription.dispose();
        }
    }
}
