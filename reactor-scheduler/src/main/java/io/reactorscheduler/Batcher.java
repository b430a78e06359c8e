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
    private final TimeBase time;
    private final WakeUp wakeUp;
    private final Function<List<T>, Mono<?>> send;
    private final Runnable afterwards;
    private final Queue<T> waiting = Queues.<T>unboundedMultiproducer().get();
    private final AtomicInteger signals = new AtomicInteger();

    /** Signals of a sender that left the rest to the Scheduler; zero when there is none. */
    private final AtomicInteger leftOver = new AtomicInteger();

    /** Set only by whoever raised {@link #signals} from zero, cleared before a signal is raised. */
    private volatile boolean sending;

    /**
     * @param most the most elements of one call
     * @param timer has the Scheduler where planned flushes run
     * @param send sends a batch; what it fails with has been dealt with
     * @param afterwards is called by each thread that has been sending, when others may send
     */
    Batcher(int most, SharedTimer timer, Function<List<T>, Mono<?>> send, Runnable afterwards) {
        this.most = most;
        this.afterwards = afterwards;
        this.time = timer.time();
        // a wake-up, because it comes also when the Scheduler gives a task to a thread that is held for long
        this.wakeUp = new WakeUp(time, Long.MAX_VALUE, this::flushPlanned, SharedTimer::drop);
        this.send = send;
    }

    /** Adds an element; somebody has to flush. */
    void add(T element) {
        waiting.offer(element);
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Flushes soon, on the Scheduler. Many calls before that are one. */
    void flushSoon() {
        if (!wakeUp.at(time.now())) {
            // the Scheduler is gone: what was gathered shall still be sent, whoever's thread this is
            flush();
        }
    }

    private void flushPlanned() {
        int left = leftOver.getAndSet(0);
        if (left > 0) {
            send(left);
            afterwards.run();
        } else {
            flush();
        }
    }

    /** Sends what has been added, on this thread unless another one is sending. */
    void flush() {
        if (signals.getAndIncrement() == 0) {
            send(1);
            afterwards.run();
        }
    }

    /**
     * A full backlog would keep this thread for ever, and with it all that the Scheduler has planned for the thread; so
     * after a while the rest is left to the Scheduler.
     */
    private void send(int heard) {
        long started = 0;
        int missed = heard;
        do {
            if (!sending) {
                List<T> batch = next();
                if (!batch.isEmpty()) {
                    sending = true;
                    start(batch);
                }
            }
            missed = signals.addAndGet(-missed);
            if (missed != 0) {
                long now = time.now();
                started = started == 0 ? now : started;
                if (now - started > LONGEST_STAY_NANOS && handOver(missed)) {
                    return;
                }
            }
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
        leftOver.set(missed);
        return wakeUp.at(time.now()) || leftOver.getAndSet(0) == 0;
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
