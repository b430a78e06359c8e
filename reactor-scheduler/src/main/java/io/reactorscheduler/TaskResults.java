package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The runs of one task as streams: first what is recorded, then what comes.
 *
 * <p>Listening begins before the record is read, so nothing falls between; what is found in the record is dropped from
 * what was heard meanwhile. An execution that was under way before listening began, and of which no element was heard,
 * gives its stored result when it ends.
 */
final class TaskResults {

    /** Ends a stream whose task had ended before it was subscribed. */
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

    /** Elements from when {@code listening} is called. */
    Flux<Object> live(Runnable listening) {
        return Flux.defer(() -> {
            Heard heard = new Heard();
            return untilLast(with.events().of(taskId, listening)).concatMap(heard::elements);
        });
    }

    /** Stored results of executions that have ended, then elements. */
    Flux<Object> all() {
        return joined(this::storedResults, Heard::elements);
    }

    /** Executions that have ended, then others as they end. */
    Flux<Execution> executions() {
        return joined(
                        (info, ended) -> info.state().isFinal()
                                ? Flux.<Object>fromIterable(ended).concatWithValues(END)
                                : Flux.fromIterable(ended),
                        Heard::ends)
                .cast(Execution.class);
    }

    private Flux<Object> joined(
            BiFunction<TaskInfo, List<Execution>, Flux<Object>> recorded,
            BiFunction<Heard, SchedulerEvent, Publisher<?>> coming) {
        return Flux.defer(() -> {
            Heard heard = new Heard();
            Sinks.Empty<Void> listening = Sinks.empty();
            Flux<SchedulerEvent> events = untilLast(with.events().of(taskId, listening::tryEmitEmpty));
            Flux<Object> before = record().flatMapMany(record -> {
                        heard.read(record.ended());
                        return recorded.apply(record.info(), record.ended());
                    })
                    .delaySubscription(listening.asMono());
            Flux<Object> after = events.concatMap(event -> heard.once(() -> Run.untyped(coming.apply(heard, event))));
            return Flux.mergeSequential(before, after).takeWhile(value -> value != END);
        });
    }

    /** The task before its executions: when it has ended, all of them are there. */
    private Mono<Recorded> record() {
        return with.store()
                .task(taskId)
                .switchIfEmpty(Mono.error(() -> new UnknownTaskException(taskId)))
                .flatMap(info -> with.store()
                        .executions(ExecutionQuery.of(taskId).limit(Integer.MAX_VALUE))
                        .filter(execution -> execution.state().isFinal())
                        .collectList()
                        .map(newestFirst -> {
                            List<Execution> ended = new ArrayList<>(newestFirst);
                            Collections.reverse(ended);
                            return new Recorded(info, ended);
                        }));
    }

    private record Recorded(TaskInfo info, List<Execution> ended) {}

    private Flux<Object> storedResults(TaskInfo info, List<Execution> ended) {
        Flux<Object> values =
                Flux.fromIterable(ended).filter(Execution::isSuccess).concatMap(this::stored);
        if (!info.state().isFinal()) {
            return values;
        }
        Execution last = ended.isEmpty() ? null : ended.get(ended.size() - 1);
        boolean isFailed = info.state() == TaskState.FAILED || info.state() == TaskState.QUARANTINED;
        return isFailed && last != null && last.state() == TaskState.FAILED
                ? values.concatWith(Mono.error(new TaskFailedException(last)))
                : values.concatWithValues(END);
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

    /** Ends with the last event of the task, with an error when its last run failed. */
    private static Flux<SchedulerEvent> untilLast(Flux<SchedulerEvent> events) {
        return events.takeUntil(SchedulerEvent::isLast);
    }

    /** What one subscriber has heard; touched by its signals only. */
    private final class Heard {
        private final Set<String> recorded = new HashSet<>();
        private final Set<String> underWay = new HashSet<>();
        private final Sinks.Empty<Void> recordIsRead = Sinks.empty();
        private volatile boolean isRead;

        void read(List<Execution> ended) {
            ended.forEach(execution -> recorded.add(execution.id()));
            isRead = true;
            recordIsRead.tryEmitEmpty();
        }

        /** What is heard is looked at when the record has been read, else it would be counted in both. */
        Publisher<Object> once(Supplier<Publisher<Object>> look) {
            return isRead ? look.get() : recordIsRead.asMono().thenMany(Flux.defer(look));
        }

        Publisher<Object> elements(SchedulerEvent event) {
            String id = event.executionId();
            if (id == null || recorded.contains(id)) {
                return event.isLast() ? last(event) : Mono.empty();
            }
            switch (event.kind()) {
                case RESULT:
                    underWay.add(id);
                    return Mono.just(Objects.requireNonNull(event.detail()));
                case COMPLETED:
                    return underWay.remove(id)
                            ? Mono.empty()
                            : stored((Execution) Objects.requireNonNull(event.detail()));
                case FAILED:
                case QUARANTINED:
                case CANCELLED:
                    underWay.remove(id);
                    return last(event);
                default:
                    return Mono.empty();
            }
        }

        private Mono<Object> last(SchedulerEvent event) {
            return event.isLast() && event.detail() instanceof Execution failed && failed.state() == TaskState.FAILED
                    ? Mono.error(new TaskFailedException(failed))
                    : Mono.empty();
        }

        Publisher<Execution> ends(SchedulerEvent event) {
            boolean isNew = event.detail() instanceof Execution execution
                    && execution.state().isFinal()
                    && !recorded.contains(execution.id());
            return isNew ? Mono.just((Execution) Objects.requireNonNull(event.detail())) : Mono.empty();
        }
    }
}
