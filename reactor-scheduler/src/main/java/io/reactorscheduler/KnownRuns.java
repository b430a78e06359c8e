package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the store knows of the runs of one task. */
final class KnownRuns {

    private final Resources with;
    private final String taskId;
    private final Type type;

    KnownRuns(Resources with, String taskId, Type type) {
        this.with = with;
        this.taskId = taskId;
        this.type = type;
    }

    /**
     * What is known when listening has begun.
     *
     * @param since executions up to this number do not count
     * @param info the task; null when it was saved after listening began, so that everything of it is heard
     * @param executions its executions, oldest first
     */
    record Known(long since, @Nullable TaskInfo info, List<Execution> executions) {}

    /** The task before its executions: when it has ended, all of them are there. */
    Mono<Known> known(long since) {
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

    /** As {@link #known} until the store answers; without the task when it is not there any more. */
    Mono<Known> knownNow(long since) {
        return with.answered(known(since))
                .onErrorResume(UnknownTaskException.class, gone -> Mono.just(new Known(since, null, List.of())))
                .doOnError(error -> with.events()
                        .problem("What became of task " + taskId + " cannot be read now; trying again", error))
                .retryWhen(with.again());
    }

    /** Whether the task is not there any more; not as far as is known where the store does not answer. */
    Mono<Boolean> isGone() {
        return with.answered(Mono.defer(() -> with.store().task(taskId)))
                .hasElement()
                .map(isThere -> !isThere)
                .onErrorReturn(false);
    }

    /** The stored result of one execution, element by element. */
    Flux<Object> stored(Execution execution) {
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

    /** The number in the id of an execution, or of a row of fire times that it skipped. */
    long number(String executionId) {
        int from = taskId.length() + 1;
        int to = from;
        while (to < executionId.length() && Character.isDigit(executionId.charAt(to))) {
            to++;
        }
        return Long.parseLong(executionId, from, to, 10);
    }
}
