package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Argument checks whose errors name the parameter, the value and the way out. */
final class Checks {

    static final int MAX_NAME = 200;

    private static final int MAX_EXECUTION_ID =
            MAX_NAME + 1 + Long.toString(Long.MAX_VALUE).length();

    /** About 31 years; far below what overflows microsecond arithmetic on instants up to {@link #LATEST}. */
    static final Duration LONGEST = Duration.ofDays(11_500);

    static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Checks() {}

    static String name(String parameter, @Nullable String value) {
        return text(parameter, value, MAX_NAME, "give a name of 1 to " + MAX_NAME + " characters");
    }

    /** The id of an execution, which is that of its task and a number; or of a task. */
    static String executionId(String parameter, @Nullable String value) {
        return text(parameter, value, MAX_EXECUTION_ID, "give the id of an execution, as in Execution.id()");
    }

    private static String text(String parameter, @Nullable String value, int longest, String wayOut) {
        if (value == null || value.isBlank()) {
            throw new InvalidTaskException(parameter, value, wayOut);
        }
        if (value.length() > longest) {
            String shown = value.substring(0, 32) + "... (" + value.length() + " characters)";
            throw new InvalidTaskException(parameter, shown, wayOut);
        }
        int next;
        for (int i = 0; i < value.length(); i = next) {
            int character = value.codePointAt(i);
            next = i + Character.charCount(character);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                // half a character has no UTF-8: a shared store would read back another name
                throw new InvalidTaskException(
                        parameter, "with half a character at " + i, "give text that can be written as UTF-8");
            }
        }
        return value;
    }

    static int atLeast(String parameter, int value, int least) {
        if (value < least) {
            throw new InvalidTaskException(parameter, value, "give " + least + " or more");
        }
        return value;
    }

    static long atLeast(String parameter, long value, long least) {
        if (value < least) {
            throw new InvalidTaskException(parameter, value, "give " + least + " or more");
        }
        return value;
    }

    static Duration positive(String parameter, @Nullable Duration value) {
        Duration checked = notNegative(parameter, value);
        if (checked.isZero()) {
            throw new InvalidTaskException(parameter, value, "give a duration above zero");
        }
        return checked;
    }

    static Duration notNegative(String parameter, @Nullable Duration value) {
        if (value == null || value.isNegative()) {
            throw new InvalidTaskException(parameter, value, "give a duration that is not negative");
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new InvalidTaskException(parameter, value, "give at most " + LONGEST.toDays() + " days");
        }
        return value;
    }

    static Instant instant(String parameter, @Nullable Instant value) {
        if (value == null || value.isBefore(EARLIEST) || value.isAfter(LATEST)) {
            throw new InvalidTaskException(parameter, value, "give an instant between " + EARLIEST + " and " + LATEST);
        }
        return value;
    }

    /** Microseconds of a checked duration, rounded up so that nothing is ever early. */
    static long micros(Duration value) {
        return value.getSeconds() * 1_000_000L + (value.getNano() + 999) / 1_000;
    }
}
