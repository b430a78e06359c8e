package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Argument checks whose errors name the parameter, the value and the way out. */
final class Checks {

    static final int MAX_NAME = 200;

    /** About 31 years; far below what overflows microsecond arithmetic on instants up to {@link #LATEST}. */
    static final Duration LONGEST = Duration.ofDays(11_500);

    static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private Checks() {}

    static String name(String parameter, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new InvalidTaskException(parameter, value, "give a name of 1 to " + MAX_NAME + " characters");
        }
        if (value.length() > MAX_NAME) {
            String shown = value.substring(0, 32) + "... (" + value.length() + " characters)";
            throw new InvalidTaskException(parameter, shown, "give a name of 1 to " + MAX_NAME + " characters");
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
