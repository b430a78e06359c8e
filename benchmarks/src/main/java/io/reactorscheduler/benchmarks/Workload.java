package io.reactorscheduler.benchmarks;

import java.util.List;

/** One question to all subjects. */
interface Workload {

    /** Its name on the command line. */
    String key();

    /** What is done and measured, in one sentence for the head of the table. */
    String question();

    /** The figures that the table shows; ratios are about the first. */
    List<Metric> metrics();

    /** What {@code compare} runs, or its quick form. */
    List<Params> cases(boolean isQuick);

    /** A run of this kind that is over within a second or so, for warming up. */
    Params small(Params params);

    /** Puts the work to a fresh subject and measures. */
    void measure(Subject subject, Params params, Values values) throws Exception;

    default Field field() {
        return Field.MEMORY;
    }

    /** The most heap of its JVMs, as {@code -Xmx} takes it. */
    default String heap() {
        return "2g";
    }
}
