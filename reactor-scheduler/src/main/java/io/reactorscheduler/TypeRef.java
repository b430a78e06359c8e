package io.reactorscheduler;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A type with its type arguments, captured by an anonymous subclass: {@code new TypeRef<List<Item>>() {}}.
 *
 * @param <T> the type that is captured
 */
public abstract class TypeRef<T> {

    private final Type type;

    /** Captures the type argument of the anonymous subclass. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)) {
            throw new InvalidTaskException(
                    "type", getClass().getName(), "write new TypeRef<List<Item>>() {} with the type argument");
        }
        this.type = parent.getActualTypeArguments()[0];
    }

    /** The captured type. */
    public final Type type() {
        return type;
    }

    /** The type {@code List<element>}. */
    static Type listOf(Type element) {
        return new ListOf(element);
    }

    private record ListOf(Type element) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {element};
        }

        @Override
        public Type getRawType() {
            return List.class;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }
    }
}
