package io.reactorscheduler.redis;

import io.reactorscheduler.Retention;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store was built with.
 *
 * @param namespace what its keys begin with
 * @param partitions how many slots its tasks are spread over
 * @param retention what is kept of finished executions
 * @param safetyPoll how long a node may sleep without looking
 * @param lease how long claims are valid, null where that is not said of the store
 * @param quarantineAfter crashes in a row before quarantine, null for never
 * @param journal how many entries the journal of a partition keeps, 0 for none
 */
record RedisSettings(
        String namespace,
        int partitions,
        Retention retention,
        Duration safetyPoll,
        @Nullable Duration lease,
        @Nullable Integer quarantineAfter,
        int journal) {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;

    /** The bounds of the history as arguments: per task, age in microseconds, in all of one partition. */
    List<String> history() {
        return List.of(
                String.valueOf(retention.perTask()),
                String.valueOf(micros(retention.age())),
                String.valueOf(Math.max(1, (retention.total() + partitions - 1) / partitions)));
    }

    String perTask() {
        return String.valueOf(retention.perTask());
    }

    static long micros(Duration duration) {
        return duration.getSeconds() * MICROS_PER_SECOND + (duration.getNano() + NANOS_PER_MICRO - 1) / NANOS_PER_MICRO;
    }
}
