package io.reactorscheduler.redis;

import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Position;
import io.reactorscheduler.TaskStore.Hint;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import reactor.core.publisher.Flux;

/**
 * When each of several partitions may have work, as claims told nodes of this process and hints said since; so a claim asks
 * only where there may be some.
 *
 * <p>What a partition told counts until a hint says otherwise, so only while somebody hears the hints of that partition.
 * What got lost is found because partitions are asked in turn whatever they told: with each safety poll so many that a node
 * without work sends one command a second, but one at least.
 *
 * <p>Of a single partition nothing is remembered: whoever claims knows as much.
 */
final class Outlook {

    private static final long NOW = Long.MIN_VALUE;
    private static final long SECOND_MICROS = 1_000_000;

    /** A node that has not claimed for so many polls may be gone; one that comes again knows nothing. */
    private static final long LONG_POLLS = 10;

    private final int partitions;
    private final long pollMicros;
    private final LongSupplier nowMicros;
    private final AtomicInteger listeners = new AtomicInteger();
    private final AtomicIntegerArray isHeard;
    private final Map<String, OfNode> nodes = new ConcurrentHashMap<>();
    private final OfNode unknown = new OfNode(Set.of());

    /** The shortest lease that a claim asked for since somebody listens; 0 before there was any. */
    private volatile long leaseMicros;

    Outlook(int partitions, Duration safetyPoll, LongSupplier nowMicros) {
        this.partitions = partitions;
        this.pollMicros = RedisSettings.micros(safetyPoll);
        this.nowMicros = nowMicros;
        this.isHeard = new AtomicIntegerArray(partitions);
    }

    /** For how long the leases of nodes are that run here, the shortest; 0 as long as that is not known. */
    long leaseMicros() {
        return leaseMicros;
    }

    // ---- hints

    /** Forgets everything when nobody listens to hints any more. */
    <T> Flux<T> whileListening(Flux<T> hints) {
        return Flux.defer(() -> {
            listeners.incrementAndGet();
            return hints.doFinally(end -> {
                if (listeners.decrementAndGet() == 0) {
                    for (int partition = 0; partition < partitions; partition++) {
                        isHeard.set(partition, 0);
                    }
                    nodes.clear();
                    leaseMicros = 0;
                }
            });
        });
    }

    /** From now on no hint of a partition is missed; some may have been. */
    void hears(int partition) {
        if (partitions > 1) {
            isHeard.set(partition, 1);
            forget(partition);
        }
    }

    void hinted(int partition, Hint hint) {
        switch (hint.kind()) {
            case DUE -> nodes.values().forEach(node -> node.hinted(partition, hint.subject(), hint.number()));
            case QUEUE -> forget(partition);
            default -> {} // says nothing of work
        }
    }

    /** Other settings of queues may let more start, in any partition. */
    void forget() {
        for (int partition = 0; partition < partitions; partition++) {
            forget(partition);
        }
    }

    void forget(int partition) {
        nodes.values().forEach(node -> node.forget(partition));
    }

    // ---- claims

    /** What the node of a claim knows. */
    OfNode of(ClaimRequest request) {
        if (partitions == 1) {
            return unknown;
        }
        long lease = RedisSettings.micros(request.lease());
        leaseMicros = leaseMicros == 0 ? lease : Math.min(lease, leaseMicros);
        OfNode node = nodes.compute(
                request.node(),
                (name, known) -> known != null && known.handlers.equals(request.handlers())
                        ? known
                        : new OfNode(Set.copyOf(request.handlers())));
        node.takeTurns(lease);
        return node;
    }

    /** What one node knows, as long as it has the same handlers. */
    final class OfNode {
        private final Set<String> handlers;
        private final Map<String, Times> queues = new ConcurrentHashMap<>();
        private volatile long polledMicros;
        private int turn;

        OfNode(Set<String> handlers) {
            this.handlers = handlers;
        }

        /** When there may be work of a queue in a partition, in epoch microseconds; the smallest time where nothing is known. */
        long when(int partition, String queue) {
            Times known = queues.get(queue);
            return known == null
                    ? NOW
                    : Math.min(known.told().get(partition), known.hinted().get(partition));
        }

        /** What comes from here on is news; and if no answer comes, nothing is known. */
        void asking(int partition, String queue) {
            if (isHeard.get(partition) == 1) {
                Times times = queues.computeIfAbsent(queue, first -> new Times(partitions));
                times.told().set(partition, NOW);
                times.hinted().set(partition, Position.NO_TIME);
            }
        }

        void told(int partition, String queue, long whenMicros) {
            Times times = queues.get(queue);
            if (times != null && isHeard.get(partition) == 1) {
                times.told().set(partition, whenMicros);
            }
        }

        void hinted(int partition, String queue, long dueMicros) {
            Times times = queues.get(queue);
            if (times != null) {
                times.hinted().accumulateAndGet(partition, dueMicros, Math::min);
            }
        }

        void forget(int partition) {
            queues.values().forEach(times -> times.hinted().set(partition, NOW));
        }

        /** Whoever polls does so a little earlier or later than every so often, so less than that has to have passed. */
        private synchronized void takeTurns(long lease) {
            long now = nowMicros.getAsLong();
            if (polledMicros <= now && now - polledMicros < pollMicros * 3 / 4) {
                return;
            }
            polledMicros = now;
            nodes.values().removeIf(other -> other != this && now - other.polledMicros > LONG_POLLS * pollMicros);
            for (int asked = turnsOfPoll(lease); asked > 0; asked--) {
                forget(turn);
                turn = (turn + 1) % partitions;
            }
        }

        /** What one command a second leaves when each partition is swept once a lease and queues are looked at with each poll. */
        private int turnsOfPoll(long lease) {
            long sweeps = (pollMicros * partitions + lease - 1) / lease;
            long left = pollMicros / SECOND_MICROS - sweeps - 1;
            return (int) Math.max(1, Math.min(left, partitions));
        }
    }

    /**
     * Of one queue, by partition.
     *
     * @param told what the last claim said
     * @param hinted the earliest that was heard since
     */
    private record Times(AtomicLongArray told, AtomicLongArray hinted) {
        Times(int partitions) {
            this(new AtomicLongArray(partitions), new AtomicLongArray(partitions));
            for (int partition = 0; partition < partitions; partition++) {
                told.set(partition, NOW);
                hinted.set(partition, Position.NO_TIME);
            }
        }
    }
}
