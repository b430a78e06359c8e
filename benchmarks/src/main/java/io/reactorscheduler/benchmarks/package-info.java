/**
 * The scheduler and its peers on the same work. A {@code Workload} is one question, a {@code Subject} is one scheduler
 * that answers it or says why it cannot; the {@code Runner} gives each pair a JVM of its own, turn by turn.
 *
 * <p>These are main programs that measure real time: they read clocks, start threads and wait, which the library never
 * does.
 */
@NullMarked
package io.reactorscheduler.benchmarks;

import org.jspecify.annotations.NullMarked;
