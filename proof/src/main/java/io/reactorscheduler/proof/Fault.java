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
    /** The wall clock of a node is set ten minutes forwards or backwards while it runs, and mostly set right again. */
    CLOCK_STEP,
    /** Nothing passes between a node and Redis for longer than its lease; then all that was held back arrives. */
    PARTITION,
    /** All that passes between a node and Redis takes longer, for a while. */
    DELAY,
    /** Redis does what a node and the driver ask, and its answers get lost, several times. */
    DROPPED_REPLIES,
    /** Redis is killed (SIGKILL) and started again; where there are replicas, one of them takes over. */
    REDIS_CRASH,
    /** Redis has no memory left and refuses writes, for a while. */
    MEMORY,
    /** The disk of Redis is full: it ends at its next write, ends again when it is started, and then there is room. */
    DISK_FULL;

    /** Whether the process of a node ends by it without a word. */
    boolean isDeath() {
        return this == KILL || this == CLOCK;
    }

    /** Whether nothing that is running may be lost by it, so that nothing may run twice. */
    boolean isGentle() {
        return this == ROLLING_RESTART || this == CLOCK_STEP;
    }

    /** Whether it is done to Redis, and not to a node or the way to it. */
    boolean isOfRedis() {
        return this == REDIS_CRASH || this == MEMORY || this == DISK_FULL;
    }

    /** Whether nothing new starts before it is over. */
    boolean stopsRedis() {
        return this == REDIS_CRASH || this == DISK_FULL;
    }

    /** Whether both can go on at the same time. */
    boolean mixesWith(Fault other) {
        return !(isOfRedis() && other.isOfRedis()) && !(this == ROLLING_RESTART && other == ROLLING_RESTART);
    }

    /**
     * Whether it can be done to this kind of Redis on this machine: proxies between nodes and Redis know one server only, and so
     * does who fills a disk, which takes Linux.
     */
    boolean isPossible(Servers.Kind servers) {
        return switch (this) {
            case PARTITION, DELAY, DROPPED_REPLIES -> servers == Servers.Kind.STANDALONE;
            case DISK_FULL ->
                servers == Servers.Kind.STANDALONE
                        && System.getProperty("os.name").startsWith("Linux");
            default -> true;
        };
    }
}
