package io.reactorscheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Watches the share of failed runs of each handler over a sliding window. */
final class FailureRateWatch extends AlertWatch {

    /** The parts that a window slides in. */
    static final int PARTS = 20;

    /** How many handlers are counted by themselves; inline tasks may bring any number of names. */
    static final int MOST_HANDLERS = 1_000;

    static final String OTHERS = "(others)";

    private final Map<String, Window> windows = new HashMap<>();
    private final long partNanos;

    FailureRateWatch(AlertRule rule) {
        super(rule);
        this.partNanos = Math.max(1, rule.window().toNanos() / PARTS);
    }

    @Override
    void on(SchedulerEvent event, long nanos) {
        boolean isFailed = event.kind() == SchedulerEvent.Kind.FAILED;
        TaskRecord task = event.task();
        if (task == null || !(isFailed || event.kind() == SchedulerEvent.Kind.COMPLETED) || !rule.watches(task)) {
            return;
        }
        String handler = task.handler();
        boolean isCounted = windows.size() < MOST_HANDLERS || windows.containsKey(handler);
        windows.computeIfAbsent(isCounted ? handler : OTHERS, name -> new Window())
                .add(Math.floorDiv(nanos, partNanos), isFailed);
    }

    @Override
    void check(Look look, List<Alert> changes) {
        long part = Math.floorDiv(look.nanos(), partNanos);
        for (Map.Entry<String, Window> entry : new ArrayList<>(windows.entrySet())) {
            Window window = entry.getValue();
            window.slideTo(part);
            double rate = window.runs == 0 ? 0 : (double) window.failures / window.runs;
            judge(entry.getKey(), rate, window.runs >= rule.atLeast(), look, changes);
            if (window.runs == 0) {
                windows.remove(entry.getKey());
            }
        }
    }

    /** Counts of the last {@link #PARTS} parts, and their sums. */
    private static final class Window {
        private final long[] runsOf = new long[PARTS];
        private final long[] failuresOf = new long[PARTS];
        private long last = Long.MIN_VALUE;
        private long runs;
        private long failures;

        void add(long part, boolean isFailed) {
            slideTo(part);
            int slot = Math.floorMod(last, PARTS);
            runs++;
            runsOf[slot]++;
            if (isFailed) {
                failures++;
                failuresOf[slot]++;
            }
        }

        /** Forgets the parts that have left the window; the clock may stand still, never does it turn back. */
        void slideTo(long part) {
            if (last == Long.MIN_VALUE || part - last > PARTS) {
                last = Math.max(last, part - PARTS);
            }
            while (last < part) {
                last++;
                int slot = Math.floorMod(last, PARTS);
                runs -= runsOf[slot];
                failures -= failuresOf[slot];
                runsOf[slot] = 0;
                failuresOf[slot] = 0;
            }
        }
    }
}
