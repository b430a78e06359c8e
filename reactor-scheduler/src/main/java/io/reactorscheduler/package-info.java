/** A scheduler for programs written with Project Reactor: API, engine and the in-memory store. */
@NullMarked
package io.reactorscheduler;

import org.jspecify.annotations.NullMarked;
