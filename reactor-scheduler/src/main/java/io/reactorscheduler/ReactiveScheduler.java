package io.reactorscheduler;

interface ReactiveScheduler {
    default void events(String s) {}

    default void events() {}

    default void schedule() {}
}
