package io.reactorscheduler;

import java.util.List;
import java.util.Objects;

/** Watches the backlog or the lateness of queues. */
final class QueueWatch extends AlertWatch {

    QueueWatch(AlertRule rule) {
        super(rule);
    }

    @Override
    void check(Look look, List<Alert> changes) {
        SchedulerStats stats = Objects.requireNonNull(look.stats());
        stats.queues().forEach((name, queue) -> {
            if (rule.watchesQueue(name)) {
                double value =
                        rule.kind() == Alert.Kind.BACKLOG ? queue.backlog() : AlertRule.seconds(queue.lateness());
                judge(name, value, true, look, changes);
            }
        });
        for (String name : List.copyOf(raised)) {
            if (!stats.queues().containsKey(name)) {
                judge(name, 0, false, look, changes);
            }
        }
    }
}
