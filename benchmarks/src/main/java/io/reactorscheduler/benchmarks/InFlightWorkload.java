package io.reactorscheduler.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Many runs that wait for something outside at the same time. */
final class InFlightWorkload implements Workload {

    /** What runs wait for: the sinks are what a client of a remote service would hold. */
    private static final class Outside {
        private final Queue<MonoSink<Void>> sinks = new ConcurrentLinkedQueue<>();
        private final AtomicInteger waiting = new AtomicInteger();

        Mono<Void> answer() {
            return Mono.create(sink -> {
                sinks.add(sink);
                waiting.incrementAndGet();
            });
        }

        void answerAll() {
            sinks.forEach(MonoSink::success);
        }
    }

    @Override
    public String key() {
        return "in-flight";
    }

    @Override
    public String question() {
        return "n concurrent runs that all wait for answers from outside, which come at once: heap and threads"
                + " while they wait, microseconds for each completion among them";
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                Metric.less("us_per_completion", "us/completion", 1),
                Metric.BYTES,
                Metric.less("threads", "threads", 1),
                Metric.less("seconds_to_start", "s to start", 1));
    }

    @Override
    public List<Params> cases(boolean isQuick) {
        return List.of(Params.of("n", 100_000).with("wait_ms", isQuick ? 1_000 : 10_000));
    }

    @Override
    public Params small(Params params) {
        return params.atMost("n", 2_000).atMost("wait_ms", 50);
    }

    @Override
    public void measure(Subject subject, Params params, Values values) throws Exception {
        int n = params.n();
        double bytesOfUser = bytesOfUser(n);
        Outside outside = new Outside();
        LongAdder done = new LongAdder();
        long before = Meter.heapBytes();
        Meter starting = Meter.start();
        subject.wait(n, outside::answer, done::increment);
        Meter.await(outside.waiting::get, n);
        values.put("seconds_to_start", starting.seconds());
        Thread.sleep(params.get("wait_ms"));
        values.put("threads", Meter.threads() - Child.OWN_THREADS);
        values.put("bytes_per_task", (Meter.heapBytes() - before) / (double) n - bytesOfUser);
        Meter ending = Meter.start();
        outside.answerAll();
        Meter.await(done::sum, n);
        ending.putInto(values, n);
        values.put("us_per_completion", ending.seconds() * 1e6 / n);
    }

    /** Of what waits for one answer without any scheduler. */
    private static double bytesOfUser(int n) {
        Outside outside = new Outside();
        List<Object> subscriptions = new ArrayList<>(n);
        long before = Meter.heapBytes();
        for (int i = 0; i < n; i++) {
            subscriptions.add(outside.answer().subscribe());
        }
        long after = Meter.heapBytes();
        outside.answerAll();
        return (after - before) / (double) subscriptions.size();
    }
}
