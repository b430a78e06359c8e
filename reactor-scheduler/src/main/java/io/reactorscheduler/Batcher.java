package io.reactorscheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;

/**
 * Gathers what comes from many threads into batches, one call in flight at a time: while a call is under way the next
 * batch grows, so batches are as large as the load makes them and nothing waits for a timer.
 *
 * @param <T> what is gathered
 */
final class Batcher<T> {

    private static final long LONGEST_STAY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final int most;
    private final Scheduler scheduler;
    private final Function<List<T>, Mono<?>> send;
    private final Queue<T> waiting = Queues.<T>unboundedMultiproducer().get();
    private final AtomicInteger signals = new AtomicInteger();
    private final AtomicInteger planned = new AtomicInteger();

    /** Set only by whoever raised {@link #signals} from zero, cleared before a signal is raised. */
    private volatile boolean sending;

    /**
     * @param most the most elements of one call
     * @param scheduler where planned flushes run
     * @param send sends a batch; what it fails with has been dealt with
     */
    Batcher(int most, Scheduler scheduler, Function<List<T>, Mono<?>> send) {
        this.most = most;
        this.scheduler = scheduler;
        this.send = send;
    }

    /** Adds an element; somebody has to flush. */
    void add(T element) {
        waiting.offer(element);
    }

    /** Flushes soon, on the Scheduler. Many calls before that are one. */
    void flushSoon() {
        if (planned.get() == 0 && planned.compareAndSet(0, 1)) {
            try {
                scheduler.schedule(this::flushPlanned);
            } catch (RuntimeException rejected) {
                // the Scheduler is gone: what was gathered shall still be sent, whoever's thread this is
                flushPlanned();
            }
        }
    }

    private void flushPlanned() {
        planned.set(0);
        flush();
    }

    /** Sends what has been added, on this thread unless another one is sending. */
    void flush() {
        if (signals.getAndIncrement() == 0) {
            send(1);
        }
    }

    /**
     * A full backlog would keep this thread for ever, and with it all that the Scheduler has planned for the thread; so
     * after a while the rest is left to the Scheduler.
     */
    private void send(int heard) {
        long started = scheduler.now(TimeUnit.NANOSECONDS);
        int missed = heard;
        do {
            if (!sending) {
                List<T> batch = next();
                if (!batch.isEmpty()) {
                    sending = true;
                    start(batch);
                }
            }
            if (scheduler.now(TimeUnit.NANOSECONDS) - started > LONGEST_STAY_NANOS && handOver(missed)) {
                return;
            }
            missed = signals.addAndGet(-missed);
        } while (missed != 0);
    }

    private void start(List<T> batch) {
        Sent sent = new Sent();
        try {
            send.apply(batch).subscribe(sent);
        } catch (Throwable thrown) {
            // what Reactor throws through its operators must not end the sending of all that comes later
            sent.onError(thrown);
        }
    }

    private boolean handOver(int missed) {
        try {
            scheduler.schedule(() -> send(missed));
            return true;
        } catch (RuntimeException rejected) {
            return false;
        }
    }

    private List<T> next() {
        List<T> batch = new ArrayList<>();
        while (batch.size() < most) {
            T element = waiting.poll();
            if (element == null) {
                break;
            }
            batch.add(element);
        }
        return batch;
    }

    /** The end of one call. */
    private final class Sent implements CoreSubscriber<Object> {
        private final AtomicBoolean isOver = new AtomicBoolean();

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object ignored) {}

        @Override
        public void onError(Throwable error) {
            try {
                Operators.onErrorDropped(error, currentContext());
            } finally {
                onComplete();
            }
        }

        @Override
        public void onComplete() {
            if (isOver.compareAndSet(false, true)) {
                sending = false;
                flush();
            }
        }
    }
}
