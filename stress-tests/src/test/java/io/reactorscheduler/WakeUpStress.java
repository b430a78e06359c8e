package io.reactorscheduler;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** What may come of two calls of a {@link WakeUp} at the same moment. */
public class WakeUpStress {
    private WakeUpStress() {}

    private static WakeUp wakeUp(ManualScheduler scheduler, Runnable action) {
        return new WakeUp(scheduler.time(), Long.MAX_VALUE, action, error -> {
            throw new AssertionError(error);
        });
    }

    private static int pending(WakeUp wakeUp) {
        return wakeUp.dueTime() == Long.MAX_VALUE ? 0 : 1;
    }

    /** Work is published with no more than release semantics and then asked for, while an earlier wake-up fires. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The wake-up that fired saw the work.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It did not see the work, and a new wake-up is pending.")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It saw the work, and one more wake-up will come in vain.")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The work is overlooked: not seen and no wake-up pending.")
    @State
    public static class AtAgainstFire {
        private static final VarHandle WORK;

        static {
            try {
                WORK = MethodHandles.lookup().findVarHandle(AtAgainstFire.class, "work", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // accessed through WORK
        private int work;

        private int seen;
        private final ManualScheduler scheduler = new ManualScheduler(10);
        private final WakeUp wakeUp = wakeUp(scheduler, () -> seen = (int) WORK.getOpaque(this));
        private final ManualScheduler.Task armed;

        public AtAgainstFire() {
            wakeUp.at(1);
            armed = scheduler.task(0);
        }

        @Actor
        public void publishAndAsk() {
            WORK.setRelease(this, 1);
            wakeUp.at(5);
        }

        @Actor
        public void fire() {
            armed.run();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = seen;
            r.r2 = pending(wakeUp);
        }
    }

    /** Two threads ask for different times. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The earlier time is pending, with exactly one live task.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "The later time replaced the sooner one.")
    @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "No task of the Scheduler will ever fire it.")
    @Outcome(id = ".*, 2", expect = FORBIDDEN, desc = "The task of the replaced wake-up was left behind.")
    @State
    public static class AtAgainstAt {
        private final ManualScheduler scheduler = new ManualScheduler(0);
        private final WakeUp wakeUp = wakeUp(scheduler, () -> {});

        @Actor
        public void sooner() {
            wakeUp.at(1);
        }

        @Actor
        public void later() {
            wakeUp.at(2);
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = (int) wakeUp.dueTime();
            r.r2 = scheduler.live();
        }
    }

    /** A sooner time replaces the pending wake-up at the moment that one fires. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "It fired first, then the sooner time was armed anew.")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "It was replaced before it fired.")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "Neither fired nor pending.")
    @Outcome(id = "1, 0, .*", expect = FORBIDDEN, desc = "The new time was dropped.")
    @Outcome(id = ".*, .*, 1", expect = FORBIDDEN, desc = "A task was disposed although it runs the action.")
    @Outcome(id = ".*, .*, [2-5]", expect = FORBIDDEN, desc = "Disposing left a task behind.")
    @State
    public static class SoonerAgainstFire {
        private int runs;
        private final ManualScheduler scheduler = new ManualScheduler(10);
        private final WakeUp wakeUp = wakeUp(scheduler, () -> runs++);
        private final ManualScheduler.Task armed;

        public SoonerAgainstFire() {
            wakeUp.at(5);
            armed = scheduler.task(0);
        }

        @Actor
        public void sooner() {
            wakeUp.at(1);
        }

        @Actor
        public void fire() {
            armed.run();
        }

        @Arbiter
        public void result(III_Result r) {
            r.r1 = runs;
            r.r2 = pending(wakeUp) == 1 && scheduler.live() > 0 ? 1 : 0;
            wakeUp.dispose();
            r.r3 = (runs == 1 && armed.isDisposed() ? 1 : 0) + 2 * scheduler.live();
        }
    }

    /** Asking and disposing. */
    @JCStressTest
    @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Armed, then disposed.")
    @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Disposed, then refused.")
    @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "A task of a disposed wake-up was left behind.")
    @State
    public static class AtAgainstDispose {
        private final ManualScheduler scheduler = new ManualScheduler(0);
        private final WakeUp wakeUp = wakeUp(scheduler, () -> {});

        @Actor
        public void ask(ZI_Result r) {
            r.r1 = wakeUp.at(1);
        }

        @Actor
        public void dispose() {
            wakeUp.dispose();
        }

        @Arbiter
        public void result(ZI_Result r) {
            r.r2 = scheduler.live() + pending(wakeUp);
        }
    }

    /** Firing and disposing. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Disposed first.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Fired first; the running task was left alone.")
    @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "A task was disposed although it runs the action.")
    @State
    public static class FireAgainstDispose {
        private int runs;
        private final ManualScheduler scheduler = new ManualScheduler(10);
        private final WakeUp wakeUp = wakeUp(scheduler, () -> runs++);
        private final ManualScheduler.Task armed;

        public FireAgainstDispose() {
            wakeUp.at(1);
            armed = scheduler.task(0);
        }

        @Actor
        public void fire() {
            armed.run();
        }

        @Actor
        public void dispose() {
            wakeUp.dispose();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = runs;
            r.r2 = runs > 0 && armed.isDisposed() ? 1 : 0;
        }
    }

    /** The task of a wake-up that is overdue runs at the moment another thread comes for it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The action ran once; nothing is left behind.")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "The wake-up was lost.")
    @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "The action ran twice for one wake-up.")
    @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "Something is pending or a task was left behind.")
    @State
    public static class FireAgainstWatch {
        private final AtomicInteger runs = new AtomicInteger();
        private final ManualScheduler scheduler = new ManualScheduler(1_000_000);
        private final WakeUp wakeUp = wakeUp(scheduler, runs::incrementAndGet);
        private final ManualScheduler.Task armed;

        public FireAgainstWatch() {
            wakeUp.at(1);
            armed = scheduler.task(0);
        }

        @Actor
        public void fire() {
            armed.run();
        }

        @Actor
        public void watch() {
            wakeUp.comeIfOverdue();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = runs.get();
            r.r2 = pending(wakeUp) + scheduler.live();
        }
    }

    /** A sooner time replaces an overdue wake-up at the moment another thread comes for it. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It was done, then the sooner time was armed.")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It was replaced, and what replaced it was done.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It was replaced before anybody came.")
    @Outcome(id = ".*", expect = FORBIDDEN, desc = "Lost, done twice, or a task was left behind.")
    @State
    public static class SoonerAgainstWatch {
        private final AtomicInteger runs = new AtomicInteger();
        private final ManualScheduler scheduler = new ManualScheduler(1_000_000);
        private final WakeUp wakeUp = wakeUp(scheduler, runs::incrementAndGet);

        public SoonerAgainstWatch() {
            wakeUp.at(5);
        }

        @Actor
        public void sooner() {
            wakeUp.at(1);
        }

        @Actor
        public void watch() {
            wakeUp.comeIfOverdue();
        }

        @Arbiter
        public void result(II_Result r) {
            r.r1 = runs.get();
            r.r2 = pending(wakeUp) == 0 ? 2 * scheduler.live() : scheduler.live();
        }
    }
}
