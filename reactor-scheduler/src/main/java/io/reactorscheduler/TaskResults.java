package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
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
 */
final class TaskResults {

    /** Ends a stream whose task has ended. */
    private static final Object END = new Object();

    private final Resources with;
    private final String taskId;
    private final Type type;

    TaskResults(Resources with, String taskId, Type type) {
        this.with = with;
        this.taskId = taskId;
        this.type = type;
    }

    /** The elements as what their handler says they are. */
    @SuppressWarnings("unchecked")
    static <O> Flux<O> typed(Flux<Object> elements) {
        return (Flux<O>) (Flux<?>) elements;
    }

    /** The elements of a task that is saved when the stream is subscribed; of one that was kept, all. */
    Flux<Object> of(Mono<TaskStore.Saved> saving) {
        return results(saving.flatMap(
                saved -> saved.isKept() ? known(0) : Mono.just(new Known(saved.executions(), null, List.of()))));
    }

    /** The elements of executions with a higher number. */
    Flux<Object> since(long number) {
        return results(known(number));
    }

    private Flux<Object> results(Mono<Known> known) {
        return joined(known, Heard::results, Heard::elements);
    }

    /** Executions that have ended, then others as they end, until one with a number above {@code since} is the last. */
    Flux<Execution> executions(long since) {
        return joined(known(since), Heard::ended, Heard::ends).cast(Execution.class);
    }

    private Flux<Object> joined(
            Mono<Known> reading,
            BiFunction<Heard, Known, Flux<Object>> before,
            BiFunction<Heard, SchedulerEvent, Flux<Object>> coming) {
        return Flux.defer(() -> {
            Heard heard = new Heard();
            Sinks.Empty<Void> listening = Sinks.empty();
            Flux<Object> first = reading.delaySubscription(listening.asMono()).flatMapMany(known -> {
                Flux<Object> values = before.apply(heard, known);
                heard.isReady(known.since());
                return values;
            });
            Flux<Object> then = with.events()
                    .of(taskId, listening::tryEmitEmpty)
                    .concatMap(event -> heard.whenReady(() -> coming.apply(heard, event)));
            return Flux.mergeSequential(first, then).takeWhile(value -> value != END);
        });
    }

    /**
     * What is known when listening has begun.
     *
     * @param since executions up to this number do not count
     * @param info the task; null when it was saved after listening began, so that everything of it is heard
     * @param executions its executions, oldest first
     */
    private record Known(long since, @Nullable TaskInfo info, List<Execution> executions) {}

    /** The task before its executions: when it has ended, all of them are there. */
    private Mono<Known> known(long since) {
        return with.store()
                .task(taskId)
                .switchIfEmpty(Mono.error(() -> new UnknownTaskException(taskId)))
                .flatMap(info -> with.store()
                        .executions(ExecutionQuery.of(taskId).limit(Integer.MAX_VALUE))
                        .collectList()
                        .map(newestFirst -> {
                            List<Execution> executions = new ArrayList<>(newestFirst);
                            Collections.reverse(executions);
                            return new Known(since, info, executions);
                        }));
    }

    /** The stored result of one execution, element by element. */
    private Flux<Object> stored(Execution execution) {
        boolean isList = execution.task().collectsResults();
        Object value = execution.value();
        if (value != null) {
            return elements(value, isList);
        }
        String result = execution.result();
        if (result == null) {
            return Flux.empty();
        }
        ResultDestination destination = with.settings().destination();
        Mono<String> json = destination == null ? Mono.just(result) : destination.read(result);
        Type wanted = isList ? TypeRef.listOf(type) : type;
        return json.flatMapMany(text -> elements(with.settings().codec().decode(text, wanted), isList));
    }

    private static Flux<Object> elements(Object value, boolean isList) {
        return isList && value instanceof List<?> list ? Flux.fromIterable(list) : Flux.just(value);
    }

    /** What one subscriber has heard and seen: first touched by what is known, then by what is heard. */
    private final class Heard {
        private final Set<String> recorded = new HashSet<>();

        /** The last number of executions of which an element was given. */
        private final Map<String, Long> given = new HashMap<>();

        private final Sinks.Empty<Void> ready = Sinks.empty();
        private volatile long since = Long.MAX_VALUE;

        /** What is heard is looked at from now on; before, it would be counted in both. */
        void isReady(long since) {
            this.since = since;
            ready.tryEmitEmpty();
        }

        Flux<Object> whenReady(Supplier<Flux<Object>> look) {
            return since != Long.MAX_VALUE ? look.get() : ready.asMono().thenMany(Flux.defer(look));
        }

        Flux<Object> results(Known known) {
            List<Flux<Object>> parts = new ArrayList<>();
            Execution last = null;
            for (Execution execution : known.executions()) {
                if (number(execution.id()) > known.since()) {
                    parts.add(results(execution));
                    last = execution;
                }
            }
            if (known.info() != null && known.info().state().isFinal()) {
                parts.add(end(known.info().state(), last));
            }
            return Flux.concat(parts);
        }

        private static Flux<Object> end(TaskState state, @Nullable Execution last) {
            boolean hasFailed = state == TaskState.FAILED || state == TaskState.QUARANTINED;
            return hasFailed && last != null && last.state() == TaskState.FAILED
                    ? Flux.error(new TaskFailedException(last))
                    : Flux.just(END);
        }

        private Flux<Object> results(Execution execution) {
            if (execution.state().isFinal()) {
                recorded.add(execution.id());
            }
            if (execution.state() == TaskState.SKIPPED) {
                return Flux.empty();
            }
            RecentElements.Kept kept = with.events().recent().of(taskId, number(execution.id()));
            boolean isBetterStored =
                    kept == null || (!kept.isWhole() && execution.task().collectsResults());
            if (isBetterStored && execution.isSuccess()) {
                return stored(execution);
            }
            if (kept == null) {
                return Flux.empty();
            }
            given.put(execution.id(), kept.last());
            return Flux.fromIterable(kept.elements());
        }

        Flux<Object> elements(SchedulerEvent event) {
            String id = event.executionId();
            if (id == null) {
                return last(event);
            }
            if (number(id) <= since) {
                return Flux.empty();
            }
            if (recorded.contains(id)) {
                return last(event);
            }
            switch (event.kind()) {
                case RESULT:
                    boolean isNew = event.number() == 0 || event.number() > given.getOrDefault(id, 0L);
                    given.merge(id, event.number(), Math::max);
                    return isNew ? Flux.just(Objects.requireNonNull(event.element())) : Flux.empty();
                case COMPLETED:
                    Flux<Object> result =
                            given.remove(id) == null ? stored(Objects.requireNonNull(event.execution())) : Flux.empty();
                    return result.concatWith(last(event));
                case FAILED:
                case QUARANTINED:
                case CANCELLED:
                    given.remove(id);
                    return last(event);
                default:
                    return last(event);
            }
        }

        private Flux<Object> last(SchedulerEvent event) {
            if (!event.isLast()) {
                return Flux.empty();
            }
            Execution ended = event.execution();
            return ended != null && ended.state() == TaskState.FAILED
                    ? Flux.error(new TaskFailedException(ended))
                    : Flux.just(END);
        }

        Flux<Object> ended(Known known) {
            List<Object> values = new ArrayList<>();
            for (Execution execution : known.executions()) {
                if (execution.state().isFinal()) {
                    recorded.add(execution.id());
                    values.add(execution);
                }
            }
            if (known.info() != null && known.info().state().isFinal()) {
                values.add(END);
            }
            return Flux.fromIterable(values);
        }

        Flux<Object> ends(SchedulerEvent event) {
            List<Object> values = new ArrayList<>(2);
            Execution ended = event.execution();
            if (ended != null && ended.state().isFinal() && !recorded.contains(ended.id())) {
                values.add(ended);
            }
            if (event.isLast() && (event.executionId() == null || number(event.executionId()) > since)) {
                values.add(END);
            }
            return Flux.fromIterable(values);
        }

        /** The number in the id of an execution, or of a row of fire times that it skipped. */
        private long number(String executionId) {
            int from = taskId.length() + 1;
            int to = from;
            while (to < executionId.length() && Character.isDigit(executionId.charAt(to))) {
                to++;
            }
            return Long.parseLong(executionId, from, to, 10);
        }
    }
}
