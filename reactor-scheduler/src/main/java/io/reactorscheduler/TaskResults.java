package io.reactorscheduler;

import io.reactorscheduler.KnownRuns.Known;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The runs of one task as streams: first what is known, then what comes.
 *
 * <p>Listening begins before the record is read, so nothing falls between; what is found in the record, or among
 * {@link RecentElements}, is dropped from what was heard meanwhile. An execution of which no element was seen gives its
 * stored result when it ends.
 *
 * <p>Of a shared store the journal is heard too. An entry about the end of a run elsewhere says only that the record is
 * worth another look: all that has ended there and was not given yet is given then. Ends on this node are left to its own
 * events, which know more; only those that were not heard some time after their entry (the store's answer was lost, or
 * another node has the same name) are taken from the record.
 */
final class TaskResults {

    /** Ends a stream whose task has ended. */
    private static final Object END = new Object();

    /** How long after its entry in the journal the end of a run of this node has been heard, if ever. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** After so many leases without news it is looked whether the task is still there. */
    private static final int QUIET_LEASES = 10;

    /** The most executions whose ends are remembered as given; more than the record of a task has, by default by far. */
    private static final int REMEMBERED = 16_384;

    private final Resources with;
    private final String taskId;
    private final KnownRuns runs;

    TaskResults(Resources with, String taskId, Type type) {
        this.with = with;
        this.taskId = taskId;
        this.runs = new KnownRuns(with, taskId, type);
    }

    /** The elements as what their handler says they are. */
    @SuppressWarnings("unchecked")
    static <O> Flux<O> typed(Flux<Object> elements) {
        return (Flux<O>) (Flux<?>) elements;
    }

    /** The elements of a task that is saved when the stream is subscribed; of one that was kept, all. */
    Flux<Object> of(Mono<TaskStore.Saved> saving) {
        return joined(
                saving.flatMap(saved ->
                        saved.isKept() ? runs.known(0) : Mono.just(new Known(saved.executions(), null, List.of()))),
                Elements::new);
    }

    /** The elements of executions with a higher number. */
    Flux<Object> since(long number) {
        return joined(runs.known(number), Elements::new);
    }

    /** Executions that have ended, then others as they end, until one with a number above {@code since} is the last. */
    Flux<Execution> executions(long since) {
        return joined(runs.known(since), Ends::new).cast(Execution.class);
    }

    private Flux<Object> joined(Mono<Known> reading, Supplier<Heard> hearing) {
        return Flux.defer(() -> {
            Heard heard = hearing.get();
            Sinks.Empty<Void> here = Sinks.empty();
            Sinks.Empty<Void> elsewhere = Sinks.empty();
            Flux<Object> first = reading.delaySubscription(Mono.when(here.asMono(), elsewhere.asMono()))
                    .flatMapMany(known -> {
                        Flux<Object> values = heard.known(known);
                        heard.isReady(known);
                        return values;
                    });
            Flux<?> news = with.events().of(taskId, here::tryEmitEmpty);
            if (with.store().isShared()) {
                news = Flux.merge(news, heard.elsewhere(elsewhere::tryEmitEmpty));
            } else {
                elsewhere.tryEmitEmpty();
            }
            Flux<Object> then = news.concatMap(one -> heard.whenReady(() -> heard.hears(one)));
            return Flux.mergeSequential(first, then).takeWhile(value -> value != END);
        });
    }

    /**
     * An end that the journal tells.
     *
     * @param executionId the execution, null when it may be any
     * @param number how many came to this subscriber with it
     * @param isLate whether this node's own events had their time
     */
    private record News(@Nullable String executionId, long number, boolean isLate) {}

    /** What one subscriber has heard and seen: first touched by what is known, then by what is heard, one after the other. */
    private abstract class Heard {

        /** Executions of which all was given. */
        final Set<String> given = Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > REMEMBERED;
            }
        });

        volatile long since = Long.MAX_VALUE;
        private final Sinks.Empty<Void> ready = Sinks.empty();

        /** How many ends the journal has told. */
        private final AtomicLong told = new AtomicLong();

        /** Ends up to this number had been told when the record was read last. */
        private long looked;

        /** Whether anything was heard lately. */
        private final AtomicBoolean hadNews = new AtomicBoolean();

        /** Whether the task may have ended without a word of it so far: a late look decides. */
        private boolean isEndAwaited;

        /** What there is before anything is heard. */
        abstract Flux<Object> known(Known known);

        abstract Flux<Object> hears(SchedulerEvent event);

        /** A run has ended elsewhere. */
        abstract Flux<Object> ended(Execution execution);

        /** The task has ended; {@code last} is its last execution, null for none. */
        abstract Flux<Object> end(TaskState state, @Nullable Execution last);

        /** What is heard is looked at from now on; before, it would be counted in both. */
        void isReady(Known known) {
            TaskInfo info = known.info();
            // the task was read before its executions
            isEndAwaited = info != null && !info.state().isFinal() && !given.isEmpty();
            this.since = known.since();
            ready.tryEmitEmpty();
        }

        Flux<Object> whenReady(Supplier<Flux<Object>> look) {
            return since != Long.MAX_VALUE ? look.get() : Streams.after(ready.asMono(), Flux.defer(look));
        }

        Flux<Object> hears(Object news) {
            if (news instanceof News elsewhere) {
                hadNews.set(true);
                return looksAgain(elsewhere);
            }
            hadNews.set(true);
            SchedulerEvent event = (SchedulerEvent) news;
            Flux<Object> values = hears(event);
            Execution execution = event.execution();
            boolean isOver =
                    execution != null && execution.state().isFinal() && event.kind() != SchedulerEvent.Kind.LOST;
            if (isOver && with.store().isShared()) {
                given.add(Objects.requireNonNull(execution).id());
            }
            return values;
        }

        /** Ends that the journal tells: those elsewhere at once, and all once more after a while. And looks without being told. */
        Flux<News> elsewhere(Runnable listening) {
            return with.journal()
                    .of(taskId, listening)
                    .filter(JournalEntry::isAnEnd)
                    .flatMap(this::news, Integer.MAX_VALUE)
                    .mergeWith(unasked());
        }

        /** For what is never told, a look after a time without news; this node's own events have their time before. */
        private Flux<News> unasked() {
            return Flux.interval(with.settings().lease().multipliedBy(QUIET_LEASES), with.timer())
                    .onBackpressureDrop()
                    .onErrorComplete()
                    .filter(tick -> !hadNews.getAndSet(false))
                    .concatMap(tick -> runs.isGone().filter(isGone -> isGone).delayElement(GRACE, with.timer()))
                    .map(gone -> new News(null, told.incrementAndGet(), false));
        }

        private Flux<News> news(JournalEntry entry) {
            // a timer that was let go with a stopped engine refuses; then the stream fails for that reason
            long number = told.incrementAndGet();
            Mono<News> late = Mono.delay(GRACE, with.timer())
                    .onErrorComplete()
                    .map(passed -> new News(entry.executionId(), number, true));
            return entry.node().equals(with.node())
                    ? late.flux()
                    : Flux.concat(List.of(Mono.just(new News(entry.executionId(), number, false)), late));
        }

        private Flux<Object> looksAgain(News news) {
            String id = news.executionId();
            if (id != null && runs.number(id) <= since) {
                return Flux.empty();
            }
            boolean isNeeded =
                    news.isLate() ? isEndAwaited || (id != null && !given.contains(id)) : news.number() > looked;
            if (!isNeeded) {
                return Flux.empty();
            }
            looked = told.get();
            return runs.knownNow(since).flatMapMany(known -> seen(known, news.isLate()));
        }

        private Flux<Object> seen(Known known, boolean isLate) {
            List<Flux<Object>> parts = new ArrayList<>();
            Execution last = null;
            isEndAwaited = false;
            for (Execution execution : known.executions()) {
                String id = execution.id();
                if (runs.number(id) <= since) {
                    continue;
                }
                last = execution;
                if (!execution.state().isFinal() || given.contains(id)) {
                    continue;
                }
                if (isLate || !with.node().equals(execution.node())) {
                    parts.add(ended(execution));
                    given.add(id);
                } else {
                    isEndAwaited = true;
                }
            }
            TaskInfo info = known.info();
            if (info == null) {
                parts.add(Flux.just(END));
            } else if (info.state().isFinal() && !isEndAwaited) {
                parts.add(end(info.state(), last));
            }
            return Flux.concat(parts);
        }
    }

    /** What the runs give. */
    private final class Elements extends Heard {

        /** The last number of executions of which an element was heard. */
        private final Map<String, Long> heard = new HashMap<>();

        @Override
        Flux<Object> known(Known known) {
            List<Flux<Object>> parts = new ArrayList<>();
            Execution last = null;
            for (Execution execution : known.executions()) {
                if (runs.number(execution.id()) > known.since()) {
                    parts.add(known(execution));
                    last = execution;
                }
            }
            if (known.info() != null && known.info().state().isFinal()) {
                parts.add(end(known.info().state(), last));
            }
            return Flux.concat(parts);
        }

        @Override
        Flux<Object> end(TaskState state, @Nullable Execution last) {
            boolean hasFailed = state == TaskState.FAILED || state == TaskState.QUARANTINED;
            return hasFailed && last != null && last.state() == TaskState.FAILED
                    ? Flux.error(new TaskFailedException(last))
                    : Flux.just(END);
        }

        private Flux<Object> known(Execution execution) {
            if (execution.state().isFinal()) {
                given.add(execution.id());
            }
            if (execution.state() == TaskState.SKIPPED) {
                return Flux.empty();
            }
            RecentElements.Kept kept = with.events().recent().of(taskId, runs.number(execution.id()));
            boolean isBetterStored =
                    kept == null || (!kept.isWhole() && execution.task().collectsResults());
            if (isBetterStored && execution.isSuccess()) {
                return runs.stored(execution);
            }
            if (kept == null) {
                return Flux.empty();
            }
            heard.put(execution.id(), kept.last());
            return Flux.fromIterable(kept.elements());
        }

        @Override
        Flux<Object> ended(Execution execution) {
            boolean isHeard =
                    heard.remove(execution.id()) != null && with.node().equals(execution.node());
            return execution.isSuccess() && !isHeard ? runs.stored(execution) : Flux.empty();
        }

        @Override
        Flux<Object> hears(SchedulerEvent event) {
            String id = event.executionId();
            if (id == null) {
                return last(event);
            }
            if (runs.number(id) <= since) {
                return Flux.empty();
            }
            if (given.contains(id)) {
                return last(event);
            }
            switch (event.kind()) {
                case RESULT:
                    boolean isNew = event.number() == 0 || event.number() > heard.getOrDefault(id, 0L);
                    heard.merge(id, event.number(), Math::max);
                    return isNew ? Flux.just(Objects.requireNonNull(event.element())) : Flux.empty();
                case COMPLETED:
                    Flux<Object> result = heard.remove(id) == null
                            ? runs.stored(Objects.requireNonNull(event.execution()))
                            : Flux.empty();
                    return Flux.concat(List.of(result, last(event)));
                case FAILED:
                case QUARANTINED:
                case CANCELLED:
                    heard.remove(id);
                    return last(event);
                default:
                    return last(event);
            }
        }

        private static Flux<Object> last(SchedulerEvent event) {
            if (!event.isLast()) {
                return Flux.empty();
            }
            Execution ended = event.execution();
            return ended != null && ended.state() == TaskState.FAILED
                    ? Flux.error(new TaskFailedException(ended))
                    : Flux.just(END);
        }
    }

    /** How the runs end. */
    private final class Ends extends Heard {

        @Override
        Flux<Object> known(Known known) {
            List<Object> values = new ArrayList<>();
            for (Execution execution : known.executions()) {
                if (execution.state().isFinal()) {
                    given.add(execution.id());
                    values.add(execution);
                }
            }
            if (known.info() != null && known.info().state().isFinal()) {
                values.add(END);
            }
            return Flux.fromIterable(values);
        }

        @Override
        Flux<Object> ended(Execution execution) {
            return Flux.just(execution);
        }

        @Override
        Flux<Object> end(TaskState state, @Nullable Execution last) {
            return Flux.just(END);
        }

        @Override
        Flux<Object> hears(SchedulerEvent event) {
            List<Object> values = new ArrayList<>(2);
            Execution ended = event.execution();
            if (ended != null
                    && event.kind() != SchedulerEvent.Kind.LOST
                    && ended.state().isFinal()
                    && !given.contains(ended.id())) {
                values.add(ended);
            }
            if (event.isLast() && (event.executionId() == null || runs.number(event.executionId()) > since)) {
                values.add(END);
            }
            return Flux.fromIterable(values);
        }
    }
}
