package io.reactorscheduler;

/**
 * What happens when a fire time of a task comes while an earlier run of it is still active.
 *
 * <p>Waiting for a retry counts as active. Every fire time that does not run leaves a skipped event with its reason.
 */
public final class Overlap {

    /** How many fire times {@link #sequential()} keeps waiting. */
    public static final int DEFAULT_BUFFER = 1;

    enum Mode {
        SEQUENTIAL,
        SKIP,
        PARALLEL,
        CANCEL_RUNNING
    }

    private static final Overlap SEQUENTIAL = new Overlap(Mode.SEQUENTIAL, DEFAULT_BUFFER);
    private static final Overlap SKIP = new Overlap(Mode.SKIP, 0);
    private static final Overlap CANCEL_RUNNING = new Overlap(Mode.CANCEL_RUNNING, 1);

    private final Mode mode;
    private final int bound;

    private Overlap(Mode mode, int bound) {
        this.mode = mode;
        this.bound = bound;
    }

    /** Runs follow each other; one fire time waits, further ones are skipped. The default. */
    public static Overlap sequential() {
        return SEQUENTIAL;
    }

    /** Runs follow each other; up to {@code buffer} fire times wait (at least 1), further ones are skipped. */
    public static Overlap sequential(int buffer) {
        return new Overlap(Mode.SEQUENTIAL, Checks.atLeast("buffer", buffer, 1));
    }

    /** A fire time that comes during a run is skipped. */
    public static Overlap skip() {
        return SKIP;
    }

    /** Up to {@code max} runs (at least 2) are active at once; a fire time beyond that is skipped. */
    public static Overlap parallel(int max) {
        return new Overlap(Mode.PARALLEL, Checks.atLeast("max", max, 2));
    }

    /**
     * The active run is cancelled and the new one starts. A run that comes late, because its node was lost or its retry had
     * to wait, is cancelled itself where a later one is active. Triggered runs cancel none and count as later or earlier by
     * when they were asked for.
     */
    public static Overlap cancelRunning() {
        return CANCEL_RUNNING;
    }

    Mode mode() {
        return mode;
    }

    int bound() {
        return bound;
    }

    /**
     * Whether the next fire time is due while a run is active. A store must then keep the task's head in its index
     * during the run; otherwise the head is decided when the run ends.
     */
    public boolean overlaps() {
        return mode == Mode.PARALLEL || mode == Mode.CANCEL_RUNNING;
    }

    /** Reads what {@link #toString} wrote. */
    public static Overlap parse(String text) {
        String[] words = text.split(" ", 2);
        try {
            switch (Mode.valueOf(words[0])) {
                case SEQUENTIAL:
                    return words.length == 1 ? SEQUENTIAL : sequential(Integer.parseInt(words[1]));
                case SKIP:
                    return SKIP;
                case PARALLEL:
                    return parallel(Integer.parseInt(words[1]));
                case CANCEL_RUNNING:
                    return CANCEL_RUNNING;
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
            throw new InvalidTaskException("overlap", text, "write SEQUENTIAL n, SKIP, PARALLEL n or CANCEL_RUNNING");
        }
        throw new AssertionError(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Overlap that && mode == that.mode && bound == that.bound;
    }

    @Override
    public int hashCode() {
        return mode.hashCode() * 31 + bound;
    }

    /** The mode and, where there is one, its bound: {@code PARALLEL 4}. */
    @Override
    public String toString() {
        return mode == Mode.SEQUENTIAL || mode == Mode.PARALLEL ? mode + " " + bound : mode.toString();
    }
}
