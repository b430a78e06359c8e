package io.reactorscheduler.benchmarks;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All workloads, in the order of the table. */
final class Workloads {

    static final List<Workload> ALL = List.of(
            FireNowWorkload.FIRE_NOW,
            FireNowWorkload.FIRE_NOW_EACH,
            DueWorkload.FIRE_LATER,
            new PendingWorkload(),
            DueWorkload.LATENESS,
            new PeriodicWorkload(),
            new CronFiringWorkload(),
            new CronWorkload(),
            new VirtualYearWorkload(),
            new CancelWorkload(),
            new RetryStormWorkload(),
            FireNowWorkload.RETRIES_UNUSED,
            FireNowWorkload.TIMEOUTS,
            new InFlightWorkload(),
            new PrioritiesWorkload(),
            new QueuesWorkload(),
            new StreamWorkload(),
            RedisWorkload.ENQUEUE,
            RedisWorkload.ENQUEUE_EACH,
            RedisWorkload.DRAIN,
            RedisWorkload.END_TO_END,
            new RedisDelayedWorkload(),
            new RedisWakeWorkload(),
            new RedisNodesWorkload(),
            new RedisPartitionsWorkload(),
            RedisCostWorkload.IDLE,
            RedisCostWorkload.BYTES,
            RedisCostWorkload.FUTURE);

    private Workloads() {}

    static Workload of(String key) {
        return ALL.stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--workload " + key + ": give one of "
                        + ALL.stream().map(Workload::key).collect(Collectors.joining(", "))));
    }

    /** The workloads of these comma-separated names; all for {@code all}. */
    static List<Workload> list(String keys) {
        return keys.equals("all")
                ? ALL
                : Stream.of(keys.split(",")).map(Workloads::of).toList();
    }
}
