package io.reactorscheduler.proof;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Why the store says that something did not run. */
enum Reason {
    /** A later run took its place. */
    CANCELLED("cancelled"),
    /** It came late, while a later run was active. */
    SUPERSEDED("overlapped: a later run is active"),
    /** It passed while a run was active. */
    OVERLAPPED("overlapped: the run before it was still active"),
    /** It came while as many runs as allowed were active. */
    BOUND("overlapped: as many runs as allowed in parallel were active"),
    /** It passed while nobody could run it, and so did a later one. */
    LATER("misfired: a later fire time had passed too before it could run"),
    /** It was late. */
    TOO_LATE("misfired: later than its tolerance or window allows");

    private final String text;

    Reason(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** What a text of the store says; null when it is none of these. */
    static @Nullable Reason of(String text) {
        return Arrays.stream(values())
                .filter(reason -> reason.text.equals(text))
                .findFirst()
                .orElse(null);
    }
}
