package io.reactorscheduler.benchmarks;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Completion;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.InMemoryTaskStore;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Outcome;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskQueue;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.publisher.Flux;

/** What the store in memory takes of each task, without an engine: one thread, large batches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StoreMicro {

    private static final int BATCH = 512;
    private static final String HANDLER = "plain";
    private static final String NODE = "here";
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final TaskStore store = InMemoryTaskStore.create();
    private long number;

    private NewTask task() {
        long now = store.nowMicros();
        return new NewTask(
                TaskRecord.builder("task-" + number++, HANDLER).build(), Position.at(now, now), IfExists.FAIL);
    }

    private void saveBatch() {
        store.saveAll(Flux.range(0, BATCH).map(i -> task())).blockLast();
    }

    /** Saved, claimed and recorded, with a history that is full. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public List<TaskStore.Recorded> saveClaimComplete() {
        saveBatch();
        ClaimBatch batch = Objects.requireNonNull(store.claim(new ClaimRequest(
                        NODE, LEASE, List.of(new ClaimRequest.Slots(TaskQueue.DEFAULT_NAME, BATCH)), Set.of(HANDLER)))
                .block());
        List<Completion> ends = new ArrayList<>(BATCH);
        for (Claim claim : batch.claims()) {
            ends.add(new Completion(
                    claim,
                    Outcome.completed(null, null),
                    1,
                    batch.nowMicros(),
                    batch.nowMicros(),
                    Position.ENDED,
                    List.of()));
        }
        return Objects.requireNonNull(store.complete(ends).block());
    }

    /** Saved and taken back. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long saveCancel() {
        long first = number;
        saveBatch();
        for (long i = first; i < number; i++) {
            store.cancel("task-" + i).block();
        }
        return number;
    }
}
