package io.reactorscheduler;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a handler failed, as data: class name, message and the head of the stack trace. */
public final class ExecutionError {

    /** How many characters of a stack trace and of a message are kept. */
    public static final int KEPT_CHARACTERS = 4_000;

    private final String type;
    private final String message;
    private final String stackTrace;
    private final @Nullable Throwable thrown;

    private ExecutionError(String type, String message, String stackTrace, @Nullable Throwable thrown) {
        this.type = type;
        this.message = message;
        this.stackTrace = stackTrace;
        this.thrown = thrown;
    }

    /** Describes an error of this process. */
    public static ExecutionError of(Throwable thrown) {
        return new ExecutionError(thrown.getClass().getName(), messageOf(thrown), "", thrown);
    }

    /** Builds one that was stored as text. */
    public static ExecutionError of(String type, String message, String stackTrace) {
        return new ExecutionError(type, message, stackTrace, null);
    }

    /** Describes why a task was put in quarantine: so many nodes in a row were lost while they ran it. */
    public static ExecutionError lostNodes(String taskId, int crashes) {
        String message = "The node that ran it was lost " + crashes + " times in a row, so task \"" + taskId
                + "\" is in quarantine. Find out what it does to its nodes, then release it with resume, or remove it.";
        return of(LostLeaseException.class.getName(), message, "");
    }

    /** A hostile or broken getMessage() must not turn a failed run into a failed scheduler. */
    private static String messageOf(Throwable thrown) {
        try {
            return cut(Objects.requireNonNullElse(thrown.getMessage(), ""));
        } catch (Throwable unprintable) {
            return "(its message could not be read: " + unprintable.getClass().getName() + ")";
        }
    }

    private static String cut(String text) {
        return text.length() <= KEPT_CHARACTERS ? text : text.substring(0, KEPT_CHARACTERS);
    }

    /** The class name of the error. */
    public String type() {
        return type;
    }

    /** Its message, empty for none, at most {@link #KEPT_CHARACTERS} characters. */
    public String message() {
        return message;
    }

    /** Its stack trace, at most {@link #KEPT_CHARACTERS} characters. */
    public String stackTrace() {
        if (thrown == null) {
            return stackTrace;
        }
        // rendered when it is asked for: a flood of failing runs should not pay for traces nobody reads
        try {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return cut(text.toString());
        } catch (Throwable unprintable) {
            return "(its stack trace could not be read: "
                    + unprintable.getClass().getName() + ")";
        }
    }

    /** The error itself where it happened in this process, else null. */
    public @Nullable Throwable thrown() {
        return thrown;
    }

    @Override
    public String toString() {
        return type + ": " + message;
    }
}
