package io.reactorscheduler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * One subscription to alerts. Events are counted as they come; a look every so often compares the counts and the
 * scheduler's numbers with the thresholds. Both touch the watches under this object's monitor, for one event or one look.
 */
final class Alerts {

    private static final Logger LOG = LoggerFactory.getLogger(AlertRules.class);

    private final ReactiveScheduler scheduler;
    private final Scheduler timer;
    private final List<AlertWatch> watches;
    private final boolean needsStats;

    private Alerts(ReactiveScheduler scheduler, AlertRules rules) {
        this.scheduler = scheduler;
        this.timer = scheduler.timer();
        this.watches = rules.rules().stream().map(AlertWatch::of).toList();
        this.needsStats = rules.rules().stream().anyMatch(AlertRule::isOfQueues);
    }

    static Flux<Alert> of(ReactiveScheduler scheduler, AlertRules rules) {
        return Flux.defer(() -> {
            Alerts alerts = new Alerts(scheduler, rules);
            return Flux.interval(rules.checkEvery(), alerts.timer)
                    .onBackpressureDrop()
                    .concatMap(tick -> alerts.look(), 0)
                    .takeUntilOther(scheduler.events().doOnNext(alerts::on).then());
        });
    }

    private synchronized void on(SchedulerEvent event) {
        long nanos = timer.now(TimeUnit.NANOSECONDS);
        watches.forEach(watch -> watch.on(event, nanos));
    }

    /** A look that fails is one look less: the store may be away for a while. */
    private Flux<Alert> look() {
        return Mono.zip(stats(), running(), this::changes)
                .flatMapIterable(changes -> changes)
                .onErrorResume(error -> {
                    LOG.warn("[{}] The alerts of this look are lost", scheduler.node(), error);
                    return Flux.empty();
                });
    }

    private Mono<Optional<SchedulerStats>> stats() {
        return needsStats ? scheduler.stats().map(Optional::of) : Mono.just(Optional.empty());
    }

    private Mono<Optional<Running>> running() {
        long askedNanos = timer.now(TimeUnit.NANOSECONDS);
        if (!hasDoubts(askedNanos)) {
            return Mono.just(Optional.empty());
        }
        return scheduler
                .executions(ExecutionQuery.all().state(TaskState.RUNNING).limit(Integer.MAX_VALUE))
                .filter(execution -> execution.node().equals(scheduler.node()))
                .collectList()
                .map(running -> Optional.of(new Running(running, askedNanos)));
    }

    private record Running(List<Execution> executions, long askedNanos) {}

    private synchronized boolean hasDoubts(long nanos) {
        return watches.stream().anyMatch(watch -> watch.hasDoubts(nanos));
    }

    private synchronized List<Alert> changes(Optional<SchedulerStats> stats, Optional<Running> running) {
        AlertWatch.Look look = new AlertWatch.Look(
                timer.now(TimeUnit.NANOSECONDS),
                Instant.ofEpochMilli(timer.now(TimeUnit.MILLISECONDS)),
                stats.orElse(null),
                running.map(Running::executions).orElse(null),
                running.map(Running::askedNanos).orElse(0L));
        List<Alert> changes = new ArrayList<>();
        watches.forEach(watch -> watch.check(look, changes));
        return changes;
    }
}
