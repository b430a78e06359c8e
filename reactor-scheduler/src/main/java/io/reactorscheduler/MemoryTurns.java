package io.reactorscheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The waiting tasks of one priority of a queue with limits per key: a line per key, and the lines take turns.
 *
 * <p>A line with due tasks is in exactly one place: in the round, where the first one gives the next task and goes to the
 * end; resting until its key has a token; or parked at its key until a run of the key ends. So a key that is blocked
 * costs nothing however many tasks wait, and a key with one task waits for one round.
 */
final class MemoryTurns implements MemoryLevel {

    private final MemoryKeys keys;
    private final Map<@Nullable String, Line> lines = new HashMap<>();
    private final DueHeap<MemoryTask> future = new DueHeap<>();
    private final DueHeap<Line> resting = new DueHeap<>();
    private final Chain<Line> round = new Chain<>();
    private int due;

    MemoryTurns(MemoryKeys keys) {
        this.keys = keys;
    }

    @Override
    public void add(MemoryTask task, long now) {
        if (task.due > now) {
            future.add(task, task.due);
        } else {
            addDue(task, now);
        }
    }

    private void addDue(MemoryTask task, long now) {
        String name = task.record.key();
        Line line = lines.get(name);
        if (line == null) {
            line = new Line(keys.key(name, now));
            line.key.lines++;
            lines.put(name, line);
            enter(line);
        }
        line.tasks.add(task, now);
        due++;
    }

    @Override
    public void remove(MemoryTask task) {
        if (future.remove(task)) {
            return;
        }
        Line line = lines.get(task.record.key());
        if (line != null) {
            line.tasks.remove(task);
            due--;
            if (line.tasks.size() == 0) {
                leave(line);
                drop(line, task.due);
            }
        }
    }

    @Override
    public @Nullable MemoryTask peek(long now) {
        settle(now);
        return round.first == null ? null : round.first.tasks.first();
    }

    /** Brings lines to where they belong at this time; then the first of the round, if any, can give a task. */
    private void settle(long now) {
        while (future.peekKey() <= now) {
            MemoryTask task = future.poll();
            if (task != null) {
                addDue(task, now);
            }
        }
        while (resting.peekKey() <= now) {
            Line line = resting.poll();
            if (line != null) {
                enter(line);
            }
        }
        for (Line line = round.first; line != null; line = round.first) {
            MemoryKey key = line.key;
            if (!keys.hasFreeSlot(key)) {
                round.remove(line);
                line.place = Line.PARKED;
                key.parked.add(line);
                continue;
            }
            long at = key.bucket == null ? now : key.bucket.nextAt(now);
            if (at <= now) {
                return;
            }
            round.remove(line);
            line.place = Line.RESTING;
            resting.add(line, at);
        }
    }

    @Override
    public void take(MemoryTask task, long now) {
        Line line = Objects.requireNonNull(round.first);
        line.tasks.remove(task);
        due--;
        keys.start(line.key);
        round.remove(line);
        if (line.tasks.size() > 0) {
            enter(line);
        } else {
            drop(line, now);
        }
    }

    @Override
    public long nextDue(long now) {
        MemoryTask task = peek(now);
        return task != null ? task.due : Math.min(future.peekKey(), resting.peekKey());
    }

    @Override
    public boolean comesBefore(MemoryTask mine, MemoryLevel other, MemoryTask others) {
        return other instanceof MemoryTurns turns
                && round.first != null
                && turns.round.first != null
                && round.first.turn < turns.round.first.turn;
    }

    @Override
    public int size() {
        return due + future.size();
    }

    @Override
    public int due(long now) {
        return due + future.countUpTo(now);
    }

    @Override
    public long oldestDue(long now) {
        long oldest = future.peekKey();
        for (Line line : lines.values()) {
            oldest = Math.min(oldest, line.tasks.nextDue(now));
        }
        return oldest <= now ? oldest : Position.NO_TIME;
    }

    @Override
    public @Nullable MemoryTask poll() {
        MemoryTask task = future.peek();
        if (task == null) {
            for (Line line : lines.values()) {
                task = line.tasks.first();
                break;
            }
        }
        if (task != null) {
            remove(task);
        }
        return task;
    }

    private void enter(Line line) {
        line.place = Line.IN_ROUND;
        line.turn = keys.nextTurn();
        round.add(line);
    }

    private void leave(Line line) {
        switch (line.place) {
            case Line.IN_ROUND -> round.remove(line);
            case Line.RESTING -> resting.remove(line);
            default -> line.key.parked.remove(line);
        }
    }

    private void drop(Line line, long now) {
        lines.remove(line.key.name);
        line.key.lines--;
        keys.release(line.key, now);
    }

    /** The due tasks of one key. */
    final class Line extends Chain.Node<Line> {
        private static final byte IN_ROUND = 0;
        private static final byte RESTING = 1;
        private static final byte PARKED = 2;

        private final MemoryKey key;
        private final MemoryLine tasks = new MemoryLine();
        private byte place;
        private long turn;

        private Line(MemoryKey key) {
            this.key = key;
        }

        @Override
        long sequence() {
            return turn;
        }

        /** Back in the round; gives its earliest due time. */
        long unpark() {
            enter(this);
            return tasks.nextDue(0);
        }
    }
}
