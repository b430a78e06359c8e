package io.reactorscheduler;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One queue of the in-memory store: an inbox that anyone may add to without waiting, and what its monitor guards, which
 * is the index of the waiting tasks, the executions, and all state of the queue's tasks.
 *
 * <p><b>Saving.</b> A saved task enters the table of ids, then the inbox, a stack of tasks that is pushed by one
 * compare-and-set. It is in no index yet; whoever holds the monitor next empties the inbox first ({@link #drain}), so
 * under the monitor the index is complete. Between table and inbox a task is visible but {@link MemoryTask#ARRIVING}:
 * changes made to it then change its fields only, and the drain puts it where these say.
 *
 * <p><b>Waking.</b> {@link #told} is the latest time until which a sleeping node may sleep: an upper bound of the next due
 * times that claims reported, lowered by each hint, because all nodes hear all hints. A task that may be claimed sooner
 * must send one. Saver and claimer each write, then read what the other writes: the saver pushes, then reads
 * {@code told}; the claimer raises {@code told} to what it is about to report, then looks into the inbox again. All four
 * are volatile, so at least one of them sees the other, and no wake-up is lost between a save and a claim that found
 * nothing. Work that becomes claimable under the monitor is collected in {@link #news} and told after it.
 *
 * <p><b>Locks.</b> A monitor is held for some microseconds, never while a signal is emitted. Within it stripes of the
 * table of ids may be locked, and never another queue, except by {@link MemoryMoves}, in the order of {@link #rank}.
 */
final class MemoryLane {

    /** Savers empty the inbox themselves every so many saves, lest one claim finds a million tasks in it. */
    private static final int DRAIN_EVERY = 1024;

    /** How often a claim looks into the inbox again before it answers that there may be more now. */
    private static final int LOOKS = 3;

    private static final int LEVELS_KEPT = 8;
    private static final VarHandle INBOX;
    private static final VarHandle TOLD;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INBOX = lookup.findVarHandle(MemoryLane.class, "inbox", MemoryTask.class);
            TOLD = lookup.findVarHandle(MemoryLane.class, "told", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    final String name;
    final int rank;
    final MemoryShared shared;

    /** Tasks that are not finished, those in the inbox included. */
    final AtomicLong unfinished = new AtomicLong();

    private volatile @Nullable MemoryTask inbox;
    private volatile long told = Long.MIN_VALUE;
    private volatile TaskQueue settings;

    // ---- guarded by the monitor

    final MemoryList active = new MemoryList();
    final MemoryHistory history;
    private final long[] states = new long[TaskState.values().length];
    private final Map<String, MemoryIndex> asides = new HashMap<>();
    private MemoryIndex index = new MemoryIndex(MemoryLine::new);
    private @Nullable MemoryKeys keys;
    private @Nullable MemoryBucket bucket;
    private long sequence;

    /** The earliest due time of what came into line since the monitor was taken. */
    private long news = Position.NO_TIME;

    MemoryLane(String name, int rank, MemoryShared shared) {
        this.name = name;
        this.rank = rank;
        this.shared = shared;
        this.settings = TaskQueue.named(name);
        this.history = new MemoryHistory(this);
    }

    TaskQueue settings() {
        return settings;
    }

    // ---- without the monitor

    /** Counts a task that is about to be saved; false when the queue is full. */
    boolean reserve() {
        if (unfinished.incrementAndGet() <= settings.capacity()) {
            return true;
        }
        unfinished.decrementAndGet();
        return false;
    }

    void offer(MemoryTask task, long due) {
        MemoryTask head;
        do {
            head = inbox;
            task.after = head;
        } while (!INBOX.compareAndSet(this, head, task));
        if (due < told && lowerTold(due)) {
            shared.hints.due(name, due);
        }
    }

    void tell(long due) {
        if (due != Position.NO_TIME) {
            shared.hints.due(name, due);
        }
    }

    private boolean lowerTold(long due) {
        for (long seen = told; due < seen; seen = told) {
            if (TOLD.compareAndSet(this, seen, due)) {
                return true;
            }
        }
        return false;
    }

    private void raiseTold(long due) {
        for (long seen = told; due > seen; seen = told) {
            if (TOLD.compareAndSet(this, seen, due)) {
                return;
            }
        }
    }

    static boolean isTurnToDrain(long saves) {
        return saves % DRAIN_EVERY == 0;
    }

    // ---- under the monitor

    /** The due time to hint at when the monitor is released, {@link Position#NO_TIME} for none. */
    long takeNews() {
        long due = news;
        news = Position.NO_TIME;
        return due < told && !settings.isPaused() && lowerTold(due) ? due : Position.NO_TIME;
    }

    /** Puts what was saved into the index. */
    void drain(long now) {
        if (inbox == null) {
            return;
        }
        MemoryTask newest = (MemoryTask) INBOX.getAndSet(this, null);
        MemoryTask oldest = null;
        while (newest != null) {
            MemoryTask older = newest.after;
            newest.after = oldest;
            oldest = newest;
            newest = older;
        }
        while (oldest != null) {
            MemoryTask task = oldest;
            oldest = task.after;
            task.after = null;
            if (task.where == MemoryTask.ARRIVING) {
                states[task.state.ordinal()]++;
                task.where = MemoryTask.OUT;
                place(task, now);
                if (task.state == TaskState.CANCELLED) {
                    history.cancelled(task, now);
                }
            }
        }
    }

    /** Puts a task where its next due time says: in line, or out of it. Its place in line must not change otherwise. */
    void place(MemoryTask task, long now) {
        if (task.where == MemoryTask.ARRIVING) {
            return;
        }
        displace(task);
        long due = task.nextDue();
        if (due == Position.NO_TIME) {
            return;
        }
        task.due = due;
        task.sequence = ++sequence;
        MemoryIndex aside =
                asides.isEmpty() || task.record.function() != null ? null : asides.get(task.record.handler());
        task.where = aside == null ? MemoryTask.IN_LINE : MemoryTask.ASIDE;
        (aside == null ? index : aside).add(task, now);
        news = Math.min(news, due);
    }

    /** Takes a task out of line. Must come before a change of its record. */
    void displace(MemoryTask task) {
        switch (task.where) {
            case MemoryTask.IN_LINE -> index.remove(task);
            case MemoryTask.ASIDE -> {
                String handler = task.record.handler();
                MemoryIndex aside = Objects.requireNonNull(asides.get(handler));
                aside.remove(task);
                forget(handler, aside);
            }
            case MemoryTask.CANCELLED -> history.forgetCancelled(task);
            default -> {
                return;
            }
        }
        task.where = MemoryTask.OUT;
    }

    private void forget(String handler, MemoryIndex aside) {
        aside.trim();
        if (aside.levels() == 0) {
            asides.remove(handler);
        }
    }

    void state(MemoryTask task, TaskState next) {
        TaskState before = task.state;
        if (before == next) {
            return;
        }
        task.state = next;
        if (task.where != MemoryTask.ARRIVING) {
            states[before.ordinal()]--;
            states[next.ordinal()]++;
        }
        if (before.isFinal() != next.isFinal()) {
            unfinished.addAndGet(next.isFinal() ? -1 : 1);
        }
    }

    /** Gives a task that is in no line to another queue, whose monitor is held too. */
    void handOver(MemoryTask task, MemoryLane to, long now) {
        for (MemoryExecution run = task.newest; run != null; run = run.older) {
            if (run.state == MemoryExecution.ACTIVE) {
                MemoryRuns more = task.more();
                end(run, now);
                more.active++;
                run.state = MemoryExecution.ACTIVE;
                to.active.add(run);
            } else if (run.state == MemoryExecution.FINISHED) {
                history.finished.remove(run);
                to.history.finished.add(run);
            }
        }
        states[task.state.ordinal()]--;
        to.states[task.state.ordinal()]++;
        if (!task.state.isFinal()) {
            unfinished.decrementAndGet();
            to.unfinished.incrementAndGet();
        }
        task.lane = to;
    }

    /** Deletes a task. */
    void remove(MemoryTask task) {
        displace(task);
        if (task.where != MemoryTask.ARRIVING) {
            states[task.state.ordinal()]--;
        }
        if (!task.state.isFinal()) {
            unfinished.decrementAndGet();
        }
        task.where = MemoryTask.REMOVED;
        shared.ids.remove(task);
    }

    /** Takes an execution off the claimed ones, and frees the slot of its key. */
    void end(MemoryExecution run, long now) {
        active.remove(run);
        run.state = MemoryExecution.AGAIN;
        MemoryRuns more = run.task.more;
        if (more != null) {
            more.active--;
        }
        MemoryKey key = run.key;
        if (key != null) {
            run.key = null;
            if (keys != null) {
                news = Math.min(news, keys.end(key, now));
            }
        }
    }

    // ---- claiming, under the monitor

    /** Claims up to so many executions; gives when there may be more. */
    long claim(ClaimRequest request, int free, long now, List<Claim> claims) {
        drain(now);
        if (settings.isPaused()) {
            return Position.NO_TIME;
        }
        List<MemoryIndex> open = open(request.handlers(), now);
        int wanted = free;
        while (wanted > 0 && hasToken(now)) {
            MemoryLevel level = first(open, now);
            MemoryTask task = level == null ? null : level.peek(now);
            if (level == null || task == null) {
                break;
            }
            if (task.record.function() == null && !request.handlers().contains(task.record.handler())) {
                setAside(task, level, now);
                continue;
            }
            MemoryKey key = level.take(task, now);
            task.where = MemoryTask.OUT;
            if (bucket != null) {
                bucket.take();
            }
            claims.add(start(task, key, request, now));
            wanted--;
        }
        return report(open, now);
    }

    private boolean hasToken(long now) {
        return bucket == null || bucket.nextAt(now) <= now;
    }

    private List<MemoryIndex> open(Set<String> handlers, long now) {
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
                if (best == null
                        || bestTask == null
                        || priority > bestPriority
                        || level.comesBefore(task, best, bestTask)) {
                    best = level;
                    bestTask = task;
                    bestPriority = priority;
                }
                break;
            }
        }
        return best;
    }

    private void setAside(MemoryTask task, MemoryLevel level, long now) {
        level.remove(task);
        task.where = MemoryTask.ASIDE;
        asides.computeIfAbsent(task.record.handler(), handler -> new MemoryIndex(this::newLevel))
                .add(task, now);
    }

    private MemoryLevel newLevel() {
        return keys == null ? new MemoryLine() : new MemoryTurns(keys);
    }

    private long report(List<MemoryIndex> open, long now) {
        long next = nextDue(open, now);
        for (int look = 1; ; look++) {
            raiseTold(next);
            if (inbox == null) {
                break;
            }
            if (look == LOOKS) {
                next = Math.min(next, now);
                break;
            }
            drain(now);
            next = nextDue(open, now);
        }
        news = Position.NO_TIME;
        return next;
    }

    private long nextDue(List<MemoryIndex> open, long now) {
        long next = Position.NO_TIME;
        for (MemoryIndex in : open) {
            next = Math.min(next, in.nextDue(now));
        }
        return bucket == null || next == Position.NO_TIME ? next : Math.max(next, bucket.nextAt(now));
    }

    private Claim start(MemoryTask task, @Nullable MemoryKey key, ClaimRequest request, long now) {
        long lease = now + Checks.micros(request.lease());
        MemoryExecution run = MemoryClaims.next(task, shared.fences.incrementAndGet(), lease);
        run.node = request.node();
        run.key = key;
        active.add(run);
        state(task, TaskState.RUNNING);
        if (task.overlaps()) {
            place(task, now);
        }
        return Objects.requireNonNull(run.claim);
    }

    // ---- settings, under the monitor

    /** Takes over changed settings; gives the due time to hint at. */
    long settings(TaskQueue changed, long now) {
        drain(now);
        TaskQueue before = settings;
        settings = changed;
        if (!Objects.equals(before.rateLimit(), changed.rateLimit())) {
            bucket = changed.rateLimit() == null ? null : new MemoryBucket(changed.rateLimit(), now);
        }
        if (before.keyConcurrency() != changed.keyConcurrency()
                || !Objects.equals(before.keyRateLimit(), changed.keyRateLimit())) {
            reindex(changed, now);
        }
        news = Position.NO_TIME;
        if (changed.isPaused()) {
            return Position.NO_TIME;
        }
        long due = index.nextDue(now);
        for (MemoryIndex aside : asides.values()) {
            due = Math.min(due, aside.nextDue(now));
        }
        raiseTold(due);
        return due;
    }

    private void reindex(TaskQueue changed, long now) {
        List<MemoryTask> all = new ArrayList<>();
        empty(index, all);
        asides.values().forEach(aside -> empty(aside, all));
        asides.clear();
        keys = changed.hasKeyLimits() ? new MemoryKeys(changed) : null;
        index = new MemoryIndex(this::newLevel);
        for (MemoryExecution run = active.first; run != null; run = run.after) {
            run.key = null;
            if (keys != null) {
                MemoryKey key = keys.key(run.task.record.key(), now);
                key.running++;
                run.key = key;
            }
        }
        for (MemoryTask task : all) {
            task.where = MemoryTask.OUT;
            place(task, now);
        }
    }

    private static void empty(MemoryIndex from, List<MemoryTask> into) {
        for (int rank = 0; rank < from.levels(); rank++) {
            MemoryLevel level = from.at(rank);
            for (MemoryTask task = level.poll(); task != null; task = level.poll()) {
                into.add(task);
            }
        }
    }

    // ---- looking, under the monitor

    void countStates(Map<TaskState, Long> into) {
        for (TaskState state : TaskState.values()) {
            if (states[state.ordinal()] != 0) {
                into.merge(state, states[state.ordinal()], Long::sum);
            }
        }
    }

    /** All executions but those that wait. */
    void executions(List<MemoryExecution> into) {
        for (MemoryExecution run = active.first; run != null; run = run.after) {
            into.add(run);
        }
        for (MemoryExecution run = history.finished.last; run != null; run = run.before) {
            into.add(run);
        }
    }

    TaskStore.QueueStats stats(long now) {
        drain(now);
        long size = 0;
        long due = 0;
        long oldest = Position.NO_TIME;
        List<MemoryIndex> all = new ArrayList<>(asides.values());
        all.add(index);
        for (MemoryIndex in : all) {
            for (int rank = 0; rank < in.levels(); rank++) {
                MemoryLevel level = in.at(rank);
                size += level.size();
                due += level.due(now);
                oldest = Math.min(oldest, level.oldestDue(now));
            }
        }
        return new TaskStore.QueueStats(size - due, due, active.size, oldest);
    }
}
