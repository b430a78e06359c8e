package io.reactorscheduler;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The housekeeping of the in-memory store: expired leases, retention, and a look for broken invariants. */
final class MemorySweep {

    private static final int MOST_EXPIRED = 1_000;
    private static final int MOST_OLD = 1_000;

    /**
     * Slots of the table of ids that are checked per sweep, in turn: some tenths of a millisecond, because tasks that wait have
     * left the caches, and what is due meanwhile waits for their queues. So of ten million tasks each is looked at once in 16,384
     * sweeps, of some thousands at every other one.
     */
    private static final int CHECKED_SLOTS = 1_024;

    private final MemoryShared shared;
    private final Collection<MemoryLane> lanes;
    private int stripe;
    private int slot;

    MemorySweep(MemoryShared shared, Collection<MemoryLane> lanes) {
        this.shared = shared;
        this.lanes = lanes;
    }

    synchronized TaskStore.Swept sweep(long now) {
        List<String> expired = new ArrayList<>();
        List<String> quarantined = new ArrayList<>();
        List<TaskStore.Hint> owed = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        List<String> findings = new ArrayList<>();
        long nextExpiry = Position.NO_TIME;
        for (MemoryLane lane : lanes) {
            long news;
            synchronized (lane) {
                lane.drain(now);
                for (MemoryExecution run : late(lane, MOST_EXPIRED - expired.size(), now)) {
                    expired.add(Execution.id(run.task.record.id(), run.number));
                    if (MemoryChanges.expire(run, now)) {
                        quarantined.add(run.task.record.id());
                        TaskStore.Hint hint = MemoryChanges.quarantine(run, now);
                        if (hint != null) {
                            owed.add(hint);
                        }
                    }
                }
                nextExpiry = Math.min(nextExpiry, firstExpiry(lane));
                lane.history.deleteOld(now, MOST_OLD);
                dropped.addAll(lane.history.takeDropped());
                news = lane.takeNews();
            }
            lane.tell(news);
        }
        owed.forEach(shared.hints::emit);
        checkSome(findings);
        return new TaskStore.Swept(expired, quarantined, dropped, findings, List.of(), nextExpiry);
    }

    private static long firstExpiry(MemoryLane lane) {
        long[] first = {Position.NO_TIME};
        lane.active.forEach(run -> first[0] = Math.min(first[0], run.leaseMicros));
        return first[0];
    }

    private static List<MemoryExecution> late(MemoryLane lane, int most, long now) {
        List<MemoryExecution> late = new ArrayList<>();
        lane.active.forEach(run -> {
            if (run.leaseMicros < now && late.size() < most) {
                late.add(run);
            }
        });
        return late;
    }

    private void checkSome(List<String> findings) {
        for (int left = CHECKED_SLOTS; left > 0; ) {
            int slots = shared.ids.slots(stripe);
            int to = Math.min(slots, slot + left);
            check(shared.ids.tasksOf(stripe, slot, to), findings);
            left -= to - slot;
            slot = to;
            if (slot == slots) {
                slot = 0;
                stripe = (stripe + 1) % shared.ids.stripes();
            }
        }
    }

    private static void check(List<MemoryTask> tasks, List<String> findings) {
        for (MemoryTask task : tasks) {
            MemoryLane lane = task.lane;
            synchronized (lane) {
                boolean isSettled = task.lane == lane && task.where != MemoryTask.REMOVED;
                if (isSettled && task.where != MemoryTask.ARRIVING && !isWhereItBelongs(task)) {
                    findings.add("task \"" + task.record.id() + "\" is " + task.state() + " with " + task.active()
                            + " runs, due at " + task.nextDue() + ", but in place " + task.where);
                }
            }
        }
    }

    private static boolean isWhereItBelongs(MemoryTask task) {
        boolean isInLine = task.where == MemoryTask.IN_LINE || task.where == MemoryTask.ASIDE;
        return isInLine == (task.nextDue() != Position.NO_TIME);
    }

    /** Deletes the oldest executions of whichever queue has most until no more are kept than allowed. */
    void trim() {
        int most = shared.retention.total();
        while (shared.finished.get() > most) {
            MemoryLane largest = null;
            int size = 0;
            for (MemoryLane lane : lanes) {
                int finished = lane.history.finished.size;
                if (finished > size) {
                    largest = lane;
                    size = finished;
                }
            }
            if (largest == null) {
                return;
            }
            synchronized (largest) {
                int surplus = shared.finished.get() - most;
                int share = Math.min(surplus, largest.history.finished.size);
                for (int i = 0; i < share; i++) {
                    largest.history.deleteFirst();
                }
                largest.settleCounts();
            }
        }
    }
}
