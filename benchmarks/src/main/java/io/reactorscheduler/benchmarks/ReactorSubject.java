package io.reactorscheduler.benchmarks;

import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Reactor without a scheduler: {@code Mono.delay} and {@code Flux.interval} on {@code Schedulers.parallel()}. */
final class ReactorSubject implements Subject {

    private final Disposable.Composite intervals = Disposables.composite();

    @Override
    public void fireNow(int n, Runnable work) {
        for (int i = 0; i < n; i++) {
            Mono.delay(Duration.ZERO).subscribe(tick -> work.run());
        }
    }

    @Override
    public void fireAt(Due due) {
        for (int i = 0; i < due.n(); i++) {
            Mono.delay(Duration.ofNanos(due.delayNanos(i))).subscribe(due.job(i));
        }
    }

    @Override
    public void fireEvery(Due first, Duration period) {
        for (int i = 0; i < first.n(); i++) {
            Runnable job = Repeated.of(first, i, period);
            intervals.add(Flux.interval(Duration.ofNanos(first.delayNanos(i)), period)
                    .onBackpressureDrop()
                    .subscribe(tick -> job.run()));
        }
    }

    @Override
    public void fireEachMinute(Duration duration, Runnable work) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Disposable ticks = Flux.interval(Duration.ofMinutes(1), time).subscribe(tick -> work.run());
        time.advanceTimeBy(duration);
        ticks.dispose();
    }

    @Override
    public void scheduleAndCancel(int n, Duration ahead) {
        for (int i = 0; i < n; i++) {
            Mono.delay(ahead).subscribe().dispose();
        }
    }

    @Override
    public void failOnce(int n, Attempt attempt) {
        for (int i = 0; i < n; i++) {
            int[] attempts = {0};
            Mono.delay(Duration.ZERO)
                    .then(Mono.fromCallable(() -> {
                        attempts[0]++;
                        attempt.run(attempts[0]);
                        return true;
                    }))
                    .retry(1)
                    .subscribe();
        }
    }

    @Override
    public void fireWithRetry(int n, Runnable work) {
        Mono<Void> run = Mono.delay(Duration.ZERO)
                .then(Mono.<Void>fromRunnable(work))
                .retryWhen(reactor.util.retry.Retry.backoff(3, Duration.ofSeconds(1)));
        for (int i = 0; i < n; i++) {
            run.subscribe();
        }
    }

    @Override
    public void fireWithTimeout(int n, Duration timeout, Runnable work) {
        Mono<Void> run =
                Mono.delay(Duration.ZERO).then(Mono.<Void>fromRunnable(work).timeout(timeout));
        for (int i = 0; i < n; i++) {
            run.subscribe();
        }
    }

    @Override
    public void wait(int n, Supplier<Mono<Void>> waiting, Runnable done) {
        Mono<Void> run = Mono.delay(Duration.ZERO).then(Mono.defer(waiting));
        for (int i = 0; i < n; i++) {
            run.subscribe(nothing -> {}, error -> {}, done);
        }
    }

    /** Whoever is behind misses elements. */
    @Override
    public Flux<Integer> results(Flux<Integer> elements) {
        Sinks.Many<Integer> sink = Sinks.many().multicast().directBestEffort();
        intervals.add(elements.subscribe(sink::tryEmitNext));
        return sink.asFlux();
    }

    @Override
    public void close() {
        intervals.dispose();
    }
}
