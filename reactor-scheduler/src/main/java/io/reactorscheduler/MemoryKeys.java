package io.reactorscheduler;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of one queue that are in use, and the turns they take. Belongs to the monitor of the queue. */
final class MemoryKeys {

    /** Keys that are looked at per claim to see whether they can be forgotten. */
    private static final int FORGET_STEP = 4;

    private final int concurrency;
    private final TaskQueue.@Nullable RateLimit rate;
    private final Map<@Nullable String, MemoryKey> keys = new HashMap<>();

    /** Keys that nothing uses but whose buckets are not full yet, so that they must be remembered. */
    private final DueHeap<Idle> idle = new DueHeap<>();

    private long turns;

    MemoryKeys(TaskQueue settings) {
        this.concurrency = settings.keyConcurrency();
        this.rate = settings.keyRateLimit();
    }

    MemoryKey key(@Nullable String name, long now) {
        MemoryKey known = keys.get(name);
        if (known == null) {
            known = new MemoryKey(name, rate == null || name == null ? null : new MemoryBucket(rate, now));
            keys.put(name, known);
        }
        return known;
    }

    boolean hasFreeSlot(MemoryKey key) {
        return key.name == null || key.running < concurrency;
    }

    long nextTurn() {
        return ++turns;
    }

    /** A run of a key starts. */
    void start(MemoryKey key) {
        key.running++;
        if (key.bucket != null) {
            key.bucket.take();
        }
    }

    /** A run of a key has ended; gives the earliest due time among the tasks that waited for that. */
    long end(MemoryKey key, long now) {
        key.running--;
        long due = Position.NO_TIME;
        for (MemoryTurns.Line line : key.parked) {
            due = Math.min(due, line.unpark());
        }
        key.parked.clear();
        release(key, now);
        return due;
    }

    /** Forgets a key that nothing uses, at once or when its bucket is full. */
    void release(MemoryKey key, long now) {
        if (key.running == 0 && key.lines == 0) {
            long fullAt = key.bucket == null ? now : key.bucket.fullAt(now);
            if (fullAt <= now) {
                keys.remove(key.name, key);
            } else if (!key.isIdle) {
                key.isIdle = true;
                idle.add(new Idle(key), fullAt);
            }
        }
    }

    /** Forgets some of the keys whose buckets are full by now. */
    void forget(long now) {
        for (int i = 0; i < FORGET_STEP && idle.peekKey() <= now; i++) {
            Idle first = idle.poll();
            if (first != null) {
                first.key.isIdle = false;
                release(first.key, now);
            }
        }
    }

    int size() {
        return keys.size();
    }

    private static final class Idle extends DueHeap.Node {
        final MemoryKey key;

        Idle(MemoryKey key) {
            this.key = key;
        }

        @Override
        long sequence() {
            return 0;
        }
    }
}
