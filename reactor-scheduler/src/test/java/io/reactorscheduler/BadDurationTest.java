package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Every call that takes a duration refuses those that make no sense, by the name of its parameter. */
class BadDurationTest {

    private static final Duration OVERFLOWING = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    static Stream<Arguments> callsWithADuration() {
        Task<Void, Integer> task = Task.of("t", run -> Mono.just(1));
        TaskQueue queue = TaskQueue.named("q");
        RetryPolicy policy = RetryPolicy.fixed(1, Duration.ZERO);
        ReactiveScheduler scheduler = ReactiveScheduler.builder().build();
        return Stream.of(
                call("after", task::after),
                call("every", task::every),
                call("fixedDelay", task::fixedDelay),
                call("timeout", task::timeout),
                call("jitter", task.every(Duration.ofDays(1))::jitter),
                call("timeout", queue::timeout),
                call("rateLimit", period -> queue.rateLimit(1, period)),
                call("keyRateLimit", period -> queue.keyRateLimit(1, period)),
                call("delay", delay -> RetryPolicy.fixed(1, delay)),
                call("delay", delay -> RetryPolicy.linear(1, delay)),
                call("delay", delay -> RetryPolicy.exponential(1, delay)),
                call("cap", policy::cap),
                call("deadline", policy::deadline),
                call("tolerance", Misfire::skip),
                call("window", window -> Misfire.all(window, 1)),
                call("lease", ReactiveScheduler.builder()::lease),
                call("retryInPlace", ReactiveScheduler.builder()::retryInPlace),
                call("age", Retention.defaults()::age),
                call("window", window -> AlertRule.failureRateAbove(0.5, window)),
                call("runLongerThan", AlertRule::runLongerThan),
                call("latenessAbove", AlertRule::latenessAbove),
                call("checkEvery", AlertRules.of(AlertRule.backlogAbove(1))::checkEvery),
                call("pollEvery", AsyncWork.of(new StubWork())::pollEvery),
                call("pollTimeout", AsyncWork.of(new StubWork())::pollTimeout),
                call("patience", scheduler::disposeGracefully));
    }

    private static Arguments call(String parameter, Consumer<Duration> call) {
        return Arguments.of(parameter, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("callsWithADuration")
    void aDurationThatIsNoneNegativeOrOverflowsIsRefused(String parameter, Consumer<Duration> call) {
        for (Duration bad :
                new Duration[] {null, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE), OVERFLOWING}) {
            assertThatThrownBy(() -> call.accept(bad))
                    .as("%s", bad)
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageStartingWith(parameter + " " + bad);
        }
    }
}
