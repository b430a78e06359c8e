package io.reactorscheduler.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Makes one call of many: while a call is under way, what is asked for waits, and then goes together. Safe for any
 * thread; nobody waits for another.
 *
 * @param <T> what one caller asks
 * @param <R> what one caller is answered
 */
final class Gathering<T, R> {

    private final int most;
    private final Function<List<T>, Mono<List<R>>> call;
    private final Queue<Asked<T, R>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger signals = new AtomicInteger();

    /** Set only by whoever raised {@link #signals} from zero, cleared before a signal is raised. */
    private volatile boolean isCalling;

    /**
     * @param most how many go together at most
     * @param call answers each in order
     */
    Gathering(int most, Function<List<T>, Mono<List<R>>> call) {
        this.most = most;
        this.call = call;
    }

    private record Asked<T, R>(T question, MonoSink<R> sink) {}

    /** The answer; cold, and once begun it is not taken back. */
    Mono<R> ask(T question) {
        return Mono.create(sink -> {
            waiting.offer(new Asked<>(question, sink));
            drain();
        });
    }

    private void drain() {
        if (signals.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            if (!isCalling) {
                List<Asked<T, R>> batch = next();
                if (!batch.isEmpty()) {
                    isCalling = true;
                    List<T> questions = batch.stream().map(Asked::question).toList();
                    Mono.defer(() -> call.apply(questions)).subscribe(new Answer(batch));
                }
            }
            missed = signals.addAndGet(-missed);
        } while (missed != 0);
    }

    private List<Asked<T, R>> next() {
        List<Asked<T, R>> batch = new ArrayList<>();
        while (batch.size() < most) {
            Asked<T, R> asked = waiting.poll();
            if (asked == null) {
                break;
            }
            batch.add(asked);
        }
        return batch;
    }

    /** The end of one call. */
    private final class Answer implements CoreSubscriber<List<R>> {
        private final List<Asked<T, R>> batch;

        Answer(List<Asked<T, R>> batch) {
            this.batch = batch;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<R> answers) {
            goOn();
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).sink().success(answers.get(i));
            }
        }

        @Override
        public void onError(Throwable error) {
            goOn();
            batch.forEach(asked -> asked.sink().error(error));
        }

        @Override
        public void onComplete() {}

        private void goOn() {
            isCalling = false;
            drain();
        }
    }
}
