package io.reactorscheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactorscheduler.AsyncCallbacks.Answer;
import io.reactorscheduler.AsyncWork.Status;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Whatever ends a run before its work has ended stops the work, once. */
class AsyncWorkStopTest extends AsyncWorkFixture {

    @Test
    void cancellingTheTaskStopsTheWorkOnce() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).callbacks(callbacks));
        run(scheduler, SECOND.multipliedBy(2));

        scheduler.cancel("t").subscribe();
        pass(SECOND.multipliedBy(5));

        assertThat(stateOf(scheduler, "t")).isEqualTo(TaskState.CANCELLED);
        assertThat(work.stopped).containsExactly("ref-1");
        assertThat(work.polls).hasValue(2);
        assertThat(callbacks.size()).isZero();
    }

    @Test
    void aTimeoutStopsTheWorkOnceAndFailsTheRun() {
        Execution execution = run(
                cutting(AsyncWork.of(work)),
                CUT.task("film").timeout(Duration.ofMillis(2_500)),
                SECOND.multipliedBy(5));

        assertThat(execution.error().thrown()).isInstanceOf(TimeoutException.class);
        assertThat(work.stopped).containsExactly("ref-1");
    }

    @Test
    void anImpatientStopOfTheSchedulerStopsTheWork() {
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work));
        run(scheduler, SECOND);

        scheduler.dispose();
        settle();

        assertThat(work.stopped).containsExactly("ref-1");
    }

    @Test
    void aLostLeaseStopsTheWorkOnce() {
        InMemoryTaskStore store =
                InMemoryTaskStore.builder().scheduler(() -> time).build();
        TaskStore losing = StandInStore.over(
                store,
                (called, arguments, through) ->
                        called.getName().equals("renew") ? Mono.just(arguments[0]) : through.get());
        ReactiveScheduler scheduler = started(builder().store(losing).handle(CUT, AsyncWork.of(work)));

        run(scheduler, SECOND);
        pass(SchedulerBuilder.DEFAULT_LEASE);

        // lost work goes back in line and starts anew; what was started is stopped once each time
        assertThat(work.stopped).startsWith("ref-1").doesNotHaveDuplicates();
    }

    @Test
    void workIsStoppedAsSoonAsItsReferenceIsKnownWhenTheRunEndsDuringTheStart() {
        Sinks.One<String> reference = Sinks.one();
        work.starting = reference::asMono;
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work).callbacks(callbacks));
        run(scheduler, SECOND);
        scheduler.cancel("t").subscribe();
        pass(SECOND);
        assertThat(work.stopped).isEmpty();

        reference.tryEmitValue("late");
        settle();

        assertThat(work.stopped).containsExactly("late");
        assertThat(work.polls).hasValue(0);
        assertThat(callbacks.size()).isZero();
        assertThat(callbacks.done("late")).isEqualTo(Answer.REPEATED);
    }

    @Test
    void aStartThatFailsAfterTheRunHasEndedIsAnEvent() {
        Sinks.One<String> reference = Sinks.one();
        work.starting = reference::asMono;
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work));
        run(scheduler, SECOND);
        scheduler.cancel("t").subscribe();
        settle();

        reference.tryEmitError(new IllegalStateException("full"));
        settle();

        assertThat(work.stopped).isEmpty();
        assertThat(saidIn(scheduler)).singleElement().asString().contains("after its run had ended", "full");
    }

    @Test
    void aStopThatFailsOrThrowsIsAnEvent() {
        work.stopping = () -> {
            throw new IllegalStateException("deaf");
        };
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work));
        run(scheduler, SECOND);

        scheduler.cancel("t").subscribe();
        settle();

        assertThat(saidIn(scheduler)).singleElement().asString().contains("\"ref-1\" could not be stopped", "deaf");
    }

    @Test
    void workThatIsDoneIsNotStoppedWhenTheRunEndsDuringTheFetch() {
        work.output = Mono::never;
        ReactiveScheduler scheduler = cutting(AsyncWork.of(work.says(Status.done())));
        run(scheduler, SECOND);
        assertThat(work.outputs).hasValue(1);

        scheduler.cancel("t").subscribe();
        settle();

        assertThat(work.stopped).isEmpty();
    }
}
