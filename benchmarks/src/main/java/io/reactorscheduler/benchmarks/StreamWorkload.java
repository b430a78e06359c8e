package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Results of one run to many subscribers, of which one more does not move. */
final class StreamWorkload implements Workload {

    /** Elements between two looks at whether everybody has them: below the buffer of any subject. */
    private static final int BURST = 900;

    /** How long subscriptions get to be in place before the first element. */
    private static final long LISTEN_MILLIS = 200;

    @Override
    public String key() {
        return "stream";
    }

    @Override
    public String question() {
        return "elements of one run to so many subscribers beside one that takes one element and no more: deliveries";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(Metric.RATE, Metric.CPU);
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        long n = isQuick ? 1_000_000 : 5_000_000;
        return (isQuick ? Stream.of(10L) : Stream.of(1L, 10L, 100L))
                .map(subscribers -> Params.of("n", n / subscribers).with("subscribers", subscribers))
                .toList();
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 200_000 / params.get("subscribers"));
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        long subscribers = params.get("subscribers");
        LongAdder delivered = new LongAdder();
        Sinks.One<Boolean> go = Sinks.one();
        Flux<Integer> bursts = Flux.range(0, (n + BURST - 1) / BURST)
                .concatMap(burst -> Flux.concat(List.of(
                        burst(burst * BURST, n),
                        Mono.defer(() -> taken(delivered, Math.min(n, (burst + 1L) * BURST) * subscribers)))));
        Flux<Integer> results = subject.results(go.asMono().flatMapMany(begun -> bursts));
        Disposable.Composite subscriptions = Disposables.composite();
        Sinks.One<Throwable> failure = Sinks.one();
        for (int i = 0; i < subscribers; i++) {
            subscriptions.add(results.subscribe(element -> delivered.increment(), failure::tryEmitValue));
        }
        BaseSubscriber<Integer> stuck = new Stuck();
        subscriptions.add(stuck);
        results.subscribe(stuck);
        Thread.sleep(LISTEN_MILLIS);

        Meter meter = Meter.start();
        go.tryEmitValue(true);
        Meter.await(delivered::sum, n * subscribers);
        meter.putInto(values, n * subscribers);
        subscriptions.dispose();
    }

    private static Flux<Integer> burst(int from, int end) {
        return Flux.range(from, Math.min(BURST, end - from));
    }

    /** Empty as soon as all have taken what was said so far. */
    private static Mono<Integer> taken(LongAdder delivered, long all) {
        if (delivered.sum() >= all) {
            return Mono.empty();
        }
        return Mono.<Integer>empty()
                .delaySubscription(java.time.Duration.ofNanos(50_000))
                .repeat(() -> delivered.sum() < all)
                .then(Mono.empty());
    }

    /** Takes one element and asks for no more. */
    private static final class Stuck extends BaseSubscriber<Integer> {
        @Override
        protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
            subscription.request(1);
        }

        @Override
        protected void hookOnError(Throwable overflow) {
            // that is what it gets
        }
    }
}
