package io.reactorscheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of one queue that wait, in the order in which they are claimed, and the limits that hold them back. Belongs
 * to the monitor of the queue.
 *
 * <p>A task whose handler the claiming node does not know is set aside when it comes up: into an index of its handler,
 * where later tasks of that handler go at once. A claim looks at the main index and at those of the handlers it knows, so
 * a backlog of unknown work is moved once and looked at by nobody but the nodes that can do it.
 */
final class MemoryWaiting {

    /** Levels of the main index above which a claim forgets the empty ones. */
    private static final int LEVELS_KEPT = 8;

    private final Map<String, MemoryIndex> asides = new HashMap<>();
    private MemoryIndex index = new MemoryIndex(MemoryLine::new);
    private @Nullable MemoryKeys keys;
    private @Nullable MemoryBucket bucket;
    private long sequence;

    // ---- in and out

    /** Puts a task in line that is in no line, for its {@link MemoryTask#due}. */
    void add(MemoryTask task, long now) {
        task.sequence = ++sequence;
        boolean isKnownEverywhere = asides.isEmpty() || task.record.function() != null;
        MemoryIndex aside = isKnownEverywhere ? null : asides.get(task.record.handler());
        if (aside == null) {
            task.where = MemoryTask.IN_LINE;
            index.add(task, now);
        } else {
            task.where = MemoryTask.ASIDE;
            aside.add(task, now);
        }
    }

    /** Takes a task out of its line. */
    void remove(MemoryTask task) {
        if (task.where == MemoryTask.IN_LINE) {
            index.remove(task);
        } else {
            String handler = task.record.handler();
            MemoryIndex aside = Objects.requireNonNull(asides.get(handler));
            aside.remove(task);
            forgetIfEmpty(handler, aside);
        }
        task.where = MemoryTask.OUT;
    }

    private void forgetIfEmpty(String handler, MemoryIndex aside) {
        aside.trim();
        if (aside.levels() == 0) {
            asides.remove(handler);
        }
    }

    // ---- claiming

    /** The indexes that a node which knows these handlers may claim from. */
    List<MemoryIndex> open(Set<String> handlers, long now) {
        if (index.levels() > LEVELS_KEPT) {
            index.trim();
        }
        if (keys != null) {
            keys.forget(now);
        }
        if (asides.isEmpty()) {
            return List.of(index);
        }
        List<MemoryIndex> open = new ArrayList<>();
        open.add(index);
        asides.forEach((handler, aside) -> {
            if (handlers.contains(handler)) {
                open.add(aside);
            }
        });
        return open;
    }

    /** Takes out the task to be claimed next and uses up what the limits ask for it; null for none now. */
    @Nullable
    MemoryTask poll(List<MemoryIndex> open, Set<String> handlers, long now) {
        while (bucket == null || bucket.nextAt(now) <= now) {
            MemoryLevel level = first(open, now);
            MemoryTask task = level == null ? null : level.peek(now);
            if (level == null || task == null) {
                return null;
            }
            if (task.record.function() != null || handlers.contains(task.record.handler())) {
                level.take(task, now);
                if (bucket != null) {
                    bucket.take();
                }
                task.where = MemoryTask.OUT;
                return task;
            }
            level.remove(task);
            task.where = MemoryTask.ASIDE;
            asides.computeIfAbsent(task.record.handler(), handler -> new MemoryIndex(this::newLevel))
                    .add(task, now);
        }
        return null;
    }

    private static @Nullable MemoryLevel first(List<MemoryIndex> open, long now) {
        MemoryLevel best = null;
        MemoryTask bestTask = null;
        int bestPriority = Integer.MIN_VALUE;
        for (int i = 0; i < open.size(); i++) {
            MemoryIndex in = open.get(i);
            for (int rank = 0; rank < in.levels(); rank++) {
                int priority = in.priority(rank);
                if (best != null && priority < bestPriority) {
                    break;
                }
                MemoryLevel level = in.at(rank);
                MemoryTask task = level.peek(now);
                if (task == null) {
                    continue;
                }
                boolean isBetter = best == null
                        || bestTask == null
                        || priority > bestPriority
                        || level.comesBefore(task, best, bestTask);
                if (isBetter) {
                    best = level;
                    bestTask = task;
                    bestPriority = priority;
                }
                break;
            }
        }
        return best;
    }

    /** When there may be something to claim from these indexes: in the past for now. */
    long nextDue(List<MemoryIndex> open, long now) {
        long next = Position.NO_TIME;
        for (int i = 0; i < open.size(); i++) {
            next = Math.min(next, open.get(i).nextDue(now));
        }
        return next == Position.NO_TIME ? next : Math.max(next, nextToken(now));
    }

    /** All indexes, for a node that would know all handlers. */
    List<MemoryIndex> all() {
        List<MemoryIndex> all = new ArrayList<>(asides.values());
        all.add(index);
        return all;
    }

    /** Before when the rate limit lets nothing start; {@link Long#MIN_VALUE} without one. */
    long nextToken(long now) {
        return bucket == null ? Long.MIN_VALUE : bucket.nextAt(now);
    }

    /** The key whose slot a task that was just polled holds, null without limits per key. */
    @Nullable
    MemoryKey keyOf(MemoryTask task, long now) {
        return keys == null ? null : keys.key(task.record.key(), now);
    }

    /** Counts a run that was claimed without {@link #poll}. */
    @Nullable
    MemoryKey hold(MemoryTask task, long now) {
        MemoryKey key = keyOf(task, now);
        if (key != null) {
            key.running++;
        }
        return key;
    }

    /** Frees the slot of a key; gives the earliest due time among the tasks that waited for it. */
    long free(MemoryKey key, long now) {
        return keys == null ? Position.NO_TIME : keys.end(key, now);
    }

    // ---- settings

    /** Takes over changed limits: all tasks leave their lines and come back, so this takes time in a long queue. */
    void limits(TaskQueue before, TaskQueue changed, MemoryActive active, long now) {
        if (!Objects.equals(before.rateLimit(), changed.rateLimit())) {
            bucket = changed.rateLimit() == null ? null : new MemoryBucket(changed.rateLimit(), now);
        }
        boolean isSame = before.keyConcurrency() == changed.keyConcurrency()
                && Objects.equals(before.keyRateLimit(), changed.keyRateLimit());
        if (isSame) {
            return;
        }
        List<MemoryTask> all = new ArrayList<>();
        index.pollAll(all);
        asides.values().forEach(aside -> aside.pollAll(all));
        asides.clear();
        keys = changed.hasKeyLimits() ? new MemoryKeys(changed) : null;
        index = new MemoryIndex(this::newLevel);
        active.forEach(run -> run.key = hold(run.task, now));
        all.sort(Comparator.comparingLong(task -> task.sequence));
        for (MemoryTask task : all) {
            add(task, now);
        }
    }

    private MemoryLevel newLevel() {
        return keys == null ? new MemoryLine() : new MemoryTurns(keys);
    }

    // ---- looking

    TaskStore.QueueStats stats(long running, long now) {
        long size = 0;
        long due = 0;
        long oldest = Position.NO_TIME;
        for (MemoryIndex in : all()) {
            for (int rank = 0; rank < in.levels(); rank++) {
                MemoryLevel level = in.at(rank);
                size += level.size();
                due += level.due(now);
                oldest = Math.min(oldest, level.oldestDue(now));
            }
        }
        return new TaskStore.QueueStats(size - due, due, running, oldest);
    }
}
