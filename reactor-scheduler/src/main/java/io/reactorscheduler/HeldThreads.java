package io.reactorscheduler;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many threads of a Scheduler run what may hold them for long, such as handlers that compute. All wake-ups on the
 * Scheduler count on it: a wake-up that the Scheduler has bound to such a thread does not come in time, so another thread
 * must come for it. Thread-safe.
 */
final class HeldThreads {

    private final AtomicInteger held = new AtomicInteger();
    private final List<WakeUp> wakeUps = new CopyOnWriteArrayList<>();

    /** Whether this thread counts already. */
    private final ThreadLocal<boolean[]> isHeld = ThreadLocal.withInitial(() -> new boolean[1]);

    void add(WakeUp wakeUp) {
        wakeUps.add(wakeUp);
    }

    int count() {
        return held.get();
    }

    /** Runs work that may hold this thread for long. */
    void hold(Runnable work) {
        hold(null, work);
    }

    /** As {@link #hold(Runnable)}, for what the given wake-up has fired for, so that it is not told. */
    void hold(@Nullable WakeUp fired, Runnable work) {
        boolean[] isCounted = isHeld.get();
        if (isCounted[0]) {
            work.run();
            return;
        }
        isCounted[0] = true;
        held.incrementAndGet();
        try {
            for (WakeUp wakeUp : wakeUps) {
                if (wakeUp != fired) {
                    wakeUp.threadHeld();
                }
            }
            work.run();
        } finally {
            held.decrementAndGet();
            isCounted[0] = false;
        }
    }
}
