package io.reactorscheduler.examples;

import io.reactorscheduler.Batch;
import io.reactorscheduler.Handler;
import io.reactorscheduler.ReactiveScheduler;
import io.reactorscheduler.RetryPolicy;
import io.reactorscheduler.SchedulerEvent;
import io.reactorscheduler.TypeRef;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Many items in one task: eight at once, each retried by itself, those that fail for good reported at the end. */
public final class BatchWork {

    static final Handler<List<Integer>, Batch.Report> IMPORT =
            Handler.named("import", new TypeRef<List<Integer>>() {}, new TypeRef<Batch.Report>() {});

    private BatchWork() {}

    public static void main(String[] args) {
        lines(400).doOnNext(System.out::println).blockLast();
    }

    static Flux<String> lines(int rows) {
        return Flux.usingWhen(
                Mono.fromSupplier(BatchWork::start),
                scheduler -> scheduler
                        .schedule(IMPORT.task(IntStream.range(0, rows).boxed().toList()))
                        .flatMapMany(task -> Flux.concat(
                                scheduler.events().flatMap(BatchWork::progress).takeUntilOther(task.executions()),
                                task.results().flatMapIterable(BatchWork::told))),
                ReactiveScheduler::disposeLater);
    }

    private static ReactiveScheduler start() {
        Set<Integer> met = ConcurrentHashMap.newKeySet();
        return ReactiveScheduler.builder()
                .handle(
                        IMPORT,
                        (rows, run) -> Batch.of(rows)
                                .concurrency(8)
                                .retry(RetryPolicy.fixed(2, Duration.ofMillis(100)))
                                .failAbove(0.05) // with more failures than that, the run fails
                                .report(row -> load(row, met.add(row))))
                .start();
    }

    /** One row in ten is refused at first, one in fifty always. */
    private static Mono<Integer> load(int row, boolean isFirst) {
        Mono<Integer> answer = row % 50 == 7
                ? Mono.error(new IllegalArgumentException("row " + row + " has no name"))
                : row % 10 == 3 && isFirst ? Mono.error(new IOException("connection reset")) : Mono.just(row);
        return Mono.delay(Duration.ofMillis(60)).then(answer);
    }

    private static Flux<String> progress(SchedulerEvent event) {
        return event.kind() == SchedulerEvent.Kind.LOGGED ? Flux.just(event.message()) : Flux.empty();
    }

    private static List<String> told(Batch.Report report) {
        Table table = new Table(List.of("row", "error"));
        report.firstFailures()
                .forEach(failure -> table.row(List.of(String.valueOf(failure.index()), failure.message())));
        return List.of(
                "",
                report.items() + " rows: " + report.succeeded() + " loaded, " + report.failed() + " failed",
                "",
                table.toString());
    }
}
