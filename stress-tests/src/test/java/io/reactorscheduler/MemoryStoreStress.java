package io.reactorscheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * What may come of a save, which waits for nobody, at the moment of something else: the protocols of {@link MemoryLane}.
 *
 * <p>The task is in the table of ids already, so the other one knows it; what is left of the save is the push.
 */
public class MemoryStoreStress {
    private MemoryStoreStress() {}

    private static final long NOW = 1_000_000_000;
    private static final long LATER = NOW + 1_000_000;
    private static final long MUCH_LATER = 2 * LATER;

    /** The first that is saved into a queue empties the inbox itself, which would hide every race. */
    private static final TaskRecord FIRST =
            TaskRecord.builder("first", "handler").build();

    private static final TaskRecord TASK = TaskRecord.builder("task", "handler").build();
    private static final ClaimRequest REQUEST =
            new ClaimRequest("node", Duration.ofSeconds(30), List.of(), Set.of("handler"));

    /** A queue with one node that listens, and a task that is about to arrive. */
    private abstract static class OneQueue {
        private final AtomicLong hinted = new AtomicLong(Position.NO_TIME);
        private final MemoryShared shared = new MemoryShared(new MemoryIds(1), Retention.defaults(), 3);
        private final MemoryStore store = new MemoryStore(shared);
        private final MemoryLane lane = new MemoryLane("queue", 1, shared);
        private final MemoryTask task;
        private final long due;

        OneQueue(long due) {
            this.due = due;
            this.task = new MemoryTask(TASK, lane, Position.at(due, due));
            MemoryTask first = new MemoryTask(FIRST, lane, Position.at(MUCH_LATER, MUCH_LATER));
            shared.ids.putIfAbsent(first);
            push(first, MUCH_LATER);
            shared.ids.putIfAbsent(task);
            shared.hints.hints().subscribe(hint -> hinted.accumulateAndGet(hint.number(), Math::min));
        }

        final void push() {
            push(task, due);
        }

        /** As {@link MemoryStore#save} does. */
        private void push(MemoryTask pushed, long dueMicros) {
            if (lane.offer(pushed, dueMicros)) {
                long news;
                synchronized (lane) {
                    lane.drain(NOW);
                    news = lane.takeNews();
                }
                lane.tell(news);
            }
        }

        /** How many a node gets that asks for one; 2 when it gets none and is told that there is more. */
        final int claim() {
            List<Claim> claims = new ArrayList<>();
            long next;
            synchronized (lane) {
                next = lane.claim(REQUEST, 1, NOW, claims);
            }
            return claims.isEmpty() && next <= NOW ? 2 : claims.size();
        }

        final boolean isHinted() {
            return hinted.get() <= NOW;
        }

        final void reschedule() {
            store.changeIfKnown("task", NOW, known -> {
                MemoryChanges.reschedule(known, TASK.trigger(), Position.at(NOW, NOW), NOW);
                return true;
            });
        }

        final void cancel() {
            store.cancel("task", NOW);
        }
    }

    /** A task arrives while a node that finds nothing goes to sleep. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The claim saw the task.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The claim saw the task, and a hint came too.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The claim did not see it, but a hint wakes the node.")
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "The node is told that there is more, so it does not sleep.")
    @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "The node is told both ways.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The node sleeps although a task is due.")
    @State
    public static class PushAgainstSleep extends OneQueue {
        private int claimed;

        public PushAgainstSleep() {
            super(NOW);
        }

        @Actor
        public void save() {
            push();
        }

        @Actor
        public void sleep() {
            claimed = claim();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = claimed;
            r.r2 = isHinted() ? 1 : 0;
        }
    }

    /** A task that is due later arrives while somebody brings it forward; a node sleeps. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The node is woken and finds it.")
    @Outcome(expect = FORBIDDEN, desc = "The node sleeps on, or finds nothing.")
    @State
    public static class PushAgainstChange extends OneQueue {
        public PushAgainstChange() {
            super(LATER);
            claim();
        }

        @Actor
        public void save() {
            push();
        }

        @Actor
        public void bringForward() {
            reschedule();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = isHinted() ? 1 : 0;
            r.r2 = claim();
        }
    }

    /** A task arrives while somebody cancels it. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "It does not run.")
    @Outcome(expect = FORBIDDEN, desc = "It was cancelled and runs.")
    @State
    public static class PushAgainstCancel extends OneQueue {
        public PushAgainstCancel() {
            super(NOW);
        }

        @Actor
        public void save() {
            push();
        }

        @Actor
        public void cancelIt() {
            cancel();
        }

        @Arbiter
        public void result(I_Result r) {
            r.r1 = claim();
        }
    }
}
