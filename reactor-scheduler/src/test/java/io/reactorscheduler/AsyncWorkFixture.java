package io.reactorscheduler;

import java.time.Duration;
import java.util.List;

/** A scheduler in virtual time whose handler cuts films by work that the test answers for. */
abstract class AsyncWorkFixture extends InVirtualTime {

    static final Handler<String, String> CUT = Handler.named("cut", String.class, String.class);
    static final Duration SECOND = Duration.ofSeconds(1);

    final StubWork work = new StubWork();
    final AsyncCallbacks callbacks = AsyncCallbacks.create();

    final ReactiveScheduler cutting(AsyncWorkHandler<String, String> handler) {
        return started(builder().handle(CUT, handler));
    }

    final Execution run(ReactiveScheduler scheduler, Duration time) {
        return run(scheduler, CUT.task("film"), time);
    }

    final Execution run(ReactiveScheduler scheduler, Task<String, String> task, Duration time) {
        scheduler.schedule(task.id("t")).subscribe();
        pass(time);
        return executionsOf(scheduler, "t").get(0);
    }

    final List<String> saidIn(ReactiveScheduler scheduler) {
        return now(scheduler.events("t#1")).stream()
                .map(ExecutionEvent::message)
                .toList();
    }
}
