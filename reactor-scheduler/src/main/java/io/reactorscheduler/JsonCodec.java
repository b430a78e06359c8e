package io.reactorscheduler;

import java.lang.reflect.Type;
import tools.jackson.databind.ObjectMapper;

/** How inputs and results become JSON text and back. Thread-safe; called on the scheduler's threads, must not block. */
public interface JsonCodec {

    /** Writes a value; throws whatever explains why it cannot. */
    String encode(Object value);

    /** Reads a value of the given type; throws whatever explains why it cannot. */
    Object decode(String json, Type type);

    /** Jackson 3 with its defaults. The default of the builder. */
    static JsonCodec jackson() {
        return JacksonCodec.DEFAULT;
    }

    /** Jackson 3 with a mapper of your own. */
    static JsonCodec jackson(ObjectMapper mapper) {
        return new JacksonCodec(mapper);
    }
}
