package io.reactorscheduler.proof;

/** What is done to the nodes and to Redis. */
enum Fault {
    /** A node is killed (SIGKILL); another one starts. */
    KILL,
    /** A node stands still (SIGSTOP) for longer than its lease, then goes on (SIGCONT). */
    FREEZE,
    /** Every node stops in order, one after the other, and a new one takes its place. */
    ROLLING_RESTART,
    /** A node is killed, and its successor's wall clock is ten minutes wrong. */
    CLOCK,
    /** Nothing passes between a node and Redis for longer than its lease; then all that was held back arrives. */
    PARTITION,
    /** All that passes between a node and Redis takes longer, for a while. */
    DELAY,
    /** Redis does what a node asks, and its answers get lost, several times. */
    DROPPED_REPLIES,
    /** Redis is killed (SIGKILL) and started again; where there are replicas, one of them takes over. */
    REDIS_CRASH,
    /** Redis has no memory left and refuses writes, for a while. */
    MEMORY;

    /** Whether nothing that is running may be lost by it, so that nothing may run twice. */
    boolean isGentle() {
        return this == ROLLING_RESTART;
    }

    /** Whether it needs a proxy between nodes and Redis, which knows one server only. */
    boolean needsProxy() {
        return this == PARTITION || this == DELAY || this == DROPPED_REPLIES;
    }
}
