package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The snippet of the documentation about batches. */
class BatchSnippetTest extends InVirtualTime {

    /** Stands for what loads a file. */
    static final class Importer {
        Mono<Long> load(String file) {
            return file.endsWith(".csv")
                    ? Mono.just(100L)
                    : Mono.error(new IllegalArgumentException("no CSV: " + file));
        }
    }

    private final Importer importer = new Importer();

    // snippet: batch
    static final Handler<List<String>, Batch.Result<Long>> IMPORT =
            Handler.named("import", new TypeRef<List<String>>() {}, new TypeRef<Batch.Result<Long>>() {});

    ReactiveScheduler importing(SchedulerBuilder builder) {
        return builder.handle(
                        IMPORT,
                        (files, run) -> Batch.of(files)
                                .concurrency(8)
                                .retry(RetryPolicy.exponential(
                                        3, Duration.ofMillis(200))) // of single items, in their place
                                .failAbove(0.5) // the run fails when more than half of them failed
                                .each(importer::load)) // each result as it comes, last of all the report
                .start();
    }
    // end

    @Test
    void filesAreImportedAndFailuresReported() {
        ReactiveScheduler scheduler = stoppedLater(importing(builder()));

        scheduler
                .schedule(IMPORT.task(List.of("a.csv", "b.txt", "c.csv")).id("t"))
                .subscribe();
        pass(Duration.ofSeconds(10));

        Execution execution = executionsOf(scheduler, "t").get(0);
        assertThat(execution.state()).isEqualTo(TaskState.COMPLETED);
        assertThat(((Batch.Result<?>) execution.value()).report()).satisfies(report -> {
            assertThat(report.succeeded()).isEqualTo(2);
            assertThat(report.firstFailures().get(0).message()).isEqualTo("no CSV: b.txt");
        });
    }
}
