package io.reactorscheduler;

import reactor.core.scheduler.Scheduler;

/**
 * What the parts of a started engine share.
 *
 * @param settings what the user chose
 * @param store where tasks live; its clock is the engine's clock
 * @param scheduler runs everything but blocking handlers
 * @param blocking runs blocking handlers
 * @param timer timeouts, retries and other waits of runs, all over one pending wake-up
 * @param events where everything that happens is told
 * @param counters numbers of this node
 */
record Resources(
        Settings settings,
        TaskStore store,
        Scheduler scheduler,
        Scheduler blocking,
        SharedTimer timer,
        Events events,
        Counters counters) {

    long nowMicros() {
        return store.nowMicros();
    }

    String node() {
        return settings.node();
    }
}
