package io.reactorscheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What streaming runs of this node gave, for those who subscribe to results when a run is under way or just over.
 *
 * <p>Of each run the newest {@link #OF_RUN} elements are kept while it lasts, and those of ended runs as long as they are
 * among the newest {@link #OF_ENDED} of the node. A run of a {@code Mono} keeps nothing, nor does a stream that ended with
 * its only element: their stored result says as much.
 *
 * <p>Numbers grow with every element. An element is kept before it is told to those who listen; so whoever listens, then
 * looks at what is kept, and drops what he hears up to the last number he saw, misses nothing and sees nothing twice.
 */
final class RecentElements {

    /** The most elements of one run: what a subscriber may fall behind, too. */
    static final int OF_RUN = Events.BUFFER;

    /** The most elements of ended runs. */
    static final int OF_ENDED = 16_384;

    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, Map<Long, Of>> byTask = new ConcurrentHashMap<>();

    /** Ended runs, the one that ended first at the head; their own monitor guards it and {@link #endedElements}. */
    private final ArrayDeque<Of> ended = new ArrayDeque<>();

    private int endedElements;

    /**
     * What is known of an execution.
     *
     * @param elements its elements, oldest first
     * @param last the number of the last of them
     * @param isWhole whether its first element is among them
     */
    record Kept(List<Object> elements, long last, boolean isWhole) {}

    /** For the elements of a run; it is known here from its first element on. */
    Of of(Claim claim) {
        return new Of(claim);
    }

    private void remember(Of fresh) {
        byTask.compute(fresh.taskId, (id, known) -> {
            Map<Long, Of> runs = known == null ? new ConcurrentHashMap<>() : known;
            Of before = runs.put(fresh.number, fresh);
            if (before != null && fresh.isRetry) {
                fresh.goOnAfter(before);
            }
            return runs;
        });
    }

    /** What is kept of an execution, null for nothing. */
    @Nullable
    Kept of(String taskId, long number) {
        Map<Long, Of> runs = byTask.get(taskId);
        Of run = runs == null ? null : runs.get(number);
        return run == null ? null : run.kept();
    }

    /** A task was removed: another one of its id counts its executions from the beginning. */
    void forget(TaskRecord task) {
        // making the text of an id costs
        Map<Long, Of> runs = byTask.isEmpty() ? null : byTask.remove(task.id());
        if (runs != null) {
            runs.values().forEach(Of::clear);
        }
    }

    private void forget(Of run) {
        byTask.computeIfPresent(run.taskId, (id, runs) -> {
            runs.remove(run.number, run);
            return runs.isEmpty() ? null : runs;
        });
    }

    private void hasEnded(Of run, int elements) {
        List<Of> pushedOut = new ArrayList<>();
        synchronized (ended) {
            ended.add(run);
            endedElements += elements;
            while (endedElements > OF_ENDED) {
                Of oldest = ended.remove();
                endedElements -= oldest.size();
                pushedOut.add(oldest);
            }
        }
        pushedOut.forEach(this::forget);
    }

    /** The elements of one run. Added by one signal after the other, read and ended by any thread. */
    final class Of {
        private final String taskId;
        private final long number;

        /** Whether attempts were claimed before it: it goes on with their elements. */
        private final boolean isRetry;

        private final ArrayDeque<Object> elements = new ArrayDeque<>(2);
        private long last;
        private boolean isWhole = true;
        private boolean hasEnded;

        /** How many there were when it ended. */
        private int size;

        private Of(Claim claim) {
            this.taskId = claim.task().id();
            this.number = claim.number();
            this.isRetry = claim.attempt() > 1;
        }

        /** Gives the number of the element. */
        synchronized long add(Object element) {
            long given = numbers.incrementAndGet();
            if (hasEnded) {
                return given;
            }
            if (elements.isEmpty()) {
                remember(this);
            }
            last = given;
            elements.add(element);
            if (elements.size() > OF_RUN) {
                elements.remove();
                isWhole = false;
            }
            return given;
        }

        private void goOnAfter(Of before) {
            Kept kept = before.kept();
            elements.addAll(kept.elements());
            last = kept.last();
            isWhole = kept.isWhole();
        }

        /** The run is over; {@code isSuccess} when its last element is its stored result. Only the first call counts. */
        void ended(boolean isSuccess) {
            synchronized (this) {
                if (hasEnded) {
                    return;
                }
                hasEnded = true;
                size = elements.size();
            }
            if (size == 0) {
                return;
            }
            if (isSuccess && size == 1 && isWhole) {
                forget(this);
            } else {
                hasEnded(this, size);
            }
        }

        synchronized int size() {
            return size;
        }

        private synchronized Kept kept() {
            return new Kept(new ArrayList<>(elements), last, isWhole);
        }

        private synchronized void clear() {
            hasEnded = true;
            elements.clear();
        }
    }
}
