package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The in-memory store without its reactive dress: finds tasks and queues, takes the right monitor, and emits what is to
 * be told when it is released. Each method is given the time.
 */
final class MemoryStore {

    final MemoryShared shared;
    private final Map<String, MemoryLane> lanes = new ConcurrentHashMap<>();
    private final AtomicInteger ranks = new AtomicInteger();
    private final MemorySweep sweep;

    MemoryStore(MemoryShared shared) {
        this.shared = shared;
        this.sweep = new MemorySweep(shared, lanes.values());
    }

    Collection<MemoryLane> lanes() {
        return lanes.values();
    }

    private MemoryLane lane(String queue) {
        MemoryLane known = lanes.get(queue);
        return known != null
                ? known
                : lanes.computeIfAbsent(queue, name -> new MemoryLane(name, ranks.incrementAndGet(), shared));
    }

    // ---- saving

    TaskStore.Saved save(NewTask newTask, MemoryClock clock) {
        TaskRecord record = newTask.task();
        MemoryLane lane = lane(record.queue());
        MemoryTask task = new MemoryTask(record, lane, newTask.head());
        for (; ; ) {
            MemoryTask known = shared.ids.putIfAbsent(task);
            if (known == null) {
                if (lane.offer(task, newTask.head().dueMicros())) {
                    drain(lane, clock.nowMicros());
                }
                return new TaskStore.Saved(record, true, false, 0);
            }
            MemoryLane from = known.lane;
            MemoryMoves.Moved moved = MemoryMoves.known(known, from, lane, newTask, clock.nowMicros());
            if (moved.saved() != null) {
                from.tell(moved.oldNews());
                lane.tell(moved.newNews());
                return moved.saved();
            }
            Thread.onSpinWait();
        }
    }

    private static void drain(MemoryLane lane, long now) {
        long news;
        synchronized (lane) {
            lane.drain(now);
            news = lane.takeNews();
        }
        lane.tell(news);
    }

    // ---- running

    ClaimBatch claim(ClaimRequest request, long now) {
        List<ClaimRequest.Slots> slots = request.slots();
        List<Claim> claims = new ArrayList<>();
        long[] next = new long[slots.size()];
        for (int i = 0; i < next.length; i++) {
            MemoryLane lane = lane(slots.get(i).queue());
            synchronized (lane) {
                next[i] = lane.claim(request, slots.get(i).free(), now, claims);
            }
        }
        return new ClaimBatch(claims, next, now);
    }

    void advance(TaskStore.Advance head, long now) {
        withRun(head.claim(), now, run -> {
            MemoryChanges.advance(run, head.next(), now);
            return true;
        });
    }

    /** Whether the claim was still valid. */
    boolean renew(Claim claim, Duration lease, long now) {
        Boolean isRenewed = withRun(claim, now, run -> {
            boolean isValid = run.leaseMicros >= now;
            if (isValid) {
                run.leaseMicros = now + Checks.micros(lease);
            }
            return isValid;
        });
        return Boolean.TRUE.equals(isRenewed);
    }

    List<TaskStore.Recorded> complete(List<Completion> completions, long now) {
        TaskStore.Recorded[] recorded = new TaskStore.Recorded[completions.size()];
        for (int from = 0; from < recorded.length; ) {
            from = complete(completions, recorded, from, now);
        }
        sweep.trim();
        return Arrays.asList(recorded);
    }

    /** Records a row of completions of one queue under its monitor; gives where the row ends. */
    private int complete(List<Completion> completions, TaskStore.Recorded[] recorded, int from, long now) {
        String queue = completions.get(from).claim().task().queue();
        MemoryLane lane = lane(queue);
        int at = from;
        long news;
        synchronized (lane) {
            do {
                Completion completion = completions.get(at);
                MemoryExecution run = lane.claimed(completion.claim());
                if (run == null) {
                    break;
                }
                recorded[at++] = MemoryChanges.complete(run, completion, now);
            } while (at < recorded.length
                    && completions.get(at).claim().task().queue().equals(queue));
            news = lane.takeNews();
        }
        lane.tell(news);
        if (at == from) {
            Completion completion = completions.get(at);
            TaskStore.Recorded elsewhere =
                    changeIfKnown(completion.claim().task().id(), now, task -> {
                        MemoryExecution run = task.lane.claimed(completion.claim());
                        return run == null
                                ? MemoryChanges.again(task, completion.claim())
                                : MemoryChanges.complete(run, completion, now);
                    });
            recorded[at++] = elsewhere == null ? TaskStore.Recorded.STALE : elsewhere;
        }
        return at;
    }

    /** A change of a claimed execution under the monitor of its queue. */
    private interface RunChange<T> {
        T apply(MemoryExecution run);
    }

    /** What the change gives; null when the claim is not valid any more. The task may have been moved since the claim. */
    private <T> @Nullable T withRun(Claim claim, long now, RunChange<T> change) {
        return changeIfKnown(claim.task().id(), now, task -> {
            MemoryExecution run = task.lane.claimed(claim);
            return run == null ? null : change.apply(run);
        });
    }

    TaskStore.Swept sweep(long now) {
        return sweep.sweep(now);
    }

    // ---- changes

    /** A change of a task under the monitor of its queue. */
    interface Change<T> {
        @Nullable
        T apply(MemoryTask task);
    }

    /** What the change gives; null when the task is unknown. */
    <T> @Nullable T changeIfKnown(String id, long now, Change<T> change) {
        for (; ; ) {
            MemoryTask task = shared.ids.get(id);
            if (task == null) {
                return null;
            }
            MemoryLane lane = task.lane;
            T result;
            long news;
            synchronized (lane) {
                if (task.lane != lane || task.where == MemoryTask.REMOVED) {
                    continue;
                }
                lane.drain(now);
                result = change.apply(task);
                lane.touched(task, now);
                news = lane.takeNews();
            }
            lane.tell(news);
            return result;
        }
    }

    <T> T change(String id, long now, Change<T> change) {
        T result = changeIfKnown(id, now, change);
        if (result == null) {
            throw new UnknownTaskException(id);
        }
        return result;
    }

    /** What a change gives that may owe a hint. */
    private record Told<T>(T result, TaskStore.@Nullable Hint hint) {}

    private <T> T tell(Told<T> told) {
        if (told.hint() != null) {
            shared.hints.emit(told.hint());
        }
        return told.result();
    }

    TaskInfo cancel(String id, long now) {
        return tell(change(id, now, task -> {
            TaskStore.Hint hint = MemoryChanges.cancel(task, now);
            return new Told<>(task.info(), hint);
        }));
    }

    TaskInfo remove(String id, MemoryClock clock) {
        TaskInfo takenBack = takeBack(id);
        if (takenBack != null) {
            return takenBack;
        }
        long now = clock.nowMicros();
        return tell(change(id, now, task -> {
            TaskInfo info = task.info();
            return new Told<>(info, MemoryChanges.remove(task, now));
        }));
    }

    /** Removes a task that is not in line yet, as it is where one is taken back at once: no line is touched for it. */
    private @Nullable TaskInfo takeBack(String id) {
        MemoryTask task = shared.ids.get(id);
        if (task == null) {
            return null;
        }
        MemoryLane lane = task.lane;
        TaskInfo info;
        long news;
        synchronized (lane) {
            if (task.lane != lane || !lane.inbox.mayTakeBack(task)) {
                return null;
            }
            info = task.info();
            lane.remove(task);
            lane.inbox.takeBack(task);
            news = lane.takeNews();
        }
        lane.tell(news);
        return info;
    }

    boolean cancelExecution(String id, long now) {
        return tell(change(Execution.taskIdOf(id), now, task -> {
            MemoryExecution run = task.execution(Execution.numberOf(id));
            boolean isRunning = run != null && run.state == MemoryExecution.ACTIVE;
            long fence = shared.fences.get();
            return new Told<>(
                    isRunning, isRunning ? new TaskStore.Hint(TaskStore.Hint.Kind.CANCEL_EXECUTION, id, fence) : null);
        }));
    }

    /** Gives false for what was refused. */
    boolean append(TaskStore.Said said, long now) {
        Claim claim = said.claim();
        Boolean isRefused = changeIfKnown(claim.task().id(), now, task -> {
            MemoryExecution run = task.execution(claim.number());
            if (run == null) {
                return false;
            }
            if (run.fence() != claim.fence()) {
                return true;
            }
            run.say(said.event());
            return false;
        });
        return !Boolean.TRUE.equals(isRefused);
    }

    List<ExecutionEvent> events(String id, long now) {
        List<ExecutionEvent> events = changeIfKnown(Execution.taskIdOf(id), now, task -> {
            MemoryExecution run = task.execution(Execution.numberOf(id));
            return run == null ? null : List.copyOf(run.events());
        });
        return events == null ? List.of() : events;
    }

    // ---- queues

    /** Those that were declared. */
    List<TaskQueue> queues() {
        return lanes.values().stream()
                .filter(lane -> lane.declared != null)
                .map(MemoryLane::settings)
                .toList();
    }

    TaskQueue declareQueue(TaskQueue queue, long now) {
        MemoryLane lane = lane(queue.name());
        TaskQueue settings;
        long due = Position.NO_TIME;
        boolean isChanged;
        synchronized (lane) {
            TaskQueue before = lane.settings();
            TaskQueue declared = lane.declared;
            boolean isNew = declared == null;
            boolean isSame =
                    declared != null && declared.paused(queue.isPaused()).equals(queue);
            settings = isNew ? queue : isSame ? before : queue.paused(before.isPaused());
            isChanged = isNew || !settings.equals(before);
            lane.declared = queue;
            if (isChanged) {
                due = lane.settings(settings, now);
            }
        }
        if (isChanged) {
            tellSettings(lane, due);
        }
        return settings;
    }

    /** The settings of a queue after a change; null when it was not declared. */
    @Nullable
    TaskQueue changeQueue(String queue, UnaryOperator<TaskQueue> change, long now) {
        MemoryLane lane = lanes.get(queue);
        if (lane == null) {
            return null;
        }
        TaskQueue changed;
        long due;
        synchronized (lane) {
            TaskQueue before = lane.settings();
            if (lane.declared == null) {
                return null;
            }
            changed = change.apply(before);
            if (changed.equals(before)) {
                return before;
            }
            due = lane.settings(changed, now);
        }
        tellSettings(lane, due);
        return changed;
    }

    /** Takes over settings of elsewhere. */
    void mirrorQueue(TaskQueue queue, long now) {
        MemoryLane lane = lane(queue.name());
        long due = Position.NO_TIME;
        synchronized (lane) {
            lane.declared = queue;
            if (!queue.equals(lane.settings())) {
                due = lane.settings(queue, now);
            }
        }
        lane.tell(due);
    }

    private void tellSettings(MemoryLane lane, long due) {
        shared.hints.emit(new TaskStore.Hint(TaskStore.Hint.Kind.QUEUE, lane.name, 0));
        lane.tell(due);
    }
}
