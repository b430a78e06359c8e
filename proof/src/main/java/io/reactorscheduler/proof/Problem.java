package io.reactorscheduler.proof;

/**
 * A broken promise.
 *
 * @param rule which
 * @param text what was seen
 */
record Problem(Rule rule, String text) {

    /** What is promised. */
    enum Rule {
        /** Each fire time of a saved task, and each execution that was asked for, has a record that ends it. */
        LOSS,
        /** No fire time and no execution has two such records. */
        DOUBLE,
        /** No record is of something that nobody asked for. */
        INVENTED,
        /** What is recorded as completed was completed, by just the claim that the record names. */
        UNTRUE,
        /** A claim that was followed by another one changes nothing. */
        STALE_WRITE,
        /** Two runs of one execution, or of a task whose runs follow one another, are never active at once. */
        OVERLAP,
        /** Nothing starts before its fire time. */
        EARLY,
        /** What the store said is cancelled starts no more runs. */
        CANCEL,
        /** What was done is done again only if something came between the end of the work and its record; stops in order finish all. */
        REPEAT,
        /** Half of what a kill cuts off runs again within a lease and a second. */
        LATE,
        /** Sweeps find nothing wrong, so each task stands in one index. */
        INDEX,
        /** A retention that keeps nothing leaves no execution and no ended task; when all tasks are removed no key is left. */
        LEFTOVER,
        /** Then Redis holds no more keys and no more data than before. */
        BASELINE
    }

    @Override
    public String toString() {
        return rule + ": " + text;
    }
}
