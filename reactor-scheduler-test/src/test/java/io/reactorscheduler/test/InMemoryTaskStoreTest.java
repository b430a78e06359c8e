package io.reactorscheduler.test;

import io.reactorscheduler.InMemoryTaskStore;
import io.reactorscheduler.TaskStore;
import java.time.Duration;
import java.time.Instant;
import reactor.test.scheduler.VirtualTimeScheduler;

// tag::kit-contract
class InMemoryTaskStoreTest extends TaskStoreContract {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    @Override
    protected TaskStore createStore() {
        time.advanceTimeTo(Instant.parse("2026-03-29T00:59:58Z"));
        return InMemoryTaskStore.builder().scheduler(() -> time).build();
    }

    @Override
    protected void advance(Duration passing) {
        time.advanceTimeBy(passing); // a store with a clock of its own waits, or sets it
    }
}
// end::kit-contract
