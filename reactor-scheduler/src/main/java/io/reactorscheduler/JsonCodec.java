package io.reactorscheduler;

import java.lang.reflect.Type;
import tools.jackson.databind.ObjectMapper;

/**
 * How inputs and results become JSON text and back. Thread-safe, must not block: inputs are written on the thread that
 * subscribes to schedule and read by their run, results are written by their run and read by whoever subscribes to them.
 */
public interface JsonCodec {

    /** Writes a value; throws whatever explains why it cannot. */
    String encode(Object value);

    /** Reads a value of the given type; throws whatever explains why it cannot. */
    Object decode(String json, Type type);

    /**
     * Makes ready to read values of a type, so that the first run that reads one does not wait for it. May block. Called once
     * for each type of the handlers when a scheduler is built; what it throws, building throws. Does nothing by default.
     */
    default void prepare(Type type) {}

    /** Jackson 3 with its defaults. The default of the builder. */
    static JsonCodec jackson() {
        return JacksonCodec.DEFAULT;
    }

    /** Jackson 3 with a mapper of your own. */
    static JsonCodec jackson(ObjectMapper mapper) {
        return new JacksonCodec(mapper);
    }
}
