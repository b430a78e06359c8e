package io.reactorscheduler;

import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** Makes what a store saves of what callers give: checks, the input as JSON, the head of the timeline. */
final class NewTasks {

    private final Resources with;
    private final Handlers handlers;
    private final Engine engine;
    private final Carrier carrier;
    private final TaskIds ids;

    NewTasks(Resources with, Handlers handlers, Engine engine, Carrier carrier) {
        this.with = with;
        this.handlers = handlers;
        this.engine = engine;
        this.carrier = carrier;
        this.ids = with.store() instanceof CombinedTaskStore combined ? combined.ids() : new TaskIds();
    }

    /** The record of a task that is scheduled now, in the context of its caller. */
    NewTask fresh(Task<?, ?> task, ContextView context) {
        long now = with.nowMicros();
        String handler = task.handler().name();
        boolean isRunnable = task.function() != null || handlers.get(handler) != null;
        // nobody else will ever run it
        boolean isLocal = !with.store().isShared() || task.options().ephemeral;
        if (!isRunnable && isLocal) {
            throw new UnknownHandlerException(handler, task.id() == null ? ids.next(now) : task.id());
        }
        String queue = task.options().queue;
        if (!engine.knows(queue) && isLocal) {
            throw new InvalidTaskException("queue", queue, "declare it with builder.queue(TaskQueue.named(...))");
        }
        TaskRecord record = builder(task, now, isLocal)
                .input(encoded("input", task.input()))
                .headers(carrier.capture(task, context))
                .trigger(task.trigger().resolved(handlers.rules()))
                .settingsOf(task)
                .function(task.function())
                .build();
        engine.learn(record);
        return new NewTask(record, firstHead(record, now), task.options().ifExists);
    }

    /** A shared store writes the text of an id anyway, and asks for it again and again. */
    private TaskRecord.Builder builder(Task<?, ?> task, long now, boolean isLocal) {
        String handler = task.handler().name();
        String id = task.id();
        if (id == null && isLocal) {
            return TaskRecord.builder(ids, ids.nextNumber(now), handler);
        }
        return TaskRecord.builder(id == null ? ids.next(now) : id, handler);
    }

    /** A task that never fires would wait for ever, so it is not taken. */
    static Position firstHead(TaskRecord record, long now) {
        Position head = head(record, now);
        if (!head.hasHead()) {
            throw new InvalidTaskException(
                    "trigger",
                    record.trigger(),
                    "give one with a fire time after " + EngineClock.toInstant(now) + "; this one has none");
        }
        return head;
    }

    private static Position head(TaskRecord record, long now) {
        Trigger trigger = record.trigger();
        long fire = trigger.nextMicros(Position.NO_TIME, now);
        return fire == Position.NO_TIME ? Position.ENDED : Position.at(fire, FireTimes.due(trigger, record, fire));
    }

    @Nullable
    String encoded(String parameter, @Nullable Object value) {
        return value == null ? null : with.settings().encode(parameter, value);
    }

    /** An overdue one-shot task fires now, a fixed rate stays on its grid; others go on at their next fire time from now. */
    Position resumed(TaskInfo info) {
        TaskRecord task = handlers.resolved(info.task());
        long now = with.nowMicros();
        if (!task.trigger().isOnce()) {
            long cancelled = info.nextFireTime() == null ? now : EngineClock.toMicros(info.nextFireTime());
            long next = FireTimes.resumed(task.trigger(), cancelled, now);
            return next == Position.NO_TIME
                    ? Position.ENDED
                    : Position.at(next, FireTimes.due(task.trigger(), task, next));
        }
        long fire = info.nextFireTime() == null ? now : EngineClock.toMicros(info.nextFireTime());
        return Position.at(fire, Math.max(now, FireTimes.due(task.trigger(), task, fire)));
    }
}
