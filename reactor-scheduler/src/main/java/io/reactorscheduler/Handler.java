package io.reactorscheduler;

import java.lang.reflect.Type;
import java.util.Objects;

/**
 * A name for code that can run, with the types of its input and its output.
 *
 * <p>A handler holds no code. Programs that only enqueue share this value with programs that run it: one side writes
 * {@code scheduler.schedule(SEND.task(email))}, the other {@code builder.handle(SEND, (email, run) -> ...)}.
 *
 * <p>Input and output travel as JSON, so both types must be readable and writable by the scheduler's {@link JsonCodec}.
 *
 * @param <I> the input; {@link Void} for none
 * @param <O> one element of the output
 */
public final class Handler<I, O> {

    private final String name;
    private final Type inputType;
    private final Type outputType;

    private Handler(String name, Type inputType, Type outputType) {
        this.name = Checks.name("handler", name);
        this.inputType = Objects.requireNonNull(inputType, "inputType");
        this.outputType = Objects.requireNonNull(outputType, "outputType");
    }

    /**
     * Names a handler.
     *
     * @param name 1 to 200 characters; the same on every node
     * @throws InvalidTaskException if the name is empty or too long
     */
    public static <I, O> Handler<I, O> named(String name, Class<I> input, Class<O> output) {
        return new Handler<>(name, input, output);
    }

    /** Names a handler that takes no input; it sees null. */
    public static <O> Handler<Void, O> named(String name, Class<O> output) {
        return new Handler<>(name, Void.class, output);
    }

    /** Names a handler whose types have type arguments, for example {@code new TypeRef<List<Item>>() {}}. */
    public static <I, O> Handler<I, O> named(String name, TypeRef<I> input, TypeRef<O> output) {
        return new Handler<>(
                name,
                Objects.requireNonNull(input, "input").type(),
                Objects.requireNonNull(output, "output").type());
    }

    static <O> Handler<Void, O> inline(String name) {
        return new Handler<>(name, Void.class, Object.class);
    }

    /** A task that runs this handler once, now, with the given input; refine it from there. */
    public Task<I, O> task(I input) {
        return Task.of(this, Objects.requireNonNull(input, "input"));
    }

    /** A task that runs this handler once, now, without input: the handler sees null, whatever type it names. */
    public Task<I, O> task() {
        return Task.of(this, null);
    }

    /** The name, the same on every node. */
    public String name() {
        return name;
    }

    /** The type that the input is read as. */
    public Type inputType() {
        return inputType;
    }

    /** The type that one element of the output is read as. */
    public Type outputType() {
        return outputType;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Handler<?, ?> that
                && name.equals(that.name)
                && inputType.equals(that.inputType)
                && outputType.equals(that.outputType);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return "Handler(" + name + ": " + inputType.getTypeName() + " -> " + outputType.getTypeName() + ")";
    }
}
