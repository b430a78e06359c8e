package io.reactorscheduler;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Schedulers;

/**
 * Hands on the claims that were dealt to lanes: here, on the thread that dealt them, as soon as nobody waits for what that
 * thread is about; or elsewhere, on other threads of the Scheduler. From then on handlers run, and may hold their thread.
 */
final class Rounds {

    private static final long LONGEST_STAY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Resources with;
    private final HeldThreads threads;
    private final ThreadLocal<Here> here = ThreadLocal.withInitial(Here::new);

    Rounds(Resources with) {
        this.with = with;
        this.threads = with.timer().time().threads();
    }

    /** Claims that wait in a lane of a queue. */
    record Round(LocalQueue queue, Timeline.Lane lane) {
        void drain() {
            queue.drain(lane);
        }
    }

    /** What one thread has to hand on. */
    private static final class Here {
        final Queue<Round> rounds = new ArrayDeque<>();
        boolean isDraining;
    }

    /** Leaves rounds to this thread, which has to {@link #drain} afterwards. */
    void here(List<Round> dealt) {
        if (!dealt.isEmpty()) {
            here.get().rounds.addAll(dealt);
        }
    }

    /**
     * Leaves rounds to other threads: each looks at all of them and passes by those that another one drains. One task more
     * than rounds, because a Scheduler may give one to this thread, which has its own to drain first.
     */
    void elsewhere(List<Round> dealt) {
        if (dealt.isEmpty()) {
            return;
        }
        int most = Math.min(dealt.size() + 1, Schedulers.DEFAULT_POOL_SIZE);
        try {
            for (int i = 0; i < most; i++) {
                with.scheduler().schedule(() -> threads.hold(() -> dealt.forEach(Round::drain)));
            }
        } catch (RuntimeException rejected) {
            // a Scheduler that is full or gone: what was claimed is run here rather than left
            here(dealt);
        }
    }

    /**
     * Drains what was left to this thread, that too which comes of it: when runs end at once, the next claims come while
     * the first are handed on. After a while the rest is left to the Scheduler, so that nothing starves.
     */
    void drain() {
        Here mine = here.get();
        if (mine.isDraining || mine.rounds.isEmpty()) {
            return;
        }
        mine.isDraining = true;
        try {
            TimeBase time = with.timer().time();
            threads.hold(() -> drain(mine.rounds, time.now() + LONGEST_STAY_NANOS));
        } finally {
            mine.isDraining = false;
        }
    }

    private void drain(Queue<Round> rounds, long untilNanos) {
        TimeBase time = with.timer().time();
        for (Round round = rounds.poll(); round != null; round = rounds.poll()) {
            if (time.now() > untilNanos) {
                elsewhere(List.of(round));
            } else {
                round.drain();
            }
        }
    }
}
