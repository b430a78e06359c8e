package io.reactorscheduler.benchmarks;

/**
 * One figure that the table shows.
 *
 * @param value its name among the values
 * @param label the head of its column
 * @param factor what the value is multiplied with, for the unit of the label
 * @param isMoreBetter whether higher is better
 */
record Metric(String value, String label, double factor, boolean isMoreBetter) {

    static final Metric RATE = more("per_s", "k/s", 1e-3);
    static final Metric CPU = less("cpu_s_per_million", "CPU s/M", 1);
    static final Metric P50 = less("p50_us", "p50 us", 1);
    static final Metric P99 = less("p99_us", "p99 us", 1);
    static final Metric MAX = less("max_us", "max us", 1);
    static final Metric EARLY = less("early", "early", 1);
    static final Metric BYTES = less("bytes_per_task", "B/task", 1);

    static final Metric READS = less("reads_per_job", "reads/job", 1);
    static final Metric SERVER = less("server_us_per_job", "server us/job", 1);

    static Metric more(String value, String label, double factor) {
        return new Metric(value, label, factor, true);
    }

    static Metric less(String value, String label, double factor) {
        return new Metric(value, label, factor, false);
    }
}
