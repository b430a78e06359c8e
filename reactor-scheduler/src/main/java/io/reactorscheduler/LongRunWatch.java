package io.reactorscheduler;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Watches how long attempts take, from their start as events tell it.
 *
 * <p>Events may have been missed, and runs may have started before the subscription. So before an alert is raised, at the
 * first look, and after missed events, the store is asked what is running: what it does not know has ended unheard, what is
 * not known here has started unheard, when it was claimed.
 */
final class LongRunWatch extends AlertWatch {

    /** When attempts started, in nanoseconds of the scheduler's monotonic clock, by execution. */
    private final Map<String, Long> startedNanos = new LinkedHashMap<>();

    private final List<Ended> endedRaised = new ArrayList<>();
    private final long longestNanos;
    private boolean isUnsure = true;

    /**
     * A raised run that has ended.
     *
     * @param executionId the run
     * @param seconds how long its attempt took
     */
    private record Ended(String executionId, double seconds) {}

    LongRunWatch(AlertRule rule) {
        super(rule);
        this.longestNanos = Math.round(rule.threshold() * 1e9);
    }

    @Override
    void on(SchedulerEvent event, long nanos) {
        String id = event.executionId();
        TaskRecord task = event.task();
        if (event.kind() == SchedulerEvent.Kind.MISSED) {
            isUnsure = true;
        }
        if (id == null || task == null || !rule.watches(task)) {
            return;
        }
        switch (event.kind()) {
            case STARTED -> startedNanos.put(id, nanos);
            case COMPLETED, FAILED, CANCELLED, RETRYING, RELEASED, LOST -> {
                Long started = startedNanos.remove(id);
                ended(id, started == null ? nanos : started, nanos);
            }
            default -> {}
        }
    }

    private void ended(String id, long started, long nanos) {
        if (raised.remove(id)) {
            endedRaised.add(new Ended(id, (nanos - started) / 1e9));
        }
    }

    @Override
    boolean hasDoubts(long nanos) {
        return isUnsure
                || startedNanos.entrySet().stream()
                        .anyMatch(run -> nanos - run.getValue() > longestNanos && !raised.contains(run.getKey()));
    }

    @Override
    void check(Look look, List<Alert> changes) {
        List<Execution> running = look.running();
        if (running != null) {
            isUnsure = false;
            compare(running, look);
        }
        for (Ended run : endedRaised) {
            changes.add(alert(run.executionId(), run.seconds(), look.time(), false));
        }
        endedRaised.clear();
        if (running != null) {
            startedNanos.forEach((id, started) -> {
                double seconds = (look.nanos() - started) / 1e9;
                if (seconds > rule.threshold() && raised.add(id)) {
                    changes.add(alert(id, seconds, look.time(), true));
                }
            });
        }
    }

    private void compare(List<Execution> running, Look look) {
        Set<String> known = running.stream().map(Execution::id).collect(Collectors.toSet());
        for (Iterator<Map.Entry<String, Long>> runs = startedNanos.entrySet().iterator(); runs.hasNext(); ) {
            Map.Entry<String, Long> run = runs.next();
            // what started after the question is not in the answer
            if (run.getValue() - look.askedNanos() < 0 && !known.contains(run.getKey())) {
                runs.remove();
                ended(run.getKey(), run.getValue(), look.nanos());
            }
        }
        for (Execution run : running) {
            if (rule.watches(run.task())) {
                Instant started = Objects.requireNonNullElse(run.startedAt(), look.time());
                long ago = Math.max(0, Duration.between(started, look.time()).toNanos());
                startedNanos.putIfAbsent(run.id(), look.nanos() - ago);
            }
        }
    }
}
