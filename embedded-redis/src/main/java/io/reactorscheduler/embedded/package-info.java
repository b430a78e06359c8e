/**
 * Real Redis servers for tests, examples and benchmarks, and a proxy that makes faults.
 *
 * <p>Starting, stopping and asking servers blocks the calling thread, which no other module does: nothing here belongs on a
 * thread that must not block.
 */
@NullMarked
package io.reactorscheduler.embedded;

import org.jspecify.annotations.NullMarked;
