package io.reactorscheduler.test;

import io.reactorscheduler.Position;
import io.reactorscheduler.Trigger;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Random tasks of three kinds, told by the first letter of their ids: once, repeating, overlapping. */
final class Dice {

    static final List<String> QUEUES = List.of("left", "right");
    static final List<String> HANDLERS = List.of("one", "two");

    private static final List<String> KINDS = List.of("o", "r", "p");
    private static final int TASKS_OF_A_KIND = 4;
    private static final List<Trigger> TRIGGERS =
            List.of(Trigger.every(Duration.ofHours(1)), Trigger.every(Duration.ofHours(2)));
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Random random;

    /** Keeps due times apart, so that there is one right order. */
    private long apart;

    private int version;

    Dice(long seed) {
        random = new Random(seed);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    String id() {
        return pick(KINDS) + below(TASKS_OF_A_KIND);
    }

    Draft draft(String id, long now) {
        long due = head(now).dueMicros();
        Draft draft = id.startsWith("p") ? Draft.overlapping(id, due) : Draft.once(id, due);
        return draft.trigger(trigger(id))
                .queue(pick(QUEUES))
                .handler(pick(HANDLERS))
                .priority(below(3) - 1)
                .input(String.valueOf(++version));
    }

    Trigger trigger(String id) {
        return id.startsWith("o") ? Trigger.now() : pick(TRIGGERS);
    }

    /** In most cases due, else soon or not within this test. */
    Position head(long now) {
        apart += 7;
        return switch (below(6)) {
            case 0 -> Draft.at(now + 3_600 * MICROS_PER_SECOND + apart);
            case 1 -> Draft.at(now + below(20) * MICROS_PER_MILLI + apart);
            default -> Draft.at(now - 10 * MICROS_PER_SECOND + apart);
        };
    }

    private <T> T pick(List<T> items) {
        return items.get(below(items.size()));
    }
}
