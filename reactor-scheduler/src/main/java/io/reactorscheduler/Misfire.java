package io.reactorscheduler;

import java.time.Duration;
import java.time.format.DateTimeParseException;

/**
 * What happens to fire times that passed while nobody could run them: the node was down, the queue paused or full.
 *
 * <p>It concerns tasks with more than one fire time; a one-shot task that is late always runs. Every fire time that does
 * not run leaves a skipped event with its reason.
 */
public final class Misfire {

    /** How late a fire time may be before {@link #skip()} counts it as missed. */
    public static final Duration DEFAULT_TOLERANCE = Duration.ofSeconds(1);

    enum Mode {
        ONCE,
        SKIP,
        ALL
    }

    private static final Misfire ONCE = new Misfire(Mode.ONCE, Duration.ZERO, 1);
    private static final Misfire SKIP = new Misfire(Mode.SKIP, DEFAULT_TOLERANCE, 0);

    private final Mode mode;
    private final Duration window;
    private final int max;

    private Misfire(Mode mode, Duration window, int max) {
        this.mode = mode;
        this.window = window;
        this.max = max;
    }

    /** Of all fire times that passed, only the latest runs, at once. The default. */
    public static Misfire once() {
        return ONCE;
    }

    /** Fire times that are more than {@link #DEFAULT_TOLERANCE} late do not run. */
    public static Misfire skip() {
        return SKIP;
    }

    /** Fire times that are later than {@code tolerance} do not run. */
    public static Misfire skip(Duration tolerance) {
        return new Misfire(Mode.SKIP, Checks.notNegative("tolerance", tolerance), 0);
    }

    /**
     * Every fire time of the last {@code window} runs, the newest {@code max} of them at most, one after another; older
     * ones are skipped.
     */
    public static Misfire all(Duration window, int max) {
        return new Misfire(Mode.ALL, Checks.positive("window", window), Checks.atLeast("max", max, 1));
    }

    Mode mode() {
        return mode;
    }

    Duration window() {
        return window;
    }

    int max() {
        return max;
    }

    /** Reads what {@link #toString} wrote. */
    public static Misfire parse(String text) {
        String[] words = text.split(" ");
        try {
            switch (Mode.valueOf(words[0])) {
                case ONCE:
                    return ONCE;
                case SKIP:
                    return words.length == 1 ? SKIP : skip(Duration.parse(words[1]));
                case ALL:
                    return all(Duration.parse(words[1]), Integer.parseInt(words[2]));
            }
        } catch (IllegalArgumentException | DateTimeParseException | ArrayIndexOutOfBoundsException malformed) {
            throw new InvalidTaskException("misfire", text, "write ONCE, SKIP PT1S or ALL PT1H 10");
        }
        throw new AssertionError(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Misfire that && mode == that.mode && max == that.max && window.equals(that.window);
    }

    @Override
    public int hashCode() {
        return (mode.hashCode() * 31 + window.hashCode()) * 31 + max;
    }

    /** The mode with its settings: {@code ALL PT1H 10}. */
    @Override
    public String toString() {
        switch (mode) {
            case SKIP:
                return "SKIP " + window;
            case ALL:
                return "ALL " + window + " " + max;
            default:
                return mode.toString();
        }
    }
}
