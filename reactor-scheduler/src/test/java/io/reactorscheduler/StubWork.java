package io.reactorscheduler;

import io.reactorscheduler.AsyncWork.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;

/** Work that counts what is asked of it, and answers what the test says. */
final class StubWork implements AsyncWork<String, String> {

    final AtomicInteger starts = new AtomicInteger();
    final AtomicInteger polls = new AtomicInteger();
    final AtomicInteger outputs = new AtomicInteger();
    final List<String> stopped = new CopyOnWriteArrayList<>();

    /** Answers of the next polls; then it is running. */
    final Deque<Supplier<Mono<Status>>> answers = new ArrayDeque<>();

    Supplier<Mono<String>> starting = () -> Mono.just("ref-" + starts.get());
    Supplier<Mono<String>> output = () -> Mono.just("cut");
    Supplier<Mono<Void>> stopping = Mono::empty;

    StubWork says(Status... statuses) {
        for (Status status : statuses) {
            answers.add(() -> Mono.just(status));
        }
        return this;
    }

    StubWork fails(int polls) {
        for (int i = 0; i < polls; i++) {
            answers.add(() -> Mono.error(new IllegalStateException("out of reach")));
        }
        return this;
    }

    @Override
    public Mono<String> start(String input, RunContext run) {
        starts.incrementAndGet();
        return starting.get();
    }

    @Override
    public Mono<Status> status(String reference) {
        polls.incrementAndGet();
        Supplier<Mono<Status>> answer = answers.poll();
        return answer == null ? Mono.just(Status.running()) : answer.get();
    }

    @Override
    public Mono<String> output(String reference) {
        outputs.incrementAndGet();
        return output.get();
    }

    @Override
    public Mono<Void> stop(String reference) {
        return Mono.defer(() -> {
            stopped.add(reference);
            return stopping.get();
        });
    }
}
