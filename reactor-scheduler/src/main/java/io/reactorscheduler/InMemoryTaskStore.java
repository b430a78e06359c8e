package io.reactorscheduler;

final class InMemoryTaskStore {
    static B builder() {
        throw new IllegalStateException();
    }

    interface B {
        B scheduler(java.util.function.Supplier<reactor.core.scheduler.Scheduler> s);

        TaskStore build();
    }
}
