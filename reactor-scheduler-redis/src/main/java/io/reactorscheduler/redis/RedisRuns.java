package io.reactorscheduler.redis;

import io.reactorscheduler.Claim;
import io.reactorscheduler.ClaimBatch;
import io.reactorscheduler.ClaimRequest;
import io.reactorscheduler.Completion;
import io.reactorscheduler.Position;
import io.reactorscheduler.SchedulerException;
import io.reactorscheduler.StoreUnavailableException;
import io.reactorscheduler.TaskState;
import io.reactorscheduler.TaskStore.Advance;
import io.reactorscheduler.TaskStore.Recorded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What nodes do to runs: claim, renew, end. */
final class RedisRuns {

    /** Elements of one call; more are several calls. */
    private static final int MOST_CLAIMS = 500;

    private static final int MOST_ENDS = 250;
    private static final int MOST_RENEWALS = 1_000;

    /** How soon a partition that failed is asked again. */
    private static final long AWAY_MICROS = 200_000;

    /** How long the others wait for a partition that was quick before, and how long for more of them. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration NEXT_PATIENCE = Duration.ofMillis(100);

    /** So much of a lease at most, because who asked does not wait for an answer for longer than a third of it. */
    private static final int PATIENCE_OF_LEASE = 6;

    private static final int NEXT_PATIENCE_OF_LEASE = 30;

    private static final String NONE_ANSWERS =
            "Redis: no partition answers; check that the servers are up and reachable, and that the cluster has its masters";

    private final RedisSettings settings;
    private final Partitions partitions;
    private final RedisHints hints;
    private final Outlook outlook;

    /** Where the next claim begins, so that no partition is always last. */
    private final AtomicInteger turn = new AtomicInteger();

    RedisRuns(RedisSettings settings, Partitions partitions, RedisHints hints, Outlook outlook) {
        this.settings = settings;
        this.partitions = partitions;
        this.hints = hints;
        this.outlook = outlook;
    }

    // ---- claims

    /**
     * Asks the partitions that may have work, one after the other for what is still free, so that never more is claimed than
     * was asked for, and a call gives as much as one partition has. One that fails or is slow is passed over until it
     * answers: what the others gave must not be lost with it, and what they have must not wait for it.
     */
    Mono<ClaimBatch> claim(ClaimRequest request) {
        return Mono.defer(() -> {
            Claiming claiming = new Claiming(request, outlook.of(request), partitions);
            int first = partitions.size() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), partitions.size());
            return Flux.range(0, partitions.size())
                    .map(i -> partitions.at((first + i) % partitions.size()))
                    .concatMap(partition -> claimOrPass(claiming, partition))
                    .then(Mono.fromCallable(() -> claiming.batch(partitions.size())));
        });
    }

    private Mono<Void> claimOrPass(Claiming claiming, Partition partition) {
        claiming.begin(partition);
        if (partitions.size() == 1) {
            return claim(claiming, partition, null)
                    .onErrorResume(error -> !claiming.isEmpty(), error -> Mono.fromRunnable(claiming::end));
        }
        if (!claiming.mayHaveWork(partition)) {
            claiming.end();
            return Mono.empty();
        }
        if (partition.isAway()) {
            claiming.passed(partition, null);
            return Mono.empty();
        }
        return claim(claiming, partition, claiming.patience()).onErrorResume(SchedulerException.class, error -> {
            partition.goesAway(error);
            claiming.passed(partition, error);
            return Mono.empty();
        });
    }

    private static Mono<Void> claim(Claiming claiming, Partition partition, @Nullable Duration patience) {
        return Mono.defer(() -> {
                    List<String> args = claiming.args(MOST_CLAIMS);
                    return args.isEmpty()
                            ? Mono.<Row>empty()
                            : (patience == null ? partition.claim(args) : partition.claim(args, patience))
                                    .doOnNext(claiming::add);
                })
                .repeat(claiming::isCutShort)
                .then(Mono.fromRunnable(claiming::end));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** One claim over all partitions. */
    private static final class Claiming {
        private final ClaimRequest request;
        private final Outlook.OfNode outlook;
        private final Unreadable unreadable;
        private final int[] free;
        private final List<List<Claim>> claims;
        private final long[] next;

        /** As {@link #next}, of the partition whose turn it is. */
        private final long[] nextHere;

        /** The number of the partition whose turn it is. */
        private int here;

        /** The places of the queues of the call that is under way. */
        private int[] asked = new int[0];

        private boolean isCutShort;
        private int passed;
        private @Nullable SchedulerException error;
        private long now;

        Claiming(ClaimRequest request, Outlook.OfNode outlook, Partitions partitions) {
            this.request = request;
            this.outlook = outlook;
            this.unreadable = partitions.unreadable();
            this.now = partitions.at(0).nowMicros();
            this.free =
                    request.slots().stream().mapToInt(ClaimRequest.Slots::free).toArray();
            this.claims = request.slots().stream()
                    .<List<Claim>>map(slots -> new ArrayList<>())
                    .toList();
            this.next = new long[free.length];
            this.nextHere = new long[free.length];
            Arrays.fill(next, Position.NO_TIME);
        }

        private String queue(int place) {
            return request.slots().get(place).queue();
        }

        /** The turn of a partition. What it is not asked now, because others gave enough, is as it was. */
        void begin(Partition partition) {
            here = partition.number();
            for (int i = 0; i < nextHere.length; i++) {
                nextHere[i] = outlook.when(here, queue(i));
            }
        }

        /** Whether there may be something to claim now. */
        boolean mayHaveWork(Partition partition) {
            long reached = partition.nowMicros();
            return IntStream.range(0, free.length).anyMatch(i -> free[i] > 0 && nextHere[i] <= reached);
        }

        /** Asks for so many claims at most, of the queues that have free slots; empty when there are none. */
        List<String> args(int most) {
            isCutShort = false;
            asked = IntStream.range(0, free.length).filter(i -> free[i] > 0).toArray();
            if (asked.length == 0) {
                return List.of();
            }
            List<String> args = new ArrayList<>();
            args.add(request.node());
            args.add(String.valueOf(RedisSettings.micros(request.lease())));
            args.add(String.valueOf(most));
            args.add(String.valueOf(asked.length));
            for (int place : asked) {
                outlook.asking(here, queue(place));
                args.add(queue(place));
                args.add(String.valueOf(free[place]));
            }
            args.addAll(request.handlers());
            return args;
        }

        void add(Row reply) {
            now = reply.number(0);
            long lease = now + RedisSettings.micros(request.lease());
            List<String> due = reply.texts(1);
            List<?> parts = reply.list(2);
            List<String> counts = reply.texts(3);
            List<Row> shapes = reply.rows(4);
            int at = 0;
            int all = 0;
            for (int i = 0; i < asked.length; i++) {
                int place = asked[i];
                int count = Integer.parseInt(counts.get(i));
                String queue = queue(place);
                RunCodec.Shapes known = new RunCodec.Shapes(shapes, queue);
                for (int claimed = 0; claimed < count; claimed++) {
                    int size = RunCodec.size(new Row(parts, at));
                    Row row = new Row(parts.subList(at, at + size));
                    at += size;
                    all++;
                    // one that cannot be read is left to its lease, and so to quarantine
                    Claim claim = unreadable.skip(
                            row,
                            each -> Unreadable.task(each.text(each.isNumber(0) ? 1 : 0)),
                            each -> RunCodec.claim(each, queue, known, lease));
                    if (claim != null) {
                        claims.get(place).add(claim);
                    }
                }
                free[place] -= count;
                nextHere[place] = due.get(i).isEmpty() ? Position.NO_TIME : Long.parseLong(due.get(i));
                outlook.told(here, queue, nextHere[place]);
            }
            isCutShort = all >= MOST_CLAIMS;
        }

        /** Whether the call gave all that one call may give. */
        boolean isCutShort() {
            return isCutShort;
        }

        /** There is no answer of a partition: its work may be there soon. */
        void passed(Partition partition, @Nullable SchedulerException reason) {
            long soon = partition.nowMicros() + AWAY_MICROS;
            for (int i = 0; i < nextHere.length; i++) {
                nextHere[i] = soon;
                outlook.told(here, queue(i), soon);
            }
            end();
            passed++;
            error = reason == null ? error : reason;
        }

        /** How long the partition whose turn it is may take; less when one was waited for in vain. */
        Duration patience() {
            return error == null
                    ? shorter(PATIENCE, request.lease().dividedBy(PATIENCE_OF_LEASE))
                    : shorter(NEXT_PATIENCE, request.lease().dividedBy(NEXT_PATIENCE_OF_LEASE));
        }

        boolean isEmpty() {
            return claims.stream().allMatch(List::isEmpty);
        }

        void end() {
            for (int i = 0; i < next.length; i++) {
                next[i] = Math.min(next[i], nextHere[i]);
            }
        }

        ClaimBatch batch(int partitions) {
            // what was given is not given again when it gets lost here
            if (passed == partitions && isEmpty()) {
                throw error != null ? error : new StoreUnavailableException(NONE_ANSWERS, null);
            }
            return new ClaimBatch(claims.stream().flatMap(List::stream).toList(), next, now);
        }
    }

    // ---- ends and leases

    Mono<List<Recorded>> complete(List<Completion> ends) {
        return spread(ends, end -> end.claim().task().id(), MOST_ENDS, this::complete)
                .map(recorded -> {
                    List<Recorded> all = new ArrayList<>();
                    for (Recorded each : recorded) {
                        all.add(Objects.requireNonNull(each));
                    }
                    return all;
                });
    }

    private Mono<List<Recorded>> complete(Partition partition, List<Completion> ends) {
        List<String> args = new ArrayList<>(settings.history());
        ends.forEach(end -> RunCodec.add(end, args));
        return partition.run(Scripts.COMPLETE, args).map(reply -> {
            List<String> dropped = reply.texts(2);
            List<Recorded> recorded = new ArrayList<>();
            for (String state : reply.texts(1)) {
                // a damaged row must not keep the ends of others from being told
                TaskState after = Objects.requireNonNullElse(TaskCodec.known(state), TaskState.PENDING);
                if (state.isEmpty()) {
                    outlook.forget(partition.number());
                    recorded.add(Recorded.STALE);
                } else if (dropped.isEmpty()) {
                    recorded.add(Recorded.done(after));
                } else {
                    recorded.add(new Recorded(false, after, dropped));
                    dropped = List.of();
                }
            }
            return recorded;
        });
    }

    Mono<Void> advance(List<Advance> heads) {
        return spread(heads, head -> head.claim().task().id(), MOST_RENEWALS, (partition, some) -> {
                    List<String> args = new ArrayList<>();
                    for (Advance head : some) {
                        RunCodec.add(head.claim(), args);
                        TaskCodec.add(head.next(), args);
                    }
                    return partition
                            .run(Scripts.ADVANCE, args)
                            .map(reply -> some.stream().map(head -> true).toList());
                })
                .then();
    }

    Mono<List<Claim>> renew(List<Claim> claims, Duration lease) {
        return spread(claims, claim -> claim.task().id(), MOST_RENEWALS, (partition, some) -> {
                    List<String> args = new ArrayList<>();
                    args.add(String.valueOf(RedisSettings.micros(lease)));
                    some.forEach(claim -> RunCodec.add(claim, args));
                    return partition.run(Scripts.RENEW, args).map(reply -> {
                        reply.texts(2).forEach(place -> hints.end(some.get(Integer.parseInt(place))));
                        List<Integer> lost =
                                reply.texts(1).stream().map(Integer::valueOf).toList();
                        if (!lost.isEmpty()) {
                            outlook.forget(partition.number());
                        }
                        return IntStream.range(0, some.size())
                                .mapToObj(i -> !lost.contains(i))
                                .toList();
                    });
                })
                .map(renewed -> IntStream.range(0, claims.size())
                        .filter(i -> !Boolean.TRUE.equals(renewed.get(i)))
                        .mapToObj(claims::get)
                        .toList());
    }

    /** One call for some elements of one partition. */
    private interface Call<T, R> {
        Mono<List<R>> apply(Partition partition, List<T> elements);
    }

    /** Calls each partition with its elements, in several calls where they are many; gives the answers in order. */
    private <T, R> Mono<List<@Nullable R>> spread(
            List<T> elements, Function<T, String> taskId, int most, Call<T, R> call) {
        return Mono.defer(() -> {
            @Nullable Object[] answers = new Object[elements.size()];
            Map<Partition, List<Integer>> places = IntStream.range(0, elements.size())
                    .boxed()
                    .collect(Collectors.groupingBy(i -> partitions.of(taskId.apply(elements.get(i)))));
            return Flux.fromIterable(places.entrySet())
                    .flatMap(entry -> Flux.fromIterable(entry.getValue())
                            .buffer(most)
                            .concatMap(some -> call.apply(
                                            entry.getKey(),
                                            some.stream().map(elements::get).toList())
                                    .doOnNext(given -> {
                                        for (int i = 0; i < some.size(); i++) {
                                            answers[some.get(i)] = given.get(i);
                                        }
                                    })))
                    .then(Mono.fromSupplier(() -> cast(answers)));
        });
    }

    @SuppressWarnings("unchecked") // only answers of the call are put in
    private static <R> List<@Nullable R> cast(@Nullable Object[] answers) {
        return (List<@Nullable R>) Arrays.asList(answers);
    }
}
