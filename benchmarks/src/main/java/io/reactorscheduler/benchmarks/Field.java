package io.reactorscheduler.benchmarks;

/** Who competes with whom: workloads and subjects of one field meet, others never do. */
enum Field {
    MEMORY,
    REDIS
}
