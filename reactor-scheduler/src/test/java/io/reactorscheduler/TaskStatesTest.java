package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The states of a task that fires once, against the diagram of {@link TaskState} walked by hand. */
class TaskStatesTest {

    private static final Duration DELAY = Duration.ofSeconds(4);
    private static final Duration LENGTH = Duration.ofSeconds(2);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(3);

    enum Step {
        PASS_A_SECOND,
        PASS_TEN,
        CANCEL,
        RESUME,
        RETRY
    }

    @Property(tries = 300)
    void aTaskIsWhereTheDiagramSays(
            @ForAll @Size(max = 40) List<Step> steps, @ForAll @Size(max = 20) List<Boolean> successes) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        time.advanceTimeTo(InVirtualTime.START);
        Deque<Boolean> outcomes = new ArrayDeque<>(successes);
        ReactiveScheduler scheduler =
                ReactiveScheduler.builder().scheduler(() -> time).start();
        Diagram diagram = new Diagram(new ArrayDeque<>(successes));
        scheduler
                .schedule(Task.of("work", run -> Mono.delay(LENGTH, run.timer()).flatMap(end -> ended(outcomes)))
                        .id("t")
                        .after(DELAY)
                        .retry(RetryPolicy.fixed(1, RETRY_DELAY)))
                .subscribe();
        List<String> walked = new ArrayList<>();

        for (Step step : steps) {
            switch (step) {
                case PASS_A_SECOND, PASS_TEN -> {
                    Duration passing = Duration.ofSeconds(step == Step.PASS_TEN ? 10 : 1);
                    time.advanceTimeBy(passing);
                    diagram.pass(passing);
                }
                case CANCEL -> {
                    scheduler.cancel("t").subscribe();
                    diagram.cancel();
                }
                case RESUME -> {
                    scheduler.resume("t").subscribe();
                    diagram.resume();
                }
                case RETRY -> {
                    if (diagram.state == TaskState.FAILED) {
                        scheduler.retry("t").subscribe();
                        diagram.retry();
                    } else if (!diagram.hasFailed) {
                        assertThatThrownBy(() -> scheduler.retry("t").toFuture().getNow(null))
                                .hasCauseInstanceOf(InvalidTaskException.class);
                    }
                }
            }
            time.advanceTimeBy(Duration.ZERO);
            diagram.pass(Duration.ZERO);
            walked.add(step + " -> " + diagram.state);
            assertThat(InVirtualTime.stateOf(scheduler, "t"))
                    .as("%s with %s", walked, successes)
                    .isEqualTo(diagram.state);
        }
        scheduler.dispose();
    }

    private static Mono<Integer> ended(Deque<Boolean> outcomes) {
        return isSuccess(outcomes) ? Mono.just(1) : Mono.error(new IllegalStateException("no"));
    }

    private static boolean isSuccess(Deque<Boolean> outcomes) {
        return outcomes.isEmpty() || outcomes.poll();
    }

    /** The diagram: where the task stands, and when it leaves that place by itself. */
    private static final class Diagram {

        private final Deque<Boolean> outcomes;
        private final Instant fireTime = InVirtualTime.START.plus(DELAY);
        private Instant now = InVirtualTime.START;
        private TaskState state = TaskState.PENDING;
        private Instant next = fireTime;
        private int attempt = 1;
        private boolean hasFailed;

        Diagram(Deque<Boolean> outcomes) {
            this.outcomes = outcomes;
        }

        void pass(Duration time) {
            now = now.plus(time);
            while (!state.isFinal() && !next.isAfter(now)) {
                if (state != TaskState.RUNNING) {
                    go(TaskState.RUNNING, next.plus(LENGTH));
                } else if (isSuccess(outcomes)) {
                    state = TaskState.COMPLETED;
                } else if (attempt == 1) {
                    attempt = 2;
                    go(TaskState.RETRYING, next.plus(RETRY_DELAY));
                } else {
                    state = TaskState.FAILED;
                    hasFailed = true;
                }
            }
        }

        void cancel() {
            if (!state.isFinal()) {
                state = TaskState.CANCELLED;
            }
        }

        void resume() {
            if (state == TaskState.CANCELLED) {
                attempt = 1;
                go(TaskState.PENDING, fireTime.isAfter(now) ? fireTime : now);
            }
        }

        void retry() {
            attempt = 1;
            go(TaskState.PENDING, now);
        }

        private void go(TaskState to, Instant until) {
            state = to;
            next = until;
        }
    }
}
