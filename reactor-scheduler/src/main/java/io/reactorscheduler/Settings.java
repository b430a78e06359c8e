package io.reactorscheduler;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SchedulerBuilder} was told, frozen.
 *
 * @param node the name of the node
 * @param lease how long a claim is valid unless renewed
 * @param retryInPlace the longest retry delay that is waited for in the slot
 * @param maxPayload the most characters of JSON of one input or result
 * @param codec how inputs and results become JSON
 * @param queues the queues by name
 * @param carried the keys of the Reactor Context that travel with a task, with their types
 * @param instrumentations what looks at the scheduler from outside
 * @param destination where results go; null for the record of the execution
 */
record Settings(
        String node,
        Duration lease,
        Duration retryInPlace,
        int maxPayload,
        JsonCodec codec,
        Map<String, TaskQueue> queues,
        Map<String, Type> carried,
        List<Instrumentation> instrumentations,
        @Nullable ResultDestination destination) {

    /** A value that a caller gave, as JSON; {@code parameter} names it in the error when that cannot be. */
    String encode(String parameter, Object value) {
        String json;
        try {
            json = codec.encode(value);
        } catch (Exception | StackOverflowError notSerialisable) {
            throw new InvalidTaskException(
                    parameter,
                    value.getClass().getName(),
                    "give a value that the JsonCodec can write; it said: " + notSerialisable);
        }
        checkSize(parameter, json.length());
        return json;
    }

    /** Refuses what has more characters than the user allows. */
    void checkSize(String parameter, long characters) {
        if (characters > maxPayload) {
            throw new InvalidTaskException(
                    parameter,
                    characters + " characters",
                    "give at most " + maxPayload + ", or raise builder.maxPayload");
        }
    }
}
