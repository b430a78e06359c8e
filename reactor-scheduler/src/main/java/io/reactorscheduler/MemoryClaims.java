package io.reactorscheduler;

/** Turns the next work of a task into a claim. Under the monitor of the task's queue. */
final class MemoryClaims {

    private MemoryClaims() {}

    /** The execution that is claimed by this; its claim is set. */
    static MemoryExecution next(MemoryTask task, long fence, long leaseMicros) {
        MemoryRuns more = task.more;
        if (more == null) {
            return once(task, fence, leaseMicros);
        }
        int others = more.active++;
        MemoryExecution waiting = more.pollWaiting(task.overlaps());
        if (waiting == null) {
            return head(task, more, others, fence, leaseMicros);
        }
        return waiting.claim == null
                ? extra(waiting, more, others, fence, leaseMicros)
                : again(waiting, more, others, fence, leaseMicros);
    }

    private static MemoryExecution once(MemoryTask task, long fence, long leaseMicros) {
        MemoryExecution run = new MemoryExecution(task, 1);
        task.add(run);
        TaskRecord record = task.record;
        return claimed(
                run,
                new Claim(
                        record,
                        1,
                        task.due,
                        task.due,
                        1,
                        fence,
                        leaseMicros,
                        0,
                        1,
                        Long.MIN_VALUE,
                        false,
                        record.input()));
    }

    private static MemoryExecution head(MemoryTask task, MemoryRuns more, int others, long fence, long leaseMicros) {
        MemoryExecution run = new MemoryExecution(task, ++more.numbers);
        more.claimedNumbers++;
        more.fired++;
        task.add(run);
        TaskRecord record = task.record;
        Claim claim = new Claim(
                record,
                run.number,
                more.headFire,
                more.headDue,
                1,
                fence,
                leaseMicros,
                others,
                more.fired,
                more.bufferedUntil,
                false,
                record.input());
        more.noHead();
        more.headNumber = run.number;
        return claimed(run, claim);
    }

    private static MemoryExecution extra(
            MemoryExecution run, MemoryRuns more, int others, long fence, long leaseMicros) {
        TaskRecord record = run.task.record;
        TaskStore.Extra asked = run.extra;
        String input = asked == null || asked.input() == null ? record.input() : asked.input();
        long fire = asked == null ? run.due : asked.fireMicros();
        more.claimedNumbers++;
        run.task.lane.freePlaces(1);
        return claimed(
                run,
                new Claim(
                        record,
                        run.number,
                        fire,
                        run.due,
                        run.attempt,
                        fence,
                        leaseMicros,
                        others,
                        more.fired,
                        Long.MIN_VALUE,
                        true,
                        input));
    }

    private static MemoryExecution again(
            MemoryExecution run, MemoryRuns more, int others, long fence, long leaseMicros) {
        Claim last = run.claim();
        // one after another: what the run before it skipped is used up too
        boolean overlaps = run.task.overlaps();
        long fired = overlaps ? last.fired() : more.fired;
        // the timeline may be ahead of it by now, and says itself what becomes of later fire times
        long bufferedUntil =
                overlaps ? Math.max(last.bufferedUntilMicros(), last.fireMicros()) : last.bufferedUntilMicros();
        return claimed(
                run,
                new Claim(
                        run.task.record,
                        run.number,
                        last.fireMicros(),
                        run.due,
                        run.attempt,
                        fence,
                        leaseMicros,
                        others,
                        fired,
                        bufferedUntil,
                        last.extra(),
                        last.input()));
    }

    /** What the record of an execution is built on that was asked for and ended before it was claimed. */
    static Claim neverGiven(MemoryExecution run) {
        TaskRecord record = run.task.record;
        TaskStore.Extra asked = run.extra;
        String input = asked == null || asked.input() == null ? record.input() : asked.input();
        long fire = asked == null ? run.due : asked.fireMicros();
        return new Claim(record, run.number, fire, run.due, 1, 0, 0, 0, 0, Long.MIN_VALUE, true, input);
    }

    private static MemoryExecution claimed(MemoryExecution run, Claim claim) {
        run.claim = claim;
        run.order = claim.fence();
        run.leaseMicros = claim.leaseMicros();
        run.state = MemoryExecution.ACTIVE;
        run.isReported = false;
        return run;
    }
}
