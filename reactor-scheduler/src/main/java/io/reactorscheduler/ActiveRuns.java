package io.reactorscheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The runs of this node that have not ended at once: renews their leases, and ends them when somebody asks or when their
 * lease cannot be trusted any more.
 *
 * <p>A lease is trusted until this node's own monotonic time, taken when the lease was asked for, plus its length, minus
 * a margin; the run is ended then, before anyone else may claim it. All leases are renewed in batches, five times per
 * lease, by one timer that runs only while there is something to renew.
 *
 * <p>A cancel may arrive between a claim and the start of its run. So cancels are remembered for a while with the highest
 * fence they concern, and a run that starts with an older one is ended at once.
 */
final class ActiveRuns {

    /** In place of a time: nobody has looked yet until when the lease is trusted. Reading clocks costs, short runs end before. */
    static final long NOT_READ = Long.MAX_VALUE;

    private static final AtomicLongFieldUpdater<Run> TRUSTED_UNTIL =
            AtomicLongFieldUpdater.newUpdater(Run.class, "trustedUntilNanos");

    private static final int BATCH = 500;
    private static final int RENEWALS_OF_LEASE = 5;
    private static final int MARGIN_OF_LEASE = 10;
    private static final int REMEMBERED_CANCELS = 10_000;
    private static final String CANCELLED = "cancelled";

    private final Resources with;
    private final long renewEveryNanos;
    private final long marginNanos;
    private final Map<String, Run> byTask = new ConcurrentHashMap<>();
    private final boolean isVirtual;
    private final List<Starting> startings = new CopyOnWriteArrayList<>();

    @SuppressWarnings("ThreadLocalUsage") // a thread may start runs of several engines, one within another
    private final ThreadLocal<@Nullable Starting> starting = new ThreadLocal<>();

    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile @Nullable Outcome endingAll;
    private volatile Map<String, Long> cancels = new ConcurrentHashMap<>();
    private volatile Map<String, Long> olderCancels = Map.of();

    ActiveRuns(Resources with) {
        this.with = with;
        this.isVirtual = EngineClock.readsOneSource(with.scheduler());
        long lease = with.settings().lease().toNanos();
        this.renewEveryNanos = lease / RENEWALS_OF_LEASE;
        this.marginNanos = lease / MARGIN_OF_LEASE;
    }

    /** Whether there is enough left of a lease to start a run: it must last until the look after the next renewal. */
    boolean isTrusted(Claim claim, long nowMicros) {
        long needed = TimeUnit.NANOSECONDS.toMicros(marginNanos + 2 * renewEveryNanos);
        return nowMicros <= claim.leaseMicros() - needed;
    }

    /**
     * A run is about to be started on this thread, which its handler may hold for long: its lease is renewed meanwhile.
     * Gives the run that this thread was starting before, for {@link #hasStarted}.
     */
    @Nullable
    Run starting(Run run) {
        Starting here = starting.get();
        if (here == null) {
            here = new Starting();
            startings.add(here);
            starting.set(here);
        }
        Run before = here.run;
        here.run = run;
        if (!isVirtual && !renewing.get() && renewing.compareAndSet(false, true)) {
            renewLater();
        }
        return before;
    }

    /** Whether this thread is between {@link #starting} and {@link #hasStarted} of a run. */
    boolean isStarting(Run run) {
        // asked on any thread, of which those that start no runs must leave nothing here
        Starting here = starting.get();
        return here != null && here.run == run;
    }

    /** How many threads have started runs, for tests of growth. */
    int startingThreads() {
        return startings.size();
    }

    void hasStarted(@Nullable Run before) {
        Objects.requireNonNull(starting.get()).run = before;
    }

    /** The run that one thread is starting. */
    private static final class Starting {
        volatile @Nullable Run run;
    }

    void add(Run run) {
        trustedUntil(run);
        byTask.compute(run.taskId(), (id, first) -> {
            run.nextOfTask = first;
            return run;
        });
        Outcome ending = endingAll;
        if (ending != null) {
            run.end(ending);
        } else if (isCancelled(run)) {
            run.end(Outcome.cancelled(CANCELLED));
        }
        if (renewing.compareAndSet(false, true)) {
            renewLater();
        }
    }

    void remove(Run run) {
        byTask.computeIfPresent(run.taskId(), (id, first) -> {
            if (first == run) {
                return run.nextOfTask;
            }
            for (Run before = first; before != null; before = before.nextOfTask) {
                if (before.nextOfTask == run) {
                    before.nextOfTask = run.nextOfTask;
                }
            }
            return first;
        });
    }

    // ---- ending runs

    void cancelTask(String taskId, long fence) {
        remember(taskId, fence);
        end(byTask.get(taskId), run -> run.fence() <= fence, Outcome.cancelled(CANCELLED));
    }

    void cancelExecution(String executionId, long fence) {
        remember(executionId, fence);
        Run first = byTask.get(Execution.taskIdOf(executionId));
        end(first, run -> run.executionId().equals(executionId), Outcome.cancelled(CANCELLED));
    }

    /** Ends all runs, those too that are about to start. */
    void endAll(Outcome outcome) {
        endingAll = outcome;
        snapshot().forEach(run -> run.end(outcome));
    }

    private static void end(@Nullable Run first, Predicate<Run> which, Outcome outcome) {
        for (Run run = first; run != null; ) {
            Run next = run.nextOfTask;
            if (which.test(run)) {
                run.end(outcome);
            }
            run = next;
        }
    }

    private void remember(String id, long fence) {
        Map<String, Long> current = cancels;
        current.merge(id, fence, Math::max);
        if (current.size() > REMEMBERED_CANCELS) {
            olderCancels = current;
            cancels = new ConcurrentHashMap<>();
        }
    }

    private boolean isCancelled(Run run) {
        return isCancelled(cancels, run) || isCancelled(olderCancels, run);
    }

    private static boolean isCancelled(Map<String, Long> known, Run run) {
        return !known.isEmpty()
                && (run.fence() <= known.getOrDefault(run.taskId(), -1L)
                        || run.fence() <= known.getOrDefault(run.executionId(), -1L));
    }

    // ---- leases

    /** By the monotonic clock; the first look finds what is left of the claim, later ones what a renewal gave. */
    private long trustedUntil(Run run) {
        if (run.trustedUntilNanos == NOT_READ) {
            long left = TimeUnit.MICROSECONDS.toNanos(run.claim().leaseMicros() - with.nowMicros());
            TRUSTED_UNTIL.compareAndSet(run, NOT_READ, monotonicNanos() + left - marginNanos);
        }
        return run.trustedUntilNanos;
    }

    private void renewLater() {
        with.timer().schedule(this::renew, renewEveryNanos, TimeUnit.NANOSECONDS);
    }

    /** Ends what cannot be trusted until the next look, which comes whether or not the store answers; renews the others. */
    private void renew() {
        List<Run> runs = snapshot();
        long nextLook = monotonicNanos() + renewEveryNanos;
        for (Run run : runs) {
            if (nextLook - trustedUntil(run) >= 0) {
                lost(run);
            }
        }
        renewAgain();
        Flux.fromIterable(byPart(runs))
                .flatMap(part -> Flux.fromIterable(part).buffer(BATCH).flatMap(this::renew))
                .subscribe();
    }

    private Collection<List<Run>> byPart(List<Run> runs) {
        return runs.stream()
                .filter(run -> !run.hasEnded())
                .collect(Collectors.groupingBy(run -> with.store().partOf(run.claim())))
                .values();
    }

    private void renewAgain() {
        if (hasRuns()) {
            renewLater();
            return;
        }
        renewing.set(false);
        if (hasRuns() && renewing.compareAndSet(false, true)) {
            renewLater();
        }
    }

    private Mono<Void> renew(List<Run> runs) {
        return Mono.defer(() -> {
                    long asked = monotonicNanos();
                    List<Claim> claims = runs.stream().map(Run::claim).toList();
                    return with.answered(
                                    with.store().renew(claims, with.settings().lease()),
                                    Duration.ofNanos(renewEveryNanos))
                            .doOnNext(lost -> renewed(
                                    runs, lost, asked + with.settings().lease().toNanos() - marginNanos))
                            .then();
                })
                .onErrorResume(error -> {
                    with.events().problem("Leases could not be renewed", error);
                    return Mono.empty();
                })
                .then(headsAgain(runs));
    }

    /**
     * Of overlapping runs that last the next head once more: a store that has it leaves it alone, and one that has forgotten
     * it, because a replica took over, would not go on before they end.
     */
    private Mono<Void> headsAgain(List<Run> runs) {
        List<TaskStore.Advance> heads = runs.stream()
                .filter(run -> run.claim().overlaps())
                .map(run -> new TaskStore.Advance(run.claim(), run.plan().head()))
                .toList();
        return heads.isEmpty()
                ? Mono.empty()
                : with.answered(Mono.defer(() -> with.store().advance(heads)), Duration.ofNanos(renewEveryNanos))
                        .doOnError(error -> with.events()
                                .problem("The next fire times of runs that last could not be written again", error))
                        .onErrorComplete();
    }

    private void renewed(List<Run> runs, List<Claim> lost, long trustedUntil) {
        Set<Long> lostFences = lost.stream().map(Claim::fence).collect(Collectors.toSet());
        for (Run run : runs) {
            if (lostFences.contains(run.fence())) {
                // a lease also ends with its run, which may have been recorded before the renewal came
                if (!run.hasEnded()) {
                    lost(run);
                }
            } else {
                run.trustedUntilNanos = trustedUntil;
            }
        }
    }

    private void lost(Run run) {
        LostLeaseException lost = new LostLeaseException(run.taskId(), run.executionId());
        with.events().problem("A run was ended", lost);
        // whoever holds the claim by now makes this stale; if nobody does, the work goes back in line
        run.end(Outcome.released());
    }

    private long monotonicNanos() {
        return with.scheduler().now(TimeUnit.NANOSECONDS);
    }

    private boolean hasRuns() {
        return !byTask.isEmpty() || startings.stream().anyMatch(thread -> thread.run != null);
    }

    private List<Run> snapshot() {
        List<Run> runs = new ArrayList<>();
        for (Starting thread : startings) {
            Run run = thread.run;
            if (run != null && !run.registered) {
                runs.add(run);
            }
        }
        for (Run first : byTask.values()) {
            for (Run run = first; run != null; run = run.nextOfTask) {
                runs.add(run);
            }
        }
        return runs;
    }
}
