package io.reactorscheduler;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** The rules of Reactive Streams for the hand-written source of the engine. */
public class TimelineTckTest extends PublisherVerification<Claim> {

    private static final long PATIENCE_MILLIS = 500;
    private static final long QUIET_MILLIS = 50;

    public TimelineTckTest() {
        super(new TestEnvironment(PATIENCE_MILLIS, QUIET_MILLIS));
    }

    @Override
    public Publisher<Claim> createPublisher(long elements) {
        Flux<Claim> timeline = new Timeline(new Endless());
        return elements == Long.MAX_VALUE ? timeline : timeline.take(elements);
    }

    /** A timeline never fails by itself. */
    @Override
    public Publisher<Claim> createFailedPublisher() {
        return null;
    }

    /** Always has as much work as is asked for, and gives it on a thread that may block, as the kit does. */
    private static final class Endless implements Timeline.Source {
        private final AtomicLong number = new AtomicLong();
        private final AtomicLong looks = new AtomicLong();

        @Override
        public void opened(Timeline.Lane lane) {
            requested(lane);
        }

        @Override
        public void requested(Timeline.Lane lane) {
            Schedulers.boundedElastic().schedule(() -> deal(lane));
        }

        private void deal(Timeline.Lane lane) {
            if (looks.getAndIncrement() != 0) {
                return;
            }
            do {
                looks.set(1);
                for (int i = 0; i < LocalQueue.SLOTS && lane.demand() > 0; i++) {
                    lane.offer(claim(number.incrementAndGet()));
                }
                lane.drain();
                if (lane.demand() > 0) {
                    requested(lane);
                }
            } while (looks.decrementAndGet() != 0);
        }

        @Override
        public void closed(Timeline.Lane lane) {}

        @Override
        public void discarded(Claim claim) {}
    }

    static Claim claim(long number) {
        TaskRecord task = TaskRecord.builder("task-" + number, "handler").build();
        return new Claim(task, 1, 0, 0, 1, number, Long.MAX_VALUE, 0, 1, Long.MIN_VALUE, false, null);
    }
}
