package io.reactorscheduler.proof;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.Completion;
import io.reactorscheduler.TaskStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import reactor.core.publisher.Mono;

/** Writes into the log of a node what its store gave it, what it refused and what its sweeps found; changes nothing. */
final class WatchedStore {

    private final WorkLog log;
    private final String node;
    private final int partitions;

    private WatchedStore(WorkLog log, String node, int partitions) {
        this.log = log;
        this.node = node;
        this.partitions = partitions;
    }

    static TaskStore of(TaskStore store, WorkLog log, String node, int partitions) {
        WatchedStore watched = new WatchedStore(log, node, partitions);
        return (TaskStore) Proxy.newProxyInstance(
                TaskStore.class.getClassLoader(), new Class<?>[] {TaskStore.class}, (proxy, method, arguments) -> {
                    Object given;
                    try {
                        given = method.invoke(store, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                    return switch (method.getName()) {
                        case "claim" -> ((Mono<?>) given).doOnNext(watched::claimed);
                        case "complete" -> watched.complete((Mono<?>) given, (List<?>) arguments[0]);
                        case "sweep" -> ((Mono<?>) given).doOnNext(watched::swept);
                        default -> given;
                    };
                });
    }

    private void claimed(Object given) {
        for (Claim claim : ((ClaimBatch) given).claims()) {
            log.note(new Line(
                    Line.Kind.CLAIMED,
                    Line.now(),
                    node,
                    claim.executionId(),
                    claim.fence(),
                    claim.attempt(),
                    claim.fireMicros(),
                    Turn.of(claim, partitions).toString()));
        }
    }

    private Mono<?> complete(Mono<?> recorded, List<?> ends) {
        return recorded.doOnNext(given -> {
            List<?> results = (List<?>) given;
            for (int i = 0; i < results.size(); i++) {
                if (((TaskStore.Recorded) results.get(i)).isStale()) {
                    Completion end = (Completion) ends.get(i);
                    log.note(new Line(
                            Line.Kind.STALE,
                            Line.now(),
                            node,
                            end.claim().executionId(),
                            end.claim().fence(),
                            end.attempt(),
                            end.claim().fireMicros(),
                            end.outcome().kind().name()));
                }
            }
        });
    }

    private void swept(Object given) {
        ((TaskStore.Swept) given)
                .findings()
                .forEach(finding -> log.note(Line.of(Line.Kind.FOUND, node, Line.NOTHING, finding)));
    }
}
