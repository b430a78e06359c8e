package io.reactorscheduler.test;

import io.reactorscheduler.Handler;
import io.reactorscheduler.IfExists;
import io.reactorscheduler.NewTask;
import io.reactorscheduler.Overlap;
import io.reactorscheduler.Position;
import io.reactorscheduler.Task;
import io.reactorscheduler.TaskRecord;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task to save, refined by copies.
 *
 * @param id the id of the task
 * @param handler the name of its handler
 * @param input the input as JSON, null for none
 * @param trigger the fire times, which no store looks at
 * @param settings carries all other settings
 * @param head where its timeline stands
 * @param ifExists what to do when the id is known
 */
record Draft(
        String id,
        String handler,
        @Nullable String input,
        Trigger trigger,
        Task<?, ?> settings,
        Position head,
        IfExists ifExists) {

    static final String HANDLER = "handler";

    /** One fire time. */
    static Draft once(String id, long dueMicros) {
        Task<?, ?> settings = Handler.named(HANDLER, String.class, String.class).task();
        return new Draft(id, HANDLER, null, Trigger.now(), settings, at(dueMicros), IfExists.REPLACE);
    }

    /** Fire times one after another. */
    static Draft repeating(String id, long dueMicros) {
        return once(id, dueMicros).trigger(Trigger.every(Duration.ofHours(1)));
    }

    /** Fire times that do not wait for the runs before them. */
    static Draft overlapping(String id, long dueMicros) {
        return repeating(id, dueMicros).with(task -> task.overlap(Overlap.parallel(10)));
    }

    /** A head that is due at its fire time. */
    static Position at(long micros) {
        return Position.at(micros, micros);
    }

    Draft handler(String other) {
        return new Draft(id, other, input, trigger, settings, head, ifExists);
    }

    Draft input(String json) {
        return new Draft(id, handler, json, trigger, settings, head, ifExists);
    }

    Draft trigger(Trigger other) {
        return new Draft(id, handler, input, other, settings, head, ifExists);
    }

    Draft with(UnaryOperator<Task<?, ?>> change) {
        return new Draft(id, handler, input, trigger, change.apply(settings), head, ifExists);
    }

    Draft queue(String queue) {
        return with(task -> task.queue(queue));
    }

    Draft key(String key) {
        return with(task -> task.key(key));
    }

    Draft priority(int priority) {
        return with(task -> task.priority(priority));
    }

    Draft head(Position other) {
        return new Draft(id, handler, input, trigger, settings, other, ifExists);
    }

    Draft due(long micros) {
        return head(at(micros));
    }

    Draft ifExists(IfExists other) {
        return new Draft(id, handler, input, trigger, settings, head, other);
    }

    TaskRecord task() {
        return TaskRecord.builder(id, handler)
                .input(input)
                .trigger(trigger)
                .settingsOf(settings)
                .build();
    }

    NewTask newTask() {
        return new NewTask(task(), head, ifExists);
    }
}
