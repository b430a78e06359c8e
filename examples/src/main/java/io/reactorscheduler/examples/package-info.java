/** Runnable programs that show what the scheduler does. */
@NullMarked
package io.reactorscheduler.examples;

import org.jspecify.annotations.NullMarked;
