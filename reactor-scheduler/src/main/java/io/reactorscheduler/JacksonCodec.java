package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.Objects;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** {@link JsonCodec} over Jackson 3. */
final class JacksonCodec implements JsonCodec {

    static final JsonCodec DEFAULT = new JacksonCodec(JsonMapper.builder().build());

    private final ObjectMapper mapper;

    JacksonCodec(ObjectMapper mapper) {
        this.mapper = Objects.requireNonNull(mapper, "mapper");
    }

    /** A type that Jackson cannot read is no error here: it may never be read. */
    @Override
    public void prepare(Type type) {
        mapper.readerFor(mapper.constructType(type));
    }

    @Override
    public String encode(Object value) {
        return mapper.writeValueAsString(value);
    }

    @Override
    public Object decode(String json, Type type) {
        try {
            return mapper.readValue(json, mapper.constructType(type));
        } catch (NumberFormatException | ArithmeticException notWrapped) {
            // of numbers that have no value in Java, as 1E-2147483648
            throw DatabindException.from(
                    (DeserializationContext) null, "cannot read a number: " + notWrapped.getMessage(), notWrapped);
        }
    }
}
