package io.reactorscheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * What may come of a save, which waits for nobody, at the moment of something else: the protocols of {@link MemoryLane}.
 */
public class MemoryStoreStress {
    private MemoryStoreStress() {}

    private static final long NOW = 1_000_000_000;
    private static final long LATER = NOW + 1_000_000;
    private static final MemoryClock CLOCK = new MemoryClock(() -> new ManualScheduler(NOW));
    private static final TaskRecord TASK = TaskRecord.builder("task", "handler").build();
    private static final ClaimRequest REQUEST = new ClaimRequest(
            "node",
            Duration.ofSeconds(30),
            List.of(new ClaimRequest.Slots(TaskQueue.DEFAULT_NAME, 1)),
            Set.of("handler"));

    /** A store with one node that listens, as small as can be, because there are so many. */
    private abstract static class OneNode {
        final AtomicLong hinted = new AtomicLong(Position.NO_TIME);
        private final MemoryStore store = new MemoryStore(new MemoryShared(new MemoryIds(1), Retention.defaults(), 3));

        OneNode() {
            store.shared.hints.hints().subscribe(hint -> hinted.accumulateAndGet(hint.number(), Math::min));
        }

        final void save(long due) {
            store.save(new NewTask(TASK, Position.at(due, due), IfExists.REPLACE), CLOCK);
        }

        final ClaimBatch claim() {
            return store.claim(REQUEST, NOW);
        }

        final boolean reschedule(long due) {
            return Boolean.TRUE.equals(store.changeIfKnown("task", NOW, task -> {
                MemoryChanges.reschedule(task, TASK.trigger(), Position.at(due, due), NOW);
                return true;
            }));
        }

        final boolean cancel() {
            return Boolean.TRUE.equals(
                    store.changeIfKnown("task", NOW, task -> MemoryChanges.cancel(task, NOW) == null));
        }
    }

    /** A task is saved while a node that finds nothing goes to sleep. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The claim saw the task.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The claim saw the task, and a hint came too.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The claim did not see it, so the node does not sleep.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The node sleeps although a task is due.")
    @State
    public static class SaveAgainstSleep extends OneNode {
        private ClaimBatch batch;

        @Actor
        public void save() {
            save(NOW);
        }

        @Actor
        public void sleep() {
            batch = claim();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = batch.claims().size();
            r.r2 = hinted.get() <= NOW || batch.nextDueMicros()[0] <= NOW ? 1 : 0;
        }
    }

    /** A task is saved for later while somebody who knows its id brings it forward; a node sleeps. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The task was not known yet, so it waits for its time.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It was brought forward and the node was woken.")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "It was brought forward and the node sleeps.")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The node was woken for nothing.")
    @State
    public static class SaveAgainstChange extends OneNode {
        private boolean isChanged;

        public SaveAgainstChange() {
            claim();
        }

        @Actor
        public void save() {
            save(LATER);
        }

        @Actor
        public void bringForward() {
            isChanged = reschedule(NOW);
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = isChanged ? 1 : 0;
            r.r2 = hinted.get() <= NOW ? claim().claims().size() : 0;
        }
    }

    /** A task is saved while somebody who knows its id cancels it. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The task was not known yet, so it runs.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It was cancelled and does not run.")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "It was cancelled and runs.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The task is lost.")
    @State
    public static class SaveAgainstCancel extends OneNode {
        private boolean isCancelled;

        @Actor
        public void save() {
            save(NOW);
        }

        @Actor
        public void cancelIt() {
            isCancelled = cancel();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = isCancelled ? 1 : 0;
            r.r2 = claim().claims().size();
        }
    }
}
