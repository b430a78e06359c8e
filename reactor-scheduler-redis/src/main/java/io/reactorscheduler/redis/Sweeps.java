package io.reactorscheduler.redis;

import io.reactorscheduler.Position;
import io.reactorscheduler.TaskStore.Swept;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Sweeps each partition on its own. One that fails is named beside what the others did; one that does not answer is
 * waited for only a moment once another one has, and what it says later is told with the next sweep.
 *
 * <p>Of several partitions those are left out that were swept within the last half of a lease and of which no lease has
 * ended since, as far as is known. Nodes sweep twice in a lease, so each partition is swept once in it. No lease is missed
 * by that: one that was given since the last sweep of its partition does not end before the next, which learns of it.
 */
final class Sweeps {

    private static final int MOST_LEASES = 500;
    private static final int MOST_ROWS = 1_000;
    private static final int MOST_TASKS = 100;

    /** Where the script says when the namespace was made, and when the first lease ends. */
    private static final int MADE = 6;

    private static final int NEXT_EXPIRY = 7;

    /** How long the others are waited for when one partition has answered. */
    private static final Duration FOR_OTHERS = Duration.ofMillis(200);

    private static final int FOR_OTHERS_OF_LEASE = 10;

    /** The part of a lease by which one of two sweeps in it may be late without a third one. */
    private static final int LATE_OF_LEASE = 50;

    private final Partitions partitions;
    private final Namespace namespace;
    private final RedisTasks tasks;
    private final Outlook outlook;
    private final List<String> args;
    private final List<Part> parts;

    /** What partitions said and nobody was told yet. */
    private final Queue<Swept> untold = new ConcurrentLinkedQueue<>();

    Sweeps(RedisSettings settings, Partitions partitions, Namespace namespace, RedisTasks tasks, Outlook outlook) {
        this.partitions = partitions;
        this.namespace = namespace;
        this.tasks = tasks;
        this.outlook = outlook;
        this.args = new ArrayList<>(settings.history());
        args.add(String.valueOf(MOST_LEASES));
        args.add(String.valueOf(MOST_ROWS));
        args.add(String.valueOf(MOST_TASKS));
        Integer patience = settings.quarantineAfter();
        args.add(patience == null ? "" : patience.toString());
        this.parts = IntStream.range(0, partitions.size())
                .mapToObj(number -> new Part(partitions.at(number)))
                .toList();
    }

    /** Fails only when no partition can be swept. */
    Mono<Swept> sweep() {
        return Mono.defer(() -> {
            List<Part> due = parts.stream().filter(Part::isDue).toList();
            Sinks.Empty<Void> first = Sinks.empty();
            return Flux.fromIterable(due)
                    .flatMap(Part::sweep, Math.max(1, due.size()))
                    .filter(hasAnswered -> hasAnswered)
                    .doOnNext(answered -> first.tryEmitEmpty())
                    .takeUntilOther(first.asMono().then(Mono.delay(forOthers())))
                    .then(Mono.fromCallable(this::tell));
        });
    }

    /** Who asked does not wait for an answer for longer than a third of a lease. */
    private Duration forOthers() {
        Duration part = Duration.of(outlook.leaseMicros() / FOR_OTHERS_OF_LEASE, ChronoUnit.MICROS);
        return part.isZero() || part.compareTo(FOR_OTHERS) > 0 ? FOR_OTHERS : part;
    }

    private Swept tell() throws Exception {
        List<String> expired = new ArrayList<>();
        List<String> quarantined = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        Set<String> findings = new LinkedHashSet<>();
        List<String> unswept = new ArrayList<>();
        Exception error = null;
        boolean isAnyWell = false;
        for (Part part : parts) {
            Exception failed = part.error;
            isAnyWell |= failed == null;
            if (failed != null) {
                error = failed;
                unswept.add(part.reason(failed));
            }
        }
        if (!isAnyWell && error != null) {
            throw error;
        }
        for (Swept each = untold.poll(); each != null; each = untold.poll()) {
            expired.addAll(each.expired());
            quarantined.addAll(each.quarantined());
            dropped.addAll(each.dropped());
            findings.addAll(each.findings());
        }
        findings.addAll(partitions.unreadable().findings());
        long nextExpiry =
                parts.stream().mapToLong(part -> part.nextExpiryMicros).min().orElse(Position.NO_TIME);
        return new Swept(expired, quarantined, dropped, List.copyOf(findings), unswept, nextExpiry);
    }

    private static boolean isNews(Swept swept) {
        return !(swept.expired().isEmpty()
                && swept.quarantined().isEmpty()
                && swept.dropped().isEmpty()
                && swept.findings().isEmpty());
    }

    /** One partition: swept by one call at a time, which goes on when nobody waits for it any more. */
    private final class Part {
        private final Partition partition;
        private final AtomicReference<Sinks.@Nullable One<Boolean>> underWay = new AtomicReference<>();
        private volatile long sweptMicros = Long.MAX_VALUE;
        private volatile long nextExpiryMicros = Position.NO_TIME;
        private volatile @Nullable Exception error;

        /** The same until a reply is heard, so that what it said and nobody heard is said again. */
        private volatile String token = Tokens.next();

        /** Of the last reply, which need not be kept any more; empty where nothing was. */
        private volatile String heard = "";

        Part(Partition partition) {
            this.partition = partition;
        }

        boolean isDue() {
            long now = partition.nowMicros();
            long lease = outlook.leaseMicros();
            boolean isFresh = sweptMicros <= now && now - sweptMicros < lease / 2 + lease / LATE_OF_LEASE;
            return partitions.size() == 1 || !isFresh || nextExpiryMicros <= now;
        }

        /** Whether it answered. */
        Mono<Boolean> sweep() {
            Sinks.One<Boolean> end = Sinks.one();
            Sinks.One<Boolean> before = underWay.compareAndExchange(null, end);
            if (before != null) {
                return before.asMono();
            }
            partition
                    .run(Scripts.SWEEP, withToken())
                    .flatMap(reply -> madeAgain(reply).doOnNext(more -> answered(reply, more)))
                    .doOnError(this::failed)
                    .onErrorComplete()
                    .doFinally(how -> {
                        underWay.set(null);
                        end.tryEmitValue(error == null);
                    })
                    .subscribe();
            return end.asMono();
        }

        private List<String> withToken() {
            List<String> all = new ArrayList<>(args);
            all.add(token);
            all.add(heard);
            return all;
        }

        /** Makes what somebody has deleted again; gives what is to be said of it. */
        private Mono<List<String>> madeAgain(Row reply) {
            return namespace.isEmptied(partition, reply.text(MADE, ""))
                    ? namespace
                            .makeAgain(partition, tasks.declareAgain(partition))
                            .thenReturn(List.of(namespace.emptied()))
                    : Mono.just(List.of());
        }

        private void answered(Row reply, List<String> more) {
            List<String> findings = new ArrayList<>(reply.texts(4));
            boolean isKept = reply.list(2).size() + reply.list(3).size() + findings.size() > 0;
            findings.addAll(more);
            heard = isKept ? token : "";
            token = Tokens.next();
            sweptMicros = reply.number(0);
            nextExpiryMicros = reply.number(NEXT_EXPIRY, Position.NO_TIME);
            error = null;
            Swept swept =
                    new Swept(reply.texts(1), reply.texts(2), reply.texts(3), findings, List.of(), nextExpiryMicros);
            if (isNews(swept)) {
                untold.add(swept);
            }
        }

        private void failed(Throwable failure) {
            sweptMicros = Long.MAX_VALUE;
            nextExpiryMicros = Position.NO_TIME;
            error = failure instanceof Exception exception ? exception : new IllegalStateException(failure);
            // a replica that takes over may not know until when this node believes that there is nothing to do
            outlook.forget(partition.number());
        }

        private String reason(Throwable failure) {
            return "partition " + partition.number() + " of " + partitions.size()
                    + ", where leases that ended are not given back yet: " + failure.getMessage();
        }
    }
}
