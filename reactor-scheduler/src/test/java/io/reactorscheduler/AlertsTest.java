package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Alerts of a real scheduler, in virtual time. */
class AlertsTest extends InVirtualTime {

    private static final Handler<Boolean, String> SEND = Handler.named("send", Boolean.class, String.class);
    private static final Handler<Integer, String> WORK = Handler.named("work", Integer.class, String.class);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final List<Alert> alerts = new ArrayList<>();
    private final ReactiveScheduler scheduler = started(builder()
            .queue(TaskQueue.named("one").concurrency(1))
            .handle(
                    SEND,
                    (isGood, run) -> isGood ? Mono.just("sent") : Mono.error(new IllegalStateException("bounced")))
            .handle(
                    WORK,
                    (seconds, run) ->
                            Mono.delay(Duration.ofSeconds(seconds), run.timer()).thenReturn("done")));

    private void watch(AlertRule... rules) {
        scheduler.alerts(AlertRules.of(rules).checkEvery(SECOND)).subscribe(alerts::add);
        settle();
    }

    private void send(int good, int bad) {
        for (int i = 0; i < good + bad; i++) {
            scheduler.schedule(SEND.task(i < good)).subscribe();
        }
        settle();
    }

    private void work(String id, int seconds) {
        scheduler.schedule(WORK.task(seconds).id(id).queue("one")).subscribe();
        settle();
    }

    private List<String> told() {
        return alerts.stream()
                .map(alert ->
                        (alert.isRaised() ? "+ " : "- ") + alert.kind() + " " + alert.subject() + " " + alert.value())
                .toList();
    }

    // ---- failure rate

    @Test
    void aHighFailureRateIsRaisedOnceAndClearedOnceWhenItsWindowHasPassed() {
        watch(AlertRule.failureRateAbove(0.2, MINUTE));
        send(7, 3);
        pass(SECOND.multipliedBy(30));
        assertThat(told()).containsExactly("+ FAILURE_RATE send 0.3");
        assertThat(alerts.get(0))
                .isEqualTo(new Alert(Alert.Kind.FAILURE_RATE, "send", 0.3, 0.2, START.plus(SECOND), true));

        pass(MINUTE);

        assertThat(told()).containsExactly("+ FAILURE_RATE send 0.3", "- FAILURE_RATE send 0.0");
        pass(Duration.ofHours(1));
        assertThat(alerts).hasSize(2);
    }

    @Test
    void tooFewRunsAreNotJudged() {
        watch(AlertRule.failureRateAbove(0.2, MINUTE).atLeast(20));
        send(0, 19);
        pass(SECOND);
        assertThat(alerts).isEmpty();

        send(0, 1);
        pass(SECOND);

        assertThat(told()).containsExactly("+ FAILURE_RATE send 1.0");
    }

    @Test
    void aRateThatHoversAboutItsThresholdGivesOneAlert() {
        watch(AlertRule.failureRateAbove(0.5, MINUTE));
        send(9, 11);
        pass(SECOND);
        for (int i = 0; i < 10; i++) {
            send(1, 0);
            pass(SECOND);
            send(0, 1);
            pass(SECOND);
        }
        assertThat(told()).containsExactly("+ FAILURE_RATE send 0.55");

        send(20, 0);
        pass(SECOND);
        assertThat(alerts)
                .hasSize(2)
                .last()
                .satisfies(alert -> assertThat(alert.isRaised()).isFalse());
    }

    @Test
    void handlersAreJudgedByThemselves() {
        watch(
                AlertRule.failureRateAbove(0.2, MINUTE).handler("work"),
                AlertRule.failureRateAbove(0.2, MINUTE).queue("one"));
        send(0, 20);
        pass(SECOND);

        assertThat(alerts).isEmpty();
    }

    // ---- long runs

    @Test
    void aLongRunIsRaisedOnceAndClearedByItsEnd() {
        watch(AlertRule.runLongerThan(MINUTE).handler("work"));
        work("t", 100);
        pass(MINUTE);
        assertThat(alerts).isEmpty();
        pass(SECOND.multipliedBy(30));
        assertThat(told()).containsExactly("+ LONG_RUN t#1 61.0");

        pass(MINUTE);

        assertThat(told()).containsExactly("+ LONG_RUN t#1 61.0", "- LONG_RUN t#1 100.0");
    }

    @Test
    void theAlertOfARunThatIsCancelledIsCleared() {
        watch(AlertRule.runLongerThan(MINUTE));
        work("t", 100);
        pass(SECOND.multipliedBy(70));
        scheduler.cancel("t").subscribe();
        pass(SECOND);

        assertThat(told()).containsExactly("+ LONG_RUN t#1 61.0", "- LONG_RUN t#1 70.0");
    }

    @Test
    void runsThatEndInTimeAndRunsOfOthersAreNoAlerts() {
        watch(
                AlertRule.runLongerThan(MINUTE).handler("send"),
                AlertRule.runLongerThan(MINUTE).queue("default"));
        work("t", 200);
        scheduler.schedule(WORK.task(59)).subscribe();
        pass(Duration.ofMinutes(5));

        assertThat(alerts).isEmpty();
    }

    @Test
    void aRunThatStartedBeforeTheSubscriptionIsMeasuredFromItsClaim() {
        work("t", 200);
        pass(SECOND.multipliedBy(50));
        watch(AlertRule.runLongerThan(MINUTE));
        pass(SECOND.multipliedBy(20));
        assertThat(told()).containsExactly("+ LONG_RUN t#1 61.0");

        pass(MINUTE.multipliedBy(3));

        assertThat(told()).containsExactly("+ LONG_RUN t#1 61.0", "- LONG_RUN t#1 200.0");
    }

    // ---- queues

    @Test
    void aBacklogIsRaisedOnceForItsQueueAndClearedWhenItHasShrunk() {
        watch(AlertRule.backlogAbove(10));
        for (int i = 0; i < 15; i++) {
            work("t" + i, 2);
        }
        pass(SECOND);
        assertThat(told()).containsExactly("+ BACKLOG one 14.0");

        pass(MINUTE);

        assertThat(told()).containsExactly("+ BACKLOG one 14.0", "- BACKLOG one 8.0");
    }

    @Test
    void latenessIsToldInSeconds() {
        watch(AlertRule.latenessAbove(SECOND.multipliedBy(5)).queue("one"));
        work("first", 10);
        work("second", 1);
        pass(SECOND.multipliedBy(9));
        assertThat(told()).containsExactly("+ LATENESS one 6.0");
        pass(SECOND.multipliedBy(5));

        assertThat(told()).containsExactly("+ LATENESS one 6.0", "- LATENESS one 0.0");
    }

    @Test
    void twoRulesForOneQueueAreToldApartByTheirThresholds() {
        watch(
                AlertRule.backlogAbove(1),
                AlertRule.backlogAbove(3),
                AlertRule.backlogAbove(0).queue("default"));
        for (int i = 0; i < 3; i++) {
            work("t" + i, 100);
        }
        pass(SECOND);
        assertThat(alerts).extracting(Alert::threshold).containsExactly(1.0);
        work("t3", 1);
        work("t4", 1);
        pass(SECOND);

        assertThat(alerts).extracting(Alert::threshold).containsExactly(1.0, 3.0);
    }

    // ---- the stream

    @Test
    void eachSubscriberHasAlertsOfItsOwn() {
        work("a", 100);
        work("b", 100);
        watch(AlertRule.backlogAbove(0));
        pass(SECOND);
        watch(AlertRule.backlogAbove(0));
        pass(SECOND);

        assertThat(told()).containsExactly("+ BACKLOG one 1.0", "+ BACKLOG one 1.0");
    }

    @Test
    void alertsCompleteWhenTheSchedulerStopsAndFailAfterwards() {
        Mono<List<Alert>> all =
                scheduler.alerts(AlertRules.of(AlertRule.backlogAbove(0))).collectList();

        StepVerifier.create(all)
                .then(() -> {
                    scheduler.dispose();
                    settle();
                })
                .expectNext(List.of())
                .verifyComplete();
        StepVerifier.create(all).verifyError(SchedulerStoppedException.class);
    }

    @Test
    void aSlowSubscriberLosesNoChange() {
        Sinks.Empty<Void> ready = Sinks.empty();
        scheduler
                .alerts(AlertRules.of(AlertRule.backlogAbove(0), AlertRule.latenessAbove(SECOND))
                        .checkEvery(SECOND))
                .concatMap(alert -> ready.asMono().thenReturn(alert), 1)
                .subscribe(alerts::add);
        work("a", 10);
        work("b", 10);
        pass(MINUTE);
        assertThat(alerts).isEmpty();

        ready.tryEmitEmpty();
        pass(SECOND.multipliedBy(2));

        assertThat(told()).contains("+ BACKLOG one 1.0").last().asString().startsWith("- ");
    }

    @Test
    void aLookThatFailsIsOneLookLess() {
        AtomicInteger looks = new AtomicInteger();
        ReactiveScheduler away = (ReactiveScheduler) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ReactiveScheduler.class},
                (proxy, method, arguments) -> method.getName().equals("stats") && looks.incrementAndGet() < 3
                        ? Mono.error(new IllegalStateException("away"))
                        : method.invoke(scheduler, arguments));
        work("a", 100);
        work("b", 100);

        Alerts.of(away, AlertRules.of(AlertRule.backlogAbove(0)).checkEvery(SECOND))
                .subscribe(alerts::add);
        pass(SECOND.multipliedBy(2));
        assertThat(alerts).isEmpty();
        pass(SECOND);

        assertThat(told()).containsExactly("+ BACKLOG one 1.0");
    }

    // ---- rules

    @Test
    void rulesHaveDefaultsAndAreChecked() {
        AlertRule rate = AlertRule.failureRateAbove(0.5, MINUTE);

        assertThat(rate.atLeast()).isEqualTo(AlertRule.DEFAULT_AT_LEAST);
        assertThat(rate.clearAt()).isEqualTo(AlertRule.DEFAULT_CLEAR_AT);
        assertThat(rate.window()).isEqualTo(MINUTE);
        assertThat(rate.queue()).isNull();
        assertThat(rate.handler()).isNull();
        assertThat(AlertRules.of(rate).checkEvery()).isEqualTo(AlertRules.DEFAULT_CHECK);
        assertThatThrownBy(AlertRules::of).hasMessageContaining("at least one rule");
        assertThatThrownBy(() -> AlertRules.of(rate).checkEvery(Duration.ZERO)).hasMessageContaining("checkEvery");
        assertThatThrownBy(() -> AlertRule.failureRateAbove(1.5, MINUTE)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> AlertRule.failureRateAbove(0.5, Duration.ZERO)).hasMessageContaining("window");
        assertThatThrownBy(() -> AlertRule.runLongerThan(Duration.ZERO)).hasMessageContaining("runLongerThan");
        assertThatThrownBy(() -> AlertRule.backlogAbove(-1)).hasMessageContaining("backlogAbove -1");
        assertThatThrownBy(() -> AlertRule.latenessAbove(SECOND.negated())).hasMessageContaining("latenessAbove");
        assertThatThrownBy(() -> rate.clearAt(2)).hasMessageContaining("clearAt 2.0");
        assertThatThrownBy(() -> rate.atLeast(0)).hasMessageContaining("atLeast 0");
        assertThatThrownBy(() -> AlertRule.backlogAbove(1).atLeast(5))
                .hasMessageContaining("atLeast 5")
                .hasMessageContaining("BACKLOG");
        assertThatThrownBy(() -> AlertRule.backlogAbove(1).handler("send"))
                .hasMessageContaining("handler \"send\"")
                .hasMessageContaining("BACKLOG");
    }
}
