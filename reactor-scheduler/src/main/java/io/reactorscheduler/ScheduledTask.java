package io.reactorscheduler;

interface ScheduledTask {
    default void results() {}
}
