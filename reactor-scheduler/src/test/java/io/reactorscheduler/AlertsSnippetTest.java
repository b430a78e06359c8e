package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** The snippet of the documentation about alerts. */
class AlertsSnippetTest extends InVirtualTime {

    /** Stands for what wakes people up. */
    static final class Pager {
        final List<String> woken = new ArrayList<>();

        Mono<Void> send(String message) {
            return Mono.fromRunnable(() -> woken.add(message));
        }
    }

    private final Pager pager = new Pager();

    // snippet: alerts
    Disposable watch(ReactiveScheduler scheduler) {
        return scheduler
                .alerts(AlertRules.of(
                        AlertRule.failureRateAbove(0.1, Duration.ofMinutes(5)).atLeast(20),
                        AlertRule.runLongerThan(Duration.ofMinutes(10)).handler("video-cut"),
                        AlertRule.backlogAbove(1_000).queue("mail"),
                        AlertRule.latenessAbove(Duration.ofSeconds(30))))
                .concatMap(alert -> pager.send((alert.isRaised() ? "raised " : "cleared ") + alert.kind() + " "
                        + alert.subject() + ": " + alert.value() + ", bearable is " + alert.threshold()))
                .subscribe();
    }
    // end

    @Test
    void aLateQueueWakesSomebodyUp() {
        ReactiveScheduler scheduler = started();
        watch(scheduler);
        for (int i = 0; i < 2; i++) {
            scheduler
                    .schedule(Task.of("work", run -> Mono.delay(Duration.ofSeconds(60), run.timer()))
                            .queue("one"))
                    .subscribe();
        }
        pass(Duration.ofMinutes(2));

        assertThat(pager.woken)
                .containsExactly(
                        "raised LATENESS one: 35.0, bearable is 30.0", "cleared LATENESS one: 0.0, bearable is 30.0");
    }
}
